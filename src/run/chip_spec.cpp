#include "src/run/chip_spec.h"

#include "settle/models/numeric/parallel.h"
#include "src/run/device_spec.h"
#include "src/run/memory.h"
#include "src/run/neuron_spec.h"

namespace settle {

ChipDesign build_chip(const Configuration& c, Index inputs, Index outputs) {
  ChipDesign spec{build_graph(c, inputs, outputs),
                  build_crossbar(c),
                  build_neuron(c),
                  c.converter,
                  c.hold,
                  c.amplifier,
                  c.sense,
                  c.noise,
                  c.network.initial,
                  c.learning,
                  c.settling,
                  c.programming,
                  c.chip,
                  c.cost,
                  c.rules,
                  std::uint64_t(c.run.seed),
                  threads_for(c.run.threads)};
  // With the error recomputed, each clamped step of the map is a round trip to the host.
  if (c.learning.error == ErrorMode::recomputed && c.settling.analysis == Analysis::map)
    spec.settling.clamped_steps = 1;
  expect_to_fit(c, spec.graph);
  return spec;
}

HostSpec build_host(const Configuration& c, Index samples) {
  return {c.learning,  c.network.initial,          c.settling,  std::uint64_t(c.run.seed),
          c.run.block, threads_for(c.run.threads), c.run.batch, samples};
}

}  // namespace settle
