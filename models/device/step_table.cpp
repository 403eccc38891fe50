#include "settle/models/device/step_table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "settle/models/error.h"

namespace settle {
namespace {

void check(const MeasuredSteps& steps, const std::string& polarity) {
  const auto refuse = [&](const std::string& reason) { throw InputError("steps " + polarity + ": " + reason); };
  const std::size_t n = steps.state.size();
  if (n < 2) refuse("a table needs at least two states");
  if (steps.mean.size() != n || steps.deviation.size() != n) refuse("every state needs a mean and a deviation");
  for (std::size_t i = 0; i < n; ++i) {
    const std::string row = " in row " + std::to_string(i + 1);
    if (!std::isfinite(steps.state[i]) || !std::isfinite(steps.mean[i]) || !std::isfinite(steps.deviation[i]))
      refuse("not a finite number" + row);
    if (i > 0 && steps.state[i] <= steps.state[i - 1]) refuse("states are not ascending" + row);
    if (steps.deviation[i] < 0) refuse("a negative deviation" + row);
  }
  if (*std::max_element(steps.mean.begin(), steps.mean.end()) <= 0) refuse("no mean step is positive");
}

}  // namespace

void check(const StepTable& table) {
  check(table.up, "up");
  check(table.down, "down");
}

double interpolate(const std::vector<double>& states, const std::vector<double>& values, double state) {
  const auto above = std::upper_bound(states.begin(), states.end(), state);
  if (above == states.begin()) return values.front();
  if (above == states.end()) return values.back();
  const auto i = std::size_t(above - states.begin());
  const double share = (state - states[i - 1]) / (states[i] - states[i - 1]);
  return values[i - 1] + share * (values[i] - values[i - 1]);
}

double mean_step(const StepTable& table, double state) {
  return 0.5 *
         (interpolate(table.up.state, table.up.mean, state) + interpolate(table.down.state, table.down.mean, state));
}

}  // namespace settle
