#include "src/run/file_sums.h"

#include <sstream>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/input_file.h"
#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t digits_of_sum = 64, most_sums_bytes = 1 << 16;

bool is_sum(const std::string& line) {
  return line.size() > digits_of_sum + 2 && line.find_first_not_of("0123456789abcdef") == digits_of_sum &&
         line.compare(digits_of_sum, 2, "  ") == 0;
}

}  // namespace

void write_file_sums(const fs::path& folder, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}  {}\n", sha256(read_file(folder / name)), name);
  write_file(folder / sums_file, text);
}

FileSums::FileSums(const fs::path& folder) : folder_(folder) {
  const fs::path file = folder / sums_file;
  if (!fs::exists(file)) return;
  std::istringstream text(read_bytes(file, most_sums_bytes));
  for (std::string line; std::getline(text, line);) {
    if (!is_sum(line))
      refuse(file.string() + ": is damaged; remove it, and nothing tells whether the run's files are whole");
    sums_[line.substr(digits_of_sum + 2)] = line.substr(0, digits_of_sum);
  }
}

bool FileSums::fit(const std::string& name, std::string_view bytes) const {
  const auto found = sums_.find(name);
  return found == sums_.end() || found->second == sha256(bytes);
}

void FileSums::expect(const std::string& name, std::string_view bytes) const {
  if (!fit(name, bytes))
    refuse(fmt::format("{}: is damaged or was changed: its checksum in {} is another; copy it again, or train again",
                       (folder_ / name).string(), sums_file));
}

std::string edited_note(const fs::path& folder) {
  const fs::path file = folder / "config.toml";
  if (FileSums(folder).fit("config.toml", read_file(file))) return "";
  return file.string() + ": is not as the run has left it: it was edited since, or is damaged";
}

}  // namespace settle
