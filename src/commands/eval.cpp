#include <fmt/format.h>

#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/evaluation.h"
#include "src/run/outputs.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

int evaluate_run(const std::string& run, const std::vector<std::string>& overrides, double after_s) {
  const RunFolder folder = RunFolder::open(run);
  std::vector<std::string> notes;
  const Configuration configuration = read_configuration(folder.file("config.toml").string(), overrides, &notes);
  print_notes(notes);
  const Dataset data = load_dataset(configuration.data);
  check_run(run, folder.file("config.toml").string(), configuration, data);
  const Evaluation e = evaluate(configuration, data, folder.file("checkpoint.h5"), after_s);
  fmt::print("epoch           {}\nsamples         {}\ntest accuracy   {:.2f} %\ntest loss       {:.4f}\n", e.epoch,
             e.samples, 100 * e.accuracy, e.loss);
  fmt::print("one inference   {}, {}\n", engineering(e.energy_j, "J"), engineering(e.seconds, "s"));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("eval", "classify the test samples with a run's last checkpoint");
  auto run = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  command->add_option("RUN", *run, "a run folder")->required();
  command->add_option("--set", *overrides, "KEY=VALUE: evaluate under other conditions, such as neuron.noise=0.01")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  auto after_s = std::make_shared<double>(0);
  command
      ->add_option("--after", *after_s,
                   "seconds since the weights were written: devices drift and leak meanwhile; default: none")
      ->check(CLI::Range(0.0, 1e12));
  add_examples(*command, {{"settle eval runs/default-001", "what it has learned"},
                          {"settle eval runs/default-001 --set neuron.noise=0.01", "how it bears more noise"},
                          {"settle eval runs/default-001 --after 86400", "after a day of drift"}});
  command->callback([run, overrides, after_s, &status] { status = evaluate_run(*run, *overrides, *after_s); });
}

}  // namespace settle
