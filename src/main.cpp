// The settle program. Results go to standard output, progress and errors to standard error.
#include <cstdlib>
#include <systemc>

#include <fmt/format.h>

#include "models/error.h"
#include "src/commands/commands.h"

namespace settle {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Settle simulates analog hardware that learns by equilibrium propagation.", "settle");
  app.set_version_flag("--version", SETTLE_VERSION);
  app.require_subcommand(1);
  app.fallthrough(false);
  app.failure_message(CLI::FailureMessage::simple);
  ExitStatus status = 0;
  for (auto* add : {add_train, add_eval, add_trace, add_report, add_presets, add_check, add_config}) add(app, status);
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

int main(int argc, char** argv) {
  // "Simulation stopped by user" is how every run ends
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    return settle::run(argc, argv);
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
