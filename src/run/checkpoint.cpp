#include "src/run/checkpoint.h"

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/config/write.h"
#include "src/run/checkpoint_file.h"
#include "src/run/hdf5_archive.h"
#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

std::string sum_of(const Samples& samples) {
  const auto sum = [](const auto& codes) {
    return sha256({reinterpret_cast<const char*>(codes.data()), std::size_t(codes.size())});
  };
  return sum(samples.pixels) + sum(samples.labels);
}

// Calls `read`, whose complaints get the file's name.
template <class Read>
void reading(const fs::path& path, const Read& read) {
  try {
    read();
  } catch (const InputError& error) {
    const std::string what = error.what(), name = path.string();
    throw InputError(what.rfind(name, 0) == 0 ? what : name + ": " + what);
  }
}

// The last checkpoint that is whole.
struct Whole {
  fs::path path;
  CheckpointFile file;
};

Whole last_whole(const fs::path& path, std::string& note) {
  const fs::path before = checkpoint_before(path);
  try {
    return {path, read_checkpoint_file(path)};
  } catch (const InputError& error) {
    if (!fs::exists(before)) throw;
    const std::string damage = error.what();
    try {
      Whole whole{before, read_checkpoint_file(before)};
      note = damage + "; going on from the one before it, " + before.filename().string();
      return whole;
    } catch (const InputError&) {
      throw InputError(damage);
    }
  }
}

void check_identity(const Hdf5File& file, const RunIdentity& identity, std::string& note) {
  if (file.get_text("/", "settings_sha256") != identity.settings_sum)
    file.refuse("belongs to a run with other settings than those in config.toml: undo what was changed there");
  if (file.get_text("/", "data_sha256") != identity.data_sum)
    file.refuse("belongs to a run on other samples: data.path in config.toml leads to another data set");
  const std::string version = file.get_text("/", "version");
  if (version == SETTLE_VERSION) return;
  if (!note.empty()) note += "; ";
  note +=
      fmt::format("the checkpoint is of Settle {}, this is {}: the bytes may be others than those of an unbroken run",
                  version, SETTLE_VERSION);
}

}  // namespace

RunIdentity::RunIdentity(const Configuration& configuration, const Dataset& data)
    : seed(configuration.run.seed),
      settings_sum(sha256(decisive_settings(configuration))),
      data_sum(sha256(sum_of(data.train) + sum_of(data.test))) {}

CheckpointFile take_checkpoint(const fs::path& path, const RunIdentity& identity, Chip& chip, Host& host,
                               RunState& run) {
  Hdf5File file = Hdf5File::create(path.string());
  file.set("/", "epoch", std::int64_t(run.epochs.size()));
  file.set("/", "seed", identity.seed);
  file.set("/", "version", std::string(SETTLE_VERSION));
  file.set("/", "settings_sha256", identity.settings_sum);
  file.set("/", "data_sha256", identity.data_sum);
  Hdf5Archive archive(file, Hdf5Archive::Use::write);
  chip.visit_state(archive);
  host.visit_state(archive);
  run.visit_state(archive);
  return {file.image(), run.current.seconds};
}

void save_checkpoint(const fs::path& path, const RunIdentity& identity, Chip& chip, Host& host, RunState& run) {
  write_checkpoint_file(path, take_checkpoint(path, identity, chip, host, run));
}

int load_checkpoint(const fs::path& path, Chip& chip) {
  const CheckpointFile whole = read_checkpoint_file(path);
  int epoch = 0;
  reading(path, [&] {
    Hdf5File file = Hdf5File::open(path.string(), whole.image);
    Hdf5Archive archive(file, Hdf5Archive::Use::read_learned);
    chip.visit_state(archive);
    epoch = int(file.get_integer("/", "epoch"));
  });
  return epoch;
}

bool resume_checkpoint(const fs::path& path, const RunIdentity& identity, Chip& chip, Host& host, RunState& run,
                       std::string& note) {
  if (!fs::exists(path) && !fs::exists(checkpoint_before(path))) return false;
  const Whole whole = last_whole(path, note);
  reading(whole.path, [&] {
    Hdf5File file = Hdf5File::open(whole.path.string(), whole.file.image);
    check_identity(file, identity, note);
    Hdf5Archive archive(file, Hdf5Archive::Use::read_all);
    chip.visit_state(archive);
    host.visit_state(archive);
    run.visit_state(archive);
  });
  run.current.seconds = whole.file.seconds;
  return true;
}

}  // namespace settle
