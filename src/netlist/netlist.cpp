#include "src/netlist/netlist.h"

#include <filesystem>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "settle/models/learning/equilibria.h"
#include "src/netlist/chip_reads.h"
#include "src/netlist/deck.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/folder_claim.h"
#include "src/run/outputs.h"
#include "src/run/run_folder.h"
#include "src/run/training.h"

namespace settle {
namespace {

constexpr double most_resistors = 200000;

// The design of a chip in transient, without what a deck leaves out: noise, and the converters' steps.
ChipDesign deterministic(const Configuration& configuration, const Dataset& data) {
  ChipDesign design = build_chip(configuration, data.test.pixels.rows(), data.test.classes);
  design.settling.analysis = Analysis::transient;
  design.neuron.noise = design.neuron.membrane_noise = 0;
  design.noise.physical = false;
  // a deck drives all lines at full scale, all the time, as copies of an array allow
  design.crossbar.turns = Turns::at_once;
  design.crossbar.weak_drive = WeakDrive::full;
  design.crossbar.read_duty = 1;
  design.crossbar.device.read_noise = 0;
  design.learning.nudging = Nudging::one_sided;  // a deck has one clamped phase: of several, the first
  design.learning.phase_nudges.resize(std::min<std::size_t>(design.learning.phase_nudges.size(), 1));
  design.learning.clamped_repeats = 1;
  design.hold = HoldSpec{};
  design.converter.dac_bits = design.converter.adc_bits = 0;
  design.converter.dac = design.converter.adc = ConverterErrors{};
  return design;
}

void check_size(double resistors, const Graph& graph) {
  if (resistors > most_resistors)
    throw InputError(
        fmt::format("{} makes {:.0f} resistors, and a deck holds {:.0f}: choose a smaller network.hidden, or smaller "
                    "images (data.downsample)",
                    describe_network(graph), resistors, most_resistors));
}

// The operating points that a deck's equilibria are compared with. RunError where a phase does not converge.
NodeValues solve_equilibria(Chip& chip, const Vector<double>& input, const Vector<double>& nudge) {
  Equilibria equilibria(chip.circuit(), 1);
  if (chip.design().settling.start == Start::reset) equilibria.follow_from({});
  Matrix<float> error = nudge.cast<float>();
  equilibria.drive(input.cast<float>());
  chip.sense_amplifiers().enter(/*clamped=*/false);
  equilibria.settle_free(Use::learning);
  chip.sense_amplifiers().enter(/*clamped=*/true);
  if (chip.circuit().clamped_lines() == ClampedLines::differences)
    for (Index p = 1; p < chip.circuit().readout(); ++p) {
      BankState<float>& bank = equilibria.state().bank(p);
      chip.sense_amplifiers().hold(p, bank.drive);
      chip.sense_amplifiers().add_offset(p, /*samples=*/1, bank.drive_offset);
    }
  std::vector<Matrix<float>> differences;
  contrast_phases(equilibria, {}, error, {}, differences);
  if (!equilibria.settled())
    throw RunError("the network has no equilibrium that sweeps find, so there is none to compare: lower network.beta");
  return node_values(chip, equilibria.chunk());
}

}  // namespace

NetlistResult run_netlist(const Configuration& configuration, const Dataset& data, const NetlistRequest& request) {
  if (request.sample >= data.test.size())
    throw InputError(
        fmt::format("--sample: {} must be below {}, the number of test samples", request.sample, data.test.size()));
  if (configuration.network.hidden.empty())
    throw InputError(
        "network.hidden: [] leaves no neurons, and a deck is there to show how they settle: set one or more widths");
  if (configuration.settling.start == Start::forward || configuration.settling.start == Start::previous)
    throw InputError("settling.start: a deck starts from a reset: set settling.start = \"reset\", or leave it out");
  const ChipDesign design = deterministic(configuration, data);
  NetlistResult result;
  result.resistors = count_resistors(design);
  check_size(result.resistors, design.graph);
  if (request.check) require_ngspice();
  const FolderClaim claim(request.folder, "netlist");

  HostSpec host_spec = build_host(configuration);
  host_spec.learning.rule = Rule::ep;  // a deck has both phases, whatever the host learns by
  Recorder recorder;
  Chip chip(design, &recorder);
  Host host(host_spec, chip);
  if (request.checkpoint.empty()) {
    chip.initialise();
  } else {
    load_checkpoint(request.checkpoint, chip);
  }
  recorder.record(chip);
  const Vector<double> before_j = settling_energy_j(chip.meter().ledger());
  host.show(data.test, request.sample);
  if (chip.free_count().unsettled + chip.clamped_count().unsettled > 0)
    throw RunError("the sample does not settle within 1000 time constants: " + remedy_in_time(configuration));

  const Vector<double> input = data.test.pixels.col(request.sample).cast<double>() / 255;
  const Stimulus stimulus{fmt::format("{} of Settle, test sample {}", describe_network(design.graph), request.sample),
                          input, recorder.free(), recorder.clamped()};
  result.deck = (std::filesystem::path(request.folder) / "netlist.cir").string();
  result.free_s = recorder.free().end_s();
  result.clamped_s = recorder.clamped().end_s();
  write_file(result.deck, write_deck(chip, stimulus));
  if (!request.check) return result;
  const std::vector<Node> nodes = compared_nodes(design);
  const SpiceResult spice = run_ngspice(result.deck, nodes);
  result.energy = {spice.energy_j, settling_energy_j(chip.meter().ledger()) - before_j};
  result.comparison = compare(nodes, spice, solve_equilibria(chip, input, recorder.clamped().nudge.back()),
                              recorder.free(), recorder.clamped());
  return result;
}

}  // namespace settle
