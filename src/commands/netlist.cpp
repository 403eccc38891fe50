#include "src/netlist/netlist.h"

#include <cmath>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/data/dataset.h"
#include "src/run/process.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

struct NetlistArguments {
  ConfigArguments config;
  std::string run;
  Index sample = 0;
  bool check = false;
  double transient_limit = 0.01, equilibrium_limit = 0.001, energy_limit = 0.01;
};

void print(const NetlistComparison& c) {
  const auto row = [](const char* what, const Largest& l, const std::string& where) {
    fmt::print("  {:<26}{:>10.2e}  {}\n", what, l.difference, where);
  };
  const auto at = [](const Largest& l) { return fmt::format("{} at {}", l.node, engineering(l.time_s, "s")); };
  fmt::print("ngspice - settle, largest  of full scale\n");
  row("free equilibrium", c.free, c.free.node);
  row("clamped equilibrium", c.clamped, c.clamped.node);
  row("free transient", c.free_transient, at(c.free_transient));
  row("clamped transient", c.clamped_transient, at(c.clamped_transient));
  row("clamped - free equilibrium", c.signal, c.signal.node + ", of its population's largest");
}

void print(const EnergyComparison& e) {
  fmt::print("energy of both phases            ngspice      settle     ratio\n");
  for (std::size_t k = 0; k < supply_groups().size(); ++k) {
    const double spice_j = e.spice_j[Index(k)], ledger_j = e.ledger_j[Index(k)];
    if (ledger_j == 0 && std::abs(spice_j) <= 1e-9 * e.spice()) continue;  // nothing of the kind is in the circuit
    fmt::print("  {:<24}{:>12}{:>12}{:>10.5f}\n", supply_groups()[k].what, engineering(spice_j, "J"),
               engineering(ledger_j, "J"), spice_j / ledger_j);
  }
  fmt::print("energy {:.5e} J by ngspice, {:.5e} J by the ledger, ratio {:.5f}\n", e.spice(), e.ledger(), e.ratio());
}

void check_limits(const NetlistComparison& c, const EnergyComparison& e, const NetlistArguments& a) {
  const auto refuse = [](const char* what, double found, double limit, const char* remedy) {
    if (found > limit)
      throw RunError(
          fmt::format("{}: ngspice differs by {:.2e} of full scale, above {:.2e}{}", what, found, limit, remedy));
  };
  refuse("equilibrium", c.equilibrium(), a.equilibrium_limit, "");
  refuse("transient", c.transient(), a.transient_limit,
         "; smaller settling.time_step_s and settling.tolerance bring settle closer");
  if (!(std::abs(e.ratio() - 1) <= a.energy_limit))
    throw RunError(fmt::format("energy: ngspice finds {:.5f} of what the ledger has, which differs by more than {:.2e}",
                               e.ratio(), a.energy_limit));
}

int netlist(NetlistArguments a) {
  NetlistRequest request;
  request.checkpoint = checkpoint_of("netlist", a.run, a.config);
  const Configuration configuration = a.config.read();
  request.folder = a.config.out.empty() ? "." : a.config.out;
  request.sample = a.sample;
  request.check = a.check;
  const Dataset data = load_dataset(configuration.data);
  check_run(a.run, a.config.path, configuration, data);
  const NetlistResult result = run_netlist(configuration, data, request);
  fmt::print("{:.0f} resistors, {} free and {} clamped\nrun with    ngspice {}\n", result.resistors,
             engineering(result.free_s, "s"), engineering(result.clamped_s, "s"), shell_path(result.deck));
  if (!result.comparison) return 0;
  const NetlistComparison& c = *result.comparison;
  print(c);
  print(result.energy);
  fmt::print("largest difference {:.2e} of full scale\n", std::max(c.equilibrium(), c.transient()));
  check_limits(c, result.energy, a);
  return 0;
}

}  // namespace

void add_netlist(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("netlist", "write a sample's circuit as a SPICE deck, and check it by ngspice");
  auto a = std::make_shared<NetlistArguments>();
  add_config_arguments(*command, a->config, "the current one");
  add_run_argument(*command, a->run);
  command->add_option("--sample", a->sample, "which test sample; default 0")
      ->check(CLI::Range(Index(0), Index(1) << 40));
  CLI::Option* const check =
      command->add_flag("--check", a->check, "run ngspice, print how far it is from settle, fail above the limits");
  command
      ->add_option("--transient-limit", a->transient_limit, "largest difference in time, of full scale; default 0.01")
      ->needs(check)
      ->check(CLI::Range(1e-12, 1e3));
  command
      ->add_option("--equilibrium-limit", a->equilibrium_limit,
                   "largest difference of an equilibrium, of full scale; default 0.001")
      ->needs(check)
      ->check(CLI::Range(1e-12, 1e3));
  command
      ->add_option("--energy-limit", a->energy_limit, "largest difference of the energy, of the ledger's; default 0.01")
      ->needs(check)
      ->check(CLI::Range(1e-12, 1e3));
  add_examples(*command,
               {{"settle netlist configs/netlist.toml --check", "a small circuit, and how far ngspice is from it"}});
  command->callback([a, &status] { status = netlist(*a); });
}

}  // namespace settle
