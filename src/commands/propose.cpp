#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "src/analysis/proposal.h"
#include "src/commands/commands.h"
#include "src/data/dataset.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/folder_claim.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

constexpr Index samples_of_proposal = 32;

struct ProposeArguments {
  ConfigArguments config;
  std::string run;
  Index samples = 0;  // not stated
};

int propose(ProposeArguments a) {
  const std::string checkpoint = checkpoint_of("propose", a.run, a.config);
  const Configuration configuration = a.config.read();
  const Dataset data = load_dataset(configuration.data);
  refuse_more_samples("--samples", a.samples, data);
  check_run(a.run, a.config.path, configuration, data);
  std::optional<FolderClaim> claim;
  if (!a.config.out.empty()) claim.emplace(a.config.out, "propose");
  const MakeChip make_chip = [&](const Configuration& c) {
    auto chip = std::make_unique<Chip>(build_chip(c, data.test.pixels.rows(), data.test.classes));
    chip->initialise();
    if (!checkpoint.empty()) load_checkpoint(checkpoint, *chip);
    chip->solve_wires();
    return chip;
  };
  const double averaged = double(configuration.run.epochs) * double(data.train.size());
  const Index samples = a.samples > 0 ? a.samples : std::min(samples_of_proposal, data.test.size());
  const Proposal proposal = propose_gains(configuration, make_chip, data.test, samples, averaged);
  const std::string gains = gains_toml(proposal.after);
  if (!a.config.out.empty()) {
    make_folder(a.config.out);
    write_file(std::filesystem::path(a.config.out) / "gains.toml", gains);
  }
  fmt::print("{}\n{}", proposal_text(proposal, averaged), gains);
  return 0;
}

}  // namespace

void add_propose(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand(
      "propose", "choose gains of each projection that lift signals out of the noise and settle as fast, as TOML");
  auto a = std::make_shared<ProposeArguments>();
  add_config_arguments(*command, a->config, "none; the gains are printed");
  add_run_argument(*command, a->run);
  command
      ->add_option("--samples", a->samples,
                   "how many test samples, the first ones; default 32, or all where there are fewer")
      ->check(CLI::Range(Index(2), Index(1000)));
  add_examples(*command, {{"settle propose configs/default.toml", "what feedback would keep more of the signal"}});
  command->callback([a, &status] { status = propose(*a); });
}

}  // namespace settle
