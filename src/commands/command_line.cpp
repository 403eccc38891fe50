#include "src/commands/command_line.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/error.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"

namespace settle {
namespace {

struct WholeLineRead {};

// A wrong word gets the nearest right one, and the list of them.
void refuse_unknown_words(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  if (argc < 2)
    throw InputError(fmt::format("no command given; there are {} (settle --help)", fmt::join(commands, ", ")));
  const std::string word = argv[1];
  if (word[0] == '-') return;
  if (std::find(commands.begin(), commands.end(), word) == commands.end())
    throw InputError(fmt::format("unknown command `{}`; did you mean `{}`? There are {}", word, nearest(word, commands),
                                 fmt::join(commands, ", ")));
  std::vector<std::string> options;
  for (const CLI::Option* option : app.get_subcommand(word)->get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i], option = argument.substr(0, argument.find('='));
    if (option.rfind("--", 0) != 0 || std::find(options.begin(), options.end(), option) != options.end()) continue;
    throw InputError(fmt::format("unknown option `{}` of settle {}; did you mean `{}`? There are {}", option, word,
                                 nearest(option, options), fmt::join(options, ", ")));
  }
}

}  // namespace

int run_command_line(int argc, char** argv, Line line) {
  CLI::App app("Settle simulates analog hardware that learns by equilibrium propagation.", "settle");
  app.set_version_flag("--version", SETTLE_VERSION);
  app.require_subcommand(1);
  app.fallthrough(false);
  app.failure_message(CLI::FailureMessage::simple);
  ExitStatus status = 0;
  for (auto* add : {add_train, add_eval, add_trace, add_analyze, add_propose, add_netlist, add_sweep, add_report,
                    add_presets, add_fit, add_costs, add_check, add_config})
    add(app, status);
  if (line == Line::read) app.parse_complete_callback([] { throw WholeLineRead(); });  // before those of the commands
  refuse_unknown_words(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const WholeLineRead&) {
    return 0;
  } catch (const CLI::CallForHelp& e) {
    return line == Line::run ? app.exit(e) : 0;
  } catch (const CLI::CallForVersion& e) {
    return line == Line::run ? app.exit(e) : 0;
  } catch (const CLI::ParseError& e) {
    throw InputError(fmt::format("{} (settle --help)", e.what()));
  }
  return status;
}

}  // namespace settle
