// Pairs whose devices are both off where a weight is zero.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/crossbar/crossbar.h"
#include "settle/models/crossbar/pair_split.h"
#include "settle/models/device/response.h"
#include "settle/models/error.h"
#include "tests/models/memory_archive.h"

namespace settle::test::proportional_test {
namespace {

constexpr Index targets = 7, sources = 11;

Matrix<float> uniform(const char* what) {
  Engine engine(Stream(5, what, Purpose::test));
  return Matrix<float>::NullaryExpr(targets, sources,
                                    [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

ArraySpec spec_of(const DevicePreset& device) {
  ArraySpec spec;
  spec.device = device;
  spec.device.flicker = spec.device.drift_nu_high = 0;
  spec.mapping = Mapping::proportional;
  spec.weight_at_bound = 2;
  return spec;
}

DevicePreset without_spread(DevicePreset d) {
  d.dtod = d.bias_dtod = d.gamma_dtod = d.ctoc = d.w_max_dtod = d.w_min_dtod = d.dead = d.write_noise = 0;
  return d;
}

TEST(Proportional, ZeroIsTwoDevicesOff) {
  for (const DevicePreset& preset : device_presets()) {
    const ArraySpec spec = spec_of(without_spread(preset));
    Crossbar c("c", targets, sources, spec, 1);
    const double off = spec.conductance_min_siemens, word = 2 * off * targets, bit = 2 * off * sources;
    for (const bool written : {false, true}) {
      if (written) c.set_weights(Matrix<float>::Zero(targets, sources));
      EXPECT_LT((c.device_siemens().array() - float(off)).abs().maxCoeff(), 1e-5 * off) << preset.name;
      EXPECT_LT((c.subtracted_siemens().array() - float(off)).abs().maxCoeff(), 1e-5 * off) << preset.name;
      EXPECT_LT((c.word_line_conductance(1).array() - word).abs().maxCoeff(), 1e-5 * word) << preset.name;
      EXPECT_LT((c.bit_line_conductance(1).array() - bit).abs().maxCoeff(), 1e-5 * bit) << preset.name;
      EXPECT_EQ(c.effective().cwiseAbs().maxCoeff(), 0);
      c.set_weights(uniform("weights"));
    }
  }
}

TEST(Proportional, TheWeightAtTheBoundIsOneDeviceOnAndOneOff) {
  for (const DevicePreset& preset : device_presets()) {
    const ArraySpec spec = spec_of(without_spread(preset));
    Crossbar c("c", 1, 2, spec, 1);
    c.set_weights((Matrix<float>(1, 2) << 2, -2).finished());
    const double off = spec.conductance_min_siemens, on = spec.conductance_max_siemens;
    EXPECT_NEAR(c.siemens(0, 0), on, 1e-6 * on) << preset.name;
    EXPECT_NEAR(c.subtracted_siemens(0, 0), off, 1e-6 * on) << preset.name;
    EXPECT_NEAR(c.siemens(0, 1), off, 1e-6 * on) << preset.name;
    EXPECT_NEAR(c.subtracted_siemens(0, 1), on, 1e-6 * on) << preset.name;
  }
}

// What flows beyond the two devices that are off is the weight's magnitude.
TEST(Proportional, CurrentIsInProportionToWeights) {
  const Matrix<float> weights = uniform("weights");
  for (const DevicePreset& preset : device_presets()) {
    Crossbar c("c", targets, sources, spec_of(without_spread(preset)), 1);
    c.set_weights(weights);
    const Matrix<float> sum = c.device_siemens() + c.subtracted_siemens();
    const Matrix<float> expected =
        weights.cwiseAbs().array() / float(c.weight_per_siemens()) + 2 * float(c.spec().conductance_min_siemens);
    EXPECT_LT((sum - expected).cwiseAbs().maxCoeff(), 1e-6f * expected.maxCoeff()) << preset.name;
  }
}

// Whatever the bounds and the faults are: exact where the two can hold the weight, and no higher than it takes.
TEST(Proportional, OneDeviceStaysAtItsOwnLowerBound) {
  ArraySpec spec = spec_of(device_preset("reram-sb"));
  spec.device.stuck_on = spec.device.stuck_off = spec.device.dead = 0.1;
  const Matrix<float> weights = uniform("weights"), change = 0.7f * uniform("change");
  Crossbar c("c", targets, sources, spec, 1);
  const auto expect_wanted = [&](const Matrix<float>& wanted) {
    for (Index i = 0; i < wanted.size(); ++i) {
      const auto &p = c.devices().cells(), &m = c.subtracted()->cells();
      const float held =
          std::min(std::max(wanted(i) / c.weight_scale(), p.lower(i) - m.upper(i)), p.upper(i) - m.lower(i));
      EXPECT_NEAR(c.programmed()(i), held, 1e-6f) << i;
      EXPECT_TRUE(c.devices().state()(i) == p.lower(i) || c.subtracted()->state()(i) == m.lower(i)) << i;
    }
  };
  c.set_weights(weights);
  expect_wanted(weights);
  const Matrix<float> before = c.weights();
  c.add(change, 2);
  expect_wanted(before + change);
}

TEST(Proportional, AChangeOfNothingMovesNothing) {
  Crossbar c("c", 1, 2, spec_of(without_spread(device_preset("ecram"))), 1);
  const Matrix<float> high = Matrix<float>::Constant(1, 2, 0.3f);
  c.set_states(high, high);
  c.add((Matrix<float>(1, 2) << 0, 0.1f).finished(), 1);
  EXPECT_EQ(c.devices().state()(0), 0.3f);
  EXPECT_EQ(c.subtracted()->state()(0), 0.3f);
  EXPECT_FLOAT_EQ(c.subtracted()->state()(1), c.subtracted()->cells().lower(1));
}

// Three steps to zero, and two beyond it; within a device's own range, it alone moves.
TEST(Proportional, PulsesLowerTheOtherDeviceFirst) {
  const ArraySpec spec = spec_of(without_spread(device_preset("rpu-target")));
  Crossbar c("c", 1, 4, spec, 1);
  const float step = float(spec.device.dw_min), off = float(spec.device.w_min);
  c.set_weights(c.weight_scale() * step * (Matrix<float>(1, 4) << -3, 3, -9, 4).finished());
  const PulseSum sum = c.pulse((Matrix<float>(1, 4) << 5, -5, 5, 0).finished(), 0, 1);
  EXPECT_EQ(sum.pulses, 15);
  const float plus[] = {2, 0, 0, 4}, minus[] = {0, 2, 4, 0};
  for (Index i = 0; i < 4; ++i) {
    EXPECT_NEAR(c.devices().state()(i), off + plus[i] * step, 1e-6f) << i;
    EXPECT_NEAR(c.subtracted()->state()(i), off + minus[i] * step, 1e-6f) << i;
  }
}

// What split_sure does not leave open is what the law of the descent says: as many pulses down as the nominal device
// takes from here to the lower bound, and the rest up on the other side.
TEST(Proportional, PulsesAreSplitWithoutTheResponseOnlyWhereItIsCertain) {
  constexpr Index n = 1003;
  constexpr float step = 0.01f;
  Engine engine(Stream(7, "split", Purpose::test));
  const auto draw = [&] { return float(double(engine()) * 0x1p-32); };
  Vector<float> counts(n), state[2], lower[2], pulses[2] = {Vector<float>(n), Vector<float>(n)};
  for (int k = 0; k < 2; ++k) {
    lower[k] = Vector<float>::NullaryExpr(n, [&](Index) { return 0.02f * draw(); });
    state[k] =
        Vector<float>::NullaryExpr(n, [&](Index i) { return lower[k](i) + (i % 3 == 0 ? 0.0f : 0.2f * draw()); });
  }
  for (Index i = 0; i < n; ++i) counts(i) = float(int(engine() % 21) - 10);
  std::vector<std::uint32_t> unsure(n);
  const PairDevices plus{state[0].data(), lower[0].data()}, minus{state[1].data(), lower[1].data()};
  constexpr Index first = 3;
  const Index open =
      split_sure(counts.data(), plus, minus, first, n - first, step, pulses[0].data(), pulses[1].data(), unsure.data());
  Vector<float> is_open = Vector<float>::Zero(n);
  for (Index k = 0; k < open; ++k) is_open(Index(unsure[std::size_t(k)])) = 1;
  EXPECT_GT(open, n / 20);
  EXPECT_LT(open, n / 2);
  for (Index i = first; i < n; ++i) {
    const int other = counts(i) > 0 ? 1 : 0;
    const double way = double(state[other](i)) - double(lower[other](i)), all = std::abs(double(counts(i)));
    const double down = std::min(all, std::rint(std::max(0.0, way) / step));
    if (is_open(i) != 0) {
      EXPECT_GT(way, 0) << i;
      EXPECT_LT(way, (all + 1.01) * step) << i;
    } else {
      EXPECT_EQ(pulses[other](i - first), -down) << i;
      EXPECT_EQ(pulses[1 - other](i - first), all - down) << i;
    }
  }
}

// More than one piece, and the last one shorter: each device gets what two whole arrays get, whose counts are split
// here.
TEST(Proportional, PiecesArePulsedLikeWholeArrays) {
  constexpr Index rows = 190, cols = 180;
  ASSERT_GT(rows * cols, 2 * DeviceArray::piece());
  Crossbar c("c", rows, cols, spec_of(device_preset("ecram")), 1);
  const DevicePreset& d = c.spec().device;
  DeviceArray plus = c.devices(), minus = *c.subtracted();
  ASSERT_TRUE(plus.pulsed_in_pieces());
  Matrix<float> counts(rows, cols), of_plus(rows, cols), of_minus(rows, cols);
  for (const int turn : {1, -1, 1}) {
    for (Index i = 0; i < counts.size(); ++i) {
      counts(i) = float(turn * int(i % 7 - 1));
      const bool rising = counts(i) > 0;
      const DeviceArray& other = rising ? minus : plus;
      const double state = double(other.state()(i)), way = state - double(other.cells().lower(i)),
                   step = nominal_step(d, std::clamp(state - 0.5 * way, d.w_min, d.w_max), false);
      const float all = std::abs(counts(i)), down = std::min(all, float(std::rint(way / std::max(step, d.dw_min))));
      (rising ? of_plus : of_minus)(i) = all - down;
      (rising ? of_minus : of_plus)(i) = -down;
    }
    const auto round = std::uint64_t(5) + std::uint64_t(turn);
    const PulseSum sum = c.pulse(counts, round, 2);
    PulseSum expected = plus.pulse(of_plus, round, 1);
    expected += minus.pulse(of_minus, round, 1);
    EXPECT_EQ(sum.pulses, expected.pulses);
    EXPECT_EQ(sum.state, expected.state);
    EXPECT_EQ(c.devices().state(), plus.state());
    EXPECT_EQ(c.subtracted()->state(), minus.state());
  }
  EXPECT_THROW(plus.pulse_piece(counts.data(), 1, 7), std::logic_error);
}

TEST(Proportional, PulsesDoNotDependOnThreads) {
  Crossbar one("c", 90, 80, spec_of(device_preset("reram-es")), 1),
      two("c", 90, 80, spec_of(device_preset("reram-es")), 1);
  Matrix<float> counts(90, 80);
  for (Index i = 0; i < counts.size(); ++i) counts(i) = float(i % 41 - 20);
  for (const float sign : {1.0f, -1.0f, 1.0f}) {
    one.pulse(sign * counts, 0, 1);
    two.pulse(sign * counts, 0, 2);
  }
  EXPECT_EQ(one.devices().state(), two.devices().state());
  EXPECT_EQ(one.subtracted()->state(), two.subtracted()->state());
}

// By the steps of the device that comes down, then of the one that rises: they are far apart in these responses.
TEST(Proportional, PulsesAreCountedInStepsOfTheDeviceThatMoves) {
  for (const DevicePreset& preset : device_presets()) {
    if (preset.response == Response::exact || preset.one_sided != 0) continue;
    DevicePreset device = without_spread(preset);
    device.dw_min = 0.001;
    for (const float from : {-0.2f, 0.2f}) {
      for (const float goal : {-0.15f, 0.05f, 0.25f, -0.3f}) {
        Crossbar c("c", 1, 1, spec_of(device), 1);
        const Matrix<float> there = Matrix<float>::Constant(1, 1, goal);
        c.set_states((Matrix<float>(1, 1) << float(device.w_min) + std::max(from, 0.0f)).finished(),
                     (Matrix<float>(1, 1) << float(device.w_min) - std::min(from, 0.0f)).finished());
        const Matrix<float> before = c.programmed();
        const double way_to_go = double(goal - before(0));
        const double step = c.effect_towards(0, double(goal), double(before(0))).step;
        c.pulse(Matrix<float>::Constant(1, 1, float(std::rint(way_to_go / step))), 0, 1);
        const float left = std::abs(goal - c.programmed()(0)), way = std::abs(goal - before(0));
        EXPECT_LT(left, 0.15f * way + 1e-3f) << preset.name << " from " << from << " to " << goal;
      }
    }
  }
}

// A soft bound is never reached: the weight must change its sign all the same.
TEST(Proportional, SoftBoundsAreNotWaitedFor) {
  const ArraySpec spec = spec_of(without_spread(device_preset("reram-sb")));
  Crossbar c("c", 1, 1, spec, 1);
  const float step = float(spec.device.dw_min);
  c.set_weights(Matrix<float>::Constant(1, 1, -3 * step * c.weight_scale()));
  const float before = c.programmed()(0);
  c.pulse(Matrix<float>::Constant(1, 1, 9), 0, 1);
  EXPECT_GT(c.programmed()(0), before + 5 * step);
}

TEST(Proportional, IsKeptAndNotTakenForAnotherPair) {
  for (const char* preset : {"ideal", "ecram"}) {
    ArraySpec spec = spec_of(device_preset(preset));
    Crossbar c("c", targets, sources, spec, 1), again("c", targets, sources, spec, 1);
    c.set_weights(uniform("weights"));
    MemoryArchive archive;
    c.visit_state(archive);
    archive.rewind();
    again.visit_state(archive);
    EXPECT_EQ(again.effective(), c.effective());
    EXPECT_EQ(again.subtracted()->state(), c.subtracted()->state());
    for (const Mapping mapping : {Mapping::pair, Mapping::reference_array}) {
      spec.mapping = mapping;
      Crossbar other("c", targets, sources, spec, 1);
      EXPECT_THROW(other.visit_state(archive), InputError) << preset << int(mapping);
      MemoryArchive others;
      other.visit_state(others);
      others.rewind();
      EXPECT_THROW(again.visit_state(others), InputError) << preset << int(mapping);
    }
  }
}

}  // namespace
}  // namespace settle::test::proportional_test
