#include "src/run/histograms.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <fmt/format.h>

namespace settle {
namespace {

constexpr double most_bins = 48;
constexpr const char* histograms_header = "quantity,where,when,unit,low,high,count\n";

template <class Derived>
void append(const Eigen::DenseBase<Derived>& numbers, std::vector<double>& values) {
  for (Index j = 0; j < numbers.cols(); ++j)
    for (Index i = 0; i < numbers.rows(); ++i) values.push_back(double(numbers(i, j)));
}

Histogram named(Histogram histogram, const std::string& quantity, const std::string& where, const std::string& when,
                const std::string& unit) {
  histogram.quantity = quantity;
  histogram.where = where;
  histogram.when = when;
  histogram.unit = unit;
  return histogram;
}

std::vector<double> weights_of(const Crossbar& array) {
  std::vector<double> values;
  append(array.weights(), values);
  return values;
}

std::vector<double> conductances_of(const Crossbar& array) {
  std::vector<double> values;
  append(array.device_siemens(), values);
  if (array.subtracted() != nullptr) append(array.subtracted_siemens(), values);
  return values;
}

// The rows of an earlier file about the weights before training.
std::string initial_rows(const std::filesystem::path& earlier) {
  std::string rows;
  std::ifstream file(earlier);
  for (std::string line; std::getline(file, line);)
    if (line.find(",initial,") != line.npos) rows += line + "\n";
  return rows;
}

}  // namespace

Histogram histogram_of(const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  Histogram histogram;
  if (low > high) return histogram;
  const double size = std::max({high - low, 1e-6 * std::abs(high), 1e-300});  // one bin where all are alike
  histogram.width = std::exp2(std::ceil(std::log2(size / most_bins)));
  const auto bin = [&](double value) { return std::int64_t(std::floor(value / histogram.width)); };
  histogram.first = double(bin(low)) * histogram.width;
  histogram.counts.assign(std::size_t(bin(high) - bin(low) + 1), 0);
  for (const double value : values)
    if (std::isfinite(value)) ++histogram.counts[std::size_t(bin(value) - bin(low))];
  return histogram;
}

std::vector<Histogram> histograms_of_arrays(Chip& chip, const std::string& when) {
  std::vector<Histogram> all;
  const Graph& graph = chip.design().graph;
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const CrossbarMacro* array = chip.array(k);
    if (array == nullptr) continue;
    const Crossbar& model = array->model();
    all.push_back(named(histogram_of(weights_of(model)), "weight", array->name(), when, ""));
    all.push_back(named(histogram_of(conductances_of(model)), "conductance", array->name(), when, "S"));
  }
  return all;
}

std::vector<Histogram> histograms_of_settling(Chip& chip, const Samples& samples, Index trained) {
  constexpr Index at_once = 8;  // as many as a chip times at a time
  constexpr Index most = 64, trained_for_each_more = 10000;
  const Index timed = std::min(most, at_once * (1 + trained / trained_for_each_more));
  std::vector<double> free_s, clamped_s;
  for (Index first = 0; first < std::min(timed, samples.size()); first += at_once) {
    const Index count = std::min(at_once, samples.size() - first);
    chip.measure_settling(samples.pixels.middleCols(first, count), samples.labels.segment(first, count));
    const SettlingTimes& times = chip.settling_times();
    free_s.insert(free_s.end(), times.free_of_sample_s.begin(), times.free_of_sample_s.end());
    clamped_s.insert(clamped_s.end(), times.clamped_of_sample_s.begin(), times.clamped_of_sample_s.end());
  }
  return {named(histogram_of(free_s), "settling time", "free", "final", "s"),
          named(histogram_of(clamped_s), "settling time", "clamped", "final", "s")};
}

std::string histograms_csv(const std::vector<Histogram>& histograms, const std::filesystem::path& earlier) {
  std::string text = histograms_header + (earlier.empty() ? "" : initial_rows(earlier));
  for (const Histogram& h : histograms)
    for (std::size_t i = 0; i < h.counts.size(); ++i)
      text += fmt::format("{},{},{},{},{:.7g},{:.7g},{}\n", h.quantity, h.where, h.when, h.unit,
                          h.first + double(i) * h.width, h.first + double(i + 1) * h.width, h.counts[i]);
  return text;
}

}  // namespace settle
