// A user's own device: measured steps over the state, for either polarity of the pulse.
#pragma once

#include <vector>

namespace settle {

/// Steps in one direction at `state` (ascending, at least two): mean and standard deviation, from pulse to pulse, of
/// the change that a pulse makes, both positive towards the pulse's direction. Between states linear, beyond the ends
/// constant. Units are those of the state.
struct MeasuredSteps {
  std::vector<double> state, mean, deviation;
};

struct StepTable {
  MeasuredSteps up, down;
  bool empty() const { return up.state.empty(); }
};

/// InputError, with the reason, when no device can be made of the table.
void check(const StepTable& table);

/// A column of measured steps (their mean or deviation) at a state.
double interpolate(const std::vector<double>& states, const std::vector<double>& values, double state);

/// The mean step at a state, over both polarities: the counterpart of other devices' `dw_min`.
double mean_step(const StepTable& table, double state);

}  // namespace settle
