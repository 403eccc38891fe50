#include "src/commands/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/error.h"
#include "settle/models/numeric/arithmetic.h"
#include "settle/models/numeric/parallel.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"
#include "src/run/allocation.h"
#include "src/run/program.h"

namespace settle {
namespace {

struct WholeLineRead {};

std::string guess(const std::string& word, const std::vector<std::string>& words) {
  const std::string known = did_you_mean(word, words);
  return known.empty() ? "." : known;
}

// A wrong word gets the nearest right one, and the list of them.
void refuse_unknown_words(const CLI::App& app, int argc, char** argv) {
  const std::vector<std::string> commands = command_names(app);
  if (argc < 2)
    throw InputError(fmt::format("no command given; there are {} (settle --help)", fmt::join(commands, ", ")));
  const std::string word = argv[1];
  if (word[0] == '-') return;
  const CLI::App* command = command_called(app, word);
  if (command == nullptr) {
    if (std::filesystem::path(word).extension() == ".toml")
      throw InputError(
          fmt::format("{}: say what to do with it: settle train {}, or settle sweep {}", word, word, word));
    throw InputError(
        fmt::format("unknown command `{}`{} There are {}", word, guess(word, commands), fmt::join(commands, ", ")));
  }
  std::vector<std::string> options;
  for (const CLI::Option* option : command->get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  for (int i = 2; i < argc && std::string(argv[i]) != "--"; ++i) {
    const std::string argument = argv[i], option = argument.substr(0, argument.find('='));
    if (option.rfind("--", 0) != 0 || std::find(options.begin(), options.end(), option) != options.end()) continue;
    throw InputError(fmt::format("unknown option `{}` of settle {}{} There are {}", option, word,
                                 guess(option, options), fmt::join(options, ", ")));
  }
}

// The first option that takes one value and is given twice, as it stands on the line; empty where there is none.
std::string given_twice(const CLI::App& command, int argc, char** argv) {
  for (const CLI::Option* option : command.get_options()) {
    int times = 0;
    std::string last;
    for (int i = 2; i < argc && std::string(argv[i]) != "--"; ++i) {
      const std::string argument = argv[i], word = argument.substr(0, argument.find('='));
      if (word.rfind("--", 0) != 0 || !option->check_name(word)) continue;
      ++times;
      last = word;
    }
    if (times > 1 && option->get_items_expected_max() == 1 &&
        option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw)
      return last;
  }
  return "";
}

// What is wrong with the words of a command, and where they are explained.
std::string mistake(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App* command = argc > 1 ? command_called(app, argv[1]) : nullptr;
  if (command == nullptr) return fmt::format("{} (settle --help)", error.what());
  const std::string name = command->get_name();
  const std::string twice = error.get_name() == "ArgumentMismatch" ? given_twice(*command, argc, argv) : "";
  if (!twice.empty()) return fmt::format("{}: is given twice; leave one out (settle {} --help)", twice, name);
  return fmt::format("{} (settle {} --help)", error.what(), name);
}

// For comparisons of CPUs (docs/reproducibility.md).
void limit_vectors() {
  const char* newest = std::getenv("SETTLE_KERNELS");
  if (newest == nullptr || *newest == '\0' || limit_kernels(newest)) return;
  throw InputError(
      fmt::format("SETTLE_KERNELS={}: names no vectors that kernels have; there are SSE4, AVX2, AVX3", newest));
}

}  // namespace

void add_examples(CLI::App& command, std::initializer_list<Example> examples, const std::string& more) {
  std::string text = examples.size() == 1 ? "Example:\n" : "Examples:\n";
  for (const Example& example : examples) text += fmt::format("  {}\n      {}\n", example.words, example.meaning);
  command.footer(more.empty() ? text : text + "\n" + more);
}

std::unique_ptr<CLI::App> command_line(ExitStatus& status) {
  auto app =
      std::make_unique<CLI::App>("Settle simulates analog hardware that learns by equilibrium propagation.", "settle");
  app->set_version_flag("--version", program_text, "version, build, libraries, and the CPU's vectors in use");
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

// An empty value is a variable of the shell that is not set: its default would be another thing than what was meant.
void refuse_empty_values(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands())
    for (const CLI::Option* option : command->get_options())
      if (option->get_expected_min() > 0 && !option->get_positional())
        for (const std::string& value : option->results())
          if (value.empty())
            throw InputError(option->get_name() + ": is given without a value; leave it out, or give one");
}

int run_command_line(int argc, char** argv, Line line) {
  limit_vectors();
  ExitStatus status = 0;
  const std::unique_ptr<CLI::App> app = command_line(status);
  if (const auto cores = allocated_cores(process_environment())) set_default_threads(*cores);
  app->parse_complete_callback([&] {  // before those of the commands
    refuse_empty_values(*app);
    if (line == Line::read) throw WholeLineRead();
  });
  refuse_unknown_words(*app, argc, argv);
  try {
    app->parse(argc, argv);
  } catch (const WholeLineRead&) {
    return 0;
  } catch (const CLI::CallForHelp& e) {
    return line == Line::run ? app->exit(e) : 0;
  } catch (const CLI::CallForVersion& e) {
    return line == Line::run ? app->exit(e) : 0;
  } catch (const CLI::ParseError& e) {
    throw InputError(mistake(*app, e, argc, argv));
  }
  return status;
}

}  // namespace settle
