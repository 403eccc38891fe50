#include <filesystem>

#include <fmt/format.h>

#include "models/error.h"
#include "src/commands/commands.h"
#include "src/config/write.h"
#include "src/data/dataset.h"
#include "src/report/report.h"
#include "src/run/interrupt.h"
#include "src/run/learned.h"
#include "src/run/outputs.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/run/training.h"
#include "src/trace/gtkw.h"

namespace settle {
namespace {

// The waveform needs a simulation of its own, and SystemC elaborates once in a process: `settle trace` makes it.
bool trace_in_own_process(const RunFolder& folder) {
  const std::string config = folder.file("config.toml").string(), run = folder.path().string();
  return run_program({own_path(), "trace", config, "--run", run, "--out", run, "--quiet"}, /*quiet=*/false);
}

int train(const ConfigArguments& arguments) {
  const Configuration configuration = with_absolute_paths(arguments.read());
  const Dataset data = load_dataset(configuration.data);
  const std::string name = std::filesystem::path(arguments.path).stem().string();
  const RunFolder folder = RunFolder::create(arguments.out, name);
  folder.write("config.toml", resolved_configuration(configuration));

  watch_for_interrupt();
  fmt::print(stderr, "{} on {} training and {} test samples of {} in {}, writing to {}\n", arguments.path,
             data.train.size(), data.test.size(), data.name, data.where, folder.path().string());
  const RunResult result = run_training(configuration, data, folder);
  const auto summary = summary_json(configuration, result);
  folder.write("metrics.csv", metrics_csv(result.epochs));
  folder.write("costs.csv", costs_csv(result, std::uint64_t(configuration.run.seed)));
  folder.write("summary.json", summary.dump(2) + "\n");
  write_report({folder.path()}, folder.file("report.html"));
  fmt::print("{}\n", final_table(configuration, summary, result.ledger));
  for (const std::string& line : {nothing_learned(configuration, result), saturated_updates(result)})
    if (!line.empty()) fmt::print("{}\n\n", line);
  if (result.interrupted) {
    fmt::print(stderr, "settle: interrupted after {} finished epochs; what they have given is in {}\n",
               result.epochs.size(), folder.path().string());
    return exit_interrupted;
  }
  if (configuration.trace.samples > 0 && !trace_in_own_process(folder)) {
    if (interrupt_requested()) return exit_interrupted;
    throw RunError(folder.path().string() + ": the run is complete, but its waveform could not be written");
  }
  fmt::print("report    {}\n", folder.file("report.html").string());
  if (configuration.trace.samples > 0)
    fmt::print("waveform  gtkwave {}\n", shell_word(folder.file(gtkw_file).string()));
  return 0;
}

}  // namespace

void add_train(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("train", "train a network in place and write a run folder");
  auto arguments = std::make_shared<ConfigArguments>();
  add_config_arguments(*command, *arguments);
  command->callback([arguments, &status] { status = train(*arguments); });
}

}  // namespace settle
