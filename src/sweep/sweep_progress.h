// Progress of a sweep, on standard error: a line for each point that ends and, on a terminal, one that stays below.
#pragma once

#include <chrono>
#include <string>

#include "src/sweep/point_result.h"
#include "src/sweep/points.h"

namespace settle {

class SweepProgress {
 public:
  /// `total`: all points; `done`: those that are finished already.
  SweepProgress(std::size_t total, std::size_t done);
  ~SweepProgress();

  void ended(const Point& point, const PointResult& result, std::size_t running);
  /// Redraws the line of a terminal, at most twice a second.
  void tick(std::size_t running);

 private:
  std::string state(std::size_t running) const;
  void clear() const;

  bool terminal_;
  std::size_t total_, done_, failed_ = 0, ended_ = 0, to_run_;
  std::chrono::steady_clock::time_point start_, drawn_;
};

}  // namespace settle
