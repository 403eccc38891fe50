#include "src/sweep/means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "src/sweep/fields.h"

namespace settle {
namespace {

std::string csv(const MeanDeviation& s) {
  const auto text = [](double x) { return std::isnan(x) ? "" : fmt::format("{:.6g}", x); };
  return "," + text(s.mean) + "," + text(s.deviation);
}

// "97.49 +- 0.05"
std::string with_deviation(const MeanDeviation& s, double unit, int digits) {
  if (std::isnan(s.mean)) return "-";
  const std::string mean = fmt::format("{:.{}f}", s.mean * unit, digits);
  return std::isnan(s.deviation) ? mean : fmt::format("{} +- {:.{}f}", mean, s.deviation * unit, digits);
}

bool same_row(const Point& a, const Point& b) { return a.case_name == b.case_name && a.values == b.values; }

Mean mean_of(const std::vector<Point>& points, const std::vector<PointResult>& results, std::size_t first,
             std::size_t end) {
  std::vector<double> best, last, seconds;
  for (std::size_t i = first; i < end; ++i) {
    if (results[i].state != PointState::done) continue;
    const nlohmann::json& summary = results[i].summary;
    best.push_back(summary.at("test_accuracy").at("best").get<double>());
    last.push_back(summary.at("test_accuracy").at("last").get<double>());
    seconds.push_back(training_wall_seconds(summary));
  }
  return {points[first].case_name, points[first].values, best.size(),
          mean_deviation(best),    mean_deviation(last), mean_deviation(seconds)};
}

}  // namespace

MeanDeviation mean_deviation(const std::vector<double>& values) {
  const double none = std::numeric_limits<double>::quiet_NaN(), n = double(values.size());
  if (values.empty()) return {none, none};
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? none : std::sqrt(squares / (n - 1))};
}

std::vector<Mean> means(const std::vector<Point>& points, const std::vector<PointResult>& results) {
  std::vector<Mean> rows;
  for (std::size_t first = 0, end = 0; first < points.size(); first = end) {
    while (end < points.size() && same_row(points[first], points[end])) ++end;
    rows.push_back(mean_of(points, results, first, end));
  }
  return rows;
}

std::string summary_csv(const SweepFile& sweep, const std::vector<Mean>& means) {
  std::string text = "case" + grid_header(sweep.grid) +
                     ",seeds,test_accuracy_best_mean,test_accuracy_best_sd,test_accuracy_last_mean,"
                     "test_accuracy_last_sd,training_wall_second_mean,training_wall_second_sd\n";
  for (const Mean& m : means)
    text += fmt::format("{}{},{}{}{}{}\n", field(m.case_name), grid_fields(m.values), m.finished, csv(m.best),
                        csv(m.last), csv(m.seconds));
  return text;
}

std::string summary_table(const SweepFile& sweep, const std::vector<Mean>& means) {
  std::vector<std::vector<std::string>> rows = {{"case"}};
  for (const Axis& axis : sweep.grid) rows[0].push_back(axis.key);
  for (const char* column : {"seeds", "test best %", "test last %", "training s"}) rows[0].emplace_back(column);
  for (const Mean& m : means) {
    rows.push_back({m.case_name});
    rows.back().insert(rows.back().end(), m.values.begin(), m.values.end());
    for (const std::string& cell : {fmt::format("{}", m.finished), with_deviation(m.best, 100, 2),
                                    with_deviation(m.last, 100, 2), with_deviation(m.seconds, 1, 1)})
      rows.back().push_back(cell);
  }
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  const std::size_t first = sweep.cases.front().name.empty() ? 1 : 0;  // no column of cases where there are none
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = first; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace settle
