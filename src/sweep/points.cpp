#include "src/sweep/points.h"

#include <algorithm>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/input_file.h"
#include "src/run/chip_spec.h"
#include "src/run/device_spec.h"
#include "src/run/neuron_spec.h"
#include "src/sweep/figure_name.h"

namespace settle {
namespace {

constexpr std::size_t most_points = 100000;

std::size_t count(const SweepFile& sweep) {
  std::size_t points = 1;
  const auto multiply = [&](std::size_t values) {
    points *= values;
    if (points > most_points)
      refuse(fmt::format("{}: has more than {} points; make lists of [grid], seeds or cases shorter, or n smaller",
                         sweep.source, most_points));
  };
  multiply(sweep.cases.size());
  multiply(std::max<std::size_t>(1, sweep.seeds.size()));
  for (const Axis& axis : sweep.grid)
    if (!axis.with_previous) multiply(axis.values.size());
  return points;
}

// The label of a value: a string without its quotes, other TOML as it is.
std::string label(const std::string& toml) {
  const bool quoted = toml.size() >= 2 && toml.front() == '"' && toml.back() == '"';
  return quoted ? toml.substr(1, toml.size() - 2) : toml;
}

// The place on each axis that the combination of this number has: the digits of a number, the last one changing
// fastest. Axes that are walked together have one digit.
std::vector<std::size_t> digits(const std::vector<Axis>& grid, std::size_t number) {
  std::vector<std::size_t> all(grid.size());
  for (std::size_t axis = grid.size(); axis-- > 0;) {
    if (grid[axis].with_previous) continue;
    all[axis] = number % grid[axis].values.size();
    number /= grid[axis].values.size();
  }
  for (std::size_t axis = 0; axis < grid.size(); ++axis)
    if (grid[axis].with_previous) all[axis] = all[axis - 1];
  return all;
}

Configuration checked(const SweepFile& sweep, const std::vector<Override>& overrides, const std::string& title,
                      std::vector<std::string>* notes) {
  try {
    const Configuration c = overridden_configuration(sweep.base_text, sweep.base_source, overrides, notes);
    build_crossbar(c);
    build_neuron(c);
    return c;
  } catch (const InputError& error) {
    refuse(title.empty() ? error.what() : fmt::format("{} (point: {})", error.what(), title));
  }
}

Point make_point(const SweepFile& sweep, const Case& which, std::size_t combination, const Override* seed,
                 std::vector<std::string>* notes) {
  Point point;
  point.case_name = which.name;
  point.title = which.name;
  const auto add_to_title = [&](const std::string& text) { point.title += (point.title.empty() ? "" : ", ") + text; };
  std::vector<Override> overrides = {{"trace.samples", "0", sweep.source, "", 1}};
  overrides.insert(overrides.end(), sweep.settings.begin(), sweep.settings.end());
  overrides.insert(overrides.end(), which.settings.begin(), which.settings.end());
  const std::vector<std::size_t> chosen = digits(sweep.grid, combination);
  for (std::size_t axis = 0; axis < chosen.size(); ++axis) {
    const Override& value = sweep.grid[axis].values[chosen[axis]];
    overrides.push_back(value);
    point.values.push_back(label(value.value));
    point.stated.push_back(value.value);
    add_to_title(value.key + " = " + point.values.back());
  }
  if (seed != nullptr) {
    overrides.push_back(*seed);
    add_to_title("seed " + seed->value);
  }
  for (Override asked : sweep.asked) {
    asked.layer = 4;
    overrides.push_back(asked);
  }
  point.title = one_line(point.title);  // which terminals and messages show, whatever names and values hold
  point.configuration = checked(sweep, overrides, point.title, notes);
  point.seed = point.configuration.run.seed;
  if (point.title.empty()) point.title = fmt::format("seed {}", point.seed);
  return point;
}

}  // namespace

std::vector<Point> expand(const SweepFile& sweep, std::vector<std::string>* notes) {
  const std::size_t all = count(sweep), seeds = std::max<std::size_t>(1, sweep.seeds.size());
  const std::size_t combinations = all / seeds / sweep.cases.size();
  const std::size_t most = sweep.search ? std::size_t(sweep.search->rounds * sweep.search->combinations) * seeds : all;
  const int width = std::max(3, int(std::to_string(most).size()));
  std::vector<Point> points;
  for (const Case& which : sweep.cases)
    for (std::size_t combination = 0; combination < combinations; ++combination)
      for (std::size_t seed = 0; seed < seeds; ++seed) {
        points.push_back(
            make_point(sweep, which, combination, sweep.seeds.empty() ? nullptr : &sweep.seeds[seed], notes));
        points.back().id = fmt::format("{:0{}}", points.size(), width);
      }
  if (notes != nullptr) {  // many points have the same ones
    std::sort(notes->begin(), notes->end());
    notes->erase(std::unique(notes->begin(), notes->end()), notes->end());
  }
  return points;
}

void refuse_idle_stops(const SweepFile& sweep, const std::vector<Point>& points) {
  std::int64_t longest = 0;
  for (const Point& point : points) longest = std::max(longest, point.configuration.run.epochs);
  const auto check = [&](const char* what, std::int64_t epoch) {
    if (epoch >= longest)
      refuse(fmt::format("{}: {}: epoch {}: has no effect on runs of {} epochs; name one before the last", sweep.source,
                         what, epoch, longest));
  };
  for (const Bar& bar : sweep.early.bars) check("stop_below", bar.epoch);
  if (sweep.early.halving)
    for (const std::int64_t epoch : sweep.early.halving->after_epochs) check("halving", epoch);
}

void refuse_figures_without_values(const SweepFile& sweep, const std::vector<Point>& points) {
  const auto check = [&](const char* what, const std::string& figure) {
    for (const Point& point : points)
      if (const std::string key = key_for(figure, point.configuration); !key.empty())
        refuse(fmt::format("{}: {}: {}: has no value without {}; set it (point: {})", sweep.source, what, figure, key,
                           point.title));
  };
  if (sweep.early.halving && !sweep.early.halving->minimise.empty()) check("halving", sweep.early.halving->minimise);
  if (!sweep.search) return;
  check("search", sweep.search->goal);
  for (const Limit& limit : sweep.search->limits) check("search", limit.figure);
}

}  // namespace settle
