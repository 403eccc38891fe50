#include "settle/models/device/step_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace settle {
namespace {

constexpr double tolerance = 0.005;  // of a step, by which a line may be off where it is still taken
constexpr double everywhere = 1e30;  // further than any state
constexpr double most_reach_per_range = 128;
constexpr int fewest = 256, most = 4096;  // buckets; the most take 16 KiB

std::vector<double> states_of_both(const StepTable& table) {
  std::vector<double> states = table.up.state;
  states.insert(states.end(), table.down.state.begin(), table.down.state.end());
  std::sort(states.begin(), states.end());
  // floats that are equal would be a piece without a width
  const auto same = [](double a, double b) { return float(a) == float(b); };
  states.erase(std::unique(states.begin(), states.end(), same), states.end());
  return states;
}

// A column over the pieces: its value at their first states (of the first piece: at its end), and its slopes.
struct Lines {
  std::vector<double> value, slope;
};

Lines lines(const std::vector<double>& states, const std::vector<double>& of, const std::vector<double>& values) {
  Lines l;
  const auto at = [&](double state) { return interpolate(of, values, state); };
  l.value.push_back(at(states.front()));
  l.slope.push_back(0);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const bool last = i + 1 == states.size();
    l.value.push_back(at(states[i]));
    l.slope.push_back(last ? 0 : (at(states[i + 1]) - at(states[i])) / (states[i + 1] - states[i]));
  }
  return l;
}

class Builder {
 public:
  Builder(const StepTable& table, double dw_min) : states_(states_of_both(table)), dw_min_(dw_min) {
    for (const MeasuredSteps* steps : {&table.up, &table.down}) {
      columns_.push_back(lines(states_, steps->state, steps->mean));
      columns_.push_back(lines(states_, steps->state, steps->deviation));
    }
  }

  StepGrid build() const {
    StepGrid grid;
    fill_buckets(grid);
    const std::size_t pieces = states_.size() + 1, padded = pieces + 2 * std::size_t(grid.first_stride);
    grid.stride = int(padded);
    grid.most_reach = float((states_.back() - states_.front()) / most_reach_per_range);
    grid.values.assign(std::size_t(StepGrid::columns) * padded, std::numeric_limits<float>::infinity());
    for (std::size_t i = 0; i < pieces; ++i) {
      const auto put = [&](int column, double value) { grid.values[std::size_t(column) * padded + i] = float(value); };
      const double start = i == 0 ? -everywhere : states_[i - 1], end = i + 1 == pieces ? everywhere : states_[i];
      const double low = i == 0 ? start : start - overhang(i, i - 1, i - 1),
                   high = i + 1 == pieces ? end : end + overhang(i, i + 1, i);
      put(StepGrid::start, start);
      put(StepGrid::low, low);
      put(StepGrid::high, high);
      const double anchor = i == 0 ? states_.front() : states_[i - 1];
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const double unit = c % 2 == 0 ? dw_min_ : 1, slope = columns_[c].slope[i];
        const double at_low = columns_[c].value[i] + (slope == 0 ? 0 : slope * (low - anchor));
        put(StepGrid::columns_up + 2 * int(c), at_low / unit);
        put(StepGrid::columns_up + 2 * int(c) + 1, slope / unit);
      }
    }
    return grid;
  }

 private:
  double width(std::size_t piece) const {
    return piece == 0 || piece == states_.size() ? states_.back() - states_.front()
                                                 : states_[piece] - states_[piece - 1];
  }

  // How far the lines of `piece` hold beyond its end at states_[end], in the piece `next` to it.
  double overhang(std::size_t piece, std::size_t next, std::size_t end) const {
    double reach = width(next);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double bend = std::abs(columns_[c].slope[next] - columns_[c].slope[piece]);
      const std::size_t polarity = c / 2 * 2;
      const double size = std::abs(columns_[polarity].value[end + 1]) + columns_[polarity + 1].value[end + 1];
      if (bend > 0) reach = std::min(reach, tolerance * size / bend);
    }
    return reach;
  }

  void fill_buckets(StepGrid& grid) const {
    const double range = states_.back() - states_.front();
    double gap = range;
    for (std::size_t i = 1; i < states_.size(); ++i) gap = std::min(gap, states_[i] - states_[i - 1]);
    int count = fewest;
    while (count < most && count * gap < range) count *= 2;
    grid.buckets_start = float(states_.front());
    grid.buckets_per_state = float(count / range);
    std::int32_t crowd = 0;
    const auto piece_at = [&](int bucket) {
      const double state = states_.front() + bucket * (range / count);
      return std::int32_t(std::upper_bound(states_.begin(), states_.end(), state) - states_.begin());
    };
    for (int b = 0; b < count; ++b) {
      // A state below all others is in the first bucket, too, and one above all others in the last one.
      const std::int32_t first = b == 0 ? 0 : piece_at(b),
                         last = b + 1 == count ? std::int32_t(states_.size()) : piece_at(b + 1);
      grid.buckets.push_back(first);
      crowd = std::max(crowd, last - first);
    }
    grid.first_stride = 1;
    while (2 * grid.first_stride - 1 < crowd) grid.first_stride *= 2;
  }

  std::vector<double> states_;
  double dw_min_;
  std::vector<Lines> columns_;  // mean and deviation, up and then down
};

}  // namespace

StepGrid step_grid(const StepTable& table, double dw_min) {
  check(table);
  if (dw_min <= 0) throw std::logic_error("step_grid: a table needs its mean step, dw_min");
  return Builder(table, dw_min).build();
}

}  // namespace settle
