// The settings of a run, from its config.toml.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace settle {

/// "section.key" to the value as text, from the text of config.toml; `file` is named in the InputError for broken TOML.
std::map<std::string, std::string> read_settings(const std::string& config, const std::filesystem::path& file);

}  // namespace settle
