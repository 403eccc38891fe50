// A chip whose clamped lines carry differences: its equilibria in every analysis, what its holds do to them, and what
// it draws.
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/memory_archive.h"

namespace settle::test::difference_circuit_test {
namespace {

constexpr Index samples = 6;

ChipDesign differences(ChipDesign design, double amplitude = 0) {
  design.learning.clamped_lines = ClampedLines::differences;
  design.learning.difference_amplitude = amplitude;
  return design;
}

// Settles both phases of some samples with a given error, and reads the differences: of each sign of a nudge.
struct Contrast {
  std::vector<Matrix<float>> first, second;
};
Contrast contrast_of(Chip& chip, const Matrix<float>& error, bool symmetric = false) {
  const Samples data = random_samples(chip.design().graph.population(0).size, 4, samples);
  Contrast contrast;
  chip.present({samples, samples, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  chip.hold();
  chip.nudge(error);
  chip.settle_clamped(Sign::first);
  chip.read_differences(contrast.first);
  if (!symmetric) return contrast;
  chip.nudge(-error);
  chip.settle_clamped(Sign::second);
  chip.read_differences(contrast.second);
  return contrast;
}

Matrix<float> some_error() {
  Matrix<float> error(4, samples);
  for (Index i = 0; i < error.size(); ++i) error(i) = float(std::sin(1.7 * double(i)));
  return error;
}

void measure(Chip& chip) {
  chip.initialise();
  const Samples data = random_samples(chip.design().graph.population(0).size, 4, samples);
  chip.measure_settling(data.pixels, data.labels);
}

double distance(const Matrix<float>& a, const Matrix<float>& b) {
  return double((a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff());
}

// Whatever the nudge is, an exact chip of small amplitudes gives the differences of a small nudge.
TEST(DifferenceCircuit, GivesTheDifferencesOfASmallNudge) {
  ChipDesign gentle = exact_chip({20, 16, 12, 4});
  gentle.learning.nudge = 1e-6;
  gentle.settling.tolerance = 1e-7;
  ChipDesign design = differences(exact_chip({20, 16, 12, 4}), 1e-5);
  design.settling.tolerance = 1e-7;
  Chip expected(gentle);
  measure(expected);
  const Contrast of_states = contrast_of(expected, some_error());
  for (const double nudge : {0.1, 1.0}) {
    design.learning.nudge = nudge;
    Chip chip(design);
    measure(chip);
    const Contrast read = contrast_of(chip, some_error());
    for (const std::size_t p : {1u, 2u}) EXPECT_LE(distance(read.first[p], of_states.first[p]), 1e-4) << p;
  }
}

// Large amplitudes bend: what is read is the large-signal function of what the lines carry, not its slope.
TEST(DifferenceCircuit, LargeAmplitudesBend) {
  ChipDesign design = differences(exact_chip({20, 16, 12, 4}), 1e-4), large = differences(design, 1);
  Chip small_chip(design), large_chip(large);
  measure(small_chip);
  measure(large_chip);
  const Contrast small = contrast_of(small_chip, some_error()), bent = contrast_of(large_chip, some_error());
  for (const std::size_t p : {1u, 2u}) EXPECT_GE(distance(bent.first[p], small.first[p]), 0.1) << p;
}

// Also where rails hold drives, and where amplifiers and holds have offsets.
TEST(DifferenceCircuit, ATransientAndTheMapEndAtTheOperatingPoint) {
  const auto read = [](Analysis analysis) {
    ChipDesign design = differences(exact_chip({20, 16, 12, 4}), 0.25);
    design.neuron.rail = 0.5;
    design.sense.offset_v = 1e-3;
    design.hold = {ThermalNoise::capacitor, 0, 0, 1e-15, 0.3};
    design.settling.analysis = analysis;
    design.settling.tolerance = 1e-6;
    design.settling.free_steps = design.settling.clamped_steps = 200;
    Chip chip(design);
    measure(chip);
    return contrast_of(chip, some_error());
  };
  const Contrast solved = read(Analysis::operating_point);
  for (const Analysis analysis : {Analysis::map, Analysis::transient}) {
    const Contrast other = read(analysis);
    for (const std::size_t p : {1u, 2u}) EXPECT_LE(distance(other.first[p], solved.first[p]), 2e-4) << p;
  }
}

// What a switch leaves on both capacitors and what leaks from them is on the lines, and goes round the loop. The two
// signs of a symmetric nudge have nearly the same, so that their contrast has little of it.
TEST(DifferenceCircuit, WhatHoldsAddCancelsBetweenSigns) {
  ChipDesign exact = differences(exact_chip({20, 16, 12, 4}), 0.01), design = exact;
  design.learning.nudging = exact.learning.nudging = Nudging::symmetric;
  design.hold = {ThermalNoise::capacitor, 1e-11, 0.2, 2e-16, 0.3};
  Chip quiet(exact), chip(design);
  measure(quiet);
  measure(chip);
  const Contrast clean = contrast_of(quiet, some_error(), true), read = contrast_of(chip, some_error(), true);
  for (const std::size_t p : {1u, 2u}) {
    EXPECT_GE(distance(read.first[p], clean.first[p]), 0.1) << p;
    EXPECT_LE(distance(0.5f * (read.first[p] - read.second[p]), 0.5f * (clean.first[p] - clean.second[p])), 0.02) << p;
  }
}

// What switches leave on both capacitors nearly cancels: more of the drive makes slope times as much, and more of the
// held state takes it off. Leakage has the other sign.
TEST(DifferenceCircuit, WhatHoldsAddHasItsSign) {
  const auto on_lines = [](const HoldSpec& hold, Matrix<float>& slope_less_one) {
    ChipDesign design = differences(exact_chip({20, 30, 4}), 0.125);
    design.hold = hold;
    Chip chip(design);
    measure(chip);
    const Contrast read = contrast_of(chip, Matrix<float>::Zero(4, samples));
    slope_less_one = -chip.state().bank(1).state.cwiseAbs2();  // of tanh
    return Matrix<float>(0.125f * read.first[1]);
  };
  Matrix<float> slope_less_one;
  const double full_scale_c = ChipSpec{}.hold_capacitance_f * ChipSpec{}.neuron_full_scale_v;
  const Matrix<float> injected = on_lines({ThermalNoise::none, 0, 0, 1e-3 * full_scale_c, 0}, slope_less_one);
  EXPECT_LE(distance(injected, 1e-3f * slope_less_one), 0.02);
  const Matrix<float> leaked = on_lines({ThermalNoise::none, 1e3 * full_scale_c, 0, 0, 0}, slope_less_one);
  EXPECT_GE(leaked.minCoeff(), 0);
  EXPECT_GT(leaked.maxCoeff(), 0);
}

// Noise of the holds has the rms of both samplings: that of the drive through the neuron's slope, and that of the
// state.
TEST(DifferenceCircuit, BothHoldsAreNoisy) {
  ChipDesign design = differences(exact_chip({20, 200, 4}), 0.125);
  design.hold.thermal_noise = ThermalNoise::capacitor;
  Chip chip(design);
  measure(chip);
  const Contrast read = contrast_of(chip, Matrix<float>::Zero(4, samples));
  const double sampled = capacitor_noise_v(design.chip.hold_capacitance_f, 300) / design.chip.neuron_full_scale_v;
  const Matrix<float>& state = chip.state().bank(1).state;
  double expected = 0, found = 0;
  for (Index i = 0; i < state.size(); ++i) {
    const double slope = 1 - double(state(i)) * double(state(i));  // of tanh
    expected += sampled * sampled * (1 + slope * slope);
    found += std::pow(0.125 * double(read.first[1](i)), 2);
  }
  EXPECT_NEAR(found / expected, 1, 5 * std::sqrt(2.0 / double(state.size())));
}

// The input and its DACs are off while lines carry differences, and a free phase need not settle further than it is
// read.
TEST(DifferenceCircuit, TakesLessTimeAndEnergy) {
  const auto booked = [](const ChipDesign& design, SettlingTimes& times, double& holds) {
    Chip chip(design);
    Host host({}, chip);
    chip.initialise();
    const Samples data = random_samples(60, 4, 20);
    host.measure_settling(data);
    host.train(data, range(0, 20));
    times = chip.settling_times();
    std::map<std::string, double> clamped;
    holds = 0;
    for (const Ledger::Row& row : chip.meter().ledger().rows())
      if (row.phase == Phase::hold && row.action == &action::sample_hold) holds += row.count;
    for (const Ledger::Row& row : chip.meter().ledger().rows())
      if (row.phase == Phase::clamped) clamped[row.component] += row.energy.supplied;
    return clamped;
  };
  ChipDesign design = real_chip({60, 16, 12, 4});
  design.neuron.noise = 0;
  SettlingTimes of_states, of_differences;
  double of_states_holds = 0, of_differences_holds = 0;
  auto states = booked(design, of_states, of_states_holds),
       lines = booked(differences(design), of_differences, of_differences_holds);
  EXPECT_EQ(of_differences.free_s, of_differences.read_s);
  EXPECT_GT(of_states.free_s, 1.5 * of_differences.free_s);
  EXPECT_GT(states["input_hidden1"], 0);
  EXPECT_EQ(lines["input_hidden1"], 0);
  EXPECT_EQ(lines["input_dac"], 0);
  EXPECT_GT(lines["hidden1_hold"], 0);
  EXPECT_EQ(of_differences_holds, 2 * of_states_holds);
  // lines that carry less are charged and read with less
  EXPECT_LT(lines["hidden1_hidden2"] / of_differences.clamped_s, 0.5 * states["hidden1_hidden2"] / of_states.clamped_s);
}

// Offsets of the amplifiers that the clamped phase uses are no part of what is held: they are on the lines, until the
// two signs of a nudge, or a calibration, take them off.
TEST(DifferenceCircuit, OffsetsOfAmplifiersAreOnTheLines) {
  ChipDesign exact = differences(exact_chip({20, 16, 12, 4}), 0.01), design = exact;
  design.learning.nudging = exact.learning.nudging = Nudging::symmetric;
  design.sense.offset_v = 1e-3;
  Chip quiet(exact), chip(design);
  measure(quiet);
  measure(chip);
  const Contrast clean = contrast_of(quiet, some_error(), true), read = contrast_of(chip, some_error(), true);
  for (const std::size_t p : {1u, 2u}) {
    const double of_one = distance(read.first[p], clean.first[p]),
                 of_both = distance(0.5f * (read.first[p] - read.second[p]), 0.5f * (clean.first[p] - clean.second[p]));
    EXPECT_GE(of_one, 0.1) << p;
    EXPECT_GE(of_one, 3 * of_both) << p;  // whose free states have offsets as well
  }
}

// Amplitudes follow the size of the differences, population by population, and are kept with the chip.
TEST(DifferenceCircuit, AmplitudesAreRanged) {
  ChipDesign design = differences(real_chip({60, 16, 12, 4}));
  Chip chip(design);
  Host host({}, chip);
  chip.initialise();
  const Samples data = random_samples(60, 4, 40);
  host.measure_settling(data);
  for (int batch = 0; batch < 3; ++batch) host.train(data, range(0, 40));
  Chip copy(design);
  MemoryArchive kept;
  chip.visit_state(kept);
  kept.rewind();
  copy.visit_state(kept);
  for (const Index p : {1, 2}) {
    EXPECT_NE(chip.circuit().signal(p), 0.125);
    EXPECT_EQ(std::exp2(std::round(std::log2(chip.circuit().signal(p)))), chip.circuit().signal(p));
    EXPECT_EQ(copy.circuit().signal(p), chip.circuit().signal(p));
    EXPECT_EQ(copy.difference_readout(p).gain(), chip.difference_readout(p).gain());
    EXPECT_NEAR(copy.sense(p, true).mean_noise_gain() / chip.sense(p, true).mean_noise_gain(), 1, 1e-3);
    EXPECT_NE(chip.sense(p, true).mean_noise_gain(), chip.sense(p, false).mean_noise_gain());
  }
}

// Amplifiers' noise is that of the gains in use: turned round, feedback reads have large ones.
TEST(DifferenceCircuit, AmplifiersHaveTheGainsOfThePhase) {
  ChipDesign design = physical(differences(exact_chip({30, 12, 12, 5}), 0.125));
  design.sense.gbw_hz = 1e10;
  Chip chip(design);
  chip.initialise();
  EXPECT_GT(chip.sense(1, true).mean_noise_gain(), 1 + 3 * 0.1);
  EXPECT_EQ(chip.sense(1, false).nudge_amplifiers(), 0);
  EXPECT_EQ(chip.sense(2, true).nudge_amplifiers(), 12);
  // forwards 1, backwards beta; turned round the other way
  const std::vector<Read<float>>& reads = chip.circuit().reads();
  for (const Read<float>& read : reads) {
    if (read.role != Role::recurrent) continue;
    EXPECT_NEAR(chip.circuit().line_gain(read, false), read.forward() ? 1 : 0.1, 1e-12);
    EXPECT_NEAR(chip.circuit().line_gain(read, true), read.forward() ? 0.1 : 1, 1e-12);
  }
}

// The offsets of the amplifiers that make the differences' drives are on the lines, as nothing subtracts them: both
// signs have the same. A calibration takes a part off, as neurons have other slopes in the dark.
TEST(DifferenceCircuit, AmplifiersOffsetsCancelBetweenSigns) {
  ChipDesign exact = differences(exact_chip({20, 16, 12, 4}), 0.01);
  exact.learning.nudging = Nudging::symmetric;
  ChipDesign design = exact;
  design.sense.offset_v = 5e-5;
  ChipDesign with_zeros = design;
  with_zeros.amplifier.auto_zero = 1;
  Chip quiet(exact), chip(design), calibrated(with_zeros);
  for (Chip* each : {&quiet, &chip, &calibrated}) measure(*each);
  ASSERT_TRUE(calibrated.auto_zero());
  const Contrast clean = contrast_of(quiet, some_error(), true), read = contrast_of(chip, some_error(), true),
                 zeroed = contrast_of(calibrated, some_error(), true);
  for (const std::size_t p : {1u, 2u}) {
    EXPECT_GE(distance(read.first[p], clean.first[p]), 0.1) << p;
    EXPECT_LE(distance(0.5f * (read.first[p] - read.second[p]), 0.5f * (clean.first[p] - clean.second[p])), 0.02) << p;
    EXPECT_LE(distance(zeroed.first[p], clean.first[p]), 0.75 * distance(read.first[p], clean.first[p])) << p;
  }
}

// What is held is the neurons' input as the free phase's amplifiers have made it: without a nudge, nothing differs from
// it, though the clamped phase's lose another share. Kinks stay where they are.
TEST(DifferenceCircuit, HeldDrivesAreThoseOfTheFreePhase) {
  ChipDesign ideal = differences(exact_chip({20, 16, 12, 4}), 0.125);
  ideal.neuron.activation = "hard-tanh";
  ChipDesign design = ideal;
  design.sense.gain = 100;
  Chip chip(design);
  measure(chip);
  contrast_of(chip, some_error());
  for (const Index p : {1, 2}) {
    const BankState<float>& bank = chip.state().bank(p);
    const Bank<float>& neurons = chip.circuit().bank(p);  // with the clamped phase's amplifiers
    const Matrix<float> input = (neurons.gain.asDiagonal() * bank.drive).colwise() + neurons.shift;
    EXPECT_LE((input.cwiseMin(1.0f).cwiseMax(-1.0f) - bank.state).cwiseAbs().maxCoeff(), 1e-5) << p;
    EXPECT_GT(std::abs(chip.sense(p, true).signal()[0] / chip.sense(p, false).signal()[0] - 1), 1e-3) << p;
  }
}

// A membrane that stands at a rail is held there: what lines drive back takes it away from the rail at once. The
// operating point has drives beyond it, and a transient has not.
TEST(DifferenceCircuit, MembranesAreHeldAtTheRails) {
  const auto read = [](Analysis analysis) {
    ChipDesign design = differences(exact_chip({20, 16, 12, 4}), 0.25);
    design.neuron.rail = 0.2;
    design.settling.analysis = analysis;
    design.settling.tolerance = 1e-6;
    Chip chip(design);
    measure(chip);
    const Contrast contrast = contrast_of(chip, some_error());
    const Matrix<float>& held = chip.state().bank(1).drive;
    EXPECT_EQ(held.cwiseAbs().maxCoeff(), 0.2f);
    return contrast;
  };
  const Contrast solved = read(Analysis::operating_point), other = read(Analysis::transient);
  for (const std::size_t p : {1u, 2u}) EXPECT_LE(distance(other.first[p], solved.first[p]), 2e-4) << p;
}

TEST(DifferenceCircuit, RefusesWhatItCannotDo) {
  const ChipDesign design = differences(exact_chip({6, 5, 4}));
  ChipDesign plain = design, recomputed = design, ramped = design, absolute = design;
  plain.learning.difference = DifferenceMode::plain;
  recomputed.learning.error = ErrorMode::recomputed;
  ramped.learning.nudge_course = NudgeCourse::ramped;
  absolute.converter.readout = Readout::absolute;
  for (const ChipDesign& refused : {plain, recomputed, ramped, absolute}) EXPECT_THROW(Chip{refused}, InputError);
}

}  // namespace
}  // namespace settle::test::difference_circuit_test
