#include "src/sweep/early_stopping.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

namespace settle {
namespace {

// What cannot be told is worse than anything that can.
Contender with_known_figures(Contender contender) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!std::isfinite(contender.accuracy)) contender.accuracy = -infinity;
  if (!std::isfinite(contender.cost)) contender.cost = infinity;
  return contender;
}

// Sorted by accuracy, of one or more, the next front is those that are cheaper than all before them, and their equals.
std::vector<Contender> take_front(std::vector<Contender>& sorted) {
  std::vector<Contender> front = {sorted.front()}, rest;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const Contender &each = sorted[i], &last = front.back();
    const bool is_equal = each.accuracy == last.accuracy && each.cost == last.cost;
    (is_equal || each.cost < last.cost ? front : rest).push_back(each);
  }
  sorted = std::move(rest);
  return front;
}

// Members of a front, those first whose neighbours are farthest away (crowding distance: Deb et al. 2002); the ends
// before all others, the accurate one first.
std::vector<std::size_t> by_room(const std::vector<Contender>& front) {
  const std::size_t last = front.size() - 1;
  const auto span = [&](double Contender::*figure) {
    const double whole = std::abs(front.front().*figure - front.back().*figure);
    return whole > 0 && std::isfinite(whole) ? whole : 1;
  };
  const double accuracies = span(&Contender::accuracy), costs = span(&Contender::cost);
  const auto room = [&](std::size_t i) {
    if (i == 0 || i == last) return std::numeric_limits<double>::infinity();
    const double both =
        (front[i - 1].accuracy - front[i + 1].accuracy) / accuracies + (front[i - 1].cost - front[i + 1].cost) / costs;
    return std::isnan(both) ? 0 : both;  // of figures that are not known
  };
  std::vector<std::size_t> order(front.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return room(a) > room(b); });
  return order;
}

}  // namespace

std::vector<std::int64_t> EarlyStopping::stops_from(std::int64_t rung, std::int64_t epochs) const {
  const std::size_t next = std::size_t(rung);
  const std::int64_t from = rung == 0 ? 0 : halving->after_epochs[next - 1],
                     to = next < rungs() ? halving->after_epochs[next] : epochs - 1;
  std::set<std::int64_t> stops;
  for (const Bar& bar : bars) stops.insert(bar.epoch);
  if (next < rungs()) stops.insert(to);
  std::vector<std::int64_t> all;
  for (const std::int64_t stop : stops)
    if (from < stop && stop <= to && stop < epochs) all.push_back(stop);
  return all;
}

bool EarlyStopping::compares_after(std::int64_t rung, std::int64_t epochs) const {
  return std::size_t(rung) < rungs() && halving->after_epochs[std::size_t(rung)] < epochs;
}

std::string EarlyStopping::below_bar(const RunRecord& record, std::int64_t epoch) const {
  const auto accuracy = record.accuracy_after(epoch);
  for (const Bar& bar : bars)
    if (bar.epoch == epoch && accuracy && *accuracy < bar.test_accuracy)
      return fmt::format("{:.2f} % after epoch {}, below {:g} %", 100 * *accuracy, epoch, 100 * bar.test_accuracy);
  return "";
}

std::set<std::size_t> survivors(std::vector<Contender> contenders, double keep) {
  for (Contender& each : contenders) each = with_known_figures(each);
  std::sort(contenders.begin(), contenders.end(), [](const Contender& a, const Contender& b) {
    return std::make_tuple(-a.accuracy, a.cost, a.number) < std::make_tuple(-b.accuracy, b.cost, b.number);
  });
  const std::size_t all = contenders.size(), places = std::min(all, std::size_t(std::ceil(keep * double(all) - 1e-9)));
  std::set<std::size_t> kept;
  while (kept.size() < places) {
    const std::vector<Contender> front = take_front(contenders);
    for (const std::size_t i : by_room(front))
      if (kept.size() < places) kept.insert(front[i].number);
  }
  return kept;
}

}  // namespace settle
