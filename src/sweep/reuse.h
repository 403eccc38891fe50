// Taking over from earlier sweeps what they have run already: a sweep that has grown by a value does not begin anew.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "src/sweep/point_result.h"
#include "src/sweep/points.h"
#include "src/sweep/sweep_folder.h"

namespace settle {

/// The settings that decide a run's results, as text: those of equal runs are equal.
std::string identity(Configuration configuration);

class FinishedRuns {
 public:
  /// The runs that the sweeps in these folders have finished; with `analyzed`, only those that they have analysed too.
  /// Throws InputError when a folder is not a sweep's.
  FinishedRuns(const std::vector<std::string>& folders, bool analyzed);

  /// Copies into `folder` the run of every point that `results` does not hold as done and that was run with the same
  /// configuration, run.threads aside, and reads it into `results`. Returns how many. Throws RunError.
  std::size_t take_over(const SweepFolder& folder, const std::vector<Point>& points,
                        std::vector<PointResult>& results) const;

 private:
  void add(const std::filesystem::path& sweep, bool analyzed);

  std::map<std::string, std::filesystem::path> runs_;  // by configuration
};

}  // namespace settle
