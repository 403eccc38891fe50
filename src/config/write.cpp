#include "src/config/write.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/error.h"
#include "src/config/idle.h"
#include "src/config/nearest.h"
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

[[noreturn]] void refuse_name(const std::string& wanted, const std::vector<Key>& all) {
  std::vector<std::string> sections, names;
  for (const Key& key : all) {
    if (sections.empty() || sections.back() != section_of(key)) sections.push_back(section_of(key));
    names.push_back(key.name);
  }
  names.insert(names.begin(), sections.begin(), sections.end());
  const std::string guess = did_you_mean(wanted, names);
  throw InputError(fmt::format("{} is no section and no key{} Sections are {}", wanted, guess.empty() ? "." : guess,
                               fmt::join(sections, ", ")));
}

std::string assignment(const Key& key) { return fmt::format("{} = {}\n", name_in_section(key), to_toml(key.value)); }

}  // namespace

std::string annotated_defaults(const std::string& wanted) {
  Configuration defaults;
  const auto annotated = [](const Key& key) {
    return fmt::format("# {}\n# {}\n{}", key.meaning, allowed(key.value), assignment(key));
  };
  const std::vector<Key> all = keys(defaults);
  if (wanted.empty())
    return "# Every key of Settle with its default. A configuration states only what differs.\n" +
           by_sections(all, annotated);
  std::vector<Key> chosen;
  for (const Key& key : all)
    if (wanted == section_of(key) || wanted == key.name || wanted == name_in_section(key)) chosen.push_back(key);
  if (chosen.empty()) refuse_name(wanted, all);
  return by_sections(chosen, annotated).substr(1);  // without the empty line before the first section
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
  return heading_of_runs + by_sections(keys(copy), assignment);
}

}  // namespace settle
