#include "src/data/input_file.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "settle/models/error.h"

namespace settle {

std::string one_line(std::string message) {
  std::replace_if(
      message.begin(), message.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f; }, ' ');
  constexpr std::size_t longest = 4000, kept = longest / 2;
  if (message.size() <= longest) return message;
  return message.substr(0, kept) + " ... " + message.substr(message.size() - kept);
}

void refuse(const std::string& message) { throw InputError(one_line(message)); }

std::string read_bytes(const std::filesystem::path& path, std::size_t most) {
  constexpr std::size_t step = 1 << 16;
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  while (file && bytes.size() <= most) {
    const std::size_t before = bytes.size();
    bytes.resize(before + step);
    file.read(bytes.data() + before, std::streamsize(step));
    bytes.resize(before + std::size_t(file.gcount()));
  }
  if (bytes.size() > most)
    refuse(fmt::format("{}: is longer than the {:g} MB that such a file can have; is it the right one?", path.string(),
                       double(most) / 1e6));
  if (!file.eof()) refuse(path.string() + ": cannot be read; check its permissions");
  return bytes;
}

std::size_t line_at(const std::string& text, std::size_t position) {
  const auto end = text.begin() + std::ptrdiff_t(std::min(position, text.size()));
  return std::size_t(1 + std::count(text.begin(), end, '\n'));
}

}  // namespace settle
