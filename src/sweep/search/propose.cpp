#include "src/sweep/search/propose.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "src/sweep/design.h"
#include "src/sweep/search/gaussian_process.h"

namespace settle {
namespace {

double normal_density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846); }
double normal_distribution(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

bool is_known_trial(const Trial& trial) {
  return std::isfinite(trial.goal) &&
         std::all_of(trial.limited.begin(), trial.limited.end(), [](double x) { return std::isfinite(x); });
}

// Whether it says anything.
bool is_known_in_part(const Trial& trial) {
  return std::isfinite(trial.goal) ||
         std::any_of(trial.limited.begin(), trial.limited.end(), [](double x) { return std::isfinite(x); });
}

// Figures that are all above zero vary by ratios; the others by differences.
Eigen::VectorXd scaled(const Eigen::VectorXd& values, bool logarithmic) {
  return logarithmic ? values.array().log().matrix() : values;
}

// A figure over the space, learned from trials.
class Figure {
 public:
  Figure(const Eigen::MatrixXd& inputs, const Eigen::VectorXd& values)
      : logarithmic_((values.array() > 0).all()), process_(inputs, scaled(values, logarithmic_)) {}

  GaussianProcess::Prediction at(const Eigen::VectorXd& input) const { return process_.at(input); }
  void believe(const Eigen::VectorXd& input) { process_.believe(input); }
  double scale_of(double value) const {
    if (!logarithmic_) return value;
    return value > 0 ? std::log(value) : -std::numeric_limits<double>::infinity();
  }

 private:
  bool logarithmic_;
  GaussianProcess process_;
};

class Proposer {
 public:
  Proposer(const SearchSpec& search, const SearchSpace& space, const std::vector<Trial>& known)
      : search_(search), space_(space), goal_(figure(known, [](const Trial& t) { return t.goal; })) {
    for (std::size_t i = 0; i < search.limits.size(); ++i)
      limits_.push_back(figure(known, [i](const Trial& t) { return t.limited[i]; }));
    for (const Trial& trial : known)
      if (is_feasible(search, trial)) best_ = std::min(best_, cost(space.inputs_of(trial.combination)).mean);
  }

  // Expected improvement over the best that is known, times the chance of being within the limits.
  double promise(const Combination& combination) const {
    const Eigen::VectorXd input = space_.inputs_of(combination);
    double chance = 1;
    for (std::size_t i = 0; i < limits_.size(); ++i) {
      if (!limits_[i]) continue;
      const auto [mean, deviation] = limits_[i]->at(input);
      const double margin =
          (mean - limits_[i]->scale_of(search_.limits[i].value)) * (search_.limits[i].at_least ? 1 : -1);
      chance *= normal_distribution(margin / std::max(deviation, 1e-12));
    }
    if (!goal_ || !std::isfinite(best_)) return chance;  // nothing is within the limits yet: that comes first
    const auto [mean, deviation] = cost(input);
    const double spread = std::max(deviation, 1e-12), z = (best_ - mean) / spread;
    return chance * spread * (z * normal_distribution(z) + normal_density(z));
  }

  void believe(const Combination& combination) {
    const Eigen::VectorXd input = space_.inputs_of(combination);
    if (goal_) goal_->believe(input);
    for (std::optional<Figure>& limit : limits_)
      if (limit) limit->believe(input);
  }

 private:
  // Over the trials of which it is known; none where it is known of none.
  template <class Of>
  std::optional<Figure> figure(const std::vector<Trial>& trials, const Of& of) const {
    std::vector<const Trial*> known;
    for (const Trial& trial : trials)
      if (std::isfinite(of(trial))) known.push_back(&trial);
    if (known.empty()) return {};
    Eigen::VectorXd values(known.size());
    Eigen::MatrixXd inputs(space_.inputs_of(known.front()->combination).size(), Eigen::Index(known.size()));
    for (std::size_t i = 0; i < known.size(); ++i) {
      inputs.col(Eigen::Index(i)) = space_.inputs_of(known[i]->combination);
      values[Eigen::Index(i)] = of(*known[i]);
    }
    return Figure(inputs, values);
  }

  // The goal where less is better.
  GaussianProcess::Prediction cost(const Eigen::VectorXd& input) const {
    GaussianProcess::Prediction goal = goal_->at(input);
    if (search_.maximise) goal.mean = -goal.mean;
    return goal;
  }

  const SearchSpec& search_;
  const SearchSpace& space_;
  std::optional<Figure> goal_;
  std::vector<std::optional<Figure>> limits_;
  double best_ = std::numeric_limits<double>::infinity();
};

std::vector<std::vector<double>> points_of(const Design& design) {
  std::vector<std::vector<double>> points(design.front().size());
  for (const auto& axis : design)
    for (std::size_t i = 0; i < axis.size(); ++i) points[i].push_back(axis[i]);
  return points;
}

// Those within the limits first, by their goal, and then by how far within the first limit they are.
bool is_better(const SearchSpec& search, const Trial& a, const Trial& b) {
  const bool fits_a = is_feasible(search, a), fits_b = is_feasible(search, b);
  if (fits_a != fits_b) return fits_a;
  if (fits_a && a.goal != b.goal) return search.maximise ? a.goal > b.goal : a.goal < b.goal;
  if (search.limits.empty()) return std::isfinite(a.goal) && !std::isfinite(b.goal);
  const double within_a = a.limited.front(), within_b = b.limited.front();
  if (std::isnan(within_a) || std::isnan(within_b)) return !std::isnan(within_a) && std::isnan(within_b);
  return search.limits.front().at_least ? within_a > within_b : within_a < within_b;
}

// Combinations to choose from: some from everywhere, and some near the best that are known.
std::vector<Combination> candidates(const SearchSpec& search, const SearchSpace& space, std::vector<Trial> known,
                                    std::int64_t round) {
  constexpr std::int64_t everywhere = 1024, near_each = 256;
  constexpr std::size_t best = 4;
  constexpr double widest = 0.3;  // of an axis' range
  const std::uint64_t seed = std::uint64_t(search.seed) * 1000 + std::uint64_t(round);
  std::vector<Combination> all;
  for (const auto& point : points_of(sobol_design(space.keys(), everywhere, seed))) all.push_back(space.at(point));
  std::stable_sort(known.begin(), known.end(), [&](const Trial& a, const Trial& b) { return is_better(search, a, b); });
  for (std::size_t i = 0; i < std::min(best, known.size()); ++i) {
    const std::vector<double> centre = space.cube_of(known[i].combination);
    for (auto& point : points_of(random_design(space.keys(), near_each, seed * 10 + i))) {
      // a cube keeps most changes small, and a few large
      for (std::size_t axis = 0; axis < point.size(); ++axis) {
        const double r = 2 * point[axis] - 1;
        point[axis] = std::clamp(centre[axis] + widest * r * r * r, 0.0, 1 - 0x1p-53);
      }
      all.push_back(space.at(point));
    }
  }
  return all;
}

}  // namespace

bool is_feasible(const SearchSpec& search, const Trial& trial) {
  if (!is_known_trial(trial)) return false;
  for (std::size_t i = 0; i < search.limits.size(); ++i) {
    const Limit& limit = search.limits[i];
    if (limit.at_least ? trial.limited[i] < limit.value : trial.limited[i] > limit.value) return false;
  }
  return true;
}

std::size_t best_of(const SearchSpec& search, const std::vector<Trial>& trials) {
  std::size_t best = trials.size();
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (is_feasible(search, trials[i]) && (best == trials.size() || is_better(search, trials[i], trials[best])))
      best = i;
  return best;
}

std::vector<Combination> propose(const SearchSpec& search, const std::vector<Trial>& trials, std::int64_t round,
                                 const std::function<bool(const Combination&)>& can_run) {
  const SearchSpace space(search.axes);
  std::set<Combination> tried;
  std::vector<Trial> known;
  for (const Trial& trial : trials) {
    tried.insert(trial.combination);
    if (is_known_in_part(trial)) known.push_back(trial);
  }
  std::vector<Combination> chosen;
  const auto take = [&](const Combination& combination) {
    const bool can = tried.insert(combination).second && can_run(combination);
    if (can) chosen.push_back(combination);
    return can;
  };
  const std::size_t wanted = std::size_t(search.combinations);
  if (known.empty()) {
    constexpr std::int64_t most_tries = 64;
    const std::uint64_t seed = std::uint64_t(search.seed) + std::uint64_t(round - 1) * 1000;
    for (const auto& point : points_of(sobol_design(space.keys(), search.combinations * most_tries, seed)))
      if (chosen.size() < wanted) take(space.at(point));
    return chosen;
  }
  Proposer proposer(search, space, known);
  std::vector<Combination> left = candidates(search, space, known, round);
  while (chosen.size() < wanted && !left.empty()) {
    std::vector<double> promises;
    for (const Combination& each : left) promises.push_back(proposer.promise(each));
    const std::size_t most = std::size_t(std::max_element(promises.begin(), promises.end()) - promises.begin());
    const Combination next = left[most];
    left.erase(left.begin() + std::ptrdiff_t(most));
    if (take(next)) proposer.believe(next);
  }
  return chosen;
}

}  // namespace settle
