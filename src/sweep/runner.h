// Runs the points of a sweep, some at a time, each in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/point_result.h"
#include "src/sweep/points.h"
#include "src/sweep/sweep_folder.h"

namespace settle {

struct SweepRun {
  std::string program;  // the path of `settle`
  int jobs;             // points at a time
  int threads;          // of each point that does not state run.threads
};

/// Runs every point that `results` does not hold as done, and keeps `results` and the folder's results.csv and
/// summary.csv up to date, each written whole. A point that fails does not stop the others. After Ctrl-C the running
/// ones are ended; they count as missing.
void run_points(const SweepRun& run, const SweepFile& sweep, const SweepFolder& folder,
                const std::vector<Point>& points, std::vector<PointResult>& results);

}  // namespace settle
