// What a shell offers at the Tab key: commands, options, keys after --set and the words that they take. The shell's
// part only asks `settle complete`, so that it never knows less than the program.
#include <algorithm>

#include <fmt/format.h>

#include "settle/models/device/preset.h"
#include "src/commands/commands.h"
#include "src/config/keys.h"
#include "src/config/value.h"

namespace settle {
namespace {

using WordList = std::vector<std::string>;

constexpr const char* bash = R"(# Tab completion of settle in bash:  source <(settle completion bash)
_settle() {
  local IFS=$'\n'
  COMPREPLY=($(settle complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -o default -F _settle settle
)";
constexpr const char* zsh = R"(# Tab completion of settle in zsh:  source <(settle completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
_settle() {
  local IFS=$'\n'
  COMPREPLY=($(settle complete -- "${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null))
}
complete -o default -o nospace -F _settle settle
)";
constexpr const char* fish = R"(# Tab completion of settle in fish:  settle completion fish | source
complete -c settle -a '(settle complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
)";

const std::pair<const char*, const char*> shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

WordList shell_names() {
  WordList names;
  for (const auto& [name, script] : shells) names.push_back(name);
  return names;
}

WordList with_prefix(const WordList& words, const std::string& prefix) {
  WordList result;
  std::copy_if(words.begin(), words.end(), std::back_inserter(result),
               [&](const std::string& word) { return word.compare(0, prefix.size(), prefix) == 0; });
  return result;
}

WordList sections_and_keys() {
  Configuration defaults;
  WordList names;
  for (const Key& key : keys(defaults)) {
    if (names.empty() || section_of(key) != section_of({names.back(), key.value, ""})) names.push_back(section_of(key));
    names.push_back(key.name);
  }
  return names;
}

WordList settings() {
  Configuration defaults;
  WordList names;
  for (const Key& key : keys(defaults)) names.push_back(key.name + "=");
  return names;
}

WordList values_of(const std::string& name) {
  Configuration defaults;
  for (const Key& key : keys(defaults))
    if (key.name == name) return choices(key.value);
  return {};
}

WordList options_of(const CLI::App& command) {
  WordList names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// The words of an option that takes one of a few, which the library writes as "TEXT:{vcd,fst}".
WordList members_of(const CLI::App& command, const std::string& name) {
  const CLI::Option* option = name.rfind("--", 0) == 0 ? command.get_option_no_throw(name) : nullptr;
  if (option == nullptr) return {};
  const std::string type = option->get_type_name();
  const auto open = type.find('{'), close = type.find('}');
  return open == std::string::npos || close == std::string::npos
             ? WordList()
             : CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

WordList positionals_of(const CLI::App& app, const std::string& command) {
  if (command == "help") return command_names(app);
  if (command == "completion") return shell_names();
  if (command == "presets") return names_of(device_presets());
  if (command == "config") return sections_and_keys();
  return {};  // files, which the shell knows best
}

/// What can stand in place of the last of `words`, all of which come after "settle". In bash "=" is a word of its own.
WordList completions(const CLI::App& app, const WordList& words) {
  const std::string last = words.empty() ? "" : words.back();
  if (words.size() < 2) return with_prefix(command_names(app), last);
  const CLI::App* command = command_called(app, words.front());
  if (command == nullptr) return {};
  const auto before = [&](std::size_t k) { return k < words.size() ? words[words.size() - 1 - k] : std::string(); };
  if (before(1) == "--set") {
    const auto equals = last.find('=');
    if (equals == std::string::npos) return with_prefix(settings(), last);
    WordList whole;
    for (const std::string& value : with_prefix(values_of(last.substr(0, equals)), last.substr(equals + 1)))
      whole.push_back(last.substr(0, equals + 1) + value);
    return whole;
  }
  if (before(2) == "--set" && last == "=") return values_of(before(1));
  if (before(3) == "--set" && before(1) == "=") return with_prefix(values_of(before(2)), last);
  if (last.rfind('-', 0) == 0) return with_prefix(options_of(*command), last);
  if (const WordList members = members_of(*command, before(1)); !members.empty()) return with_prefix(members, last);
  return with_prefix(positionals_of(app, words.front()), last);
}

}  // namespace

void add_completion(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("completion", "print what teaches a shell to complete commands, options and keys");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "the shell")->required()->check(CLI::IsMember(shell_names()));
  add_examples(*command, {{"source <(settle completion bash)", "in ~/.bashrc, for every shell to come"}});
  command->callback([shell, &status] {
    for (const auto& [name, script] : shells)
      if (*shell == name) fmt::print("{}", script);
    status = 0;
  });

  CLI::App* asked = app.add_subcommand("complete", "what can stand in place of the last word")->group("");
  auto words = std::make_shared<WordList>();
  asked->add_option("WORD", *words, "the words after settle");
  asked->callback([&app, words, &status] {
    for (const std::string& word : completions(app, *words)) fmt::print("{}\n", word);
    status = 0;
  });
}

}  // namespace settle
