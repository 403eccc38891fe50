// A response with free numbers, as a fit varies them: the mean step of one pulse, for several devices at once.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "settle/models/device/preset.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// The mean step over the state, by the laws of `Response`. All numbers lie in one vector: those of the shape, which
/// the devices share, then four of each device: ln of its step up and down, upper and lower bound (normalised states).
///
/// Laws that are written with the nominal bounds have 1 and -1 in their place here, so that a bound that is never
/// reached leaves the shape alone; who makes a preset of the numbers converts gamma. The exponential response has b = 0
/// and a = `z_slope`, which is no number of the fit: with another b or a its law is the same law. The table has one
/// number a state for either direction, the ln of its step relative to the device's.
class StepModel {
 public:
  using Numbers = Vector<double>;

  /// States of the table's steps up and of its steps down; a table alone has them.
  struct States {
    std::vector<double> up, down;
  };
  /// `start_gamma`: of the exponential response, whose fits end in another place from a start that is far off.
  explicit StepModel(Response response, double z_slope = 0, States states = {}, double start_gamma = 3);

  Response response() const { return response_; }
  double z_slope() const { return z_slope_; }
  const States& states() const { return states_; }

  /// Names of the shape's numbers, as those of a preset.
  const std::vector<std::string>& shape() const { return shape_; }
  Index of_device(Index device) const { return Index(shape_.size()) + 4 * device; }
  Index devices(const Numbers& n) const { return (n.size() - Index(shape_.size())) / 4; }

  /// Where a fit starts: steps and bounds of each device as they were estimated, and a shape that is neither flat nor
  /// steep.
  Numbers start(const std::vector<std::array<double, 4>>& devices) const;

  /// The law of one device, ready to be evaluated many times.
  struct Law {
    const StepModel& model;
    const double* shape;
    double step_up, step_down, upper, lower;
    /// The mean size of the step (never negative), and the signed step.
    double size(double state, bool rising) const;
  };
  Law law(const Numbers& n, Index device) const;

 private:
  Response response_;
  double z_slope_;
  States states_;
  double start_gamma_;
  std::vector<std::string> shape_;
};

}  // namespace settle
