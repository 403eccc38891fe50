// Populations under pulses: 10,000 devices and more of every preset against a slow scalar model that draws its own
// devices, and every parameter of the preset, which must show when it is a tenth off.
#include <cmath>
#include <random>

#include <boost/random/normal_distribution.hpp>
#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "settle/models/device/response.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::device_population_test {
namespace {

constexpr Index rows = 101, cols = 203, n = rows * cols;
constexpr double sigmas = 5;

using Values = Eigen::ArrayXd;

// Both populations: states set and pulsed, all devices alike.
class Kernels {
 public:
  explicit Kernels(const DevicePreset& p) : array_("devices", rows, cols, p, 1) {}

  void set(double state) { array_.set_state(Matrix<float>::Constant(rows, cols, float(state))); }
  void pulse(double count) { array_.pulse(Matrix<float>::Constant(rows, cols, float(count)), round_++, 2); }
  Values states() const { return array_.state().cast<double>().reshaped().array(); }

 private:
  DeviceArray array_;
  std::uint64_t round_ = 0;
};

class Reference {
 public:
  explicit Reference(const DevicePreset& p, Index size = n) : p_(p) {
    for (Index i = 0; i < size; ++i) devices_.push_back(draw());
    set(0);
  }

  void set(double state) {
    for (Device& d : devices_) d.w = std::min(std::max(state, d.lower), d.upper);
  }
  void pulse(double count) {
    for (Device& d : devices_)
      for (int k = 0; k < int(std::abs(count)); ++k) {
        const double moved = step(d, count > 0) + noise(d, count > 0) * normal_(engine_);
        d.w = std::min(std::max(d.w + (count > 0 ? moved : -moved), d.lower), d.upper);
      }
  }
  Values states() const {
    Values states{Index(devices_.size())};
    for (Index i = 0; i < states.size(); ++i) states[i] = devices_[std::size_t(i)].w;
    return states;
  }

 private:
  struct Device {
    double up, down, gamma_up, gamma_down, lower, upper, w;
  };

  Device draw() {
    Device d{};
    const double xi = normal_(engine_), tilt = p_.bias_dtod * normal_(engine_);
    const double gain = p_.dtod_lognormal != 0 ? std::exp(p_.dtod * xi) : 1 + p_.dtod * xi;
    d.up = std::max(0.0, gain + tilt + std::min(p_.bias, 0.0));
    d.down = std::max(0.0, gain - tilt - std::max(p_.bias, 0.0));
    const double least = 1e-6 * (p_.w_max - p_.w_min);
    d.upper = std::max(p_.w_max * (1 + p_.w_max_dtod * normal_(engine_)), least);
    d.lower = std::min(p_.w_min * (1 + p_.w_min_dtod * normal_(engine_)), p_.w_min == 0 ? 0 : -least);
    d.gamma_up = p_.gamma_up + p_.gamma_dtod * normal_(engine_);
    d.gamma_down = p_.gamma_down + p_.gamma_dtod * normal_(engine_);
    const double place = std::uniform_real_distribution<>{}(engine_);
    if (std::uniform_real_distribution<>{}(engine_) < p_.dead)
      d.lower = d.upper = d.lower + place * (d.upper - d.lower);
    return d;
  }

  double noise(const Device& d, bool rising) const {
    if (p_.response == Response::table) {
      const MeasuredSteps& steps = rising ? p_.table.up : p_.table.down;
      return interpolate(steps.state, steps.deviation, d.w);
    }
    const double size = p_.ctoc_shrinks != 0 ? step(d, rising) : p_.dw_min * (rising ? d.up : d.down);
    return p_.ctoc * (size + p_.ctoc_add + p_.ctoc_slope * std::abs(d.w));
  }

  double step(const Device& d, bool rising) const {
    const double s = p_.dw_min * (rising ? d.up : d.down), bound = rising ? d.upper : d.lower;
    switch (p_.response) {
      case Response::constant:
        return s;
      case Response::linear:
        return s * std::max(0.0, 1 - (rising ? d.gamma_up / p_.w_max : d.gamma_down / p_.w_min) * d.w);
      case Response::soft_bounds:
        return s * std::max(0.0, 1 - d.w / (p_.ends_at_nominal != 0 ? (rising ? p_.w_max : p_.w_min) : bound));
      case Response::exponential: {
        const double z = 2 * p_.z_slope * d.w / (p_.w_max - p_.w_min) + p_.z_offset;
        return s * std::max(0.0, rising ? 1 - p_.a_up * std::exp(p_.gamma_up * z)
                                        : 1 - p_.a_down * std::exp(-p_.gamma_down * z));
      }
      case Response::power:
        return s * std::pow(std::max(0.0, (rising ? d.upper - d.w : d.w - d.lower) / (d.upper - d.lower)),
                            rising ? p_.gamma_up : p_.gamma_down);
      default: {
        const MeasuredSteps& steps = rising ? p_.table.up : p_.table.down;
        return s / p_.dw_min * interpolate(steps.state, steps.mean, d.w);
      }
    }
  }

  DevicePreset p_;
  std::mt19937_64 engine_{7};
  boost::random::normal_distribution<double> normal_;
  std::vector<Device> devices_;
};

// Differences of two samples' mean and variance in their standard errors, the larger one. Rounding to floats is worth
// 1e-4 of a value.
double off(const Values& a, const Values& b) {
  const auto ratio = [](const Values& x, const Values& y) {
    const auto error2 = [](const Values& v) { return (v - v.mean()).square().mean() / double(v.size()); };
    const double rounding = 1e-4 * std::abs(y.mean());
    const double error = std::sqrt(error2(x) + error2(y) + rounding * rounding);
    return std::abs(x.mean() - y.mean()) / (error + 1e-12);
  };
  const auto squares = [](const Values& v) -> Values { return (v - v.mean()).square(); };
  const double spread = squares(b).mean();
  const bool any_spread = spread > 1e-10 * (b.mean() * b.mean() + 1e-12);
  return std::max(ratio(a, b), any_spread ? ratio(squares(a), squares(b)) : 0);
}

template <class Body>
void for_each_device(const Body& body) {
  for (const DevicePreset& p : every_response()) {
    SCOPED_TRACE(p.name);
    body(p);
  }
}

double place(const DevicePreset& p, double share) { return p.w_min + share * (p.w_max - p.w_min); }

TEST(DevicePopulation, IsWhereItShouldBeAfterOnePulseAndAfterAThousand) {
  for_each_device([](const DevicePreset& p) {
    Kernels kernels(p);
    Reference one(p), thousand(p, 1000);
    for (const double direction : {1, -1}) {
      const auto after = [&](auto& population, double count) {
        population.set(place(p, 0.45));
        population.pulse(direction * count);
        return population.states();
      };
      EXPECT_LT(off(after(kernels, 1), after(one, 1)), sigmas) << direction;
      EXPECT_LT(off(after(kernels, 1000), after(thousand, 1000)), sigmas) << direction;
    }
  });
}

// The figures by which pulses and reads show a population: changes and states of all devices, each sensitive to some
// parameter.
template <class Population>
std::vector<Values> observe(const DevicePreset& claimed, const DevicePreset& drawn) {
  std::vector<Values> observed;
  Population quiet(without_cycle_noise(drawn)), noisy(drawn);
  const auto change = [&](Population& population, double share, double count) -> Values {
    population.set(place(claimed, share));
    const Values before = population.states();
    population.pulse(count);
    return population.states() - before;
  };
  // The response over the state.
  for (const double share : {0.1, 0.3, 0.5, 0.7, 0.9})
    for (const double count : {1, -1}) observed.push_back(change(quiet, share, count));
  // Bounds.
  quiet.set(100);
  const Values upper = quiet.states();
  quiet.set(-100);
  const Values lower = quiet.states();
  // Up against down, and the bend of the response, of devices that no bound stops.
  const double middle = claimed.w_min < 0 ? -claimed.w_min / (claimed.w_max - claimed.w_min) : 0.5;  // the state zero
  const double state = place(claimed, middle);
  const Values up = change(quiet, middle, 1), down = change(quiet, middle, -1);
  const Values low_up = change(quiet, 0.2, 1), high_up = change(quiet, 0.8, 1);
  const Values low_down = change(quiet, 0.2, -1), high_down = change(quiet, 0.8, -1);
  const Values first = change(noisy, middle, 1), second = change(noisy, middle, 1);
  const double nominal_up = nominal_step(claimed, state, true) / (1 + std::min(claimed.bias, 0.0));
  const double nominal_down = nominal_step(claimed, state, false) / (1 - std::max(claimed.bias, 0.0));
  std::vector<double> highest, lowest, tilt, bend_up, bend_down, cycle;
  for (Index i = 0; i < n; ++i) {
    if (lower[i] == upper[i]) continue;
    highest.push_back(upper[i]);
    lowest.push_back(lower[i]);
    if (state + up[i] >= upper[i] || state + down[i] <= lower[i]) continue;
    tilt.push_back(up[i] / nominal_up + down[i] / nominal_down);
    const auto bend = [](double a, double b) { return (a - b) / (a + b); };
    if (low_up[i] * high_up[i] > 0) bend_up.push_back(bend(low_up[i], high_up[i]));
    if (low_down[i] * high_down[i] > 0) bend_down.push_back(bend(low_down[i], high_down[i]));
    const double own = claimed.dw_min > 0 ? up[i] / nominal_up : 1;
    const double reach = claimed.response == Response::table ? 0 : 4 * nominal_noise(claimed, state, true) * own;
    if (up[i] > 0 && state + up[i] + reach < upper[i] && state - reach > lower[i])
      cycle.push_back((first[i] - second[i]) / up[i]);
  }
  // Cycle noise over the state, where it adds to that of the step, from several rounds of devices far from their
  // bounds.
  for (const double share : {0.1, 0.25, 0.4, 0.6}) {
    if (claimed.ctoc_add == 0) break;
    std::vector<double> rounds;
    const double at = place(claimed, share),
                 far = 5 * nominal_noise(claimed, at, true) + nominal_step(claimed, at, true);
    if (at - far < claimed.w_min || at + far > claimed.w_max) continue;
    for (int round = 0; round < 4; ++round) {
      const Values one = change(noisy, share, 1), other = change(noisy, share, 1);
      for (Index i = 0; i < n; ++i)
        if (upper[i] > at + far) rounds.push_back(one[i] - other[i]);
    }
    observed.push_back(Values::Map(rounds.data(), Index(rounds.size())));
  }
  for (const auto& values : {highest, lowest, tilt, cycle})
    observed.push_back(Values::Map(values.data(), Index(values.size())));
  if (claimed.response == Response::linear)
    for (const auto& values : {bend_up, bend_down})
      observed.push_back(Values::Map(values.data(), Index(values.size())));
  return observed;
}

double furthest(const std::vector<Values>& observed, const std::vector<Values>& expected) {
  double worst = 0;
  for (std::size_t k = 0; k < observed.size(); ++k) worst = std::max(worst, off(observed[k], expected[k]));
  return worst;
}

// The numbers that a preset's response uses.
std::vector<DeviceParameter> used(const DevicePreset& p) {
  const std::string names[] = {"dw_min",     "dtod",   "ctoc",      "w_max",    "w_min",      "w_max_dtod",
                               "w_min_dtod", "bias",   "bias_dtod", "gamma_up", "gamma_down", "gamma_dtod",
                               "a_up",       "a_down", "z_slope",   "z_offset", "ctoc_add",   "ctoc_slope"};
  std::vector<DeviceParameter> parameters;
  for (const DeviceParameter& q : device_parameters()) {
    const bool response_of_its_own =
        p.response == Response::table && (q.name == "dw_min" || q.name == "ctoc" || q.name.substr(0, 5) == "gamma");
    if (std::find(std::begin(names), std::end(names), q.name) != std::end(names) && p.*q.member != 0 &&
        !response_of_its_own)
      parameters.push_back(q);
  }
  return parameters;
}

TEST(DevicePopulation, ShowsEveryParameter) {
  for_each_device([](const DevicePreset& p) {
    const std::vector<Values> expected = observe<Reference>(p, p);
    EXPECT_LT(furthest(observe<Kernels>(p, p), expected), sigmas);
    for (const DeviceParameter& parameter : used(p)) {
      DevicePreset other = p;
      other.*parameter.member *= 1.1;
      EXPECT_GT(furthest(observe<Kernels>(p, other), expected), sigmas) << parameter.name << " a tenth off";
    }
  });
}

TEST(DevicePopulation, ShowsDeadDevices) {
  constexpr double size = 60000;
  for_each_device([](const DevicePreset& p) {
    const auto dead = [&](const DevicePreset& drawn) {
      DeviceArray array("devices", 1, Index(size), drawn, 1);
      const Matrix<float> before = array.state();
      array.pulse(Matrix<float>::Constant(1, Index(size), 3.0f), 0, 1);
      const Matrix<float> between = array.state();
      array.pulse(Matrix<float>::Constant(1, Index(size), -3.0f), 1, 1);
      return double((before.array() == between.array() && array.state().array() == between.array()).count());
    };
    if (p.dead == 0) return;
    const double error = std::sqrt(size * p.dead * (1 - p.dead));
    DevicePreset more = p;
    more.dead *= 1.1;
    EXPECT_LT(std::abs(dead(p) - size * p.dead), sigmas * error);
    EXPECT_GT(dead(more) - size * p.dead, sigmas * error);
  });
}

}  // namespace
}  // namespace settle::test::device_population_test
