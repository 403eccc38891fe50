#include <fmt/format.h>

#include "models/error.h"
#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/outputs.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

int evaluate(const std::string& run, const std::vector<std::string>& overrides, double after_s) {
  const RunFolder folder = RunFolder::open(run);
  std::vector<std::string> notes;
  const Configuration configuration = read_configuration(folder.file("config.toml").string(), overrides, &notes);
  print_notes(notes);
  const Dataset data = load_dataset(configuration.data);
  Chip chip(build_chip(configuration, data.test.pixels.rows(), data.test.classes));
  Host host(build_host(configuration, data.train.size() + data.test.size()), chip);
  const int epoch = load_checkpoint(folder.file("checkpoint.h5"), chip);
  chip.age(after_s);
  chip.meter().enter(Section::inference);
  host.measure_settling(data.train);  // as training does, so that the chip waits as long
  Score score;
  Matrix<float> outputs;
  for (Index first = 0; first < data.test.size(); first += 1000)
    score.add(host.infer(data.test, first, std::min<Index>(1000, data.test.size() - first), outputs));
  const double samples = double(score.samples);
  fmt::print("epoch           {}\nsamples         {}\ntest accuracy   {:.2f} %\ntest loss       {:.4f}\n", epoch,
             score.samples, 100 * double(score.hits) / samples, score.loss / samples);
  fmt::print("one inference   {}, {}\n", engineering(chip.meter().ledger().total().supplied / samples, "J"),
             engineering(chip.meter().now().to_seconds() / samples, "s"));
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
  command->add_option("--after", *after_s, "seconds since the weights were written: devices drift and leak meanwhile")
      ->check(CLI::Range(0.0, 1e12));
  command->callback([run, overrides, after_s, &status] { status = evaluate(*run, *overrides, *after_s); });
}

}  // namespace settle
