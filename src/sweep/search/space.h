// The space of a search: combinations of values, and their places in a unit cube.
#pragma once

#include <string>
#include <vector>

#include <Eigen/Dense>

#include "src/sweep/search/search_spec.h"

namespace settle {

/// A value for each axis, as TOML.
using Combination = std::vector<std::string>;

class SearchSpace {
 public:
  explicit SearchSpace(const std::vector<SearchAxis>& axes) : axes_(axes) {}

  std::vector<std::string> keys() const;
  /// The combination at a point of the cube: a number from 0 to below 1 for each axis.
  Combination at(const std::vector<double>& cube) const;
  /// A point of the cube that gives this combination.
  std::vector<double> cube_of(const Combination& combination) const;
  /// What a regression takes: from 0 to 1, a number for each range or list of numbers, and for any other list one for
  /// each of its values, so that all are equally far from each other.
  Eigen::VectorXd inputs_of(const Combination& combination) const;

 private:
  std::vector<SearchAxis> axes_;
};

}  // namespace settle
