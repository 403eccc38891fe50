#include "src/sweep/search/rounds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/error.h"
#include "src/data/input_file.h"
#include "src/sweep/means.h"
#include "src/sweep/text_table.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::size_t seeds_of(const SweepFile& sweep) { return std::max<std::size_t>(1, sweep.seeds.size()); }

void add_combination(SweepFile& sweep, const Combination& combination) {
  for (std::size_t i = 0; i < combination.size(); ++i) {
    const SearchAxis& axis = sweep.search->axes[i];
    constexpr int layer_of_axes = 3;
    sweep.grid[i].values.push_back({axis.key, combination[i], axis.place, axis.folder, layer_of_axes});
  }
}

// Why no chip has these settings; empty: there is one.
std::string refusal_of(const SweepFile& sweep, const Combination& combination) {
  SweepFile alone = sweep;
  for (Axis& axis : alone.grid) axis.values.clear();
  if (alone.seeds.size() > 1) alone.seeds.resize(1);
  add_combination(alone, combination);
  try {
    expand(alone);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

std::vector<Combination> proposals_after(const SweepFile& sweep, const std::vector<Trial>& trials, std::int64_t round,
                                         std::string* last_refusal = nullptr) {
  return propose(*sweep.search, trials, round, [&](const Combination& combination) {
    const std::string refusal = refusal_of(sweep, combination);
    if (last_refusal != nullptr && !refusal.empty()) *last_refusal = refusal;
    return refusal.empty();
  });
}

// A figure's mean over the rows from `first` on of one combination. NaN where one of them has not come to its end; with
// `early`, what was stopped counts by what it has come to.
double mean_of(const ResultsTable& results, const std::string& figure, std::size_t first, std::size_t seeds,
               bool early = false) {
  const std::size_t column = results.column(figure), state = results.column("state");
  std::vector<double> values;
  for (std::size_t i = first; i < std::min(first + seeds, results.rows.size()); ++i) {
    const std::string its_state = text_of(results.rows[i][state]);
    if (its_state != "done" && !(early && its_state == "stopped")) return std::numeric_limits<double>::quiet_NaN();
    values.push_back(number_in(results.rows[i][column]));
  }
  return mean_deviation(values).mean;
}

bool is_front(double goal, double other, const std::vector<std::pair<double, double>>& all) {
  return std::none_of(all.begin(), all.end(), [&](const auto& each) {
    return each.first <= goal && each.second <= other && (each.first < goal || each.second < other);
  });
}

// What no other is at least as good as, in the goal and in what it is weighed against; the best goal first.
std::vector<std::size_t> front_of(const SearchSpec& search, const std::vector<double>& goals,
                                  const std::vector<double>& weighed, bool more_is_better) {
  std::vector<std::pair<double, double>> all;  // where less is better
  for (std::size_t i = 0; i < goals.size(); ++i)
    all.emplace_back(search.maximise ? -goals[i] : goals[i], more_is_better ? -weighed[i] : weighed[i]);
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::isfinite(all[i].first) && std::isfinite(all[i].second) && is_front(all[i].first, all[i].second, all))
      front.push_back(i);
  std::stable_sort(front.begin(), front.end(),
                   [&](std::size_t a, std::size_t b) { return all[a].first < all[b].first; });
  return front;
}

std::string unit_of(const ResultsTable& results, const std::string& figure) {
  return results.columns[results.column(figure)].unit;
}

TextColumn figure_column(const ResultsTable& results, const std::string& figure, const std::vector<std::size_t>& rows,
                         std::size_t seeds) {
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(mean_of(results, figure, row * seeds, seeds));
  const UnitScale scale = scale_for(values, unit_of(results, figure));
  TextColumn column{figure + (scale.unit.empty() ? "" : " " + scale.unit), {}, false, figure};
  for (const double value : values)
    column.cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.4g}", value / scale.factor));
  return column;
}

std::string front_table(const SweepFile& sweep, const ResultsTable& results, const std::vector<Trial>& trials,
                        const std::vector<std::size_t>& front, std::size_t best, const std::string& see) {
  const SearchSpec& search = *sweep.search;
  const std::size_t seeds = seeds_of(sweep);
  ViewColumns keys;
  for (const SearchAxis& axis : search.axes) keys.push_back({axis.key, "", "", ColumnRole::axis});
  const std::vector<std::string> headings = short_names(keys);
  std::vector<TextColumn> columns = {{"found", {}, true, "point"}};
  for (const std::size_t row : front) columns[0].cells.emplace_back(row == best ? "best" : "front");
  for (std::size_t i = 0; i < search.axes.size(); ++i) {
    columns.push_back({headings[i], {}, true, search.axes[i].key});
    for (const std::size_t row : front) columns.back().cells.push_back(trials[row].combination[i]);
  }
  std::vector<std::string> figures = {search.goal};
  for (const Limit& limit : search.limits) figures.push_back(limit.figure);
  for (const char* cost : {"test_accuracy_best", "inference_joule", "training_sample_joule", "inference_second",
                           "training_sample_second", "area_m2"})
    figures.emplace_back(cost);
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (std::find(figures.begin(), figures.begin() + std::ptrdiff_t(i), figures[i]) ==
        figures.begin() + std::ptrdiff_t(i))
      columns.push_back(figure_column(results, figures[i], front, seeds));
  return narrow_table(columns, see);
}

}  // namespace

void begin_search(SweepFile& sweep) {
  std::string refusal = sweep.source +
                        ": search: has fewer than two combinations to choose from; widen a range, or run the point by "
                        "settle train";
  const std::vector<Combination> first = proposals_after(sweep, {}, 1, &refusal);
  if (first.size() < 2) refuse(refusal);
  for (const Combination& each : first) add_combination(sweep, each);
}

void take_rounds(SweepStore& store, SweepFile& sweep, std::vector<Point>& points) {
  const SweepStore::Proposals known = store.proposals();
  if (known.combinations.size() * seeds_of(sweep) == points.size()) return;
  for (Axis& axis : sweep.grid) axis.values.clear();
  for (const Combination& each : known.combinations) add_combination(sweep, each);
  points = expand(sweep);
}

std::vector<Trial> trials_of(const SweepFile& sweep, const ResultsTable& results) {
  const std::size_t seeds = seeds_of(sweep);
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < sweep.grid.front().values.size(); ++i) {
    Trial trial{{}, mean_of(results, sweep.search->goal, i * seeds, seeds), {}};
    for (const Axis& axis : sweep.grid) trial.combination.push_back(axis.values[i].value);
    for (const Limit& limit : sweep.search->limits)
      trial.limited.push_back(mean_of(results, limit.figure, i * seeds, seeds, /*early=*/true));
    trials.push_back(trial);
  }
  return trials;
}

bool begin_next_round(SweepStore& store, SweepFile& sweep, std::vector<Point>& points) {
  const std::size_t before = points.size();
  take_rounds(store, sweep, points);
  if (points.size() > before) return true;  // another process has begun it
  std::size_t over = 0;
  const auto counts = store.counts();
  for (const PointState state : {PointState::done, PointState::failed, PointState::stopped})
    over += counts.count(state) > 0 ? counts.at(state) : 0;
  const std::int64_t round = store.proposals().rounds + 1;
  if (over < points.size() || round > sweep.search->rounds) return false;
  SweepFile longer = sweep;
  const auto next = proposals_after(sweep, trials_of(sweep, store.results_since(-1)), round);
  if (next.empty()) return false;
  for (const Combination& each : next) add_combination(longer, each);
  store.add_round(longer, expand(longer), round);
  take_rounds(store, sweep, points);  // ours, or that of another process
  return true;
}

std::string answer(const SweepFile& sweep, const ResultsTable& results, const std::string& see) {
  const SearchSpec& search = *sweep.search;
  const std::vector<Trial> trials = trials_of(sweep, results);
  const std::string against = search.limits.empty() ? "test_accuracy_best" : search.limits.front().figure;
  const bool more_is_better = search.limits.empty() || search.limits.front().at_least;
  std::vector<double> goals, weighed;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    goals.push_back(trials[i].goal);
    weighed.push_back(against == search.goal ? trials[i].goal
                                             : mean_of(results, against, i * seeds_of(sweep), seeds_of(sweep)));
  }
  auto front = front_of(search, goals, weighed, more_is_better);
  const std::size_t best = best_of(search, trials);
  if (best < trials.size() && std::find(front.begin(), front.end(), best) == front.end())
    front.insert(front.begin(), best);  // of several limits, or of equals
  std::string text =
      fmt::format("\n{} combinations; the Pareto front of {} against {}:\n", trials.size(), search.goal, against);
  text += front_table(sweep, results, trials, front, best, see);
  if (best == trials.size()) text += "none of them is within the limits of subject_to\n";
  return text;
}

}  // namespace settle
