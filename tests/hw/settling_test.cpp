// The analyses of one substrate agree: its transient ends where the models' operating point is.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "models/learning/softmax.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 5;
const SettleOptions exactly_settled{Method::sweeps, 1000, 1e-7};

double distance(const Matrix<float>& a, const Matrix<float>& b) { return double((a - b).cwiseAbs().maxCoeff()); }

// Both phases, on the chip and beside it. `near`: the largest distance allowed, of full scale and of the largest
// difference; `far`: the least that a looser tolerance must leave, so that the tolerance is what the distance is due
// to.
void expect_transient_ends_at_operating_point(double tolerance, double far, double near) {
  hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
  spec.analysis = Analysis::transient;
  spec.tolerance = tolerance;
  run_chip(spec, {}, [&](hw::Chip& chip) {
    hw::Substrate& s = chip.substrate;
    s.initialise();
    const Samples data = random_samples(6, 3, samples);
    sc_core::sc_time delay;
    Matrix<float> logits, error;
    s.present({samples, samples, 0, 1}, data.pixels, delay);
    s.settle_free(true, delay);
    s.read_logits(logits, delay);
    softmax(all(std::as_const(logits)), all(logits));
    error_of(logits, data.labels, error);
    OwnStates own(s.loop(), samples);
    const Chunk<float> chunk = own.chunk(samples);
    Matrix<float> x = data.pixels.cast<float>() / 255.0f;
    drive_from_input(s.loop(), chunk, all(std::as_const(x)));
    settle_free(s.loop(), chunk, exactly_settled);
    double off = 0;
    for (Index p = 1; p < s.loop().readout(); ++p)
      off = std::max(off, distance(s.bank(p).state().state, own.states[std::size_t(p)].state));
    EXPECT_LE(off, near) << "free";
    EXPECT_GE(off, far) << "free";

    // from the very state that the chip's free phase ended in: the difference is relative to it
    for (Index p = 1; p < s.loop().readout(); ++p) own.states[std::size_t(p)] = s.bank(p).state();
    s.nudge(error, delay);
    drive_from_nudge(s.loop(), chunk, all(std::as_const(error)));
    s.settle_clamped(/*turned=*/false, delay);
    settle_clamped(s.loop(), chunk, exactly_settled, 0);
    off = 0;
    for (Index p = 1; p < s.loop().readout(); ++p) {
      const Matrix<float>& goal = own.states[std::size_t(p)].difference;
      off = std::max(off, distance(s.bank(p).state().difference, goal) / double(goal.cwiseAbs().maxCoeff()));
    }
    EXPECT_LE(off, near) << "clamped";
    EXPECT_GE(off, far) << "clamped";
    EXPECT_EQ(s.free_count().unsettled + s.clamped_count().unsettled, 0);
  });
}

TEST(Transient, EndsAtTheOperatingPoint) {
  in_child([]() { expect_transient_ends_at_operating_point(3e-6, 0, 1e-5); });
}

TEST(Transient, EndsAsFarFromItAsTheToleranceAllows) {
  in_child([]() { expect_transient_ends_at_operating_point(1e-3, 1e-4, 3e-3); });
}

// What a chip's sampling of its states and read-out amounts to: rms over neurons and samples of what differs from the
// same chip without noise.
struct Sampled {
  double held_rms, logit_rms, difference_rms;
};
Sampled sampled_noise(Analysis analysis, NeuronSpec neuron) {
  constexpr Index width = 400, count = 40;
  const auto readings = [&](const NeuronSpec& of) {
    std::string bytes = from_child([&]() {
      hw::SubstrateSpec spec = exact_chip({6, width, 5});
      spec.neuron = of;
      spec.analysis = analysis;
      spec.difference = DifferenceMode::plain;
      std::string all_bytes;
      run_chip(spec, {}, [&](hw::Chip& chip) {
        hw::Substrate& s = chip.substrate;
        s.initialise();
        const Samples data = random_samples(6, 5, count);
        s.measure_settling(data.pixels, Matrix<float>(Matrix<float>::Constant(5, count, 0.2f)));
        sc_core::sc_time delay;
        Matrix<float> logits, held, difference, error = Matrix<float>::Zero(5, count);
        error.row(0).setConstant(0.5f);
        s.present({count, count, 0, 1}, data.pixels, delay);
        s.settle_free(true, delay);
        s.read_logits(logits, delay);
        s.hold(delay);
        s.nudge(error, delay);
        s.settle_clamped(false, delay);
        s.read_held(1, held, delay);
        s.read_difference(1, difference, delay);
        for (const Matrix<float>* m : {&held, &logits, &difference})
          all_bytes.append(reinterpret_cast<const char*>(m->data()), std::size_t(m->size()) * sizeof(float));
      });
      return all_bytes;
    });
    Vector<float> values(Index(bytes.size() / sizeof(float)));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values.data()));
    return values;
  };
  NeuronSpec quiet = neuron;
  quiet.noise = quiet.membrane_noise = 0;
  const Vector<double> off = (readings(neuron) - readings(quiet)).cast<double>();
  const auto rms = [&](Index first, Index size) {
    return std::sqrt(off.segment(first, size).squaredNorm() / double(size));
  };
  return {rms(0, width * count), rms(width * count, 5 * count), rms((width + 5) * count, width * count)};
}

// One layer, so that no noise goes round a loop. The noise of a held state is neuron.noise in every analysis, that of a
// difference has two of them, and the read-out sums the independent noise of its lines.
TEST(Transient, NoiseIsThatOfTheOtherAnalyses) {
  NeuronSpec neuron;
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

// Thermal noise of the membrane reaches the state through the neuron's slope.
TEST(Transient, ThermalNoiseIsThatOfTheOtherAnalyses) {
  NeuronSpec neuron;
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
TEST(Settling, SamplesInACycleAreCountedAndNamed) {
  in_child([]() {
    hw::SubstrateSpec spec = exact_chip({6, 8, 8, 3});
    spec.analysis = Analysis::map;
    spec.neuron.offset_mismatch = 0.5;
    run_chip(spec, {}, [&](hw::Chip& chip) {
      hw::Substrate& s = chip.substrate;
      s.initialise();
      s.array(0).set_weights(Matrix<float>::Constant(8, 6, 0.2f), 1);
      s.array(1).set_weights(Matrix<float>::Constant(8, 8, -5.0f), 1);
      sc_core::sc_time delay;
      s.present({samples, samples, 0, 1}, Matrix<std::uint8_t>::Constant(6, samples, 40), delay);
      s.settle_free(true, delay);
      EXPECT_EQ(s.free_count().samples, samples);
      EXPECT_EQ(s.free_count().unsettled, samples);
      EXPECT_EQ(s.free_count().cycles, samples);
    });
  });
}

// With an endless step a transient is the synchronous map.
TEST(Transient, OfEndlessStepsIsTheMap) {
  const auto states = [](Analysis analysis) {
    return from_child([analysis]() {
      hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
      spec.analysis = analysis;
      spec.time_step_s = 30 * spec.neuron.tau_s;
      spec.tolerance = 1e-6;
      spec.free_steps = 60;
      std::string bytes;
      run_chip(spec, {}, [&](hw::Chip& chip) {
        chip.substrate.initialise();
        sc_core::sc_time delay;
        chip.substrate.present({samples, samples, 0, 1}, random_samples(6, 3, samples).pixels, delay);
        chip.substrate.settle_free(true, delay);
        const Matrix<float>& state = chip.substrate.bank(1).state().state;
        bytes.assign(reinterpret_cast<const char*>(state.data()), std::size_t(state.size()) * sizeof(float));
      });
      return bytes;
    });
  };
  const std::string transient = states(Analysis::transient), map = states(Analysis::map);
  ASSERT_EQ(transient.size(), map.size());
  ASSERT_GT(map.size(), 0u);
  const auto* a = reinterpret_cast<const float*>(transient.data());
  const auto* b = reinterpret_cast<const float*>(map.data());
  for (std::size_t i = 0; i < map.size() / sizeof(float); ++i) EXPECT_NEAR(a[i], b[i], 2e-6);
}

}  // namespace
}  // namespace settle::test
