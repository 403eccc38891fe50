// A sweep whose points are run by workers that a scheduler starts: submits them, follows them in the database, starts
// more when they have ended with points left, and cancels them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/sweep/cluster/scheduler.h"
#include "src/sweep/exports.h"

namespace settle {

struct ClusterRun {
  Scheduler scheduler;
  std::vector<std::string> worker;  // the command of one: settle sweep SWEEP --worker --out FOLDER
  int tasks = 1, cpus = 1;          // of a submission, at most; of each task
  bool more_follows = false;        // another call, for points that are not known yet
  double poll_s = 2;                // between two looks
};

/// Returns when all `chosen` points (indices in order) are done, failed or stopped, or when an interrupt was asked for
/// and the workers have given back what they had. Goes on with a job of the same folder that is still known to the
/// scheduler. Throws InputError when nothing can be submitted, and RunError when job after job ends without finishing a
/// point.
void run_on_cluster(const ClusterRun& run, const std::filesystem::path& folder, const std::vector<std::size_t>& chosen,
                    SweepStore& store, SweepExports& exports);

}  // namespace settle
