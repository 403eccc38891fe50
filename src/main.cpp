// The settle program. Results go to standard output, progress and errors to standard error.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <systemc>

#include <fmt/format.h>
#include <sys/resource.h>

#include "models/error.h"
#include "models/numeric/arithmetic.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"
#include "src/run/program.h"

namespace settle {
namespace {

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

// For comparisons of CPUs (docs/reproducibility.md).
void limit_vectors() {
  const char* newest = std::getenv("SETTLE_KERNELS");
  if (newest == nullptr || *newest == '\0' || limit_kernels(newest)) return;
  throw InputError(
      fmt::format("SETTLE_KERNELS={}: names no vectors that kernels have; there are SSE4, AVX2, AVX3", newest));
}

int run(int argc, char** argv) {
  limit_vectors();
  CLI::App app("Settle simulates analog hardware that learns by equilibrium propagation.", "settle");
  app.set_version_flag("--version", program_text, "version, build, libraries, and the CPU's vectors in use");
  app.require_subcommand(1);
  app.fallthrough(false);
  app.failure_message(CLI::FailureMessage::simple);
  ExitStatus status = 0;
  for (auto* add : {add_train, add_eval, add_trace, add_analyze, add_propose, add_netlist, add_sweep, add_report,
                    add_presets, add_fit, add_costs, add_check, add_config})
    add(app, status);
  refuse_unknown_words(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
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

// What main would return.
static int status_of(int argc, char** argv) {
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

int main(int argc, char** argv) {
  // "Simulation stopped by user" is how every run ends
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond its limit cannot be written, which is an error like others
  const int status = status_of(argc, argv);
  rlimit memory{};
  if (getrlimit(RLIMIT_AS, &memory) != 0 || memory.rlim_cur == RLIM_INFINITY) return status;
  // Threads that OpenBLAS has started, and that we never use, ask for 128 MB until they get it; the library's end,
  // which a return from here would begin, waits for them.
  std::fflush(nullptr);
  std::_Exit(status);
}
