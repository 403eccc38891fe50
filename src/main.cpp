// The settle program. Results go to standard output, progress and errors to standard error.
#include <filesystem>
#include <systemc>

#include <fmt/format.h>

#include "models/error.h"
#include "src/commands/command_line.h"
#include "src/commands/commands.h"
#include "src/data/input_file.h"

// SystemC's own main would print a banner; ours does not go through it, but the library wants this symbol.
int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  using settle::one_line;  // whatever names of files and values of keys a message has in it
  // "Simulation stopped by user" is how every run ends
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    const int status = settle::run_command_line(argc, argv);
    if (std::fflush(stdout) != 0) throw settle::RunError("standard output cannot be written (is the disk full?)");
    return status;
  } catch (const settle::InputError& e) {
    fmt::print(stderr, "settle: {}\n", one_line(e.what()));
    return settle::exit_bad_input;
  } catch (const settle::RunError& e) {
    fmt::print(stderr, "settle: {}\n", one_line(e.what()));
  } catch (const std::filesystem::filesystem_error& e) {  // a name that is too long, a folder that is not ours
    fmt::print(stderr, "settle: {}\n", one_line(e.path1().string() + ": " + e.code().message()));
    return settle::exit_bad_input;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "settle: out of memory: choose a smaller run.batch, or fewer samples (data.train_limit)\n");
  } catch (const std::exception& e) {
    fmt::print(stderr,
               "settle: a bug in settle, not in your input: {}\n  please report it with the command that you used\n",
               one_line(e.what()));
  }
  return settle::exit_failed;
}
