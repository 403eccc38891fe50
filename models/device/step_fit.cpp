#include "settle/models/device/step_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

namespace settle {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using Numbers = StepModel::Numbers;

constexpr Index own_numbers = 4;  // numbers of each device (StepModel)
constexpr Index noise_kinds = 2;

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

// A device's steps up and down in the middle of its range, and the means of the upper and of the lower ends of its
// records: where a fit starts.
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

// The noise under which the readings are likeliest: a compass search over the two logarithms.
PulseNoise likeliest(const StepModel& model, const Numbers& n, const std::vector<StateRecord>& records,
                     PulseNoise noise) {
  std::vector<Innovation> innovations;
  const auto at = [&](const PulseNoise& trial) { return filter(model, n, records, trial, innovations); };
  double best = at(noise);
  for (double factor = 4; factor > 1.1;) {
    bool better = false;
    for (const auto& [cycle, read] : {std::pair{factor, 1.0}, {1 / factor, 1.0}, {1.0, factor}, {1.0, 1 / factor}}) {
      const PulseNoise trial = {noise.cycle * cycle, noise.read * read};
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

// The likelihood around all that is sought: the numbers, then the logarithms of the noise.
class Likelihood {
 public:
  Likelihood(const StepModel& model, const std::vector<StateRecord>& records) : model_(model), records_(records) {
    for (const StateRecord& r : records) device_.insert(device_.end(), r.read.size() - 1, r.device);
  }

  static PulseNoise noise_of(const Vector<double>& x) {
    const double cycle = x[x.size() - 2], read = x[x.size() - 1];
    return {std::exp(std::clamp(cycle, -9.0, 5.0)), std::exp(std::clamp(read, -16.0, 1.0))};
  }

  double deviance(const Vector<double>& x) { return deviance(x, at_); }
  const std::vector<Innovation>& innovations() const { return at_; }

  // Half of the deviance: its gradient, its expected second derivatives, and the sum of each reading's own gradient by
  // itself. A reading depends on the shape, on its device's numbers and on the noise.
  void derive(const Vector<double>& x) {
    const Index size = x.size(), shape = model_.of_device(0);
    deviance(x, at_);
    differentiate(x);
    gradient = Vector<double>::Zero(size);
    information = scores = Matrix<double>::Zero(size, size);
    std::vector<Index> place(std::size_t(shape + own_numbers + noise_kinds));
    Vector<double> score(Index(place.size()));
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const Index first = model_.of_device(device_[i]);
      for (Index j = 0; j < score.size(); ++j)
        place[std::size_t(j)] = j < shape                 ? j
                                : j < shape + own_numbers ? first + j - shape
                                                          : size - 2 + j - shape - own_numbers;
      const double s = at_[i].variance, e = at_[i].error;
      for (Index j = 0; j < score.size(); ++j) {
        const Innovation& d = slope_[std::size_t(j)][i];
        score[j] = e / s * d.error + 0.5 * (1 / s - e * e / (s * s)) * d.variance;
        gradient[place[std::size_t(j)]] += score[j];
      }
      for (Index j = 0; j < score.size(); ++j)
        for (Index k = 0; k <= j; ++k) {
          const Innovation &a = slope_[std::size_t(j)][i], &b = slope_[std::size_t(k)][i];
          add(information, place[std::size_t(j)], place[std::size_t(k)],
              a.error * b.error / s + 0.5 * a.variance * b.variance / (s * s));
          add(scores, place[std::size_t(j)], place[std::size_t(k)], score[j] * score[k]);
        }
    }
  }

  Vector<double> gradient;
  Matrix<double> information, scores;

 private:
  static void add(Matrix<double>& m, Index j, Index k, double value) {
    m(j, k) += value;
    if (j != k) m(k, j) += value;
  }

  double deviance(const Vector<double>& x, std::vector<Innovation>& innovations) const {
    return filter(model_, x.head(x.size() - noise_kinds), records_, noise_of(x), innovations);
  }

  // By central differences. As no reading depends on another device's numbers, those of all devices move at once.
  void differentiate(const Vector<double>& x) {
    const Index shape = model_.of_device(0), devices = model_.devices(x.head(x.size() - noise_kinds));
    slope_.resize(std::size_t(shape + own_numbers + noise_kinds));
    for (Index j = 0; j < Index(slope_.size()); ++j) {
      const bool of_devices = j >= shape && j < shape + own_numbers;
      const auto moved = [&](double sign, std::vector<Innovation>& innovations) {
        Vector<double> y = x;
        for (Index d = 0; d < (of_devices ? devices : 1); ++d)
          y[of_devices  ? model_.of_device(d) + j - shape
            : j < shape ? j
                        : x.size() - 2 + j - shape - own_numbers] += sign * h;
        deviance(y, innovations);
      };
      moved(1, above_);
      moved(-1, below_);
      std::vector<Innovation>& slope = slope_[std::size_t(j)];
      slope.resize(above_.size());
      for (std::size_t i = 0; i < above_.size(); ++i)
        slope[i] = {(above_[i].error - below_[i].error) / (2 * h), (above_[i].variance - below_[i].variance) / (2 * h)};
    }
  }

  static constexpr double h = 1e-5;
  const StepModel& model_;
  const std::vector<StateRecord>& records_;
  std::vector<Index> device_;  // by reading
  std::vector<Innovation> at_, above_, below_;
  std::vector<std::vector<Innovation>> slope_;  // by number of one device, and reading
};

// Goes downhill from x until nothing is gained.
double climb(Likelihood& likelihood, Vector<double>& x) {
  constexpr int most_steps = 60;
  constexpr double least_gain = 1e-4, most_damping = 1e8;
  double deviance = likelihood.deviance(x), damping = 1e-3;
  for (int step = 0; step < most_steps && damping < most_damping; ++step) {
    likelihood.derive(x);
    double gain = 0;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by whole factors to a bound
    for (; damping < most_damping; damping *= 4) {
      Matrix<double> a = likelihood.information;
      a.diagonal() *= 1 + damping;
      a.diagonal().array() += 1e-12 * (1 + a.diagonal().maxCoeff());  // a number that makes no difference stays
      const Vector<double> y = x - a.ldlt().solve(likelihood.gradient);
      const double there = y.allFinite() ? likelihood.deviance(y) : nan;
      if (!(there < deviance)) continue;  // NaN is no better
      gain = deviance - there;
      deviance = there;
      x = y;
      damping = std::max(damping / 10, 1e-6);
      break;
    }
    if (gain < least_gain) break;
  }
  return deviance;
}

// A column of nothing is a number that makes no difference; a direction of nothing adds no error.
void add_covariance(const Likelihood& likelihood, StepFit& fit) {
  const Index size = likelihood.information.rows();
  std::vector<Index> used;
  for (Index i = 0; i < size; ++i)
    if (likelihood.information(i, i) > 1e-12) used.push_back(i);
  fit.known.assign(std::size_t(size), 0);
  fit.covariance = Matrix<double>::Zero(size, size);
  if (used.empty()) return;
  const Matrix<double> information = likelihood.information(used, used), scores = likelihood.scores(used, used);
  const Vector<double> unit = information.diagonal().cwiseSqrt().cwiseInverse();
  const Matrix<double> a = unit.asDiagonal() * information * unit.asDiagonal(),
                       b = unit.asDiagonal() * scores * unit.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> eigen(a);
  const auto is_seen = eigen.eigenvalues().array() > 1e-10 * eigen.eigenvalues().maxCoeff();
  const Vector<double> inverse_values = is_seen.select(eigen.eigenvalues().cwiseInverse(), 0.0);
  fit.rank = int(is_seen.count());
  const Matrix<double> inverse = eigen.eigenvectors() * inverse_values.asDiagonal() * eigen.eigenvectors().transpose();
  const Matrix<double> sandwich = unit.asDiagonal() * (inverse * b * inverse) * unit.asDiagonal();
  for (std::size_t i = 0; i < used.size(); ++i) {
    fit.known[std::size_t(used[i])] = 1;
    for (std::size_t j = 0; j < used.size(); ++j) fit.covariance(used[i], used[j]) = sandwich(Index(i), Index(j));
  }
}

// Bounds of laws that end there at once and that no reading was stopped by are where the readings end: anything further
// would do as well.
void settle_bounds(const StepModel& model, const std::vector<StateRecord>& records, StepFit& fit) {
  if (model.response() == Response::soft_bounds || model.response() == Response::power) return;
  for (Index d = 0; d < model.devices(fit.numbers); ++d) {
    const std::array<double, 4> seen = estimate(records, d);
    const double little = 0.05 * (seen[2] - seen[3]);
    for (const int which : {2, 3}) {
      const Index at = model.of_device(d) + which;
      const double beyond = (which == 2 ? 1 : -1) * (fit.numbers[at] - seen[std::size_t(which)]);
      if (beyond < little && !std::isnan(fit.error(at)) && fit.error(at) < little) continue;
      fit.numbers[at] = seen[std::size_t(which)];
      fit.known[std::size_t(at)] = 0;
      fit.covariance.row(at).setZero();
      fit.covariance.col(at).setZero();
    }
  }
}

}  // namespace

double StepFit::error(Index number) const {
  return known[std::size_t(number)] ? std::sqrt(covariance(number, number)) : nan;
}

double StepFit::error_along(const std::vector<Index>& of, const Vector<double>& gradient) const {
  bool any = false;
  for (std::size_t i = 0; i < of.size(); ++i) any = any || (gradient[Index(i)] != 0 && known[std::size_t(of[i])]);
  return any ? std::sqrt(std::max(0.0, gradient.dot(Matrix<double>(covariance(of, of)) * gradient))) : nan;
}

StepFit fit_steps(const StepModel& model, const std::vector<StateRecord>& records, Index devices) {
  std::vector<std::array<double, 4>> estimates;
  for (Index d = 0; d < devices; ++d) estimates.push_back(estimate(records, d));
  StepFit fit;
  fit.numbers = model.start(estimates);
  if (model.response() == Response::table) start_table(model, records, fit.numbers);
  fit.noise = likeliest(model, fit.numbers, records, fit.noise);
  Vector<double> x(fit.numbers.size() + noise_kinds);
  x << fit.numbers, std::log(fit.noise.cycle), std::log(fit.noise.read);
  Likelihood likelihood(model, records);
  fit.deviance = climb(likelihood, x);
  likelihood.derive(x);
  fit.numbers = x.head(fit.numbers.size());
  fit.noise = Likelihood::noise_of(x);
  add_covariance(likelihood, fit);
  double squares = 0;
  for (const Innovation& i : likelihood.innovations()) squares += i.error * i.error / i.variance;
  fit.innovation_variance = squares / double(likelihood.innovations().size());
  settle_bounds(model, records, fit);
  return fit;
}

}  // namespace settle
