#include <fmt/format.h>

#include "src/commands/commands.h"

namespace settle {

void add_examples(CLI::App& command, std::initializer_list<Example> examples, const std::string& more) {
  std::string text = examples.size() == 1 ? "Example:\n" : "Examples:\n";
  for (const Example& example : examples) text += fmt::format("  {}\n      {}\n", example.words, example.meaning);
  command.footer(more.empty() ? text : text + "\n" + more);
}

std::unique_ptr<CLI::App> command_line(ExitStatus& status) {
  auto app =
      std::make_unique<CLI::App>("Settle simulates analog hardware that learns by equilibrium propagation.", "settle");
  app->set_version_flag("--version", SETTLE_VERSION);
  app->require_subcommand(1);
  app->fallthrough(false);
  app->failure_message(CLI::FailureMessage::simple);
  for (auto* add : {add_train, add_eval, add_trace, add_analyze, add_propose, add_netlist, add_sweep, add_report,
                    add_presets, add_fit, add_costs, add_check, add_config, add_completion, add_help})
    add(*app, status);
  add_examples(
      *app,
      {{"settle train configs/default.toml", "the main job: a chip that learns Fashion-MNIST in place"},
       {"settle help train", "what a command takes, with examples"},
       {"settle config network", "what a section of a configuration takes, with defaults"}},
      "Exit status: 0 when all went well; 1 when a run failed; 2 for bad input, of which nothing is written; 130\n"
      "when it was interrupted, after what there was has been saved.");
  return app;
}

const CLI::App* command_called(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({}))
    if (command->get_name() == name) return command;
  return nullptr;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({}))
    if (!command->get_group().empty()) names.push_back(command->get_name());
  return names;
}

}  // namespace settle
