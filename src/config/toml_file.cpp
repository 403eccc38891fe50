#include "src/config/toml_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "models/error.h"

namespace settle {

void refuse(std::string message) {
  std::replace_if(
      message.begin(), message.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  throw InputError(message);
}

std::string read_text(const std::string& path) {
  std::error_code unreadable;  // reported by the stream below
  if (std::filesystem::is_directory(path, unreadable)) refuse(path + ": is a folder, not a configuration file");
  if (!std::filesystem::exists(path, unreadable) && !unreadable) refuse(path + ": no such file");
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) refuse(path + ": cannot be read; check its permissions");
  return text;
}

toml::table parse_toml(const std::string& text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    refuse(fmt::format("{}: {}", line_of(source, error.source()), error.description()));
  }
}

std::string line_of(const std::string& source, const toml::source_region& region) {
  return fmt::format("{}:{}", source, region.begin.line);
}

}  // namespace settle
