#include "src/run/chip_spec.h"

#include "models/network/initial.h"
#include "models/numeric/parallel.h"
#include "src/run/device_spec.h"
#include "src/run/neuron_spec.h"

namespace settle {
namespace {

template <class Table>
std::vector<std::string> names(const Table& table) {
  std::vector<std::string> all;
  for (const auto& entry : table) all.push_back(entry.name);
  return all;
}

}  // namespace

const Families& families() {
  static const Families all{names(activations<float>()), names(optimizers()), names(device_presets()),
                            names(initials())};
  return all;
}

hw::SubstrateSpec build_substrate(const Configuration& c, Index inputs, Index outputs) {
  hw::SubstrateSpec spec;
  spec.graph = build_graph(c, inputs, outputs);
  spec.crossbar = build_crossbar(c);
  spec.neuron = build_neuron(c);
  spec.dac_bits = int(c.converter.dac_bits);
  spec.adc_bits = int(c.converter.adc_bits);
  spec.dac_errors = c.converter.dac;
  spec.adc_errors = c.converter.adc;
  spec.amplifier = c.amplifier;
  spec.hold = c.hold;
  spec.readout = c.converter.readout;
  spec.logit_full_scale = c.converter.logit_full_scale;
  spec.initial = c.network.initial;
  spec.nudge = c.learning.nudge;
  spec.nudging = c.learning.nudging;
  spec.nudge_course = c.learning.nudge_course;
  spec.difference = c.learning.difference;
  spec.analysis = c.settling.analysis;
  spec.free_steps = int(c.settling.free_steps);
  // With the error recomputed, each clamped step of the map is a round trip to the host.
  const bool step_by_step = c.learning.error == ErrorMode::recomputed && c.settling.analysis == Analysis::map;
  spec.clamped_steps = step_by_step ? 1 : int(c.settling.clamped_steps);
  spec.tolerance = c.settling.tolerance;
  spec.time_step_s = c.settling.time_step_s;
  spec.programming = {c.learning.update,
                      c.learning.pulse_coding,
                      int(c.programming.initial_rounds),
                      int(c.programming.update_rounds),
                      c.programming.tolerance_steps,
                      Index(c.learning.transfer_every),
                      c.learning.transfer_rate};
  spec.chip = c.cost;
  spec.seed = std::uint64_t(c.run.seed);
  spec.threads = threads_for(c.run.threads);
  return spec;
}

hw::HostSpec build_host(const Configuration& c) {
  hw::HostSpec spec;
  spec.rule = c.learning.rule;
  spec.error = c.learning.error;
  spec.contrast = c.learning.contrast;
  spec.optimizer = c.learning.optimizer;
  spec.learning_rate = c.learning.learning_rate;
  spec.momentum = c.learning.momentum;
  spec.initial = c.network.initial;
  spec.seed = std::uint64_t(c.run.seed);
  spec.error_rounds = int(c.settling.clamped_steps);
  spec.error_tolerance = c.settling.tolerance;
  spec.block = c.run.block;
  spec.threads = threads_for(c.run.threads);
  return spec;
}

}  // namespace settle
