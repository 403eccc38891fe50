// Taking over from earlier sweeps what they have run already: a sweep that has grown by a value does not begin anew.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "src/sweep/database/sweep_store.h"
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

  /// Copies into `folder` the run of every waiting point of `store` that was run with the same configuration,
  /// run.threads aside, and records it. Returns how many. Throws RunError.
  std::size_t take_over(const SweepFolder& folder, const std::vector<Point>& points, SweepStore& store) const;

 private:
  struct Run {
    std::filesystem::path folder;
    double seconds;  // wall clock of its processes
  };

  void add(const std::filesystem::path& sweep, bool analyzed);
  void add_run(const Run& run, bool analyzed);

  std::map<std::string, Run> runs_;  // by configuration
};

}  // namespace settle
