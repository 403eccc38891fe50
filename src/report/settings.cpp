#include "src/report/settings.h"

#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "settle/models/error.h"
#include "src/config/toml_file.h"

namespace settle {
namespace {

/// A value as a user would write it: 0.3, where toml++ prints 0.29999999999999999.
std::string setting_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  if (const toml::array* list = node.as_array()) {
    std::string items;
    for (const toml::node& item : *list) items += (items.empty() ? "" : ", ") + setting_text(item);
    return "[" + items + "]";
  }
  std::ostringstream stream;
  node.visit([&](const auto& value) { stream << value; });
  return stream.str();
}

void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& settings) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      flatten(*inner, name + ".", settings);
    } else {
      settings[name] = setting_text(node);
    }
  }
}

}  // namespace

std::map<std::string, std::string> read_settings(const std::string& config, const std::filesystem::path& file) {
  std::map<std::string, std::string> settings;
  try {
    flatten(parse_toml(config, file.string()), "", settings);
  } catch (const InputError& error) {
    throw InputError(std::string(error.what()) + "; mend the line or train again");
  }
  return settings;
}

}  // namespace settle
