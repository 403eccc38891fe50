// Runs the points of a sweep, some at a time, each in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/early_stopping.h"
#include "src/sweep/exports.h"
#include "src/sweep/points.h"
#include "src/sweep/sweep_folder.h"

namespace settle {

struct SweepRun {
  std::string program;     // the path of `settle`
  int jobs;                // points at a time
  int threads;             // of each point that does not state run.threads
  bool analyze;            // whether each trained point is analysed too
  bool until_all_is_done;  // whether to wait for what other processes are at, and do it should they end
  EarlyStopping early;
};

/// Claims points of the store and runs them until none is left to claim; keeps the exports up to date. A point that
/// fails does not stop the others. After Ctrl-C the running ones are ended and given back.
void run_points(const SweepRun& run, const SweepFolder& folder, const std::vector<Point>& points, SweepStore& store,
                SweepExports& exports);

}  // namespace settle
