#include "src/run/checkpoint_file.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t head_bytes = 512;  // of text, before the HDF5 file
const std::string of_settle = "Settle checkpoint, format ";
const std::string first_line = of_settle + "4; an HDF5 file follows after 512 bytes\n";
const std::string sum_line = "SHA-256 of all that follows this line: ";
constexpr std::size_t sum_digits = 64;
const std::string seconds_line = "seconds of the unfinished epoch: ";

[[noreturn]] void refuse_file(const fs::path& path, const std::string& what) {
  throw InputError(path.string() + ": " + what);
}

}  // namespace

fs::path checkpoint_before(const fs::path& path) {
  return path.parent_path() / (path.stem().string() + "-before" + path.extension().string());
}

void write_checkpoint_file(const fs::path& path, const CheckpointFile& file) {
  const std::size_t text_at = first_line.size() + sum_line.size() + sum_digits + 1;
  std::string bytes = first_line + sum_line + std::string(sum_digits, '0') + "\n";
  bytes += fmt::format("{}{}\n", seconds_line, file.seconds);
  bytes.resize(head_bytes - 1, ' ');
  bytes += "\n" + file.image;
  bytes.replace(text_at - sum_digits - 1, sum_digits, sha256(std::string_view(bytes).substr(text_at)));
  replace_file_durably(path, bytes, checkpoint_before(path));
}

CheckpointFile read_checkpoint_file(const fs::path& path) {
  if (!fs::exists(path)) refuse_file(path, "no such checkpoint; the run has not finished an epoch");
  const std::string bytes = read_file(path);
  const bool other_format =
      bytes.compare(0, of_settle.size(), of_settle) == 0 && bytes.compare(0, first_line.size(), first_line) != 0;
  if (other_format || bytes.compare(0, 4, "\x89HDF") == 0)
    refuse_file(path, "was written by another version of Settle: train again");
  if (bytes.compare(0, first_line.size(), first_line) != 0)
    refuse_file(path, "is not a checkpoint of Settle, or is damaged; copy it again, or train again");
  const std::size_t sum_at = first_line.size() + sum_line.size(), text_at = sum_at + sum_digits + 1;
  const bool whole = bytes.size() > head_bytes && bytes.compare(first_line.size(), sum_line.size(), sum_line) == 0 &&
                     bytes.compare(sum_at, sum_digits + 1, sha256(std::string_view(bytes).substr(text_at)) + "\n") == 0;
  if (!whole) refuse_file(path, "is damaged or cut off: its checksum is another; copy it again, or train again");
  const std::size_t seconds_at = text_at + seconds_line.size();
  return {bytes.substr(head_bytes), std::strtod(bytes.c_str() + seconds_at, nullptr)};
}

}  // namespace settle
