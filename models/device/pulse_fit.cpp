#include "settle/models/device/pulse_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "settle/models/device/step_fit.h"
#include "settle/models/device/step_model.h"
#include "settle/models/error.h"

namespace settle {
namespace {

constexpr std::size_t table_states = 12;
constexpr std::size_t most_devices_of_a_trial = 6;

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

PulseRecords of_first_devices(const PulseRecords& records, std::size_t most) {
  std::set<std::string> devices;
  PulseRecords some;
  for (const PulseRecord& r : records) {
    if (devices.size() < most) devices.insert(r.device);
    if (devices.count(r.device) > 0) some.push_back(r);
  }
  return some;
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

// Each device without noise, from the first reading of each record on; and how far the mean curves are apart.
void add_curves(const StepModel& model, const StepModel::Numbers& numbers, const std::vector<StateRecord>& records,
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

// How far readings are from where those beside them make expect them, by noise of the steps and of the readings: the
// mean over second differences.
double roughness(const std::vector<StateRecord>& records) {
  double sum = 0;
  int count = 0;
  for (const StateRecord& r : records)
    for (std::size_t k = 2; k < r.read.size(); ++k, ++count)
      sum += std::abs(r.read[k] - 2 * r.read[k - 1] + r.read[k - 2]) / std::sqrt(6.0);
  return count > 0 ? sum / count : 0;
}

// States before pulses of a direction, visited evenly often; those at the far ends are left out, where few pulses
// begin. Closer to each other than readings can tell apart, as where many end at a bound, steps could be anything.
std::vector<double> states_before(const std::vector<StateRecord>& records, int direction) {
  const double least = std::max(0.05, 4 * roughness(records));
  std::vector<double> all;
  for (const StateRecord& r : records)
    for (std::size_t k = 1; k < r.read.size(); ++k)
      if (r.direction[k] == direction) all.push_back(r.read[k - 1]);
  std::sort(all.begin(), all.end());
  const auto end = std::size_t(0.99 * double(all.size() - 1));
  auto at = std::size_t(0.01 * double(all.size() - 1));
  std::vector<double> states = {all[at]};
  while (states.size() < table_states && states.back() + least <= all[end]) {
    // an even share of what is left, as far away as it has to be; the last one is at the end
    const std::size_t next = at + (end - at) / (table_states - states.size());
    double state = std::max(all[next], states.back() + least);
    if (state + least > all[end]) state = all[end];
    states.push_back(state);
    at = std::min(end, std::size_t(std::lower_bound(all.begin(), all.end(), state) - all.begin()));
  }
  return states;
}

PulseFit fit_model(const PulseRecords& records, const StepModel& model, const ConductanceRange& range) {
  const Scale scale(range);
  const std::vector<StateRecord> states = normalised(records, scale);
  Index devices = 0;
  for (const StateRecord& r : states) devices = std::max(devices, r.device + 1);
  const StepFit fit = fit_steps(model, states, devices);
  PulseFit result;
  // cppcheck-suppress uninitvar; it is written, not read
  static_cast<FittedPreset&>(result) = fitted_preset(model, fit);
  result.range = {scale.siemens(result.device.w_min), scale.siemens(result.device.w_max)};
  if (result.range.low <= 0) result.unusable = "its lower bound would be no conductance";
  for (const StateRecord& r : states) result.readings += int(r.read.size()) - 1;
  result.free_numbers = fit.rank;
  const double k = result.free_numbers, n = result.readings;
  result.aicc = fit.deviance + 2 * k + 2 * k * (k + 1) / std::max(1.0, n - k - 1);
  result.innovation_variance = fit.innovation_variance;
  add_curves(model, fit.numbers, states, scale, result);
  return result;
}

// Usable fits come first, and those whose likelihood is a number; then the lowest AICc.
bool is_better(const PulseFit& a, const PulseFit& b) {
  const auto rank = [](const PulseFit& f) {
    const bool known = std::isfinite(f.aicc);
    return std::tuple(!f.unusable.empty(), !known, known ? f.aicc : 0.0);
  };
  return rank(a) < rank(b);
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
  // Steps that fall more steeply or less steeply towards the bound: a of either sign; and starts of several slopes. The
  // first devices say which.
  const PulseRecords some = of_first_devices(records, most_devices_of_a_trial);
  std::vector<std::pair<PulseFit, StepModel>> trials;
  for (const double z_slope : {0.5, -0.5})
    for (const double gamma : {1.0, 2.5, 6.0}) {
      const StepModel model(response, z_slope, {}, gamma);
      trials.emplace_back(fit_model(some, model, range), model);
    }
  const auto best = std::min_element(trials.begin(), trials.end(),
                                     [](const auto& a, const auto& b) { return is_better(a.first, b.first); });
  return some.size() == records.size() ? best->first : fit_model(records, best->second, range);
}

std::vector<PulseFit> fit_responses(const PulseRecords& records, const ConductanceRange& range) {
  std::vector<PulseFit> fits;
  for (const Response response : fitted_responses()) fits.push_back(fit_response(records, response, range));
  std::stable_sort(fits.begin(), fits.end(), is_better);
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
