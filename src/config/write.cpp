#include "src/config/write.h"

#include <filesystem>

#include <fmt/format.h>

#include "src/config/idle.h"
#include "src/config/value.h"

namespace settle {
namespace {

template <class WriteKey>
std::string by_sections(const std::vector<Key>& list, WriteKey write_key) {
  std::string text;
  std::string section;
  for (const Key& key : list) {
    if (section_of(key) != section) {
      section = section_of(key);
      text += fmt::format("\n[{}]\n", section);
    }
    text += write_key(key);
  }
  return text;
}

std::string assignment(const Key& key) { return fmt::format("{} = {}\n", name_in_section(key), to_toml(key.value)); }

}  // namespace

std::string annotated_defaults() {
  Configuration defaults;
  const auto annotated = [](const Key& key) {
    return fmt::format("# {}\n# {}\n{}", key.meaning, allowed(key.value), assignment(key));
  };
  return "# Every key of Settle with its default. A configuration states only what differs.\n" +
         by_sections(keys(defaults), annotated);
}

Configuration with_absolute_paths(Configuration configuration) {
  for (const Key& key : keys(configuration))
    if (const auto* text = std::get_if<TextValue>(&key.value); text != nullptr && text->path && !text->member->empty())
      *text->member = std::filesystem::absolute(*text->member).string();
  return configuration;
}

bool depends_on_epochs(const Configuration& configuration) { return configuration.learning.final_rate_share != 1; }

std::string decisive_settings(const Configuration& configuration) {
  Configuration copy = configuration;
  const auto decides = [&](const std::string& key) {
    if (key == "run.epochs") return depends_on_epochs(configuration);
    return !changes_no_result(key) && key != "data.path";
  };
  return by_sections(keys(copy), [&](const Key& key) { return decides(key.name) ? assignment(key) : std::string(); });
}

std::string resolved_configuration(const Configuration& configuration) {
  Configuration copy = configuration;  // keys() points to what can be changed
  return "# Every key of this run. `settle train` runs it again as it is.\n" + by_sections(keys(copy), assignment);
}

}  // namespace settle
