// Write and verify on every preset: how near it comes, against what limits it, and what noise hides from it.
#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "settle/models/chip/pulse_programmer.h"
#include "settle/models/chip/write_estimate.h"
#include "settle/models/chip/write_plan.h"
#include "settle/models/device/response.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::write_verify_test {
namespace {

constexpr Index targets = 100, sources = 100;
constexpr double weights_count = double(targets * sources);

DevicePreset without_faults(DevicePreset p) {
  p.stuck_on = p.stuck_off = p.dead = p.endurance = 0;
  return p;
}

DevicePreset without_write_noise(DevicePreset p) {
  p.write_noise = 0;
  return p;
}

Matrix<float> written_to() {  // of the normalised state: 0.2 and -0.2, like a chess board
  return Matrix<float>::NullaryExpr(targets, sources, [](Index i, Index j) { return (i + j) % 2 == 0 ? 0.2f : -0.2f; });
}

struct Bench {
  Meter meter{ChipSpec{}};
  CrossbarMacro array;
  PulseProgrammer programmer;

  Bench(const DevicePreset& device, int rounds)
      : array("array", dense(sources, targets), spec_of(device), 1, meter, {WriteScheme::transistor, 8}),
        programmer(array, nullptr, {}, rounds_of(rounds), "array", 1) {
    programmer.initialise(written_to() * array.model().weight_scale(), 2);
  }

  static ArraySpec spec_of(const DevicePreset& device) {
    ArraySpec spec;
    spec.device = device;
    spec.weight_at_bound = 1;
    spec.mapping = device.one_sided != 0 ? Mapping::pair : Mapping::reference_array;
    return spec;
  }
  static ProgrammingSpec rounds_of(int rounds) {
    ProgrammingSpec spec;
    spec.initial_rounds = rounds;
    return spec;
  }

  double rms() const { return programmer.write_errors().hidden_rms(); }
};

// Both of a device at its goal: the mean size of a step and its noise, up and down; where it lies, and by how much its
// bounds exclude that.
struct AtGoal {
  double goal, step[2], noise[2], room[2], outside;
};

AtGoal at_goal(const Bench& bench, Index i) {
  const Crossbar& model = bench.array.model();
  const DevicePreset& p = model.spec().device;
  const double goal = double(written_to()(i));
  const bool other = model.subtracted() != nullptr && goal < 0;
  const auto& c = (other ? *model.subtracted() : model.devices()).cells();
  AtGoal at{other ? -goal : goal, {}, {}, {}, 0};
  const double w = at.goal;
  for (const bool rising : {true, false}) {
    const double own = double(rising ? c.up(i) : c.down(i)), slope = double(rising ? c.slope_up(i) : c.slope_down(i));
    const bool affine = p.response != Response::exponential;
    const double nominal = p.dw_min * (rising ? 1 : 1 - p.bias);
    at.step[rising] = affine ? own * std::max(0.0, 1 - slope * w) : own / nominal * nominal_step(p, w, rising);
    at.noise[rising] = nominal_noise(p, w, rising) * own / nominal;
    at.room[rising] = std::max(0.0, rising ? double(c.upper(i)) - w : w - double(c.lower(i)));
  }
  // some devices have a step of zero: they stay where they are
  const bool moves = std::min(at.room[0], std::hypot(at.step[0], at.noise[0])) +
                         std::min(at.room[1], std::hypot(at.step[1], at.noise[1])) >
                     0;
  at.outside = moves ? std::max({0.0, w - double(c.upper(i)), double(c.lower(i)) - w}) : std::abs(w);
  return at;
}

double code_of(const Bench& bench) { return double(bench.array.model().converter().lsb()); }

// What limits writing, without write noise: half of the device's own step, a code of the converter, and bounds that
// exclude the target. A step has cycle noise, and so another size each time.
double limit(const Bench& bench) {
  const bool one_sided = bench.array.model().spec().device.one_sided != 0;
  double sum = 0;
  for (Index i = 0; i < targets * sources; ++i) {
    const AtGoal at = at_goal(bench, i);
    const auto size = [&](int way) { return std::min(at.room[way], std::hypot(at.step[way], at.noise[way])); };
    const double mean = one_sided ? size(1) : 0.5 * (size(1) + size(0));
    sum += 0.25 * mean * mean + std::pow(code_of(bench), 2) / 12 + at.outside * at.outside;
  }
  return std::sqrt(sum / weights_count);
}

// What the best controller leaves after so many bursts, who knows each device's step and sees its state exactly but for
// a code: of devices whose pulses have more noise than step (WritePlan).
double best(const Bench& bench, int bursts) {
  std::map<long, WritePlan> plans;  // by tenths of the noise in steps
  double sum = 0;
  for (Index i = 0; i < targets * sources; ++i) {
    const AtGoal at = at_goal(bench, i);
    const double step = 0.5 * (at.step[0] + at.step[1]), noise = 0.5 * (at.noise[0] + at.noise[1]);
    sum += std::pow(code_of(bench), 2) / 12 + at.outside * at.outside;
    if (at.outside > 0) continue;
    const long tenths = std::lround(10 * noise / step);
    WritePlan& plan = plans.try_emplace(tenths, 0.1 * double(tenths)).first->second;
    sum += step * step * plan.left(std::abs(at.goal) / step, bursts);
  }
  return std::sqrt(sum / weights_count);
}

TEST(WriteVerify, ConvergesOnEveryPreset) {
  for (const DevicePreset& p : device_presets()) {
    if (p.response == Response::exact) continue;
    SCOPED_TRACE(p.name);
    const DevicePreset device = without_write_noise(without_faults(p));
    const Bench few(device, 5), many(device, 50);
    EXPECT_LE(many.rms(), 1.2 * limit(many));
    // Where a pulse has a noise of several steps, a burst of n of them adds sqrt(n) times that. From 0.2 away, after
    // six bursts, even the best controller is left with more than the limit: 2.4 times it for reram-es.
    const bool noisy = p.ctoc > 1 && p.one_sided == 0;
    EXPECT_LE(few.rms(), 1.2 * (noisy ? std::max(limit(few), best(few, 6)) : limit(few)));
    if (p.name == "reram-om") {
      EXPECT_LE(many.rms(), 0.06);
    }
    for (const Bench* bench : {&few, &many})
      EXPECT_EQ(bench->programmer.write_errors().apparent_rms(), bench->rms())
          << "without write noise they are the same";
  }
}

// A step that is four times the nominal one: by nominal steps each round would leave three times the error before.
TEST(WriteVerify, LearnsEachDevicesOwnStep) {
  DevicePreset device = without_spread(device_preset("reram-om"));
  device.ctoc = device.write_noise = device.reference_error = 0;
  device.dw_min = 0.01;
  ArraySpec spec = Bench::spec_of(device);
  Crossbar array("array", 1, 2, spec, 1);
  const Matrix<float> zero = Matrix<float>::Zero(1, 2);
  Matrix<float> goal(1, 2), counts, value = zero;
  goal << 0.4f, -0.4f;
  WriteEstimate estimate(array, zero, 8191);
  for (int round = 0; round < 6; ++round) {
    estimate.pulses_towards(goal, 0.005, 6 - round, counts);
    for (Index i = 0; i < 2; ++i) {
      const float before = value(i);
      for (int k = 0; k < int(std::abs(counts(i))); ++k)
        value(i) += std::copysign(float(4 * nominal_step(device, double(value(i)), counts(i) > 0)), counts(i));
      EXPECT_TRUE(counts(i) == 0 || value(i) != before);
    }
    estimate.correct(value);
  }
  EXPECT_LT((value - goal).cwiseAbs().maxCoeff(), 0.02f);  // half of a step of 0.04
}

// Verifying sees codes: with fewer bits the weights end further off, by as much as a code.
TEST(WriteVerify, ReadsThroughTheConverterThatIsCharged) {
  const auto rms = [](int bits) {
    DevicePreset device = without_spread(device_preset("ecram"));
    device.ctoc = 0;
    Meter meter{ChipSpec{}};
    CrossbarMacro array("array", dense(sources, targets), Bench::spec_of(device), 1, meter,
                        {WriteScheme::transistor, bits});
    PulseProgrammer programmer(array, nullptr, {}, Bench::rounds_of(10), "array", 1);
    Engine engine(Stream(5, "weights", Purpose::test));
    const Matrix<float> goal = Matrix<float>::NullaryExpr(
        targets, sources, [&](Index, Index) { return float(double(engine()) * 0x1p-32 - 0.5); });
    programmer.initialise(goal * array.model().weight_scale(), 1);
    double seconds = 0;
    const Matrix<float> found = array.verify(seconds), codes = found / array.model().converter().lsb();
    EXPECT_LT((codes - codes.array().round().matrix()).cwiseAbs().maxCoeff(), 1e-3f) << bits;
    const Vector<float> line = array.read_word_line(3, seconds) / array.model().converter().lsb();
    EXPECT_LT((line - line.array().round().matrix()).cwiseAbs().maxCoeff(), 1e-3f) << "of a transfer, " << bits;
    return programmer.write_errors().hidden_rms();
  };
  const double code = 1.1724 / 32;  // of 6 bits over the range of the upper bound
  EXPECT_GT(rms(6), 0.5 * code / std::sqrt(12.0));
  EXPECT_LT(rms(6), 1.2 * code / std::sqrt(12.0));
  EXPECT_LT(rms(10), 0.2 * rms(6));
  EXPECT_EQ(rms(0), rms(8)) << "where no bits are asked for, 8 are charged";
}

TEST(WriteVerify, TellsTheHiddenErrorFromTheApparentOne) {
  for (const DevicePreset& p : device_presets()) {
    if (p.write_noise == 0) continue;
    SCOPED_TRACE(p.name);
    const DevicePreset device = without_faults(p);
    Bench few(device, 5), many(device, 50);
    const WriteErrors after5 = few.programmer.write_errors(), after50 = many.programmer.write_errors();
    const Matrix<float> goal = written_to();
    many.array.pulse(Matrix<float>::Constant(targets, sources, 1), 1);
    const Crossbar& model = many.array.model();
    const double apparent2 = double((model.programmed() - goal).squaredNorm()) / weights_count;
    const double hidden2 = double((model.hidden() - goal).squaredNorm()) / weights_count;
    const double sigma = p.write_noise * p.dw_min;
    EXPECT_LT(after50.hidden_rms(), after5.hidden_rms());
    // Verifying stops at draws that look right: what it sees is better than what it has written.
    EXPECT_LT(after50.apparent_rms(), sigma);
    EXPECT_NEAR(apparent2 / (hidden2 + sigma * sigma), 1, 0.05);
  }
}

}  // namespace
}  // namespace settle::test::write_verify_test
