#include "settle/models/device/fitted_preset.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace settle {
namespace {

using Numbers = StepModel::Numbers;

// The mean square distance of values from their mean, as of a population; zero for a single one.
double variance_of(const std::vector<double>& values) {
  const double n = double(values.size());
  if (values.size() < 2) return 0;
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return squares / (n - 1);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / double(values.size());
}

class PresetMaker {
 public:
  PresetMaker(const StepModel& model, const StepFit& fit)
      : model_(model), fit_(fit), devices_(model.devices(fit.numbers)), d_(result_.device) {}

  FittedPreset make() {
    d_.response = model_.response();
    steps();
    bounds();
    shape();
    d_.ctoc = fit_.noise.cycle;
    result_.numbers.push_back({"ctoc", d_.ctoc, fit_.cycle_error()});
    d_.read_noise = fit_.noise.read / (d_.w_max - d_.w_min);
    result_.numbers.push_back({"read_noise", d_.read_noise, fit_.read_error() / (d_.w_max - d_.w_min)});
    if (d_.w_min > 0 || d_.w_max < 1e-6 || d_.w_max > 100 || d_.w_min < -100)
      result_.unusable = "its bounds are far from the conductances that were read";
    return result_;
  }

 private:
  // One of a preset's numbers as a function of the fit's.
  using Of = std::function<double(const Numbers&)>;

  void number(const std::string& name, double DevicePreset::*member, double value, double error) {
    d_.*member = value;
    if (error > 2 * std::max(1.0, std::abs(value))) error = std::nan("");  // anything would do
    result_.numbers.push_back({name, value, error});
  }

  // The error that the noise leaves, by the function's gradient along the numbers that it hangs on.
  double error_of(const Of& of, const std::vector<Index>& numbers) const {
    constexpr double h = 1e-6;
    Vector<double> gradient(Index(numbers.size()));
    Numbers moved = fit_.numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      double& number = moved[numbers[i]];
      const double here = number;
      number = here + h;
      const double above = of(moved);
      number = here - h;
      gradient[Index(i)] = (above - of(moved)) / (2 * h);
      number = here;
    }
    return fit_.error_along(numbers, gradient);
  }
  std::vector<Index> all_numbers() const {
    std::vector<Index> numbers(std::size_t(fit_.numbers.size()));
    std::iota(numbers.begin(), numbers.end(), Index(0));
    return numbers;
  }

  // A mean over devices is known no better than their spread lets it be.
  void mean(const std::string& name, double DevicePreset::*member, const Of& of, double spread_variance) {
    const double error = error_of(of, all_numbers());  // NaN stays NaN
    number(name, member, of(fit_.numbers),
           std::isnan(error) ? error : std::max(error, std::sqrt(spread_variance / double(devices_))));
  }

  // The spread of a number of the devices, beyond the errors of the single ones; its own error is that of a standard
  // deviation of a sample. `of` says what a device's first number, and the three after it, make.
  void spread(const std::string& name, double DevicePreset::*member, double unit,
              const std::function<double(const Numbers&, Index)>& of) {
    std::vector<double> values;
    double own = 0;
    int known = 0;
    for (Index d = 0; d < devices_; ++d) {
      const Index at = model_.of_device(d);
      values.push_back(of(fit_.numbers, at));
      const double error = error_of([&](const Numbers& n) { return of(n, at); }, {at, at + 1, at + 2, at + 3});
      if (!std::isnan(error)) own += error * error, ++known;
    }
    if (known > 0) own /= known;
    const double all = variance_of(values);
    const double value = known > 0 ? std::sqrt(std::max(0.0, all - own)) : 0;
    const double error =
        devices_ > 1 && known > 0 ? std::sqrt(std::max(all, own) / (2 * double(devices_ - 1))) : std::nan("");
    number(name, member, value / unit, error / unit);
  }

  std::vector<double> of_devices(const Numbers& n, Index which) const {
    std::vector<double> values;
    for (Index d = 0; d < devices_; ++d) values.push_back(n[model_.of_device(d) + which]);
    return values;
  }
  double mean_step(const Numbers& n, Index which) const {
    double sum = 0;
    for (const double logarithm : of_devices(n, which)) sum += std::exp(logarithm);
    return sum / double(devices_);
  }
  double spread_of_steps(Index which) const {
    std::vector<double> steps;
    for (const double logarithm : of_devices(fit_.numbers, which)) steps.push_back(std::exp(logarithm));
    return variance_of(steps);
  }

  // s_up = dw_min (gain + r + min(bias, 0)), s_down = dw_min (gain - r - max(bias, 0)): DevicePreset.
  void steps() {
    const double up = mean_step(fit_.numbers, 0), down = mean_step(fit_.numbers, 1), larger = std::max(up, down);
    const Index large = up >= down ? 0 : 1;
    mean(
        "dw_min", &DevicePreset::dw_min, [this, large](const Numbers& n) { return mean_step(n, large); },
        spread_of_steps(large));
    const double sign = large == 0 ? 1 : -1, ratio = std::min(up, down) / larger;
    mean(
        "bias", &DevicePreset::bias,
        [this, large, sign](const Numbers& n) { return sign * (1 - mean_step(n, 1 - large) / mean_step(n, large)); },
        ratio * ratio * (spread_of_steps(0) / (up * up) + spread_of_steps(1) / (down * down)));
    const auto half = [](double side) {
      return [side](const Numbers& n, Index at) { return 0.5 * (std::exp(n[at]) + side * std::exp(n[at + 1])); };
    };
    spread("dtod", &DevicePreset::dtod, larger, half(1));
    spread("bias_dtod", &DevicePreset::bias_dtod, larger, half(-1));
  }

  void bounds() {
    const auto mean_bound = [this](const Numbers& n, Index which) { return mean_of(of_devices(n, which)); };
    const double upper = mean_bound(fit_.numbers, 2), lower = mean_bound(fit_.numbers, 3);
    mean(
        "w_max", &DevicePreset::w_max, [=](const Numbers& n) { return mean_bound(n, 2); },
        variance_of(of_devices(fit_.numbers, 2)));
    mean(
        "w_min", &DevicePreset::w_min, [=](const Numbers& n) { return mean_bound(n, 3); },
        variance_of(of_devices(fit_.numbers, 3)));
    spread("w_max_dtod", &DevicePreset::w_max_dtod, std::abs(upper),
           [](const Numbers& n, Index at) { return n[at + 2]; });
    spread("w_min_dtod", &DevicePreset::w_min_dtod, std::max(std::abs(lower), 1e-9),
           [](const Numbers& n, Index at) { return n[at + 3]; });
  }

  void shape() {
    d_.z_slope = model_.z_slope();
    const std::pair<const char*, double DevicePreset::*> members[] = {{"gamma_up", &DevicePreset::gamma_up},
                                                                      {"gamma_down", &DevicePreset::gamma_down},
                                                                      {"a_up", &DevicePreset::a_up},
                                                                      {"a_down", &DevicePreset::a_down}};
    for (std::size_t i = 0; i < model_.shape().size(); ++i)
      for (const auto& [name, member] : members)
        if (model_.shape()[i] == name)
          mean(
              name, member,
              [this, i, of = std::string(name)](const Numbers& n) { return n[Index(i)] * unit_of(of, n); }, 0);
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
  double unit_of(const std::string& name, const Numbers& n) const {
    const double upper = mean_of(of_devices(n, 2)), lower = mean_of(of_devices(n, 3));
    if (name == "gamma_up" && d_.response == Response::linear) return upper;
    if (name == "gamma_down" && d_.response == Response::linear) return -lower;
    return name[0] == 'g' && d_.response == Response::exponential ? 0.5 * (upper - lower) : 1;
  }

  // The table's steps are those of the mean device, at its states and at both bounds.
  void table() {
    const auto fill = [&](MeasuredSteps& steps, const std::vector<double>& states, Index first, double step) {
      for (std::size_t i = 0; i < states.size(); ++i) {
        steps.state.push_back(states[i]);
        steps.mean.push_back(step * std::exp(fit_.numbers[first + Index(i)]));
        steps.deviation.push_back(fit_.noise.cycle * steps.mean.back());
      }
    };
    fill(d_.table.up, model_.states().up, 0, mean_step(fit_.numbers, 0));
    fill(d_.table.down, model_.states().down, Index(model_.states().up.size()), mean_step(fit_.numbers, 1));
    // Read as a preset's, its own steps are the table's: the preset's numbers are relative to the mean step at zero.
    d_.dw_min = settle::mean_step(d_.table, 0);
    d_.bias = 0;
    const auto of_table = [](const FittedNumber& n) { return n.name == "dw_min" || n.name == "bias"; };
    result_.numbers.erase(std::remove_if(result_.numbers.begin(), result_.numbers.end(), of_table),
                          result_.numbers.end());
  }

  const StepModel& model_;
  const StepFit& fit_;
  Index devices_;
  FittedPreset result_;
  DevicePreset& d_;
};

}  // namespace

FittedPreset fitted_preset(const StepModel& model, const StepFit& fit) { return PresetMaker(model, fit).make(); }

}  // namespace settle
