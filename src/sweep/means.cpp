#include "src/sweep/means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "src/sweep/csv_fields.h"
#include "src/sweep/text_table.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::string csv(const MeanDeviation& s) {
  const auto text = [](double x) { return std::isnan(x) ? "" : fmt::format("{:.6g}", x); };
  return "," + text(s.mean) + "," + text(s.deviation);
}

std::vector<std::size_t> places(const ViewColumns& columns, const std::vector<ColumnRole>& roles) {
  std::vector<std::size_t> all;
  for (const ColumnRole role : roles)
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].role == role) all.push_back(i);
  return all;
}

ViewColumns at(const ViewColumns& columns, const std::vector<std::size_t>& indices) {
  ViewColumns all;
  for (const std::size_t i : indices) all.push_back(columns[i]);
  return all;
}

std::vector<std::string> labels_of(const CellRow& row, const std::vector<std::size_t>& indices) {
  std::vector<std::string> all;
  for (const std::size_t i : indices) all.push_back(text_of(row[i]));
  return all;
}

// A mean with its deviation, both in `unit`, with as many decimals as all of its column have.
std::string with_deviation(const MeanDeviation& s, double unit, int decimals) {
  if (std::isnan(s.mean)) return "-";
  const std::string mean = fmt::format("{:.{}f}", s.mean / unit, decimals);
  return std::isnan(s.deviation) ? mean : fmt::format("{} +- {:.{}f}", mean, s.deviation / unit, decimals);
}

bool is_known(const MeansTable& means, const std::string& name) {
  const std::size_t figure = means.figure(name);
  return std::any_of(means.rows.begin(), means.rows.end(),
                     [&](const MeanRow& row) { return std::isfinite(row.figures[figure].mean); });
}

TextColumn percent_column(const MeansTable& means, const std::string& heading, const std::string& name) {
  const std::size_t figure = means.figure(name);
  TextColumn column{heading, {}, false, name};
  for (const MeanRow& row : means.rows) column.cells.push_back(with_deviation(row.figures[figure], 0.01, 2));
  return column;
}

TextColumn scaled_column(const MeansTable& means, const std::string& heading, const std::string& name) {
  const std::size_t figure = means.figure(name);
  std::vector<double> values;
  for (const MeanRow& row : means.rows) values.push_back(row.figures[figure].mean);
  const UnitScale scale = scale_for(values, means.figures[figure].unit);
  TextColumn column{heading + " " + scale.unit, {}, false, name};
  for (const MeanRow& row : means.rows)
    column.cells.push_back(with_deviation(row.figures[figure], scale.factor, scale.decimals));
  return column;
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

std::size_t MeansTable::figure(const std::string& name) const {
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const ViewColumn& column) { return column.name == name; });
  if (found == figures.end()) throw std::logic_error("no figure " + name);
  return std::size_t(found - figures.begin());
}

MeansTable means_of(const ResultsTable& results) {
  std::vector<std::size_t> labels = {results.column("case")};
  const std::vector<std::size_t> axes = places(results.columns, {ColumnRole::axis});
  labels.insert(labels.end(), axes.begin(), axes.end());
  const std::vector<std::size_t> figures = places(results.columns, {ColumnRole::figure, ColumnRole::wall_clock});
  const std::size_t state = results.column("state");
  MeansTable means{at(results.columns, labels), at(results.columns, figures), {}};
  std::vector<std::vector<double>> values(figures.size());
  const auto close_row = [&] {
    for (auto& of_figure : values) {
      means.rows.back().figures.push_back(mean_deviation(of_figure));
      of_figure.clear();
    }
  };
  for (const CellRow& row : results.rows) {
    const std::vector<std::string> its_labels = labels_of(row, labels);
    if (means.rows.empty() || means.rows.back().labels != its_labels) {
      if (!means.rows.empty()) close_row();
      means.rows.push_back({its_labels, 0, {}});
    }
    if (text_of(row[state]) != "done") continue;
    ++means.rows.back().finished;
    for (std::size_t i = 0; i < figures.size(); ++i)
      if (const double value = number_in(row[figures[i]]); !std::isnan(value)) values[i].push_back(value);
  }
  if (!means.rows.empty()) close_row();
  return means;
}

std::string summary_csv(const MeansTable& means) {
  std::string text;
  for (const ViewColumn& label : means.labels) text += csv_field(label.name) + ",";
  text += "seeds";
  for (const ViewColumn& figure : means.figures) text += fmt::format(",{0}_mean,{0}_sd", figure.name);
  text += "\n";
  for (const MeanRow& row : means.rows) {
    for (const std::string& label : row.labels) text += csv_field(label) + ",";
    text += std::to_string(row.finished);
    for (const MeanDeviation& figure : row.figures) text += csv(figure);
    text += "\n";
  }
  return text;
}

std::string summary_table(const MeansTable& all, const std::string& see) {
  MeansTable means = all;
  const auto is_unfinished = [](const MeanRow& row) { return row.finished == 0; };
  means.rows.erase(std::remove_if(means.rows.begin(), means.rows.end(), is_unfinished), means.rows.end());
  const std::size_t unfinished = all.rows.size() - means.rows.size();
  if (means.rows.empty()) return "nothing has finished\n";
  std::vector<TextColumn> columns;
  const std::vector<std::string> headings = short_names(means.labels);
  for (std::size_t i = 0; i < means.labels.size(); ++i) {
    columns.push_back({headings[i], {}, true, means.labels[i].name});
    for (const MeanRow& row : means.rows) columns.back().cells.push_back(row.labels[i]);
  }
  columns.push_back({"seeds", {}, true, "seeds"});
  for (const MeanRow& row : means.rows) columns.back().cells.push_back(std::to_string(row.finished));
  columns.push_back(percent_column(means, "test best %", "test_accuracy_best"));
  columns.push_back(percent_column(means, "test last %", "test_accuracy_last"));
  if (is_known(means, "test_accuracy_rested"))
    columns.push_back(percent_column(means, "rested %", "test_accuracy_rested"));
  columns.push_back(scaled_column(means, "inference", "inference_joule"));
  columns.push_back(scaled_column(means, "inference", "inference_second"));
  columns.push_back(scaled_column(means, "training", "training_wall_second"));
  if (unfinished == 0) return narrow_table(columns, see);
  return narrow_table(columns, see) + fmt::format("not shown: {} without a finished point\n", unfinished);
}

}  // namespace settle
