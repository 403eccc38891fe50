// A transient through the modules: it settles when the settling times say, and with endless steps it is the map.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/equilibria.h"
#include "tests/hw/in_child.h"
#include "tests/hw/run_system.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::transient_test {
namespace {

constexpr Index samples = 5;

// What a phase leaves of the way, after each of its steps from none on: the rms distance of each population and sample
// to where it ends, as a share of what that may be; the largest of them.
struct Approach {
  std::vector<double> shares;

  // The first step from which on it stays within.
  int arrival() const {
    std::size_t i = shares.size();
    while (i > 0 && shares[i - 1] <= 1) --i;
    return int(i);
  }
};

double column_rms(const Matrix<float>& m, Index c) { return double(m.col(c).norm()) / std::sqrt(double(m.rows())); }

// A chip whose neurons do not saturate, which would lower the radius; steps as fine as the settling times'.
ChipDesign gentle_chip(double beta) {
  ChipDesign design = exact_chip({6, 9, 7, 3});
  for (Projection& p : design.graph.projections) {
    if (p.source == 0) p.alpha = 0.1;
    if (!design.graph.is_hidden(p.source) || !design.graph.is_hidden(p.target)) continue;
    p.alpha = 0.3;
    p.beta = beta;
  }
  design.learning.nudge = 0.5;
  design.converter.adc_bits = 8;
  design.settling.analysis = Analysis::transient;
  design.settling.time_step_s = design.neuron.tau_s / 20;
  design.settling.tolerance = 1e-6;
  return design;
}

// The settling times, which the operating point books, against the transient of the chip's own modules.
void expect_transient_settles_in_time(double beta, double radius) {
  const ChipDesign design = gentle_chip(beta);
  run_system(design, {}, [&](hw::System& system) {
    Chip& chip = system.chip;
    const Circuit<float>& circuit = chip.circuit();
    chip.initialise();
    const Samples data = random_samples(6, 3, samples);
    system.host.measure_settling(data);
    const SettlingTimes times = chip.settling_times();
    EXPECT_EQ(times.unsettled, 0) << beta;
    EXPECT_NEAR(chip.spectral_radius_settled(), radius, 0.01);

    Equilibria goal(circuit, samples, {Method::sweeps, 1000, 1e-7});
    Matrix<float> logits;
    goal.present({}, data.pixels);
    goal.settle_free(Use::learning);
    goal.read_logits(logits);
    Matrix<float> error = error_at(logits, data.labels);
    goal.nudge(error);
    goal.settle_clamped(Sign::first);
    Approach read, trained, clamped;
    const double accuracy = std::exp2(-9);  // half a code of 8 bits
    const auto note = [&] {
      if (chip.driven_phase() == Phase::idle) return;
      double to_read = 0, to_train = 0, to_clamp = 0;
      for (Index p = 1; p < circuit.readout(); ++p) {
        const BankState<float>&now = chip.state().bank(p), &end = goal.state().bank(p);
        for (Index c = 0; c < samples; ++c) {
          const double size = column_rms(end.difference, c), off = column_rms(now.state - end.state, c) / accuracy;
          to_read = std::max(to_read, off);
          to_train = std::max(to_train, off / (circuit.scale(p) * size));
          to_clamp = std::max(to_clamp, column_rms(now.difference - end.difference, c) / (accuracy * size));
        }
      }
      if (chip.driven_phase() == Phase::clamped) {
        clamped.shares.push_back(to_clamp);
      } else {
        read.shares.push_back(to_read);
        trained.shares.push_back(to_train);
      }
    };
    sc_core::sc_spawn([&] {
      while (true) {
        sc_core::wait(system.chip_module.stepped());
        note();
      }
    });
    chip.present({samples, samples, 0, 1}, data.pixels);
    chip.settle_free(Use::learning);
    chip.nudge(error);
    chip.settle_clamped(Sign::first);
    const auto steps = [&](double seconds) { return int(std::lround(seconds / design.settling.time_step_s)); };
    EXPECT_NEAR(read.arrival(), steps(times.read_s), 1) << beta;
    EXPECT_NEAR(trained.arrival(), steps(times.free_s), 1) << beta;
    // the times' own goal is good to 1e-5 of a difference: in a slow loop, more than one step of the last tail
    EXPECT_NEAR(clamped.arrival(), steps(times.clamped_s), 1 + 0.002 * steps(times.clamped_s)) << beta;
  });
}

TEST(ModuleTransient, SettlesWhenTheSettlingTimesSay) {
  const std::pair<double, double> cases[] = {{0.01, 0.08}, {0.1, 0.26},  {0.4, 0.52}, {0.8, 0.73},
                                             {1.1, 0.85},  {1.25, 0.91}, {1.35, 0.94}};
  for (const auto& [beta, radius] : cases) in_child([b = beta, r = radius] { expect_transient_settles_in_time(b, r); });
}

// With an endless step a transient is the synchronous map.
TEST(ModuleTransient, OfEndlessStepsIsTheMap) {
  const auto design = [](Analysis analysis) {
    ChipDesign chip = exact_chip({6, 9, 7, 3});
    chip.settling.analysis = analysis;
    chip.settling.time_step_s = 30 * chip.neuron.tau_s;
    chip.settling.tolerance = 1e-6;
    chip.settling.free_steps = 60;
    return chip;
  };
  const auto settle = [](Chip& chip) {
    chip.initialise();
    chip.present({samples, samples, 0, 1}, random_samples(6, 3, samples).pixels);
    chip.settle_free(Use::learning);
    return chip.state().bank(1).state;
  };
  Chip map(design(Analysis::map));
  const Matrix<float> expected = settle(map);
  ASSERT_GT(expected.size(), 0);
  in_child([&] {
    Matrix<float> states;
    run_system(design(Analysis::transient), {}, [&](hw::System& system) { states = settle(system.chip); });
    ASSERT_EQ(states.size(), expected.size());
    for (Index i = 0; i < states.size(); ++i) EXPECT_NEAR(states(i), expected(i), 2e-6);
  });
}

}  // namespace
}  // namespace settle::test::transient_test
