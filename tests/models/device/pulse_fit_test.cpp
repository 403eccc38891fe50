// Fits of recordings that were made by devices of known numbers.
#include "settle/models/device/pulse_fit.h"

#include <cmath>

#include <boost/random/normal_distribution.hpp>
#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "settle/models/device/response.h"
#include "settle/models/error.h"
#include "settle/models/numeric/random.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::pulse_fit_test {
namespace {

constexpr Index devices = 3;
constexpr int cycles = 5, pulses_one_way = 100;
constexpr ConductanceRange range = {1e-6, 21e-6};
constexpr double read_noise = 0.004;  // of the range

// A device of each response that reaches its bounds, or nearly, in a hundred pulses.
DevicePreset known(Response response) {
  DevicePreset p;
  p.response = response;
  p.dw_min = 0.025;
  p.bias = 0.1;
  p.ctoc = 0.3;
  p.w_max = 1;
  p.w_min = -1;
  p.read_noise = read_noise;
  switch (response) {
    case Response::linear:
      p.gamma_up = 0.4;
      p.gamma_down = 0.6;
      break;
    case Response::soft_bounds:
      p.dw_min = 0.04;
      break;
    case Response::exponential:
      p.dw_min = 0.06;
      p.a_up = 0.3;
      p.a_down = 0.15;
      p.gamma_up = 2;
      p.gamma_down = 3;
      p.z_slope = 0.5;
      break;
    case Response::power:
      p.dw_min = 0.06;
      p.gamma_up = 1.5;
      p.gamma_down = 0.8;
      break;
    case Response::table:
      p.table.up = {{-1, -0.5, 0, 1}, {0.08, 0.02, 0.04, 0.012}, {0.024, 0.006, 0.012, 0.0036}};
      p.table.down = {{-1, 0, 0.5, 1}, {0.01, 0.04, 0.02, 0.05}, {0.003, 0.012, 0.006, 0.015}};
      p.dw_min = mean_step(p.table, 0);
      p.bias = 0;
      break;
    default:
      break;
  }
  return p;
}

// Readings of an array's devices, 200 pulses a cycle: up, then down.
PulseRecords recorded(const DevicePreset& p, std::uint64_t seed) {
  DeviceArray array("recorded", devices, 1, p, seed);
  Engine engine(Stream(seed, "reading", Purpose::test), 0);
  boost::random::normal_distribution<double> normal;
  const auto read = [&](Index d) {
    const double noisy = double(array.state()(d)) + (p.w_max - p.w_min) * p.read_noise * normal(engine);
    return range.low + (noisy - p.w_min) / (p.w_max - p.w_min) * (range.high - range.low);
  };
  PulseRecords records;
  std::uint64_t round = 0;
  for (int cycle = 0; cycle < cycles; ++cycle) {
    array.set_state(Matrix<float>::Constant(devices, 1, float(p.w_min)));
    PulseRecords now(devices);
    for (int k = 0; k < 2 * pulses_one_way; ++k) {
      const int direction = k < pulses_one_way ? 1 : -1;
      array.pulse(Matrix<float>::Constant(devices, 1, float(direction)), round++, 1);
      for (Index d = 0; d < devices; ++d) {
        PulseRecord& r = now[std::size_t(d)];
        r.device = std::to_string(d);
        r.siemens.push_back(read(d));
        r.direction.push_back(direction);
      }
    }
    records.insert(records.end(), now.begin(), now.end());
  }
  return records;
}

double member(const DevicePreset& p, const std::string& name) {
  for (const DeviceParameter& q : device_parameters())
    if (q.name == name) return p.*q.member;
  throw std::logic_error(name);
}

class EachResponse : public testing::TestWithParam<Response> {};

// Five recordings of each response, some twenty to fifty numbers: of normal errors one in 370 is beyond three standard
// errors, and one in 150,000 beyond four and a half. Their rms over the standard errors is one, so errors that are
// too large are noticed as well.
TEST_P(EachResponse, FindsTheNumbers) {
  const DevicePreset p = known(GetParam());
  int determined = 0, beyond = 0;
  double squares = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const PulseFit fit = fit_response(recorded(p, seed), p.response, range);
    EXPECT_EQ(fit.unusable, "");
    for (const FittedNumber& n : fit.numbers) {
      if (n.name.find("dtod") != std::string::npos) continue;  // there is none, and none is below zero
      ASSERT_FALSE(std::isnan(n.error)) << n.name;
      const double off = (n.value - member(p, n.name)) / n.error;
      ++determined;
      beyond += std::abs(off) > 3;
      squares += off * off;
      EXPECT_LT(std::abs(off), 4.5) << n.name << " is " << n.value << " +- " << n.error << ", not "
                                    << member(p, n.name);
      const double enough = n.name == "bias" ? 0.1 : 0.25 * std::max(0.1, std::abs(n.value));  // bias is of a step
      EXPECT_LT(n.error, enough) << n.name << " is hardly known";
    }
    EXPECT_NEAR(fit.innovation_variance, 1, 0.05);
    EXPECT_LT(fit.curve_rms, 0.02);
  }
  EXPECT_GE(determined, p.response == Response::table ? 20 : 30);
  EXPECT_LE(beyond, 1) << "of " << determined;
  EXPECT_GT(squares / determined, 0.4);
  EXPECT_LT(squares / determined, 1.8);
}

// The fitted device, pulsed by the kernels without its noise, against the known one.
TEST_P(EachResponse, RunsTheSameCourse) {
  DevicePreset p = known(GetParam());
  DevicePreset fitted = fit_response(recorded(p, 2), p.response, range).device;
  p = without_cycle_noise(p);
  fitted = without_spread(without_cycle_noise(fitted));
  DeviceArray expected("array", 1, 1, p, 1), array("array", 1, 1, fitted, 1);
  for (DeviceArray* a : {&expected, &array}) a->set_state(Matrix<float>::Constant(1, 1, -1.0f));
  double worst = 0;
  for (int k = 0; k < 2 * pulses_one_way; ++k) {
    for (DeviceArray* a : {&expected, &array})
      a->pulse(Matrix<float>::Constant(1, 1, k < pulses_one_way ? 1.0f : -1.0f), std::uint64_t(k), 1);
    worst = std::max(worst, std::abs(double(array.state()(0)) - double(expected.state()(0))));
  }
  EXPECT_LT(worst / 2, 0.02);
}

TEST_P(EachResponse, IsKnownFromTheOthers) {
  const DevicePreset p = known(GetParam());
  const PulseRecords records = recorded(p, 3);
  const PulseFit right = fit_response(records, p.response, range);
  if (p.response == Response::constant) return;  // all others contain it
  for (const Response other : {Response::constant, Response::linear, Response::soft_bounds}) {
    const bool contains = other == p.response || (p.response == Response::soft_bounds && other == Response::linear);
    if (contains) continue;
    EXPECT_GT(fit_response(records, other, range).aicc, right.aicc + 10) << name(other);
  }
}

INSTANTIATE_TEST_SUITE_P(PulseFit, EachResponse, testing::ValuesIn(fitted_responses()), [](const auto& test) {
  std::string word = name(test.param);
  for (char& c : word) c = c == '-' ? '_' : c;
  return word;
});

TEST(PulseFit, FindsTheSpreadOfDevices) {
  DevicePreset p = known(Response::soft_bounds);
  p.dtod = 0.3;
  const PulseFit fit = fit_response(recorded(p, 5), p.response, range);
  EXPECT_GT(fit.device.dtod, 0.05);
  EXPECT_LT(fit.device.dtod, 0.8);
  const PulseFit none = fit_response(recorded(known(Response::soft_bounds), 5), p.response, range);
  EXPECT_LT(none.device.dtod, 0.03);
}

TEST(PulseFit, MeasuresStepsFromReadingsAlone) {
  DevicePreset p = known(Response::linear);
  p.read_noise = 0.0005;
  const StepTable table = measured_steps(recorded(p, 6), p.read_noise * (range.high - range.low));
  const double per_state = (range.high - range.low) / 2;
  int middle = 0;
  for (std::size_t i = 0; i < table.up.state.size(); ++i) {
    const double w = (table.up.state[i] - range.low) / per_state - 1;
    if (std::abs(w) > 0.7) continue;  // at a bound steps end there
    ++middle;
    EXPECT_NEAR(table.up.mean[i] / per_state, nominal_step(p, w, true), 0.1 * p.dw_min) << w;
    EXPECT_NEAR(table.up.deviation[i] / per_state, p.ctoc * nominal_step(p, w, true), 0.06 * p.dw_min) << w;
  }
  EXPECT_GE(middle, 3);
}

TEST(PulseFitErrors, WhatCannotBeFitted) {
  PulseRecord flat{"1", std::vector<double>(100, 1e-6), std::vector<int>(100, 1)};
  EXPECT_THROW(range_of({flat}), InputError);
  flat.siemens[50] = 2e-6;
  EXPECT_THROW(fit_response({flat}, Response::linear, range), InputError) << "no pulses down";
}

}  // namespace
}  // namespace settle::test::pulse_fit_test
