// The commands of the program. Each adds itself to the command line, and runs when it is chosen.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/interrupt.h"

namespace settle {

/// Exit statuses of a run that failed, and of bad input; exit_interrupted is that of an interrupted run.
constexpr int exit_failed = 1, exit_bad_input = 2;

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

/// Adds CONFIG, --set, --seed, --threads, --out; `without_out` is what happens without the last, empty for a
/// command that does not take it.
void add_config_arguments(CLI::App& command, ConfigArguments& arguments, const std::string& without_out);

/// Adds --run to a command with the arguments of add_config_arguments(), and makes CONFIG optional.
void add_run_argument(CLI::App& command, std::string& run);
/// The checkpoint of a run, whose configuration is taken when none is named; empty for no run. InputError for neither,
/// which names the command.
std::string checkpoint_of(const std::string& command, const std::string& run, ConfigArguments& arguments);

/// Says, in notes, whether the run's settings are still those that its weights were trained with, where `path` is its
/// own config.toml; InputError where its samples are others (saved_run.h). Nothing without a run.
void check_run(const std::string& run, const std::string& path, const Configuration& used, const Dataset& data);

/// InputError where `option` asks for more test samples than there are.
void refuse_more_samples(const std::string& option, Index asked, const Dataset& data);

using ExitStatus = int;

/// A command line that is worth trying, and what it does.
struct Example {
  const char* words;
  const char* meaning;
};
/// Shows examples below a command's help; `more` comes after them.
void add_examples(CLI::App& command, std::initializer_list<Example> examples, const std::string& more = "");

/// The program's command line with all its commands. A command that runs leaves its exit status in `status`.
std::unique_ptr<CLI::App> command_line(ExitStatus& status);
/// The command of that name; none where there is none.
const CLI::App* command_called(const CLI::App& app, const std::string& name);
/// The names of its commands, in their order, without those that only a shell calls.
std::vector<std::string> command_names(const CLI::App& app);

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
void add_help(CLI::App& app, ExitStatus& status);
void add_completion(CLI::App& app, ExitStatus& status);

/// The command line of this very program, for the parts of a run that need a process of their own.
std::string own_path();

}  // namespace settle
