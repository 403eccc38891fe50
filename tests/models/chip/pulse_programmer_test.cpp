// The programmer on an array of its own: verifying, pairs, transfers, and devices that leak while time passes.
#include "models/chip/pulse_programmer.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

constexpr Index targets = 20, sources = 30;

Matrix<float> uniform(Index rows, Index cols, const char* what) {
  Engine engine(Stream(5, what, Purpose::test));
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

ArraySpec array_of(const char* preset, Mapping mapping) {
  ArraySpec spec;
  spec.device = device_preset(preset);
  spec.weight_at_bound = 1;
  spec.mapping = mapping;
  return spec;
}

struct ProgrammerBench {
  Meter meter{ChipSpec{}};
  CrossbarMacro array, fast;
  PulseProgrammer programmer;

  ProgrammerBench(const ArraySpec& spec, const ProgrammingSpec& programming = {}, const LearningSpec& learning = {})
      : array("array", dense(sources, targets), spec, 1, meter),
        fast("fast", dense(sources, targets), spec, 1, meter),
        programmer(array, learning.transfer_every > 0 ? &fast : nullptr, learning, programming, "array", 1) {}

  float error(const Matrix<float>& weights) const {
    return (array.model().weights() - weights).cwiseAbs().maxCoeff() / float(array.model().weight_step());
  }
};

TEST(PulseProgrammer, VerifiesDownToItsTolerance) {
  const Matrix<float> weights = 0.3f * uniform(targets, sources, "weights");
  for (const Mapping mapping : {Mapping::reference_array, Mapping::pair}) {
    ProgrammingSpec once, verified;
    once.initial_rounds = 0;
    verified.initial_rounds = 20;
    verified.tolerance_steps = 1;
    ProgrammerBench open_loop(array_of("ecram", mapping), once);
    EXPECT_GT(open_loop.programmer.initialise(weights, 1), 0);
    EXPECT_GT(open_loop.error(weights), 5) << "the spread of the steps does not show";
    ProgrammerBench closed_loop(array_of("ecram", mapping), verified);
    closed_loop.programmer.initialise(weights, 1);
    EXPECT_LE(closed_loop.error(weights), 1.001f);
  }
}

TEST(PulseProgrammer, UpdatesCanBeVerified) {
  const Matrix<float> weights = 0.2f * uniform(targets, sources, "weights"),
                      change = 0.1f * uniform(targets, sources, "change");
  ProgrammingSpec spec;
  spec.initial_rounds = spec.update_rounds = 20;
  spec.tolerance_steps = 1;
  ProgrammerBench bench(array_of("ecram", Mapping::reference_array), spec);
  bench.programmer.initialise(weights, 1);
  const Matrix<float> before = bench.array.model().weights();
  bench.programmer.change(change, 1);
  EXPECT_LE(bench.error(before + change), 2.001f);  // a step of rounding, and the tolerance
}

TEST(PulseProgrammer, FullPairsAreResetAndKeepTheirWeight) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.flicker = pcm.device.drift_nu_high = 0;
  ProgrammerBench bench(pcm);
  // both devices of every pair nearly full, with a small weight between them
  const auto& upper = bench.array.model().devices().cells().upper;
  bench.array.set_states(0.98f * upper, 0.85f * bench.array.model().subtracted()->cells().upper, 1);
  const Matrix<float> before = bench.array.model().programmed();
  bench.programmer.change(Matrix<float>::Zero(targets, sources), 1);
  EXPECT_LT(bench.array.model().devices().state().maxCoeff(), 0.9f * upper.maxCoeff());
  const float rms = (bench.array.model().programmed() - before).norm() / std::sqrt(float(targets * sources));
  EXPECT_LT(rms, 0.1f);  // a few of the large first steps of phase-change memory
  EXPECT_GT(before.norm() / std::sqrt(float(targets * sources)), 0.2f);
  EXPECT_GE(bench.array.pulses_total(), 2.0 * targets * sources);
}

TEST(PulseProgrammer, TransfersWhatTheFastArrayHolds) {
  LearningSpec spec;
  spec.update = Update::in_situ;
  spec.transfer_every = 1;
  spec.transfer_rate = 0.5;
  ArraySpec array = array_of("ecram", Mapping::reference_array);
  array.device.dtod = array.device.ctoc = array.device.bias_dtod = 0;
  ProgrammerBench bench(array, {}, spec);
  const Matrix<float> held = 0.1f * uniform(targets, sources, "held");
  bench.fast.set_weights(held, 1);
  const Matrix<float> nothing_pre = Matrix<float>::Zero(sources, 1), nothing_post = Matrix<float>::Zero(targets, 1);
  for (Index k = 0; k < sources; ++k)
    bench.programmer.apply(columns(nothing_pre, 0, 1), columns(nothing_post, 0, 1), 0.01, 1);
  EXPECT_LT(bench.error(0.5f * held), 2.0f);  // linear devices lose a little on the way
}

double booked_j(const ProgrammerBench& bench, const Action& action) {
  double energy_j = 0;
  for (const Ledger::Row& row : bench.meter.ledger().rows())
    if (row.action == &action) energy_j += row.energy_j[1];
  return energy_j;
}

// Lines fire in as many slots as the largest product needs, and in each twice: once for either sign.
TEST(PulseProgrammer, UpdatesInPlaceTakeTwoPulsesASlot) {
  const ArraySpec spec = array_of("ecram", Mapping::reference_array);
  ProgrammerBench bench(spec);
  Matrix<float> pre = 0.5f * uniform(sources, 2, "pre"), post = 0.5f * uniform(targets, 2, "post");
  pre.row(0).setConstant(1);
  post.row(0) << 0.7f, 0.2f;
  post.bottomRows(targets - 1) *= 0.2f;
  const double rate = 10 * bench.array.model().weight_step();
  // products of at most 7 and 2 steps
  const double seconds =
      bench.programmer.apply(columns(std::as_const(pre), 0, 2), columns(std::as_const(post), 0, 2), 0.99 * rate, 1);
  EXPECT_NEAR(seconds, 2 * (7 + 2) * spec.device.pulse_s[1], 1e-9 * seconds);
}

// Word line after word line at full scale, a code of eight bits for each weight.
TEST(CrossbarMacro, VerifyingReadsEveryDeviceInEightBits) {
  ProgrammerBench bench(array_of("ecram", Mapping::reference_array));
  bench.array.set_weights(0.3f * uniform(targets, sources, "weights"), 1);
  const ChipSpec chip;
  double seconds = 0, siemens = 0;
  bench.array.verify(seconds);
  for (Index j = 0; j < sources; ++j)
    for (Index i = 0; i < targets; ++i)
      siemens += bench.array.model().siemens(i, j) + bench.array.model().subtracted_siemens(i, j);
  const double conversions_j = CostSpec{}.adc_energy_per_step_j[1] * 256 * double(targets * sources);
  const double line_s = double(chip.adc_columns) / chip.adc_rate_hz;
  EXPECT_NEAR(booked_j(bench, action::output_conversion) / conversions_j, 1, 1e-9);
  EXPECT_NEAR(booked_j(bench, action::array_read) / (std::pow(chip.read_v[1], 2) * siemens * line_s), 1, 1e-5);
  EXPECT_NEAR(seconds / (line_s * double(sources)), 1, 1e-9);
}

// Two pulses a pair, on devices that are full, and the charge of their bit lines.
TEST(CrossbarMacro, ResetsTakeTwoPulsesOfFullDevices) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.w_max_dtod = pcm.device.flicker = pcm.device.drift_nu_high = 0;
  ProgrammerBench bench(pcm);
  Matrix<float> plus = Matrix<float>::Zero(targets, sources), goal;
  plus.topRows(2).setConstant(float(pcm.device.w_max));
  bench.array.set_states(plus, plus, 1);
  EXPECT_EQ(bench.array.reset_full_pairs(goal, 1), 2 * sources);
  const double pulses = 2.0 * 2 * sources, square_v = std::pow(pcm.device.pulse_v[1], 2);
  const double each_j = square_v * (pcm.conductance_max_siemens * pcm.device.pulse_s[1] +
                                    ChipSpec{}.wire_capacitance_f[1] * double(sources));
  EXPECT_NEAR(booked_j(bench, action::write_pulse) / (pulses * each_j), 1, 1e-6);
  EXPECT_EQ(bench.array.pulses_total(), pulses);
}

// A line that fires charges the cells on it, whether anything coincides or not.
TEST(CrossbarMacro, TrainsChargeTheirLines) {
  const ArraySpec spec = array_of("ecram", Mapping::reference_array);
  ProgrammerBench bench(spec);
  PulseTrainBlock trains;
  trains.words.setZero(1, sources);
  trains.bits.setZero(targets, 1);
  trains.slots = {4};
  trains.words(0, 3) = 0b0111 | PulseTrainBlock::train_sign;
  trains.bits(5, 0) = 0b1000;
  bench.array.pulse(trains, 1);
  const double cells = 3 * double(targets) + double(sources);
  const double expected = std::pow(spec.device.pulse_v[1], 2) * ChipSpec{}.wire_capacitance_f[1] * cells;
  EXPECT_NEAR(booked_j(bench, action::write_pulse) / expected, 1, 1e-9);
}

// What a user gets from one read: noise of its cells, and lines that the devices bend.
TEST(CrossbarMacro, ReadsHaveNoiseAndBend) {
  constexpr Index samples = 400;
  const Block block{samples, 100, 0, 1};
  ArraySpec spec = array_of("ecram", Mapping::offset);
  spec.device.read_noise = 0.01;
  spec.device.iv_v = 0.1;
  ProgrammerBench bench(spec);
  bench.array.set_weights(0.3f * uniform(targets, sources, "weights"), 1);
  const Matrix<float> x = uniform(sources, 1, "x").replicate(1, samples);
  const Matrix<float> bent = (2.0f * x.array()).sinh() / 2.0f;  // 0.2 V over 0.1 V
  Matrix<float> first, second;
  bench.array.read(block, Side::word_lines, x, first, 1e-8);
  bench.array.read(block, Side::word_lines, x, second, 1e-8);
  const Matrix<float> exact = bench.array.model().weights() * bent;
  const double rms = bench.array.model().read_noise() * double(bent.col(0).norm()), n = double(targets * samples);
  for (const Matrix<float>* y : {&first, &second}) {
    const double squares = double((*y - exact).squaredNorm()) / n;
    EXPECT_NEAR(squares / (rms * rms), 1, 5 * std::sqrt(2 / n));
  }
  EXPECT_LT(std::abs(double((first - exact).cwiseProduct(second - exact).sum())) / n / (rms * rms), 5 / std::sqrt(n));
}

TEST(PulseProgrammer, DevicesLeakInSimulatedTime) {
  ArraySpec leaky = array_of("capacitor", Mapping::reference_array);
  leaky.device.leak_time_s = 1e-3;
  ProgrammerBench bench(leaky);
  bench.array.set_weights(Matrix<float>::Constant(targets, sources, 0.4f), 1);
  bench.array.catch_up(1);
  const Matrix<float> before = bench.array.model().weights();
  for (const double left : {std::exp(-0.5), std::exp(-1)}) {
    bench.meter.pass(Time::seconds(0.5e-3));
    bench.array.catch_up(1);
    EXPECT_LT((bench.array.model().weights() - float(left) * before).cwiseAbs().maxCoeff(), 1e-6f);
  }
}

}  // namespace
}  // namespace settle::test
