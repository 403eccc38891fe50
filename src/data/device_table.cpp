#include "src/data/device_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/error.h"
#include "src/data/csv.h"

namespace settle {
namespace {

void append(MeasuredSteps& steps, double state, double mean, double deviation) {
  steps.state.push_back(state);
  steps.mean.push_back(mean);
  steps.deviation.push_back(deviation);
}

// The name of a column: older files have "_s" at its end.
std::string column(const CsvTable& table, const std::string& quantity) {
  return quantity + (table.has(quantity + "_s") ? "_s" : "_siemens");
}

// Steps in units of the normalised state, over which the file's conductances range from -1 to 1.
void normalise(MeasuredSteps& steps, double lowest, double highest) {
  const double per_siemens = 2 / (highest - lowest);
  for (std::size_t i = 0; i < steps.state.size(); ++i) {
    steps.state[i] = (steps.state[i] - lowest) * per_siemens - 1;
    steps.mean[i] *= per_siemens;
    steps.deviation[i] *= per_siemens;
  }
}

}  // namespace

MeasuredDevice read_device_table(const std::string& path) {
  const CsvTable table = read_csv(path, "device.table");
  const std::string state_column = column(table, "state"), mean_column = column(table, "mean"),
                    deviation_column = column(table, "deviation");
  MeasuredDevice device;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& polarity = table.text(row, "polarity");
    if (polarity != "up" && polarity != "down")
      throw InputError(
          fmt::format("{}: row {} below the header: polarity must be up or down, not `{}`", path, row + 1, polarity));
    const double state = table.number(row, state_column), mean = table.number(row, mean_column),
                 deviation = table.number(row, deviation_column);
    if (!(std::isfinite(state) && std::isfinite(mean) && std::isfinite(deviation) && state >= 0 && deviation >= 0))
      throw InputError(fmt::format(
          "{}: row {} below the header: {}, {} and {} must be finite numbers in siemens, the first and the last not "
          "negative",
          path, row + 1, state_column, mean_column, deviation_column));
    append(polarity == "up" ? device.steps.up : device.steps.down, state, mean, deviation);
  }
  double lowest = INFINITY, highest = 0;
  for (const MeasuredSteps* steps : {&device.steps.up, &device.steps.down}) {
    const char* polarity = steps == &device.steps.up ? "up" : "down";
    if (steps->state.size() < 2)
      throw InputError(
          fmt::format("{}: needs at least two states with polarity {}, has {}", path, polarity, steps->state.size()));
    if (std::adjacent_find(steps->state.begin(), steps->state.end(), std::greater_equal<>()) != steps->state.end())
      throw InputError(
          fmt::format("{}: {} must rise from row to row among those with polarity {}", path, state_column, polarity));
    lowest = std::min(lowest, steps->state.front());
    highest = std::max(highest, steps->state.back());
  }
  device.conductance_min_siemens = lowest;
  device.conductance_max_siemens = highest;
  normalise(device.steps.up, lowest, highest);
  normalise(device.steps.down, lowest, highest);
  try {
    check(device.steps);
  } catch (const InputError& e) {
    throw InputError(path + ": " + e.what());
  }
  return device;
}

}  // namespace settle
