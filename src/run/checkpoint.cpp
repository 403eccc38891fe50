#include "src/run/checkpoint.h"

#include "models/error.h"
#include "src/run/hdf5_archive.h"

namespace settle {
namespace {

constexpr std::int64_t format = 2;  // grows when older files can no longer be read

}  // namespace

void save_checkpoint(const std::filesystem::path& path, Chip& chip, Host& host, int epoch, std::int64_t seed) {
  const std::filesystem::path half = path.string() + ".part";
  Hdf5File file = Hdf5File::create(half.string());
  file.set("/", "format", format);
  file.set("/", "epoch", std::int64_t(epoch));
  file.set("/", "seed", seed);
  Hdf5Archive archive(file, Hdf5Archive::Direction::write);
  chip.visit_state(archive);
  host.visit_state(archive);
  file.close();
  std::error_code failed;
  std::filesystem::rename(half, path, failed);
  if (failed) throw RunError(path.string() + ": cannot be written (" + failed.message() + ")");
}

int load_checkpoint(const std::filesystem::path& path, Chip& chip) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path))
    throw InputError(name + ": no such checkpoint; the run has not finished an epoch");
  Hdf5File file = Hdf5File::open(name);
  if (!file.has_number("/", "format") || file.get_integer("/", "format") != format)
    throw InputError(name + ": was written by another version of Settle: train again");
  Hdf5Archive archive(file, Hdf5Archive::Direction::read);
  try {
    chip.visit_state(archive);
  } catch (const InputError& error) {
    const std::string what = error.what();
    throw InputError(what.rfind(name, 0) == 0 ? what : name + ": " + what);
  }
  return int(file.get_integer("/", "epoch"));
}

}  // namespace settle
