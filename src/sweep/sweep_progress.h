// Progress of a sweep, on standard error: a line for each point that ends and, on a terminal, one that stays below.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "src/sweep/database/sweep_store.h"
#include "src/sweep/points.h"

namespace settle {

class SweepProgress {
 public:
  using Counts = std::map<PointState, std::size_t>;

  /// `total`: all points; `counts`: of each state, by whichever process.
  SweepProgress(std::size_t total, const Counts& counts);
  ~SweepProgress();

  /// A point has ended here; `running` others are running here.
  void ended(const Point& point, const Outcome& outcome, const Counts& counts, std::size_t running);
  /// Another process has taken a point over, since this one was not heard of.
  void lost(const Point& point);
  /// Redraws the line of a terminal, at most twice a second.
  void tick(std::size_t running);

 private:
  std::string state(std::size_t running) const;
  void clear() const;
  std::size_t over() const;

  bool terminal_;
  std::size_t total_, over_before_ = 0;
  Counts counts_;
  std::chrono::steady_clock::time_point start_, drawn_;
};

}  // namespace settle
