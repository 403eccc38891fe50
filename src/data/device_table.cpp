#include "src/data/device_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/csv.h"
#include "src/data/heading.h"
#include "src/data/input_file.h"

namespace settle {
namespace {

void append(MeasuredSteps& steps, double state, double mean, double deviation) {
  steps.state.push_back(state);
  steps.mean.push_back(mean);
  steps.deviation.push_back(deviation);
}

constexpr const char* expected = "polarity,state_siemens,mean_siemens,deviation_siemens (or state_us, in microsiemens)";

// The four columns, under any of their usual names, and what one unit of the numbers is in siemens.
struct TableColumns {
  std::size_t polarity, state, mean, deviation;
  double state_unit, mean_unit, deviation_unit;

  explicit TableColumns(const CsvTable& table) {
    polarity = find(table, direction_names(), "polarity");
    state = find(table, conductance_names(), "state_siemens");
    mean =
        find(table, {"mean", "mean step", "step", "dg", "delta g", "mean dg", "mean change", "change"}, "mean_siemens");
    deviation = find(
        table,
        {"deviation", "std", "sd", "sigma", "stdev", "std dev", "standard deviation", "std dg", "sigma dg", "dg std"},
        "deviation_siemens");
    // A step without a unit is in that of the states.
    state_unit = unit(table, state, 1);
    mean_unit = unit(table, mean, state_unit);
    deviation_unit = unit(table, deviation, state_unit);
  }

 private:
  static std::size_t find(const CsvTable& table, const std::vector<std::string>& names, const char* name) {
    const auto found = find_column(table, names);
    if (!found) table.fail_without(name);
    return *found;
  }
  static double unit(const CsvTable& table, std::size_t column, double standard) {
    return siemens_in(heading(table.columns()[column]).unit).value_or(standard);
  }
};

// Steps in units of the normalised state, over which the file's conductances range from -1 to 1.
void normalise(MeasuredSteps& steps, double lowest, double highest) {
  const double per_siemens = 2 / (highest - lowest);
  for (std::size_t i = 0; i < steps.state.size(); ++i) {
    steps.state[i] = (steps.state[i] - lowest) * per_siemens - 1;
    steps.mean[i] *= per_siemens;
    steps.deviation[i] *= per_siemens;
  }
}

StepTable steps_in(const CsvTable& table, const std::string& path) {
  const TableColumns columns(table);
  const auto name = [&](std::size_t column) { return table.columns()[column]; };
  StepTable steps_of;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& polarity = table.text(row, columns.polarity);
    const int direction = direction_of(polarity);
    if (direction == 0)
      table.fail_at(row, fmt::format("{} must be up or down, not `{}`", name(columns.polarity), polarity));
    const double state = table.number(row, columns.state) * columns.state_unit,
                 mean = table.number(row, columns.mean) * columns.mean_unit,
                 deviation = table.number(row, columns.deviation) * columns.deviation_unit;
    if (!(std::isfinite(state) && std::isfinite(mean) && std::isfinite(deviation) && state >= 0 && deviation >= 0))
      table.fail_at(row, fmt::format("{}, {} and {} must be finite numbers in siemens, the first and the last not "
                                     "negative",
                                     name(columns.state), name(columns.mean), name(columns.deviation)));
    if (state > most_siemens)
      table.fail_at(row, fmt::format("no device conducts {:g} siemens; are these microsiemens? Then call the column "
                                     "state_us",
                                     state));
    append(direction > 0 ? steps_of.up : steps_of.down, state, mean, deviation);
  }
  for (const MeasuredSteps* steps : {&steps_of.up, &steps_of.down}) {
    const char* polarity = steps == &steps_of.up ? "up" : "down";
    if (steps->state.size() < 2)
      refuse(
          fmt::format("{}: needs at least two states with polarity {}, has {}", path, polarity, steps->state.size()));
    if (std::adjacent_find(steps->state.begin(), steps->state.end(), std::greater_equal<>()) != steps->state.end())
      refuse(fmt::format("{}: {} must rise from row to row among those with polarity {}", path, name(columns.state),
                         polarity));
  }
  try {
    check(steps_of);
  } catch (const InputError& e) {
    refuse(path + ": " + e.what());
  }
  return steps_of;
}

}  // namespace

StepTable read_step_table(const std::string& path) { return steps_in(read_csv(path, "device.table", expected), path); }

StepTable step_table_of(const std::string& text, const std::string& path) {
  return steps_in(CsvTable(text, path, expected), path);
}

MeasuredDevice read_device_table(const std::string& path) {
  MeasuredDevice device;
  device.steps = read_step_table(path);
  const auto& [up, down] = device.steps;
  device.conductance_min_siemens = std::min(up.state.front(), down.state.front());
  device.conductance_max_siemens = std::max(up.state.back(), down.state.back());
  for (MeasuredSteps* steps : {&device.steps.up, &device.steps.down})
    normalise(*steps, device.conductance_min_siemens, device.conductance_max_siemens);
  return device;
}

}  // namespace settle
