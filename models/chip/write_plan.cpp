#include "settle/models/chip/write_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace settle {
namespace {

// Distances are kept at even distances of their logarithms; further off, all that counts is to come nearer.
constexpr int distances = 130;
constexpr double nearest = 0.1, furthest = 1000;
constexpr int most_rounds = 32;  // with more left, the next one is nearly the same

double distance_at(int i) { return nearest * std::pow(furthest / nearest, double(i) / (distances - 1)); }

double place_of(double distance) {
  static const double per_ln = (distances - 1) / std::log(furthest / nearest);
  return std::clamp(std::log(std::max(distance, nearest) / nearest) * per_ln, 0.0, double(distances - 1));
}

double interpolated(const std::vector<double>& values, double distance) {
  const double place = place_of(std::abs(distance));
  const int i = std::min(int(place), distances - 2);
  const double share = place - i;
  return (1 - share) * values[std::size_t(i)] + share * values[std::size_t(i) + 1];
}

}  // namespace

WritePlan::WritePlan(double noise) : noise_(noise) {
  Round none;
  for (int i = 0; i < distances; ++i) {
    none.left.push_back(std::pow(distance_at(i), 2));
    none.pulses.push_back(0);
  }
  rounds_.push_back(none);
}

double WritePlan::pulses(double distance, int rounds) {
  if (distance > furthest) return std::rint(distance);
  const std::vector<double>& pulses = round(rounds).pulses;
  const double near = pulses[std::size_t(std::lround(place_of(distance)))];
  return near == 0 ? 0 : std::max(1.0, std::rint(interpolated(pulses, distance)));
}

double WritePlan::left(double distance, int rounds) { return interpolated(round(rounds).left, distance); }

const WritePlan::Round& WritePlan::round(int rounds) {
  const int wanted = std::clamp(rounds, 0, most_rounds);
  while (int(rounds_.size()) <= wanted) add_round();
  return rounds_[std::size_t(wanted)];
}

// The mean over the noise, by a sum over even steps of xi.
double WritePlan::expected(const std::vector<double>& left, double distance, double pulses) const {
  constexpr int half = 20;
  constexpr double step = 0.2;
  double sum = 0, weights = 0;
  for (int k = -half; k <= half; ++k) {
    const double xi = step * k, weight = std::exp(-0.5 * xi * xi);
    sum += weight * interpolated(left, distance - pulses + noise_ * std::sqrt(pulses) * xi);
    weights += weight;
  }
  return sum / weights;
}

void WritePlan::add_round() {
  constexpr double hardly = 1e-3;  // waiting has to be better by as much
  const std::vector<double> before = rounds_.back().left;
  Round next;
  for (int i = 0; i < distances; ++i) {
    const double distance = distance_at(i), waiting = before[std::size_t(i)];
    double best = std::numeric_limits<double>::infinity(), pulses = 0;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): whole numbers, up to those that no integer holds
    for (double n = 1; n < distance + 2; n = std::max(n + 1, std::rint(1.08 * n))) {
      const double left = expected(before, distance, n);
      if (left >= best) continue;
      best = left;
      pulses = n;
    }
    next.left.push_back(std::min(best, waiting));
    next.pulses.push_back(best < (1 + hardly) * waiting ? pulses : 0);
  }
  rounds_.push_back(std::move(next));
}

}  // namespace settle
