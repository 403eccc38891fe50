// The commands of the program. Each adds itself to the command line, and runs when it is chosen.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "src/config/configuration.h"

namespace settle {

/// Exit statuses of a run that failed, of bad input, and of an interrupted run (128 + SIGINT).
constexpr int exit_failed = 1, exit_bad_input = 2, exit_interrupted = 130;

/// The arguments of every command that takes a configuration.
struct ConfigArguments {
  std::string path;
  std::vector<std::string> overrides;  // KEY=VALUE
  std::string out;

  /// Reads the configuration and checks it (InputError).
  Configuration read() const;
};

/// A line on standard error for each note of a configuration (read_configuration).
void print_notes(const std::vector<std::string>& notes);

/// Adds CONFIG, --set, --seed, --threads, --out.
void add_config_arguments(CLI::App& command, ConfigArguments& arguments);

/// Adds --run to a command with the arguments of add_config_arguments(), and makes CONFIG optional.
void add_run_argument(CLI::App& command, std::string& run);
/// The checkpoint of a run, whose configuration is taken when none is named; empty for no run. InputError for neither,
/// which names the command.
std::string checkpoint_of(const std::string& command, const std::string& run, ConfigArguments& arguments);

using ExitStatus = int;

void add_train(CLI::App& app, ExitStatus& status);
void add_eval(CLI::App& app, ExitStatus& status);
void add_trace(CLI::App& app, ExitStatus& status);
void add_analyze(CLI::App& app, ExitStatus& status);
void add_propose(CLI::App& app, ExitStatus& status);
void add_netlist(CLI::App& app, ExitStatus& status);
void add_sweep(CLI::App& app, ExitStatus& status);
void add_report(CLI::App& app, ExitStatus& status);
void add_presets(CLI::App& app, ExitStatus& status);
void add_fit(CLI::App& app, ExitStatus& status);
void add_costs(CLI::App& app, ExitStatus& status);
void add_check(CLI::App& app, ExitStatus& status);
void add_config(CLI::App& app, ExitStatus& status);

/// The command line of this very program, for the parts of a run that need a process of their own.
std::string own_path();

}  // namespace settle
