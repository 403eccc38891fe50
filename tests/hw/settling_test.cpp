// The analyses of one substrate agree: its transient ends where the models' operating point is, when they say, and with
// the noise that they have.
#define SC_INCLUDE_DYNAMIC_PROCESSES  // sc_spawn
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
  spec.settling.analysis = Analysis::transient;
  spec.settling.tolerance = tolerance;
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
Sampled sampled_noise(Analysis analysis, BankSpec neuron) {
  constexpr Index width = 400, count = 40;
  const auto readings = [&](const BankSpec& of) {
    std::string bytes = from_child([&]() {
      hw::SubstrateSpec spec = exact_chip({6, width, 5});
      spec.neuron = of;
      spec.settling.analysis = analysis;
      spec.learning.difference = DifferenceMode::plain;
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
TEST(Transient, NoiseIsThatOfTheOtherAnalyses) {
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
TEST(Transient, NoiseGoesOnThroughTheWeights) {
  in_child([]() {
    constexpr Index count = 60;
    hw::SubstrateSpec spec = exact_chip({6, 300, 200, 5});
    for (Projection& p : spec.graph.projections)
      if (spec.graph.is_hidden(p.source) && spec.graph.is_hidden(p.target)) p.beta = 1e-6;
    spec.neuron.noise = 0.01;
    spec.settling.analysis = Analysis::transient;
    spec.settling.time_step_s = spec.neuron.tau_s / 20;
    run_chip(spec, {}, [&](hw::Chip& chip) {
      hw::Substrate& s = chip.substrate;
      s.initialise();
      const Samples data = random_samples(6, 5, count);
      chip.host.measure_settling(data);
      sc_core::sc_time delay;
      s.present({count, count, 0, 1}, data.pixels, delay);
      s.settle_free(true, delay);
      const Matrix<float> quiet = s.array(1).model().weights() * s.bank(1).state().state;
      const Matrix<float> off = s.bank(2).state().drive - quiet;
      const double expected = 0.01 * double(s.array(1).model().weights().norm()) / std::sqrt(2.0 * 200);
      EXPECT_NEAR(double(off.norm()) / std::sqrt(200.0 * count) / expected, 1, 0.08);
    });
  });
}

// Thermal noise of the membrane reaches the state through the neuron's slope.
TEST(Transient, ThermalNoiseIsThatOfTheOtherAnalyses) {
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
TEST(Settling, SamplesInACycleAreCountedAndNamed) {
  in_child([]() {
    hw::SubstrateSpec spec = exact_chip({6, 8, 8, 3});
    spec.settling.analysis = Analysis::map;
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

// Solves for both equilibria of the samples beside the chip.
void solve(const Loop<float>& loop, const Samples& data, OwnStates& own, Matrix<float>& error) {
  const Chunk<float> chunk = own.chunk(samples);
  const Matrix<float> x = data.pixels.cast<float>() / 255.0f;
  Matrix<float> logits(data.classes, samples);
  drive_from_input(loop, chunk, all(x));
  const Settled free = settle_free(loop, chunk, exactly_settled);
  read_logits(loop, chunk, all(logits));
  softmax(all(std::as_const(logits)), all(logits));
  error_of(logits, data.labels, error);
  drive_from_nudge(loop, chunk, all(std::as_const(error)));
  settle_clamped(loop, chunk, exactly_settled, free.contraction);
}

// A chip whose neurons do not saturate, which would lower the radius; steps as fine as the settling times'.
hw::SubstrateSpec gentle_chip(double beta) {
  hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
  for (Projection& p : spec.graph.projections) {
    if (p.source == 0) p.alpha = 0.1;
    if (!spec.graph.is_hidden(p.source) || !spec.graph.is_hidden(p.target)) continue;
    p.alpha = 0.3;
    p.beta = beta;
  }
  spec.learning.nudge = 0.5;
  spec.converter.adc_bits = 8;
  spec.settling.analysis = Analysis::transient;
  spec.settling.time_step_s = spec.neuron.tau_s / 20;
  spec.settling.tolerance = 1e-6;
  return spec;
}

// The settling times, which the operating point books, against the transient of the chip's own modules.
void expect_transient_settles_in_time(double beta, double radius) {
  const hw::SubstrateSpec spec = gentle_chip(beta);
  run_chip(spec, {}, [&](hw::Chip& chip) {
    hw::Substrate& s = chip.substrate;
    s.initialise();
    const Samples data = random_samples(6, 3, samples);
    chip.host.measure_settling(data);
    const SettlingTimes times = s.settling_times();
    EXPECT_EQ(times.unsettled, 0) << beta;
    EXPECT_NEAR(s.spectral_radius_settled(), radius, 0.01);

    OwnStates goal(s.loop(), samples);
    Matrix<float> error;
    solve(s.loop(), data, goal, error);
    Approach read, trained, clamped;
    const double accuracy = std::exp2(-9);  // half a code of 8 bits
    const auto note = [&] {
      double to_read = 0, to_train = 0, to_clamp = 0;
      for (Index p = 1; p < s.loop().readout(); ++p) {
        const BankState<float>&now = s.bank(p).state(), &end = goal.states[std::size_t(p)];
        for (Index c = 0; c < samples; ++c) {
          const double size = column_rms(end.difference, c), off = column_rms(now.state - end.state, c) / accuracy;
          to_read = std::max(to_read, off);
          to_train = std::max(to_train, off / (s.loop().scale[std::size_t(p)] * size));
          to_clamp = std::max(to_clamp, column_rms(now.difference - end.difference, c) / (accuracy * size));
        }
      }
      if (s.phase() == hw::Substrate::Phase::clamped) {
        clamped.shares.push_back(to_clamp);
      } else {
        read.shares.push_back(to_read);
        trained.shares.push_back(to_train);
      }
    };
    sc_core::sc_spawn([&] {
      while (true) {
        sc_core::wait(s.stepped());
        note();
      }
    });
    sc_core::sc_time delay;
    s.present({samples, samples, 0, 1}, data.pixels, delay);
    s.settle_free(true, delay);
    s.nudge(error, delay);
    s.settle_clamped(/*turned=*/false, delay);
    const auto steps = [&](double seconds) { return int(std::lround(seconds / spec.settling.time_step_s)); };
    EXPECT_NEAR(read.arrival(), steps(times.read_s), 1) << beta;
    EXPECT_NEAR(trained.arrival(), steps(times.free_s), 1) << beta;
    // the times' own goal is good to 1e-5 of a difference: in a slow loop, more than one step of the last tail
    EXPECT_NEAR(clamped.arrival(), steps(times.clamped_s), 1 + 0.002 * steps(times.clamped_s)) << beta;
  });
}

TEST(Transient, SettlesWhenTheSettlingTimesSay) {
  const std::pair<double, double> cases[] = {{0.01, 0.08}, {0.1, 0.26},  {0.4, 0.52}, {0.8, 0.73},
                                             {1.1, 0.85},  {1.25, 0.91}, {1.35, 0.94}};
  for (const auto& [beta, radius] : cases) in_child([b = beta, r = radius] { expect_transient_settles_in_time(b, r); });
}

// With an endless step a transient is the synchronous map.
TEST(Transient, OfEndlessStepsIsTheMap) {
  const auto states = [](Analysis analysis) {
    return from_child([analysis]() {
      hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
      spec.settling.analysis = analysis;
      spec.settling.time_step_s = 30 * spec.neuron.tau_s;
      spec.settling.tolerance = 1e-6;
      spec.settling.free_steps = 60;
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
