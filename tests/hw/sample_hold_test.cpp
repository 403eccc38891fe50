#include <gtest/gtest.h>

#include "hw/converters.h"
#include "tests/hw/in_child.h"

namespace settle::test {
namespace {

constexpr Index neurons = 500, samples = 60;
constexpr double noise = 0.01;
const hw::Block block{samples, 20, 0, 1};

// A hold on its own, and a thread that uses it.
class HoldBench : public sc_core::sc_module {
 public:
  hw::PowerMeter meter;
  hw::SampleHold hold;

  HoldBench(double rms, const HoldSpec& spec, std::function<void(HoldBench&)> body)
      : sc_module(sc_core::sc_module_name("bench")),
        meter("meter", ChipSpec{}),
        hold("hold", rms, HoldBank(spec, ChipSpec{}, neurons, "population", 1), "population", 1),
        body_(std::move(body)) {
    hold.meter(meter);
    SC_HAS_PROCESS(HoldBench);
    SC_THREAD(run);
  }

 private:
  void run() { body_(*this); }

  std::function<void(HoldBench&)> body_;
};

void with_hold(double rms, const std::function<void(HoldBench&)>& body, const HoldSpec& spec = {}) {
  in_child([&]() {
    HoldBench bench(rms, spec, body);
    sc_core::sc_start();
  });
}

Matrix<float> some_state() {
  Matrix<float> state(neurons, samples);
  for (Index i = 0; i < state.size(); ++i) state(i) = std::sin(float(i));
  return state;
}

// Mean zero and this deviation, within five standard errors.
void expect_noise(const Matrix<double>& m, double deviation) {
  const double n = double(m.size());
  EXPECT_LE(std::abs(m.mean()), 5 * deviation / std::sqrt(n));
  EXPECT_LE(std::abs(m.squaredNorm() / n / (deviation * deviation) - 1), 5 * std::sqrt(2 / n));
}

double correlation(const Matrix<double>& a, const Matrix<double>& b) {
  return a.cwiseProduct(b).sum() / (a.norm() * b.norm());
}

TEST(SampleHold, NoiseHasItsVarianceInEachPhase) {
  with_hold(noise, [](HoldBench& bench) {
    const Matrix<float> state = some_state(), change = Matrix<float>::Zero(neurons, samples);
    Matrix<float> difference;
    bench.hold.hold(block, state);
    bench.hold.subtract(block, state, change, 1, 0, 1e-8, difference);
    const Matrix<double> free = (bench.hold.held() - state).cast<double>();
    const Matrix<double> clamped = difference.cast<double>() + free;
    expect_noise(free, noise);
    expect_noise(clamped, noise);
    expect_noise(difference.cast<double>(), noise * std::sqrt(2.0));
    EXPECT_LE(std::abs(correlation(free, clamped)), 5 / std::sqrt(double(free.size())));
    const Index half = neurons / 2;
    EXPECT_LE(std::abs(correlation(free.topRows(half), free.bottomRows(half))), 5 / std::sqrt(double(half * samples)));
    EXPECT_LE(std::abs(correlation(free.leftCols(samples - 1), free.rightCols(samples - 1))),
              5 / std::sqrt(double(free.size())));
  });
}

// Noise belongs to the sample's number, wherever in a block the sample comes.
// The arrays' read noise adds up with the capacitor's: variances do.
TEST(SampleHold, NoiseOfReadsComesOnTop) {
  with_hold(noise, [](HoldBench& bench) {
    const Matrix<float> state = some_state(), zero = Matrix<float>::Zero(neurons, samples);
    const Matrix<float> of_reads = Matrix<float>::Constant(neurons, samples, 0.02f);
    bench.hold.hold(block, state, of_reads);
    expect_noise((bench.hold.held() - state).cast<double>(), std::hypot(noise, 0.02));
    Matrix<float> difference;
    bench.hold.subtract(block, state, zero, 1, 0, 1e-8, difference, of_reads);
    expect_noise(difference.cast<double>(), std::hypot(noise, 0.02) * std::sqrt(2.0));
  });
}

TEST(SampleHold, NoiseBelongsToTheSample) {
  with_hold(noise, [](HoldBench& bench) {
    const Matrix<float> zero = Matrix<float>::Zero(neurons, samples);
    bench.hold.hold(block, zero);
    const Matrix<float> from_zero = bench.hold.held();
    bench.hold.hold({samples, 20, 10, 1}, zero);
    EXPECT_TRUE(bench.hold.held().leftCols(samples - 10) == from_zero.rightCols(samples - 10));
  });
}

// The difference is in units of the scale, and so is its noise.
TEST(SampleHold, NoiseIsDividedByTheScale) {
  with_hold(noise, [](HoldBench& bench) {
    constexpr double scale = 1e-3;
    const Matrix<float> state = some_state(), change = state.reverse();
    Matrix<float> difference;
    bench.hold.hold(block, state);
    bench.hold.subtract(block, state, change, scale, 0, 1e-8, difference);
    expect_noise((difference - change).cast<double>(), noise * std::sqrt(2.0) / scale);
  });
}

TEST(SampleHold, DifferenceIsExactWithoutNoise) {
  with_hold(0, [](HoldBench& bench) {
    constexpr double scale = 1e-9;  // beyond what the difference of two floats near one can hold
    const Matrix<float> state = some_state(), change = state.reverse();
    Matrix<float> difference;
    bench.hold.hold(block, state);
    bench.hold.subtract(block, state, change, scale, 0, 1e-8, difference);
    EXPECT_TRUE(bench.hold.held() == state);
    EXPECT_TRUE(difference == change);  // in units of the scale
  });
}

TEST(SampleHold, NoiseOfTheCapacitorComesOnTop) {
  HoldSpec spec;
  spec.thermal_noise = ThermalNoise::capacitor;
  const double capacitor = std::sqrt(1.380649e-23 * 300 / 100e-15) / 0.4;
  for (const double other : {0.0, capacitor})
    with_hold(
        other,
        [&](HoldBench& bench) {
          const Matrix<float> state = some_state(), zero = Matrix<float>::Zero(neurons, samples);
          Matrix<float> difference;
          bench.hold.hold(block, zero);
          expect_noise(bench.hold.held().cast<double>(), std::hypot(other, capacitor));
          bench.hold.hold(block, state);
          bench.hold.subtract(block, state, zero, 1, 0, 1e-8, difference);
          expect_noise(difference.cast<double>(), std::hypot(other, capacitor) * std::sqrt(2.0));
        },
        spec);
}

// A small difference keeps its digits beside a pedestal and droop that are much larger.
TEST(SampleHold, HeldStatesMoveAndDrivenOnesDoNot) {
  HoldSpec spec;
  spec.leakage_a = 1e-9;
  spec.injection_c = 1e-15;
  with_hold(
      0,
      [&](HoldBench& bench) {
        constexpr double scale = 1e-6, seconds = 1e-6;
        const Vector<float> shift = HoldBank(spec, ChipSpec{}, neurons, "population", 1).shift(seconds);
        EXPECT_NEAR(shift[0], (1e-15 - 1e-9 * seconds) / (100e-15 * 0.4), 1e-9);
        EXPECT_NEAR(shift[7] - shift[0], -1e-9 * 7 / 100e6 / (100e-15 * 0.4), 1e-8);
        const Matrix<float> state = some_state(), change = state.reverse();
        Matrix<float> difference, held;
        bench.hold.hold(block, state);
        bench.hold.read(block, seconds, held);
        EXPECT_TRUE(held == (state.colwise() + shift));
        bench.hold.subtract(block, state, change, scale, seconds, 1e-8, difference);
        const Matrix<float> seen = difference.colwise() + 1e6f * shift;
        EXPECT_TRUE(seen.isApprox(change, 0.01f)) << (seen - change).norm();
      },
      spec);
}

TEST(SampleHold, BooksSamplesAndTheAmplifier) {
  with_hold(noise, [](HoldBench& bench) {
    const Matrix<float> state = some_state();
    Matrix<float> difference;
    bench.hold.hold({samples - 5, 20, 0, 1}, state);  // five columns of padding are free
    bench.hold.subtract({samples - 5, 20, 0, 1}, state, state, 1, 0, 1e-8, difference);
    const double count = double(neurons * (samples - 5));
    ASSERT_EQ(bench.meter.ledger().rows().size(), 2u);
    for (const Ledger::Row& row : bench.meter.ledger().rows()) {
      const bool amplifier = row.action == Action::difference_amplifier;
      const double expected = amplifier ? 2e-6 * 0.9 * 1e-8 * count : 2 * 100e-15 * 0.4 * 0.4 * count;
      EXPECT_NEAR(row.count, amplifier ? count : 2 * count, 0);
      EXPECT_NEAR(row.energy_j[1], expected, 1e-9 * expected);
    }
  });
}

// The free sample is one for both signs of a nudge, the clamped ones have noise of their own.
TEST(SampleHold, EachReadingIsASampleOfItsOwn) {
  with_hold(noise, [](HoldBench& bench) {
    const Matrix<float> zero = Matrix<float>::Zero(neurons, samples);
    Matrix<float> first, second;
    bench.hold.hold(block, zero);
    bench.hold.subtract(block, zero, zero, 1, 0, 1e-8, first);
    bench.hold.subtract(block, zero, zero, 1, 0, 1e-8, second);
    expect_noise((first - second).cast<double>(), noise * std::sqrt(2.0));
  });
}

}  // namespace
}  // namespace settle::test
