#include <set>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/config/idle.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/evaluation.h"
#include "src/run/run_folder.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

struct EvalArguments {
  std::string run, out;
  std::vector<std::string> overrides;
  double after_s = 0;
  Index states = 0;
};

void refuse_states(const EvalArguments& a, const Dataset& data) {
  if (a.states == 0 && !a.out.empty()) throw InputError("--out " + a.out + ": names the file of --states N; give both");
  if (a.states > data.test.size())
    throw InputError(fmt::format("--states {}: there are {} test samples", a.states, data.test.size()));
}

// Keys that only training or waveforms read.
void refuse_idle(const EvalArguments& a, const Configuration& configuration) {
  static const std::set<std::string> idle = {"run.epochs",
                                             "run.target_accuracy",
                                             "run.checkpoint_minutes",
                                             "run.accuracy_draws",
                                             "learning.learning_rate",
                                             "learning.optimizer",
                                             "learning.final_rate_share"};
  for (const std::string& setting : a.overrides) {
    const std::string key = setting.substr(0, setting.find('='));
    if (idle.count(key) > 0 || key.rfind("trace.", 0) == 0)
      throw InputError(
          fmt::format("--set {}: {} has no effect on weights that have been learned; leave it out", setting, key));
  }
  if (a.after_s == 0) return;
  for (const IdleKey& of : idle_keys(configuration))
    if (of.key == "run.rest_s") throw InputError(fmt::format("--after {}: {}", a.after_s, of.why));
}

void refuse_file(const std::string& file) { refuse_to_replace(file, "of `settle eval --states`", "\x89HDF"); }

int evaluate_run(const EvalArguments& a) {
  const RunFolder folder = RunFolder::open(a.run);
  std::vector<std::string> notes;
  const Configuration configuration = read_configuration(folder.file("config.toml").string(), a.overrides, &notes);
  print_notes(notes);
  refuse_idle(a, configuration);
  const std::string file = a.out.empty() ? folder.file("states.h5").string() : a.out;
  if (a.states > 0) refuse_file(file);
  const Dataset data = load_dataset(configuration.data);
  refuse_states(a, data);
  check_run(a.run, folder.file("config.toml").string(), configuration, data);
  const Evaluation e = evaluate(configuration, data, folder.file("checkpoint.h5"), a.after_s, a.states);
  fmt::print("epoch           {}\nsamples         {}\ntest accuracy   {:.2f} %\ntest loss       {:.4f}\n", e.epoch,
             e.samples, 100 * e.accuracy, e.loss);
  fmt::print("one inference   {}, {}\n", engineering(e.energy_j, "J"), engineering(e.seconds, "s"));
  if (e.states) {
    write_file(file, states_file(*e.states, file));
    fmt::print("states          {}\n", file);
  }
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("eval", "classify the test samples with a run's last checkpoint");
  auto a = std::make_shared<EvalArguments>();
  command->add_option("RUN", a->run, "a run folder")->required();
  command->add_option("--set", a->overrides, "KEY=VALUE: evaluate under other conditions, such as neuron.noise=0.01")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command
      ->add_option("--after", a->after_s,
                   "seconds since the weights were written: devices drift and leak meanwhile; default: none")
      ->check(CLI::Range(0.0, 1e12));
  command
      ->add_option("--states", a->states,
                   "writes states, differences, logits and predictions of the first N test samples (docs/python.md); "
                   "default: none")
      ->check(CLI::Range(Index(1), Index(million)));
  command->add_option("--out", a->out, "HDF5 file for them; default: states.h5 in the run's folder");
  add_examples(*command, {{"settle eval runs/default-001", "what it has learned"},
                          {"settle eval runs/default-001 --set neuron.noise=0.01", "how it bears more noise"},
                          {"settle eval runs/default-001 --after 86400", "after a day of drift"},
                          {"settle eval runs/default-001 --states 100", "what its neurons do with 100 samples"}});
  command->callback([a, &status] { status = evaluate_run(*a); });
}

}  // namespace settle
