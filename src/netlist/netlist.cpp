#include "src/netlist/netlist.h"

#include <filesystem>

#include <fmt/format.h>

#include "hw/chip.h"
#include "models/error.h"
#include "src/netlist/crossbar_cards.h"
#include "src/netlist/deck.h"
#include "src/netlist/equilibrium.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/folder_claim.h"
#include "src/run/outputs.h"
#include "src/run/run_folder.h"
#include "src/run/training.h"

namespace settle {
namespace {

constexpr double most_resistors = 200000;

// In transient, and without what a deck leaves out: noise, and the converters' steps.
hw::SubstrateSpec deterministic(const Configuration& configuration, const Dataset& data) {
  hw::SubstrateSpec spec = build_substrate(configuration, data.test.pixels.rows(), data.test.classes);
  spec.settling.analysis = Analysis::transient;
  spec.neuron.noise = spec.neuron.membrane_noise = 0;
  spec.crossbar.device.read_noise = 0;
  spec.learning.nudging = Nudging::one_sided;  // a deck has one clamped phase: of a symmetric nudge, the first
  spec.converter.dac_bits = spec.converter.adc_bits = 0;
  spec.converter.dac = spec.converter.adc = ConverterErrors{};
  return spec;
}

void check_size(double resistors, const Graph& graph) {
  if (resistors > most_resistors)
    throw InputError(
        fmt::format("{} makes {:.0f} resistors, and a deck holds {:.0f}: choose a smaller network.hidden, or smaller "
                    "images (data.downsample)",
                    describe_network(graph), resistors, most_resistors));
}

}  // namespace

NetlistResult run_netlist(const Configuration& configuration, const Dataset& data, const NetlistRequest& request) {
  if (request.sample >= data.test.size())
    throw InputError(
        fmt::format("--sample: {} must be below {}, the number of test samples", request.sample, data.test.size()));
  const hw::SubstrateSpec spec = deterministic(configuration, data);
  NetlistResult result;
  result.resistors = count_resistors(spec);
  check_size(result.resistors, spec.graph);
  if (request.check) require_ngspice();
  const FolderClaim claim(request.folder, "netlist");

  hw::set_time_resolution();
  hw::Chip* shown = nullptr;
  hw::HostSpec host_spec = build_host(configuration);
  host_spec.learning.rule = Rule::ep;  // a deck has both phases, whatever the host learns by
  hw::Chip chip(spec, host_spec, [&](hw::HostController& host) {
    if (request.checkpoint.empty()) shown->substrate.initialise();
    host.show(data.test, request.sample);
  });
  shown = &chip;
  if (!request.checkpoint.empty()) load_checkpoint(request.checkpoint, chip);
  Recorder recorder("recorder", chip.substrate);
  chip.run();
  if (chip.substrate.free_count().unsettled + chip.substrate.clamped_count().unsettled > 0)
    throw RunError("the sample does not settle within 1000 time constants: " + remedy_in_time(configuration));

  const Vector<double> input = data.test.pixels.col(request.sample).cast<double>() / 255;
  const Stimulus stimulus{fmt::format("{} of Settle, test sample {}", describe_network(spec.graph), request.sample),
                          input, recorder.free(), recorder.clamped()};
  result.deck = (std::filesystem::path(request.folder) / "netlist.cir").string();
  result.free_s = recorder.free().end_s();
  result.clamped_s = recorder.clamped().end_s();
  write_file(result.deck, write_deck(chip.substrate, stimulus));
  if (!request.check) return result;
  const std::vector<Node> nodes = compared_nodes(spec);
  result.comparison = compare(nodes, run_ngspice(result.deck, nodes),
                              solve_equilibria(chip.substrate.loop(), input, recorder.clamped().nudge.back()),
                              recorder.free(), recorder.clamped());
  return result;
}

}  // namespace settle
