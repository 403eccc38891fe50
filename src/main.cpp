// The settle program. Results go to standard output, progress and errors to standard error.
#include <csignal>
#include <filesystem>
#include <system_error>
#include <systemc>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/commands/command_line.h"
#include "src/commands/commands.h"
#include "src/data/input_file.h"
#include "src/text/say.h"

// SystemC's own main would print a banner; ours does not go through it, but the library wants this symbol.
int sc_main(int, char**) { return 0; }

// Standard input, output and error have numbers that a file of ours must not get where one of them is closed: it would
// be written into. What takes their place can be read where they are written, and the other way round, and is no more
// use.
static void keep_standard_numbers() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(number, F_GETFD) == -1) (void)::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void say_bug(const std::exception& e) {
  settle::say("settle: a bug in settle, not in your input: {}\n  please report it with the command that you used\n",
              settle::one_line(e.what()));
}

// What main would return.
static int status_of(int argc, char** argv) {
  using settle::one_line;  // whatever names of files and values of keys a message has in it
  try {
    const int status = settle::run_command_line(argc, argv);
    const bool printed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (status == 0 && !printed) throw settle::RunError("standard output cannot be written (is the disk full?)");
    return status;
  } catch (const settle::InputError& e) {
    settle::say("settle: {}\n", one_line(e.what()));
    return settle::exit_bad_input;
  } catch (const settle::RunError& e) {
    settle::say("settle: {}\n", one_line(e.what()));
  } catch (const std::filesystem::filesystem_error& e) {  // a name that is too long, a folder that is not ours
    settle::say("settle: {}\n", one_line(e.path1().string() + ": " + e.code().message()));
    return settle::exit_bad_input;
  } catch (const std::system_error& e) {
    if (std::ferror(stdout) == 0) {
      say_bug(e);
    } else {
      settle::say("settle: standard output cannot be written (is the disk full?): {}\n", e.code().message());
    }
  } catch (const std::bad_alloc&) {
    settle::say("settle: out of memory: choose a smaller run.batch, or fewer samples (data.train_limit)\n");
  } catch (const std::exception& e) {
    say_bug(e);
  }
  return settle::exit_failed;
}

int main(int argc, char** argv) {
  keep_standard_numbers();
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
