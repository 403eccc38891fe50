// The analyses of one chip agree: its transient ends where the circuit's operating point is, with the noise that the
// others have.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/equilibria.h"
#include "settle/models/settling/phase.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::transient_test {
namespace {

constexpr Index samples = 5;
const SettleOptions exactly_settled{Method::sweeps, 1000, 1e-7};

double distance(const Matrix<float>& a, const Matrix<float>& b) { return double((a - b).cwiseAbs().maxCoeff()); }

// Both phases, on the chip and beside it. `near`: the largest distance allowed, of full scale and of the largest
// difference; `far`: the least that a looser tolerance must leave, so that the tolerance is what the distance is due
// to.
void expect_transient_ends_at_operating_point(double tolerance, double far, double near) {
  ChipDesign design = exact_chip({6, 9, 7, 3});
  design.settling.analysis = Analysis::transient;
  design.settling.tolerance = tolerance;
  Chip chip(design);
  chip.initialise();
  const Samples data = random_samples(6, 3, samples);
  Matrix<float> logits;
  chip.present({samples, samples, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  chip.read_logits(logits);
  Matrix<float> error = error_at(logits, data.labels);
  Equilibria own(chip.circuit(), samples, exactly_settled);
  own.present({}, data.pixels);
  own.settle_free(Use::learning);
  double off = 0;
  for (Index p = 1; p < chip.circuit().readout(); ++p)
    off = std::max(off, distance(chip.state().bank(p).state, own.state().bank(p).state));
  EXPECT_LE(off, near) << "free";
  EXPECT_GE(off, far) << "free";

  // from the very state that the chip's free phase ended in: the difference is relative to it
  own.state() = chip.state();
  chip.nudge(error);
  own.nudge(error);
  chip.settle_clamped(Sign::first);
  own.settle_clamped(Sign::first);
  off = 0;
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    const Matrix<float>& goal = own.state().bank(p).difference;
    off = std::max(off, distance(chip.state().bank(p).difference, goal) / double(goal.cwiseAbs().maxCoeff()));
  }
  EXPECT_LE(off, near) << "clamped";
  EXPECT_GE(off, far) << "clamped";
  EXPECT_EQ(chip.free_count().unsettled + chip.clamped_count().unsettled, 0);
}

TEST(ChipTransient, EndsAtTheOperatingPoint) { expect_transient_ends_at_operating_point(3e-6, 0, 1e-5); }

TEST(ChipTransient, EndsAsFarFromItAsTheToleranceAllows) { expect_transient_ends_at_operating_point(1e-3, 1e-4, 3e-3); }

// What a chip's sampling of its states and read-out amounts to: rms over neurons and samples of what differs from the
// same chip without noise.
struct Sampled {
  double held_rms, logit_rms, difference_rms;
};
Sampled sampled_noise(Analysis analysis, BankSpec neuron) {
  constexpr Index width = 400, count = 40;
  const auto readings = [&](const BankSpec& of) -> Vector<float> {
    ChipDesign design = exact_chip({6, width, 5});
    design.neuron = of;
    design.settling.analysis = analysis;
    design.learning.difference = DifferenceMode::plain;
    Chip chip(design);
    chip.initialise();
    const Samples data = random_samples(6, 5, count);
    chip.measure_settling(data.pixels, data.labels);
    Matrix<float> logits, held, difference, error = Matrix<float>::Zero(5, count);
    error.row(0).setConstant(0.5f);
    chip.present({count, count, 0, 1}, data.pixels);
    chip.settle_free(Use::learning);
    chip.read_logits(logits);
    chip.hold();
    chip.nudge(error);
    chip.settle_clamped(Sign::first);
    chip.read_held(1, held);
    chip.read_difference(1, difference);
    Vector<float> values(held.size() + logits.size() + difference.size());
    values << held.reshaped(), logits.reshaped(), difference.reshaped();
    return values;
  };
  BankSpec quiet = neuron;
  quiet.noise = quiet.membrane_noise = 0;
  const Vector<double> off = (readings(neuron) - readings(quiet)).cast<double>();
  const auto rms = [&](Index first, Index size) {
    return std::sqrt(off.segment(first, size).squaredNorm() / double(size));
  };
  return {rms(0, width * count), rms(width * count, 5 * count), rms((width + 5) * count, width * count)};
}

// One layer, so that no noise goes round a loop. The noise of a held state is neuron.noise in every analysis, that of a
// difference has two of them, and the read-out sums the independent noise of its lines.
TEST(ChipTransient, NoiseIsThatOfTheOtherAnalyses) {
  BankSpec neuron;
  neuron.noise = 0.01;
  const Sampled in_time = sampled_noise(Analysis::transient, neuron),
                at_once = sampled_noise(Analysis::operating_point, neuron);
  const double n = 400 * 40, five_sigma = 5 / std::sqrt(2 * n);
  for (const Sampled& s : {in_time, at_once}) {
    EXPECT_NEAR(s.held_rms / 0.01, 1, five_sigma);
    EXPECT_NEAR(s.difference_rms / (0.01 * std::sqrt(2.0)), 1, five_sigma);
  }
  EXPECT_NEAR(in_time.logit_rms / at_once.logit_rms, 1, 5 * std::sqrt(2 / (2.0 * 5 * 40)));
}

// Noise of the outputs travels on the lines: a membrane of the next layer has sigma |w| / sqrt(2) of it, an
// Ornstein-Uhlenbeck process behind a low-pass of the same time constant.
TEST(ChipTransient, NoiseGoesOnThroughTheWeights) {
  constexpr Index count = 60;
  ChipDesign design = exact_chip({6, 300, 200, 5});
  for (Projection& p : design.graph.projections)
    if (design.graph.is_hidden(p.source) && design.graph.is_hidden(p.target)) p.beta = 1e-6;
  design.neuron.noise = 0.01;
  design.settling.analysis = Analysis::transient;
  design.settling.time_step_s = design.neuron.tau_s / 20;
  Chip chip(design);
  chip.initialise();
  const Samples data = random_samples(6, 5, count);
  chip.measure_settling(data.pixels, data.labels);
  chip.present({count, count, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  const Matrix<float> quiet = chip.array(1)->model().weights() * chip.state().bank(1).state;
  const Matrix<float> off = chip.state().bank(2).drive - quiet;
  const double expected = 0.01 * double(chip.array(1)->model().weights().norm()) / std::sqrt(2.0 * 200);
  EXPECT_NEAR(double(off.norm()) / std::sqrt(200.0 * count) / expected, 1, 0.08);

  // what the lines carry of a difference is as noisy
  chip.nudge(Matrix<float>::Zero(5, count));
  chip.settle_clamped(Sign::first);
  const auto with_difference = [&](Index p, const Matrix<float>& free, const Matrix<float>& difference) {
    return Matrix<float>(free + float(chip.circuit().scale(p)) * difference);
  };
  const BankState<float>&first = chip.state().bank(1), &second = chip.state().bank(2);
  const Matrix<float> of_states = chip.array(1)->model().weights() * with_difference(1, first.state, first.difference);
  const Matrix<float> clamped_off = with_difference(2, second.drive, second.difference_drive) - of_states;
  EXPECT_NEAR(double(clamped_off.norm()) / std::sqrt(200.0 * count) / expected, 1, 0.08);
}

// Thermal noise of the membrane reaches the state through the neuron's slope.
TEST(ChipTransient, ThermalNoiseIsThatOfTheOtherAnalyses) {
  BankSpec neuron;
  neuron.membrane_noise = 0.01;
  const Sampled in_time = sampled_noise(Analysis::transient, neuron),
                at_once = sampled_noise(Analysis::operating_point, neuron);
  const double two_figures = std::sqrt(2.0) * 5 / std::sqrt(2 * 400 * 40.0);
  EXPECT_NEAR(in_time.held_rms / at_once.held_rms, 1, two_figures);
  // the free phase's noise is part of the state that the difference starts from, and has died out when that is read
  EXPECT_NEAR(in_time.difference_rms / at_once.difference_rms, 1, two_figures);
  EXPECT_LT(at_once.held_rms, 0.01);
  EXPECT_GT(at_once.held_rms, 0.005);
}

// Two layers that hold each other down, with offsets that push one of them up first: the map goes to and fro with some
// samples, and each is counted and named.
TEST(ChipSettling, SamplesInACycleAreCountedAndNamed) {
  ChipDesign design = exact_chip({6, 8, 8, 3});
  design.settling.analysis = Analysis::map;
  design.neuron.offset_mismatch = 0.5;
  Chip chip(design);
  chip.initialise();
  chip.array(0)->set_weights(Matrix<float>::Constant(8, 6, 0.2f), 1);
  chip.array(1)->set_weights(Matrix<float>::Constant(8, 8, -5.0f), 1);
  chip.present({samples, samples, 0, 1}, Matrix<std::uint8_t>::Constant(6, samples, 40));
  chip.settle_free(Use::learning);
  EXPECT_EQ(chip.free_count().samples, samples);
  EXPECT_EQ(chip.free_count().unsettled, samples);
  EXPECT_EQ(chip.free_count().cycles, samples);
}

}  // namespace
}  // namespace settle::test::transient_test
