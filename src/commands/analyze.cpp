#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/analysis/files.h"
#include "src/analysis/findings.h"
#include "src/analysis/tables.h"
#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/folder_claim.h"
#include "src/run/training.h"

namespace settle {
namespace {

constexpr Index samples_of_analysis = 8;

struct AnalyzeArguments {
  ConfigArguments config;
  std::string run;
  Index samples = 0, steps = 200;  // no samples: not stated
};

LoopAnalysis conditions(const Configuration& c, const Graph& graph, Index samples) {
  LoopAnalysis analysis;
  analysis.title = fmt::format("{} on {}, {} test samples; initial weights of seed {}", describe_network(graph),
                               c.data.name, samples, c.run.seed);
  analysis.samples = samples;
  analysis.beta = c.network.beta;
  analysis.alpha = c.network.alpha;
  analysis.full_scale_v = c.chip.neuron_full_scale_v;
  analysis.tau_s = c.neuron.tau_s;
  return analysis;
}

int analyze(AnalyzeArguments a) {
  const std::string checkpoint = checkpoint_of("analyze", a.run, a.config);
  const Configuration configuration = a.config.read();
  const Dataset data = load_dataset(configuration.data);
  refuse_more_samples("--samples", a.samples, data);
  check_run(a.run, a.config.path, configuration, data);
  std::optional<FolderClaim> claim;
  if (!a.config.out.empty()) claim.emplace(a.config.out, "analyze");
  Chip chip(build_chip(configuration, data.test.pixels.rows(), data.test.classes));
  chip.initialise();
  const Index samples = a.samples > 0 ? a.samples : std::min(samples_of_analysis, data.test.size());
  LoopAnalysis analysis = conditions(configuration, chip.design().graph, samples);
  const auto add = [&](const char* weights) {
    analysis.findings.push_back(analyse(configuration, chip, data.test, analysis.samples, a.steps));
    analysis.findings.back().weights = weights;
  };
  add("initial");
  if (!checkpoint.empty()) {
    const int epoch = load_checkpoint(checkpoint, chip);
    chip.solve_wires();
    analysis.title += fmt::format(", trained weights of {} after epoch {}", a.run, epoch);
    add("trained");
  }
  if (!a.config.out.empty()) write_analysis(analysis, a.config.out);
  fmt::print("{}", analysis_text(analysis));
  return 0;
}

}  // namespace

void add_analyze(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("analyze", "how the network settles, and how close its learning comes to the true gradient");
  auto a = std::make_shared<AnalyzeArguments>();
  add_config_arguments(*command, a->config, "none; the findings are printed");
  add_run_argument(*command, a->run);
  command
      ->add_option("--samples", a->samples,
                   "how many test samples, the first ones; default 8, or all where there are fewer")
      ->check(CLI::Range(Index(1), Index(1000)));
  command->add_option("--steps", a->steps, "how many steps of the synchronous map are followed; default 200")
      ->check(CLI::Range(Index(4), Index(10000)));
  add_examples(*command,
               {{"settle analyze configs/default.toml --samples 4", "signal, noise and settling with initial weights"},
                {"settle analyze --run runs/default-001 --out analysis", "of a trained chip, as a page and tables"}});
  command->callback([a, &status] { status = analyze(*a); });
}

}  // namespace settle
