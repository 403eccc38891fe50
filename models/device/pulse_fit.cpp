#include "models/device/pulse_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <Eigen/Eigenvalues>
#include <unsupported/Eigen/LevenbergMarquardt>

#include "models/device/pulse_filter.h"
#include "models/device/step_model.h"
#include "models/error.h"

namespace settle {
namespace {

constexpr Index most_joint_devices = 6;
constexpr int table_states = 12;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using Numbers = StepModel::Numbers;

// The devices in the order in which they appear, and the records of each.
std::vector<std::vector<const PulseRecord*>> by_device(const PulseRecords& records) {
  std::map<std::string, std::size_t> place;
  std::vector<std::vector<const PulseRecord*>> devices;
  for (const PulseRecord& r : records) {
    const auto [found, is_new] = place.insert({r.device, devices.size()});
    if (is_new) devices.emplace_back();
    devices[found->second].push_back(&r);
  }
  return devices;
}

struct Scale {
  double low, per_siemens;
  explicit Scale(const ConductanceRange& r) : low(r.low), per_siemens(2 / (r.high - r.low)) {}
  double state(double siemens) const { return (siemens - low) * per_siemens - 1; }
  double siemens(double state) const { return (state + 1) / per_siemens + low; }
};

std::vector<StateRecord> normalised(const PulseRecords& records, const Scale& scale) {
  std::map<std::string, Index> place;
  std::vector<StateRecord> states;
  for (const PulseRecord& r : records) {
    const Index device = place.insert({r.device, Index(place.size())}).first->second;
    states.push_back({device, {}, r.direction});
    for (const double g : r.siemens) states.back().read.push_back(scale.state(g));
  }
  return states;
}

double median(std::vector<double> values) {
  if (values.empty()) return nan;
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// The mean of the last readings of a run of pulses one way, up to this one: less noisy than the furthest reading, which
// is the one with the most noise.
double last_readings(const StateRecord& r, std::size_t last) {
  double sum = 0;
  int count = 0;
  for (std::size_t k = last + 1; k-- > 0 && count < 4 && r.direction[k] == r.direction[last]; ++count) sum += r.read[k];
  return sum / count;
}

// A device's steps in the middle of its range, and the mean of the ends of its records: where a fit starts.
std::array<double, 4> estimate(const std::vector<StateRecord>& records, Index device) {
  std::array<double, 4> result{0, 0, 0, 0};
  std::vector<double> tops, bottoms;
  for (const StateRecord& r : records)
    for (std::size_t k = 0; r.device == device && k < r.read.size(); ++k)
      if (k + 1 == r.read.size() || r.direction[k + 1] != r.direction[k])
        (r.direction[k] > 0 ? tops : bottoms).push_back(last_readings(r, k));
  for (const StateRecord& r : records) {  // of pulses that go one way alone
    if (r.device != device || (!tops.empty() && !bottoms.empty())) continue;
    (tops.empty() ? tops : bottoms).push_back(r.read.front());
  }
  result[2] = median(tops);
  result[3] = median(bottoms);
  const double quarter = 0.25 * (result[2] - result[3]);
  for (const int direction : {1, -1}) {
    double sum = 0, all = 0;
    int count = 0, pulses = 0;
    for (const StateRecord& r : records)
      for (std::size_t k = 1; r.device == device && k < r.read.size(); ++k) {
        if (r.direction[k] != direction) continue;
        const double step = direction * (r.read[k] - r.read[k - 1]);
        all += step;
        ++pulses;
        if (std::abs(0.5 * (r.read[k] + r.read[k - 1]) - 0.5 * (result[2] + result[3])) > quarter) continue;
        sum += step;
        ++count;
      }
    const double least = 1e-6 + (pulses > 0 ? std::max(0.0, all / pulses) : 0);
    result[direction > 0 ? 0 : 1] = std::max(count > 0 ? sum / count : 0, least);
  }
  return result;
}

// The fit's residuals as functions of the numbers that are free.
struct Residuals : Eigen::DenseFunctor<double> {
  const StepModel& model;
  const std::vector<StateRecord>& records;
  const std::vector<Weight>& weights;
  const std::vector<Index>& free;
  mutable Numbers all;

  Residuals(const StepModel& m, const std::vector<StateRecord>& r, const std::vector<Weight>& w,
            const std::vector<Index>& f, const Numbers& n)
      : DenseFunctor(int(f.size()), int(w.size())), model(m), records(r), weights(w), free(f), all(n) {}

  int operator()(const InputType& x, ValueType& residuals) const {
    for (std::size_t i = 0; i < free.size(); ++i) all[free[i]] = x[Index(i)];
    innovations(model, all, records, weights, residuals);
    return residuals.allFinite() ? 0 : -1;
  }
  int df(const InputType& x, JacobianType& jacobian) const {
    InputType moved = x;
    ValueType above, below;
    for (Index i = 0; i < x.size(); ++i) {
      const double h = 1e-5 * std::max(1.0, std::abs(x[i]));
      moved[i] = x[i] + h;
      (*this)(moved, above);
      moved[i] = x[i] - h;
      (*this)(moved, below);
      jacobian.col(i) = (above - below) / (2 * h);
      moved[i] = x[i];
    }
    return 0;
  }
};

// The noise under which the readings are likeliest: a compass search over the two logarithms.
PulseNoise likeliest(const StepModel& model, const Numbers& n, const std::vector<StateRecord>& records,
                     PulseNoise noise, std::vector<Weight>& weights) {
  const auto at = [&](const PulseNoise& trial) { return filter(model, n, records, trial, weights); };
  double best = at(noise);
  for (double factor = 2; factor > 1.002;) {
    bool better = false;
    for (const auto& [cycle, read] : {std::pair{factor, 1.0}, {1 / factor, 1.0}, {1.0, factor}, {1.0, 1 / factor}}) {
      const PulseNoise trial = {std::clamp(noise.cycle * cycle, 1e-4, 100.0), std::clamp(noise.read * read, 1e-7, 1.0)};
      const double deviance = at(trial);
      if (!(deviance < best)) continue;  // NaN is no better
      best = deviance;
      noise = trial;
      better = true;
    }
    if (!better) factor = std::sqrt(factor);
  }
  return noise;
}

// Standard error of the logarithm of a kind of noise, from the curvature of the deviance; NaN where it has none.
double error_of_log(const StepModel& model, const Numbers& n, const std::vector<StateRecord>& records,
                    const PulseNoise& noise, double PulseNoise::*member) {
  std::vector<Weight> weights;
  const auto at = [&](double factor) {
    PulseNoise trial = noise;
    trial.*member *= factor;
    return filter(model, n, records, trial, weights);
  };
  constexpr double h = 0.05;
  const double curvature = (at(std::exp(h)) - 2 * at(1) + at(std::exp(-h))) / (h * h);
  return curvature > 0 ? std::sqrt(2 / curvature) : nan;
}

struct Fitted {
  Numbers numbers;
  Vector<double> errors;  // NaN: not determined
  PulseNoise noise;
  double deviance;
  int rank;
  double innovation_variance;
};

// Standard errors from the residuals' derivatives at the end; a column of nothing is a number that makes no difference.
void add_errors(const Residuals& residuals, const Vector<double>& x, Fitted& fitted) {
  Matrix<double> jacobian(residuals.values(), x.size());
  residuals.df(x, jacobian);
  fitted.errors = Vector<double>::Constant(fitted.numbers.size(), nan);
  std::vector<Index> used;
  for (Index i = 0; i < x.size(); ++i)
    if (jacobian.col(i).norm() > 1e-6) used.push_back(i);
  if (used.empty()) return;
  Matrix<double> j(jacobian.rows(), Index(used.size()));
  for (std::size_t i = 0; i < used.size(); ++i) j.col(Index(i)) = jacobian.col(used[i]);
  const Vector<double> unit = j.colwise().norm().cwiseInverse();
  const Matrix<double> scaled = j * unit.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> eigen(scaled.transpose() * scaled);
  const double least = 1e-10 * eigen.eigenvalues().maxCoeff();
  const Vector<double> inverse = (eigen.eigenvalues().array() > least).select(eigen.eigenvalues().cwiseInverse(), 0.0);
  fitted.rank = int((eigen.eigenvalues().array() > least).count());
  const Matrix<double>& v = eigen.eigenvectors();
  for (std::size_t i = 0; i < used.size(); ++i) {
    const double variance = (v.row(Index(i)).array().square() * inverse.transpose().array()).sum();
    fitted.errors[residuals.free[std::size_t(used[i])]] = std::sqrt(variance) * unit[Index(i)];
  }
}

// Goes from `from` towards what least squares found, as far as the readings become likelier: the weights are those of
// the filter around `from`, and far from there they say little. Whether it went anywhere.
bool approach(const StepModel& model, const std::vector<StateRecord>& records, const std::vector<Index>& free,
              const Vector<double>& from, const Vector<double>& found, Fitted& fitted, std::vector<Weight>& weights) {
  if (!found.allFinite()) return false;
  for (double share = 1; share > 0.01; share /= 2) {
    Numbers trial = fitted.numbers;
    for (std::size_t i = 0; i < free.size(); ++i)
      trial[free[i]] = from[Index(i)] + share * (found[Index(i)] - from[Index(i)]);
    if (!(filter(model, trial, records, fitted.noise, weights) < fitted.deviance)) continue;  // NaN is no better
    fitted.numbers = trial;
    return true;
  }
  return false;
}

Fitted fit(const StepModel& model, const std::vector<StateRecord>& records, Numbers numbers,
           const std::vector<Index>& free) {
  constexpr int most_rounds = 12;
  Fitted fitted{numbers, {}, {0.5, 0.01}, std::numeric_limits<double>::infinity(), 0, 0};
  std::vector<Weight> weights;
  Vector<double> x(Index(free.size()));
  for (int round = 0; round < most_rounds; ++round) {
    fitted.noise = likeliest(model, fitted.numbers, records, fitted.noise, weights);
    const double before = fitted.deviance;
    fitted.deviance = filter(model, fitted.numbers, records, fitted.noise, weights);
    if (round > 2 && std::abs(before - fitted.deviance) < 0.01) break;
    Residuals residuals(model, records, weights, free, fitted.numbers);
    for (std::size_t i = 0; i < free.size(); ++i) x[Index(i)] = fitted.numbers[free[i]];
    Eigen::LevenbergMarquardt<Residuals> solver(residuals);
    solver.setMaxfev(60);
    Vector<double> y = x;
    solver.minimize(y);
    if (!approach(model, records, free, x, y, fitted, weights)) break;
  }
  fitted.deviance = filter(model, fitted.numbers, records, fitted.noise, weights);
  Residuals residuals(model, records, weights, free, fitted.numbers);
  for (std::size_t i = 0; i < free.size(); ++i) x[Index(i)] = fitted.numbers[free[i]];
  Vector<double> left(residuals.values());
  residuals(x, left);
  fitted.innovation_variance = left.squaredNorm() / double(left.size());
  add_errors(residuals, x, fitted);
  return fitted;
}

std::vector<Index> range(Index first, Index count) {
  std::vector<Index> list;
  for (Index i = 0; i < count; ++i) list.push_back(first + i);
  return list;
}

std::vector<StateRecord> of_devices(const std::vector<StateRecord>& records, Index first, Index count) {
  std::vector<StateRecord> chosen;
  for (const StateRecord& r : records) {
    if (r.device < first || r.device >= first + count) continue;
    chosen.push_back(r);
    chosen.back().device -= first;
  }
  return chosen;
}

// A table's start: the mean of the changes around each state, over the mean step of all devices.
void start_table(const StepModel& model, const std::vector<StateRecord>& records, Numbers& numbers) {
  Index first = 0;
  for (const int direction : {1, -1}) {
    const std::vector<double>& states = direction > 0 ? model.states().up : model.states().down;
    std::vector<double> sum(states.size(), 0.0), count(states.size(), 0.0);
    for (const StateRecord& r : records)
      for (std::size_t k = 1; k < r.read.size(); ++k) {
        if (r.direction[k] != direction) continue;
        const double middle = 0.5 * (r.read[k] + r.read[k - 1]);
        const auto above = std::size_t(std::lower_bound(states.begin(), states.end(), middle) - states.begin());
        std::size_t nearest = std::min(above, states.size() - 1);
        if (nearest > 0 && middle - states[nearest - 1] < states[nearest] - middle) --nearest;
        sum[nearest] += direction * (r.read[k] - r.read[k - 1]);
        count[nearest] += 1;
      }
    const double step = std::exp(numbers[model.of_device(0) + (direction > 0 ? 0 : 1)]);
    for (std::size_t i = 0; i < states.size(); ++i)
      numbers[first + Index(i)] = std::log(std::max(count[i] > 0 ? sum[i] / count[i] / step : 1.0, 0.02));
    first += Index(states.size());
  }
}

// Bounds of laws that end there at once and that no reading was stopped by are where the readings end: anything further
// would do as well.
void settle_bounds(const StepModel& model, const std::vector<StateRecord>& records, Fitted& fitted) {
  if (model.response() == Response::soft_bounds || model.response() == Response::power) return;
  for (Index d = 0; d < model.devices(fitted.numbers); ++d) {
    const std::array<double, 4> seen = estimate(records, d);
    const double little = 0.05 * (seen[2] - seen[3]);
    for (const int which : {2, 3}) {
      const Index at = model.of_device(d) + which;
      const double beyond = (which == 2 ? 1 : -1) * (fitted.numbers[at] - seen[std::size_t(which)]);
      if (beyond < little && !std::isnan(fitted.errors[at]) && fitted.errors[at] < little) continue;
      fitted.numbers[at] = seen[std::size_t(which)];
      fitted.errors[at] = nan;
    }
  }
}

// All devices: the first ones together with the shape, the others one by one with that shape.
Fitted fit_all(const StepModel& model, const std::vector<StateRecord>& records, Index devices) {
  const Index joint = std::min(devices, most_joint_devices), shape = Index(model.shape().size());
  const auto start_of = [&](Index first, Index count) {
    std::vector<std::array<double, 4>> estimates;
    for (Index d = first; d < first + count; ++d) estimates.push_back(estimate(records, d));
    return model.start(estimates);
  };
  Numbers start = start_of(0, joint);
  if (model.response() == Response::table) start_table(model, of_devices(records, 0, joint), start);
  Fitted all = fit(model, of_devices(records, 0, joint), start, range(0, model.of_device(joint)));
  if (devices == joint) return all;
  Fitted whole = all;
  whole.numbers.conservativeResize(model.of_device(devices));
  whole.errors.conservativeResize(model.of_device(devices));
  for (Index d = joint; d < devices; ++d) {
    Numbers own = start_of(d, 1);
    own.head(shape) = all.numbers.head(shape);
    const Fitted one = fit(model, of_devices(records, d, 1), own, range(shape, 4));
    whole.numbers.segment(model.of_device(d), 4) = one.numbers.tail(4);
    whole.errors.segment(model.of_device(d), 4) = one.errors.tail(4);
    whole.rank += one.rank;
  }
  std::vector<Weight> weights;
  whole.noise = likeliest(model, whole.numbers, records, all.noise, weights);
  whole.deviance = filter(model, whole.numbers, records, whole.noise, weights);
  Vector<double> left;
  innovations(model, whole.numbers, records, weights, left);
  whole.innovation_variance = left.squaredNorm() / double(left.size());
  return whole;
}

// A mean over devices, the spread around it beyond the errors of the single ones, and the errors of both.
struct Population {
  double mean, error, spread, spread_error;
};

Population population(const std::vector<double>& values, const std::vector<double>& errors) {
  double sum = 0, known = 0;
  int count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    if (!std::isnan(errors[i])) known += errors[i] * errors[i], ++count;
  }
  const double n = double(values.size()), mean = sum / n;
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double own = count > 0 ? known / count : 0, all = n > 1 ? squares / (n - 1) : 0;
  const double spread = std::sqrt(std::max(0.0, all - own));
  // the larger of what the devices show, and what the noise leaves open
  const double error = count == 0 ? nan : std::sqrt(std::max(all, own) / n);
  return {mean, error, count == 0 ? 0 : spread,
          n > 1 && count > 0 ? std::sqrt(std::max(all, own) / (2 * (n - 1))) : nan};
}

// Turns the numbers of a fit into those of a preset.
class PresetMaker {
 public:
  PresetMaker(const StepModel& model, const Fitted& fitted, const Scale& scale, PulseFit& result)
      : model_(model), fitted_(fitted), scale_(scale), result_(result), d_(result.device) {}

  void make() {
    d_.response = model_.response();
    steps();
    bounds();
    shape();
    d_.ctoc = fitted_.noise.cycle;
    d_.read_noise = fitted_.noise.read / (d_.w_max - d_.w_min);
    result_.range = {scale_.siemens(d_.w_min), scale_.siemens(d_.w_max)};
    if (result_.range.low <= 0) result_.unusable = "its lower bound would be no conductance";
    if (d_.w_min > 0 || d_.w_max < 1e-6 || d_.w_max > 100 || d_.w_min < -100)
      result_.unusable = "its bounds are far from the conductances that were read";
  }

 private:
  void number(const char* name, double DevicePreset::*member, double value, double error) {
    d_.*member = value;
    if (error > 2 * std::max(1.0, std::abs(value))) error = nan;  // anything would do
    result_.numbers.push_back({name, value, error});
  }

  std::vector<double> of_devices(const Vector<double>& from, Index which) const {
    std::vector<double> values;
    for (Index d = 0; d < model_.devices(fitted_.numbers); ++d) values.push_back(from[model_.of_device(d) + which]);
    return values;
  }

  // s_up = dw_min (gain + r + min(bias, 0)), s_down = dw_min (gain - r - max(bias, 0)): DevicePreset.
  void steps() {
    std::vector<double> up = of_devices(fitted_.numbers, 0), down = of_devices(fitted_.numbers, 1);
    std::vector<double> up_error = of_devices(fitted_.errors, 0), down_error = of_devices(fitted_.errors, 1);
    for (std::size_t i = 0; i < up.size(); ++i) {
      up[i] = std::exp(up[i]), down[i] = std::exp(down[i]);
      up_error[i] *= up[i], down_error[i] *= down[i];
    }
    const Population u = population(up, up_error), v = population(down, down_error);
    const bool rising = u.mean >= v.mean;
    const Population& larger = rising ? u : v;
    const double ratio = (rising ? v.mean : u.mean) / larger.mean;
    number("dw_min", &DevicePreset::dw_min, larger.mean, larger.error);
    const double bias_error = ratio * std::hypot(u.error / u.mean, v.error / v.mean);
    number("bias", &DevicePreset::bias, rising ? 1 - ratio : ratio - 1, bias_error);
    std::vector<double> gain, tilt, gain_error, tilt_error;
    for (std::size_t i = 0; i < up.size(); ++i) {
      const double a = (up[i] - u.mean) / d_.dw_min, b = (down[i] - v.mean) / d_.dw_min;
      gain.push_back(0.5 * (a + b)), tilt.push_back(0.5 * (a - b));
      gain_error.push_back(0.5 * std::hypot(up_error[i], down_error[i]) / d_.dw_min);
      tilt_error.push_back(gain_error.back());
    }
    const Population g = population(gain, gain_error), t = population(tilt, tilt_error);
    number("dtod", &DevicePreset::dtod, g.spread, g.spread_error);
    number("bias_dtod", &DevicePreset::bias_dtod, t.spread, t.spread_error);
    result_.numbers.push_back({"ctoc", fitted_.noise.cycle, nan});
  }

  void bounds() {
    const Population upper = population(of_devices(fitted_.numbers, 2), of_devices(fitted_.errors, 2)),
                     lower = population(of_devices(fitted_.numbers, 3), of_devices(fitted_.errors, 3));
    number("w_max", &DevicePreset::w_max, upper.mean, upper.error);
    number("w_min", &DevicePreset::w_min, lower.mean, lower.error);
    number("w_max_dtod", &DevicePreset::w_max_dtod, upper.spread / std::abs(upper.mean),
           upper.spread_error / std::abs(upper.mean));
    number("w_min_dtod", &DevicePreset::w_min_dtod, lower.spread / std::max(std::abs(lower.mean), 1e-9),
           lower.spread_error / std::max(std::abs(lower.mean), 1e-9));
  }

  void shape() {
    d_.z_slope = model_.z_slope();
    const std::pair<const char*, double DevicePreset::*> members[] = {{"gamma_up", &DevicePreset::gamma_up},
                                                                      {"gamma_down", &DevicePreset::gamma_down},
                                                                      {"a_up", &DevicePreset::a_up},
                                                                      {"a_down", &DevicePreset::a_down}};
    for (std::size_t i = 0; i < model_.shape().size(); ++i)
      for (const auto& [name, member] : members)
        if (model_.shape()[i] == name) {
          const double unit = unit_of(name);
          number(name, member, unit * fitted_.numbers[Index(i)], unit * fitted_.errors[Index(i)]);
        }
    for (const FittedNumber& n : result_.numbers)
      if ((n.name[0] == 'a' && std::abs(n.value) > 1000) || (n.name[0] == 'g' && n.value > 100))
        result_.unusable = n.name + " would be beyond what it may be";
    for (double DevicePreset::*gamma : {&DevicePreset::gamma_up, &DevicePreset::gamma_down})
      d_.*gamma = std::clamp(d_.*gamma, 0.0, 100.0);
    for (double DevicePreset::*a : {&DevicePreset::a_up, &DevicePreset::a_down})
      d_.*a = std::clamp(d_.*a, -1000.0, 1000.0);
    if (d_.response == Response::table) table();
  }

  // What one of the model's gammas is in the preset's law, which divides by its bounds (StepModel).
  double unit_of(const std::string& name) const {
    if (name == "gamma_up" && d_.response == Response::linear) return d_.w_max;
    if (name == "gamma_down" && d_.response == Response::linear) return -d_.w_min;
    return name[0] == 'g' && d_.response == Response::exponential ? 0.5 * (d_.w_max - d_.w_min) : 1;
  }

  // The table's steps are those of the mean device, at its states and at both bounds.
  void table() {
    double up = 0, down = 0;
    const Index devices = model_.devices(fitted_.numbers);
    for (Index i = 0; i < devices; ++i) {
      up += std::exp(fitted_.numbers[model_.of_device(i)]) / double(devices);
      down += std::exp(fitted_.numbers[model_.of_device(i) + 1]) / double(devices);
    }
    const auto fill = [&](MeasuredSteps& steps, const std::vector<double>& states, Index first, double step) {
      for (std::size_t i = 0; i < states.size(); ++i) {
        steps.state.push_back(states[i]);
        steps.mean.push_back(step * std::exp(fitted_.numbers[first + Index(i)]));
        steps.deviation.push_back(fitted_.noise.cycle * steps.mean.back());
      }
    };
    fill(d_.table.up, model_.states().up, 0, up);
    fill(d_.table.down, model_.states().down, Index(model_.states().up.size()), down);
    // Read as a preset's, its own steps are the table's: the preset's numbers are relative to the mean step at zero.
    d_.dw_min = mean_step(d_.table, 0);
    d_.bias = 0;
    const auto of_table = [](const FittedNumber& n) { return n.name == "dw_min" || n.name == "bias"; };
    result_.numbers.erase(std::remove_if(result_.numbers.begin(), result_.numbers.end(), of_table),
                          result_.numbers.end());
  }

  const StepModel& model_;
  const Fitted& fitted_;
  const Scale& scale_;
  PulseFit& result_;
  DevicePreset& d_;
};

// Each device without noise, from the first reading of each record on; and how far the mean curves are apart.
void add_curves(const StepModel& model, const Numbers& numbers, const std::vector<StateRecord>& records,
                const Scale& scale, PulseFit& result) {
  std::map<std::pair<Index, std::size_t>, std::vector<std::pair<double, int>>> difference;  // by device and pulse
  for (const StateRecord& r : records) {
    const StepModel::Law law = model.law(numbers, r.device);
    double w = r.read.front();
    result.curve.push_back({scale.siemens(w)});
    for (std::size_t k = 1; k < r.read.size(); ++k) {
      const bool rising = r.direction[k] > 0;
      const double size = law.size(w, rising);
      w = rising ? std::min(w + size, std::max(w, law.upper)) : std::max(w - size, std::min(w, law.lower));
      result.curve.back().push_back(scale.siemens(w));
      difference[{r.device, k}].push_back({r.read[k] - w, r.direction[k]});
    }
  }
  double squares = 0;
  int count = 0;
  const double width = result.device.w_max - result.device.w_min;
  for (const auto& [where, list] : difference) {
    double mean = 0;
    for (const auto& [d, direction] : list) mean += d / double(list.size());
    squares += mean * mean;
    ++count;
    result.curve_most = std::max(result.curve_most, std::abs(mean) / width);
  }
  result.curve_rms = std::sqrt(squares / std::max(1, count)) / width;
}

// States before pulses of a direction, visited evenly often; those at the far ends are left out, where few pulses
// begin.
std::vector<double> states_before(const std::vector<StateRecord>& records, int direction) {
  std::vector<double> all;
  for (const StateRecord& r : records)
    for (std::size_t k = 1; k < r.read.size(); ++k)
      if (r.direction[k] == direction) all.push_back(r.read[k - 1]);
  std::sort(all.begin(), all.end());
  std::vector<double> states;
  for (int i = 0; i < table_states; ++i) {
    const double share = 0.01 + 0.98 * i / (table_states - 1);
    const double s = all[std::size_t(double(all.size() - 1) * share)];
    if (states.empty() || s > states.back() + 0.005) states.push_back(s);
  }
  return states;
}

PulseFit fit_model(const PulseRecords& records, const StepModel& model, const ConductanceRange& range) {
  const Scale scale(range);
  const std::vector<StateRecord> states = normalised(records, scale);
  Index devices = 0;
  for (const StateRecord& r : states) devices = std::max(devices, r.device + 1);
  Fitted fitted = fit_all(model, states, devices);
  settle_bounds(model, states, fitted);
  PulseFit result;
  PresetMaker(model, fitted, scale, result).make();
  for (FittedNumber& number : result.numbers)
    if (number.name == "ctoc")
      number.error = number.value * error_of_log(model, fitted.numbers, states, fitted.noise, &PulseNoise::cycle);
  result.numbers.push_back(
      {"read_noise", result.device.read_noise,
       result.device.read_noise * error_of_log(model, fitted.numbers, states, fitted.noise, &PulseNoise::read)});
  for (const StateRecord& r : states) result.readings += int(r.read.size()) - 1;
  result.free_numbers = fitted.rank + 2;
  const double k = result.free_numbers, n = result.readings;
  result.aicc = fitted.deviance + 2 * k + 2 * k * (k + 1) / std::max(1.0, n - k - 1);
  result.innovation_variance = fitted.innovation_variance;
  add_curves(model, fitted.numbers, states, scale, result);
  return result;
}

void check(const PulseRecords& records) {
  int up = 0, down = 0;
  for (const PulseRecord& r : records)
    for (std::size_t k = 1; k < r.siemens.size(); ++k) {
      up += r.direction[k] > 0;
      down += r.direction[k] < 0;
    }
  constexpr int fewest = 20;
  for (const auto& [count, word] : {std::pair{up, "up"}, {down, "down"}})
    if (count < fewest)
      throw InputError(std::to_string(count) + " pulses " + word + "; a fit needs at least " + std::to_string(fewest) +
                       " in either direction");
}

}  // namespace

const std::vector<Response>& fitted_responses() {
  static const std::vector<Response> all = {Response::constant,    Response::linear, Response::soft_bounds,
                                            Response::exponential, Response::power,  Response::table};
  return all;
}

ConductanceRange range_of(const PulseRecords& records) {
  const auto devices = by_device(records);
  ConductanceRange range{0, 0};
  for (const auto& device : devices) {
    const double share = 1 / (double(devices.size()) * double(device.size()));
    for (const PulseRecord* r : device) {
      range.low += share * *std::min_element(r->siemens.begin(), r->siemens.end());
      range.high += share * *std::max_element(r->siemens.begin(), r->siemens.end());
    }
  }
  if (!(range.high > range.low)) throw InputError("every reading is the same: the device did not move");
  return range;
}

PulseFit fit_response(const PulseRecords& records, Response response, const ConductanceRange& range) {
  check(records);
  if (response == Response::table) {
    const std::vector<StateRecord> states = normalised(records, Scale(range));
    return fit_model(records, StepModel(response, 0, {states_before(states, 1), states_before(states, -1)}), range);
  }
  if (response != Response::exponential) return fit_model(records, StepModel(response), range);
  // Steps that fall more steeply or less steeply towards the bound: a of either sign; and starts of several slopes.
  std::vector<PulseFit> fits;
  for (const double z_slope : {0.5, -0.5})
    for (const double gamma : {1.0, 2.5, 6.0})
      fits.push_back(fit_model(records, StepModel(response, z_slope, {}, gamma), range));
  return *std::min_element(fits.begin(), fits.end(), [](const PulseFit& a, const PulseFit& b) {
    return std::pair(!a.unusable.empty(), a.aicc) < std::pair(!b.unusable.empty(), b.aicc);
  });
}

std::vector<PulseFit> fit_responses(const PulseRecords& records, const ConductanceRange& range) {
  std::vector<PulseFit> fits;
  for (const Response response : fitted_responses()) fits.push_back(fit_response(records, response, range));
  std::stable_sort(fits.begin(), fits.end(), [](const PulseFit& a, const PulseFit& b) {
    return std::pair(!a.unusable.empty(), a.aicc) < std::pair(!b.unusable.empty(), b.aicc);
  });
  return fits;
}

StepTable measured_steps(const PulseRecords& records, double read_noise) {
  struct Step {
    double state, change;
  };
  StepTable table;
  for (MeasuredSteps* steps : {&table.up, &table.down}) {
    const int direction = steps == &table.up ? 1 : -1;
    std::vector<Step> all;
    for (const PulseRecord& r : records)
      for (std::size_t k = 1; k < r.siemens.size(); ++k)
        // Half of the read noise of the step is that of the state before: between two readings it cancels.
        if (r.direction[k] == direction)
          all.push_back({0.5 * (r.siemens[k] + r.siemens[k - 1]), direction * (r.siemens[k] - r.siemens[k - 1])});
    std::sort(all.begin(), all.end(), [](const Step& a, const Step& b) { return a.state < b.state; });
    const std::size_t bins = std::max<std::size_t>(2, std::min<std::size_t>(table_states, all.size() / 10));
    for (std::size_t b = 0; b < bins; ++b) {
      const std::size_t first = b * all.size() / bins, last = (b + 1) * all.size() / bins;
      double state = 0, mean = 0, squares = 0;
      const double n = double(last - first);
      for (std::size_t i = first; i < last; ++i) state += all[i].state / n, mean += all[i].change / n;
      for (std::size_t i = first; i < last; ++i) squares += (all[i].change - mean) * (all[i].change - mean);
      state -= 0.5 * direction * mean;  // before the pulse
      if (!steps->state.empty() && state <= steps->state.back()) continue;
      steps->state.push_back(state);
      steps->mean.push_back(mean);
      steps->deviation.push_back(std::sqrt(std::max(0.0, squares / (n - 1) - 2 * read_noise * read_noise)));
    }
  }
  return table;
}

}  // namespace settle
