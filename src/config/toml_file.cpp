#include "src/config/toml_file.h"

#include <filesystem>

#include <fmt/format.h>

#include "src/config/toml_text.h"

namespace settle {

std::string read_text(const std::string& path) {
  std::error_code unreadable;  // reported by read_bytes
  if (std::filesystem::is_directory(path, unreadable)) refuse(path + ": is a folder, not a configuration file");
  if (!std::filesystem::exists(path, unreadable) && !unreadable) refuse(path + ": no such file");
  return read_bytes(path, most_toml_bytes);
}

toml::table parse_toml(const std::string& text, const std::string& source) {
  if (const auto fault = find_fault(text))
    refuse(fmt::format("{}:{}: column {}: {}", source, fault->line, fault->column, fault->what));
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    refuse(fmt::format("{}:{}: column {}: {}", source, error.source().begin.line, error.source().begin.column,
                       error.description()));
  }
}

std::string line_of(const std::string& source, const toml::source_region& region) {
  return fmt::format("{}:{}", source, region.begin.line);
}

}  // namespace settle
