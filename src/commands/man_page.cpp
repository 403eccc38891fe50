#include "src/commands/man_page.h"

#include <sstream>

#include <fmt/format.h>

#include "src/commands/commands.h"
#include "src/config/keys.h"
#include "src/config/value.h"

namespace settle {
namespace {

// Text as it is: hyphens that can be copied, and no line that begins with what roff would take for a request.
std::string literal(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool begins = i == 0 || text[i - 1] == '\n';
    if (begins && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '"') {
      result += "\\(dq";
    } else {
      result += c;
    }
  }
  return result;
}

std::string section(const char* title) { return fmt::format(".SH {}\n", title); }

std::string titled(const std::string& name, int number, const std::string& what) {
  return fmt::format(".TH {} {} \"\" \"Settle {}\" \"Settle\"\n", name, number, SETTLE_VERSION) + section("NAME") +
         fmt::format("{} \\- {}\n", literal(name), literal(what));
}

std::string tagged(const std::string& tag, const std::string& text) {
  return fmt::format(".TP\n.B {}\n{}\n", literal(tag), literal(text));
}

// Text whose lines stay as they are.
std::string unfilled(const std::string& text) {
  return ".nf\n" + literal(text) + (text.back() == '\n' ? "" : "\n") + ".fi\n";
}

// An option with what it takes, as in "--samples INT".
std::string tag_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string name = option.get_positional() ? option.get_name(true) : option.get_name(false, true);
  return option.get_positional() || type.empty() || option.get_items_expected_max() == 0 ? name : name + " " + type;
}

std::string options_section(const CLI::App& command) {
  std::string text;
  for (const bool positional : {true, false})
    for (const CLI::Option* option : command.get_options())
      if (option->get_positional() == positional && !option->get_group().empty())
        text += tagged(tag_of(*option), option->get_description());
  return section("OPTIONS") + text;
}

std::string synopsis(const CLI::App& command, const std::string& name) {
  std::string words = name + " [OPTIONS]";
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string word = option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
    words += option->get_required() ? " " + word : " [" + word + "]";
  }
  return section("SYNOPSIS") + fmt::format(".B {}\n", literal(words));
}

std::string page_of_command(const CLI::App& command) {
  const std::string name = "settle-" + command.get_name();
  return titled(name, 1, command.get_description()) + synopsis(command, "settle " + command.get_name()) +
         options_section(command) + section("EXAMPLES AND NOTES") + unfilled(command.get_footer()) +
         section("SEE ALSO") + ".BR settle (1),\n.BR settle.toml (5)\n";
}

std::string page_of_all(const CLI::App& app) {
  std::string commands, also;
  for (const std::string& name : command_names(app)) {
    commands += tagged(name, app.get_subcommand(name)->get_description());
    also += fmt::format(".BR settle\\-{} (1),\n", name);
  }
  return titled("settle", 1, "simulates analog hardware that learns by equilibrium propagation") + section("SYNOPSIS") +
         ".B settle COMMAND [OPTIONS]\n" + section("COMMANDS") + commands + section("EXAMPLES AND NOTES") +
         unfilled(app.get_footer()) + section("SEE ALSO") + also + ".BR settle.toml (5)\n";
}

}  // namespace

std::string man_page(const CLI::App& app, const CLI::App* command) {
  return command == nullptr ? page_of_all(app) : page_of_command(*command);
}

std::string man_page_of_keys() {
  Configuration defaults;
  std::string text = titled("settle.toml", 5, "the configuration of a run of settle") + section("DESCRIPTION") +
                     "A TOML file that states what differs from the defaults; each key here with its default.\n";
  std::string current;
  for (const Key& key : keys(defaults)) {
    if (section_of(key) != current) text += section(fmt::format("[{}]", current = section_of(key)).c_str());
    text +=
        tagged(name_in_section(key) + " = " + to_toml(key.value), key.meaning + " Takes " + allowed(key.value) + ".");
  }
  return text + section("SEE ALSO") + ".BR settle\\-config (1)\n";
}

}  // namespace settle
