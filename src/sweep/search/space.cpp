#include "src/sweep/search/space.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "src/sweep/design.h"

namespace settle {
namespace {

std::optional<double> number_in_toml(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return value;
}

std::size_t place_of(const SearchAxis& axis, const std::string& value) {
  const auto found = std::find_if(axis.choices.begin(), axis.choices.end(),
                                  [&](const Override& choice) { return choice.value == value; });
  return std::size_t(found - axis.choices.begin());
}

bool is_ordered(const SearchAxis& axis) {
  double before = 0;
  for (const Override& choice : axis.choices) {
    const auto number = number_in_toml(choice.value);
    if (!number || (&choice != &axis.choices.front() && *number <= before)) return false;
    before = *number;
  }
  return true;
}

// How far along a range a number is, from 0 to 1.
double share_of(const ValueRange& range, double value) {
  if (range.low == range.high) return 0;
  const double share = range.logarithmic ? std::log(value / range.low) / std::log(range.high / range.low)
                                         : (value - range.low) / (range.high - range.low);
  return std::clamp(share, 0.0, 1.0);
}

// The middle of the part of a range that gives this number (value_at()): each integer of a linear range has as much.
double place_in(const ValueRange& range, double value) {
  if (!range.integers || range.logarithmic) return share_of(range, value);
  const double low = std::ceil(std::min(range.low, range.high)), high = std::floor(std::max(range.low, range.high));
  return (value - low + 0.5) / (high - low + 1);
}

}  // namespace

std::vector<std::string> SearchSpace::keys() const {
  std::vector<std::string> all;
  for (const SearchAxis& axis : axes_) all.push_back(axis.key);
  return all;
}

Combination SearchSpace::at(const std::vector<double>& cube) const {
  Combination combination;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const std::vector<Override>& choices = axes_[i].choices;
    combination.push_back(axes_[i].range ? value_at(*axes_[i].range, cube[i])
                                         : choices[std::size_t(cube[i] * double(choices.size()))].value);
  }
  return combination;
}

std::vector<double> SearchSpace::cube_of(const Combination& combination) const {
  constexpr double below_one = 1 - 0x1p-53;
  std::vector<double> cube;
  for (std::size_t i = 0; i < axes_.size(); ++i)
    cube.push_back(axes_[i].range
                       ? std::min(place_in(*axes_[i].range, *number_in_toml(combination[i])), below_one)
                       : (double(place_of(axes_[i], combination[i])) + 0.5) / double(axes_[i].choices.size()));
  return cube;
}

Eigen::VectorXd SearchSpace::inputs_of(const Combination& combination) const {
  std::vector<double> inputs;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const SearchAxis& axis = axes_[i];
    if (axis.range) {
      inputs.push_back(share_of(*axis.range, *number_in_toml(combination[i])));
    } else if (const std::size_t place = place_of(axis, combination[i]); is_ordered(axis)) {
      inputs.push_back(double(place) / double(std::max<std::size_t>(1, axis.choices.size() - 1)));
    } else {
      for (std::size_t choice = 0; choice < axis.choices.size(); ++choice)
        inputs.push_back(choice == place ? std::sqrt(0.5) : 0);
    }
  }
  return Eigen::Map<Eigen::VectorXd>(inputs.data(), Eigen::Index(inputs.size()));
}

}  // namespace settle
