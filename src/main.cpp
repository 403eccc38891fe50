// The settle program. Results go to standard output, progress and errors to standard error.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <systemc>

#include <fmt/format.h>

#include "models/error.h"
#include "src/commands/commands.h"
#include "models/numeric/parallel.h"
#include "src/config/nearest.h"
#include "src/run/allocation.h"

namespace settle {
namespace {

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

int run(int argc, char** argv) {
  ExitStatus status = 0;
  const std::unique_ptr<CLI::App> app = command_line(status);
  if (const auto cores = allocated_cores(process_environment())) set_default_threads(*cores);
  refuse_unknown_words(*app, argc, argv);
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app->exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app->exit(e);
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "settle: {} (settle --help)\n", e.what());
    return exit_bad_input;
  }
  return status;
}

}  // namespace
}  // namespace settle

// SystemC's own main would print a banner; ours does not go through it, but the library wants this symbol.
int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  // "Simulation stopped by user" is how every run ends
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    const int status = settle::run(argc, argv);
    if (std::fflush(stdout) != 0) throw settle::RunError("standard output cannot be written (is the disk full?)");
    return status;
  } catch (const settle::InputError& e) {
    fmt::print(stderr, "settle: {}\n", e.what());
    return settle::exit_bad_input;
  } catch (const settle::RunError& e) {
    fmt::print(stderr, "settle: {}\n", e.what());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "settle: out of memory: choose a smaller run.batch, or fewer samples (data.train_limit)\n");
  } catch (const std::exception& e) {
    fmt::print(stderr,
               "settle: a bug in settle, not in your input: {}\n  please report it with the command that you used\n",
               e.what());
  }
  return settle::exit_failed;
}
