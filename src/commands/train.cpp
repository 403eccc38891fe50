#include <filesystem>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "settle/models/error.h"
#include "settle/models/numeric/stop.h"
#include "src/commands/commands.h"
#include "src/config/write.h"
#include "src/data/dataset.h"
#include "src/report/report.h"
#include "src/run/checkpoint_file.h"
#include "src/run/file_sums.h"
#include "src/run/histograms.h"
#include "src/run/interrupt.h"
#include "src/run/outputs.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/run/training.h"
#include "src/sweep/sweep_folder.h"
#include "src/text/say.h"
#include "src/trace/tracing.h"

namespace settle {
namespace {

// The waveform needs a simulation of its own, and SystemC elaborates once in a process: `settle trace` makes it.
bool trace_in_own_process(const RunFolder& folder) {
  const std::string config = folder.file("config.toml").string(), run = folder.path().string();
  return run_program({own_path(), "trace", config, "--run", run, "--out", run, "--quiet"}, /*quiet=*/false);
}

// Files that come at the end of a run, the last ones last.
const char* const summary_file = "summary.json";
const char* const report_file = "report.html";

// Whether everything is there that a run leaves.
bool is_finished(const RunFolder& folder, const Configuration& configuration) {
  const auto there = [&](const char* name) { return std::filesystem::exists(folder.file(name)); };
  if (!there(summary_file) || !there(report_file)) return false;
  if (configuration.trace.samples > 0 && !there(gtkw_file)) return false;
  const auto summary = nlohmann::json::parse(read_file(folder.file(summary_file)), nullptr, /*allow_exceptions=*/false);
  return summary.is_object() && summary.contains("interrupted") && summary["interrupted"] == false &&
         summary.contains("epochs") && summary["epochs"] == configuration.run.epochs;
}

void write_results(const RunFolder& folder, const Configuration& configuration, const RunResult& result,
                   const nlohmann::ordered_json& summary) {
  std::error_code ignored;                                     // what cannot be written says so
  std::filesystem::remove(folder.file(report_file), ignored);  // of an attempt that was cut off
  std::filesystem::remove(folder.file(sums_file), ignored);
  folder.write("metrics.csv", metrics_csv(result.epochs));
  folder.write("costs.csv", costs_csv(result, std::uint64_t(configuration.run.seed)));
  folder.write(summary_file,
               summary.dump(2, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace) + "\n");
  std::vector<std::string> names = {"config.toml", "metrics.csv", "costs.csv", summary_file};
  if (std::filesystem::exists(folder.file(histograms_file), ignored)) names.emplace_back(histograms_file);
  write_file_sums(folder.path(), names);
  // nothing follows that it could be needed for
  if (!result.interrupted) std::filesystem::remove(checkpoint_before(folder.file("checkpoint.h5")), ignored);
  write_report({folder.path()}, folder.file(report_file));
}

// The epoch after which a run is to end for now.
using UntilEpoch = std::optional<std::int64_t>;

void check(UntilEpoch until, const Configuration& configuration) {
  if (until && *until >= configuration.run.epochs)
    throw InputError(fmt::format("--until-epoch {}: has no effect on a run of {} epochs; give an epoch before the last",
                                 *until, configuration.run.epochs));
}

int ended_before_it_began(const RunFolder& folder) {
  say("settle: interrupted before the first batch: nothing has been trained yet, and settle train --resume {} "
      "begins\n",
      shell_word(folder.path().string()));
  return exit_interrupted;
}

// Trains in a folder that has the run's configuration, and a checkpoint when it has been begun before. `accepted` as
// that of run_training().
int run_in(const RunFolder& folder, const Configuration& configuration, const Dataset& data, UntilEpoch until,
           const std::function<void()>& accepted = {}) {
  watch_for_interrupt();
  RunResult result;
  try {
    result = run_training(configuration, data, folder, accepted, until);
  } catch (const Interrupted&) {
    return ended_before_it_began(folder);
  } catch (const Stopped&) {
    return ended_before_it_began(folder);
  }
  const auto summary = summary_json(configuration, result);
  write_results(folder, configuration, result, summary);
  print_result("{}\n", final_table(summary, result.ledger));
  if (until && std::int64_t(result.epochs.size()) >= *until && !interrupt_requested()) {
    print_result("has come to epoch {} of {}, as asked: settle train --resume {} goes on\n", result.epochs.size(),
                 configuration.run.epochs, shell_word(folder.path().string()));
    return 0;
  }
  if (result.interrupted) {
    say("settle: interrupted after {} finished epochs; what they have given is in {run}, and settle train "
        "--resume {run} goes on\n",
        result.epochs.size(), fmt::arg("run", shell_word(folder.path().string())));
    return exit_interrupted;
  }
  if (configuration.trace.samples > 0 && !trace_in_own_process(folder)) {
    if (interrupt_requested()) return exit_interrupted;
    throw RunError(folder.path().string() + ": the run is complete, but its waveform could not be written");
  }
  print_result("report    {}\n", folder.file(report_file).string());
  if (configuration.trace.samples > 0)
    print_result("waveform  gtkwave {}\n", shell_word(folder.file(gtkw_file).string()));
  return 0;
}

int train(const ConfigArguments& arguments, UntilEpoch until) {
  const Configuration configuration = with_absolute_paths(arguments.read());
  check(until, configuration);
  if (!arguments.out.empty() && SweepFolder::is_one(arguments.out))
    throw InputError(arguments.out + ": is the folder of a sweep; choose another one with --out");
  const Dataset data = load_dataset(configuration.data);
  const RunFolder folder = RunFolder::create(arguments.out, name_after(arguments.path));
  const std::filesystem::path file = folder.file("config.toml");
  replace_file_durably(file, resolved_configuration(configuration));
  say("{} on {} training and {} test samples of {} in {}, writing to {}\n", arguments.path, data.train.size(),
      data.test.size(), data.name, data.where, folder.path().string());
  bool accepted = false;
  try {
    return run_in(folder, configuration, data, until, [&] { accepted = true; });
  } catch (const InputError&) {
    std::error_code ignored;
    // nothing is written for what is refused; cppcheck does not see that the function above is called
    // cppcheck-suppress knownConditionTrueFalse
    if (!accepted) std::filesystem::remove(file, ignored);
    throw;
  }
}

// A run goes on as it is; but it may get more epochs than it had.
void refuse_other_settings(const std::string& run, const ConfigArguments& arguments) {
  const auto refuse = [&](const std::string& what) {
    throw InputError("--resume " + run + ": goes on with the run's own config.toml, in its own folder; leave out " +
                     what);
  };
  if (!arguments.path.empty()) refuse("CONFIG (" + arguments.path + ")");
  if (!arguments.out.empty()) refuse("--out");
  for (const std::string& setting : arguments.overrides) {
    const std::string key = setting.substr(0, setting.find('='));
    if (key == "run.epochs") continue;
    if (key == "run.seed") refuse("--seed: another seed is another run, of `settle train CONFIG --seed N`");
    if (key == "run.threads") refuse("--threads (run.threads may be edited there)");
    refuse("--set " + setting + ": of all keys only run.epochs may change, to more epochs");
  }
}

// The configuration with the epochs that were asked for.
Configuration with_more_epochs(const std::string& run, const Configuration& configuration,
                               const ConfigArguments& wanted) {
  const std::int64_t before = configuration.run.epochs, after = wanted.read().run.epochs;
  if (after < before)
    throw InputError(
        fmt::format("--resume {}: run.epochs = {}: the run has {}, and may get more, not fewer", run, after, before));
  if (after > before && depends_on_epochs(configuration))
    throw InputError(fmt::format(
        "--resume {}: run.epochs = {}: with learning.final_rate_share = {} the learning rate falls over all "
        "epochs of a run, so that one of {} epochs is another from its first batch on; train it anew",
        run, after, configuration.learning.final_rate_share, after));
  Configuration more = configuration;
  more.run.epochs = after;
  return more;
}

bool is_point_of_sweep(const std::string& run) {
  return SweepFolder::is_one(std::filesystem::canonical(run).parent_path().parent_path());
}

int resume(const std::string& run, const ConfigArguments& arguments, UntilEpoch until) {
  refuse_other_settings(run, arguments);
  ConfigArguments of_run;
  of_run.path = RunFolder::open(run).file("config.toml").string();
  Configuration configuration = with_absolute_paths(of_run.read());
  std::function<void()> longer;
  if (!arguments.overrides.empty()) {
    of_run.overrides = arguments.overrides;
    const std::int64_t before = configuration.run.epochs;
    configuration = with_more_epochs(run, configuration, of_run);
    if (configuration.run.epochs > before && is_point_of_sweep(run))
      throw InputError(
          fmt::format("--resume {}: is a point of a sweep, whose tables say what it has after {} epoch{}; "
                      "copy its folder, and give the copy more",
                      run, before, before == 1 ? "" : "s"));
    const std::string text = resolved_configuration(configuration), file = of_run.path;
    if (configuration.run.epochs > before) longer = [=] { replace_file_durably(file, text); };
  }
  check(until, configuration);
  const auto finished = [&](const RunFolder& folder) {
    if (!is_finished(folder, configuration)) return false;
    print_result("{} is finished: nothing is left to do\n", run);
    return true;
  };
  if (finished(RunFolder::open(run))) return 0;
  const Dataset data = load_dataset(configuration.data);
  const RunFolder folder = RunFolder::resume(run);
  if (finished(folder)) return 0;  // by another process, meanwhile
  say("{} on {} training and {} test samples of {} in {}\n", run, data.train.size(), data.test.size(), data.name,
      data.where);
  return run_in(folder, configuration, data, until, [&] {
    std::error_code ignored;
    std::filesystem::remove(folder.file(sums_file), ignored);  // of files that are written anew
    if (longer) longer();
  });
}

}  // namespace

void add_train(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("train", "train a network in place and write a run folder");
  auto arguments = std::make_shared<ConfigArguments>();
  auto run = std::make_shared<std::string>();
  add_config_arguments(*command, *arguments, "a new one, runs/NAME-001 and so on");
  command->get_option("CONFIG")->required(false);  // a run folder has one
  command
      ->add_option("--resume", *run,
                   "a run folder: goes on with a run that was cut off, from its last checkpoint (without one, from its "
                   "config.toml), and ends with the same bytes as a run that was not; --set run.epochs=N adds epochs; "
                   "default: begins a new run")
      ->type_name("RUN");
  auto until = std::make_shared<UntilEpoch>();
  command
      ->add_option("--until-epoch", *until,
                   "ends after this epoch for now, with everything saved; --resume goes on; default: all epochs")
      ->check(CLI::Range(1, 1000000000));
  add_examples(
      *command,
      {{"settle train configs/default.toml", "the main job, into a new folder of runs/"},
       {"settle train configs/default.toml --set network.beta=0.1 --seed 2 --out mine", "with two changes"},
       {"settle train --resume runs/default-001", "goes on with what was cut off"}},
      "Exit status: 0 when the run is finished; 1 when it failed; 2 for bad input; 130 after Ctrl-C, SIGTERM, SIGHUP,\n"
      "SIGUSR1, SIGUSR2 or SIGXCPU, once everything is saved. A second Ctrl-C or SIGTERM ends the program at once.");
  command->callback([arguments, run, until, &status] {
    if (run->empty() && arguments->path.empty())
      throw InputError("settle train: name a configuration, or a run folder with --resume (settle train --help)");
    status = run->empty() ? train(*arguments, *until) : resume(*run, *arguments, *until);
  });
}

}  // namespace settle
