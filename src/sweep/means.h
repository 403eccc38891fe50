// Means over the seeds of a sweep.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/database/results_table.h"

namespace settle {

/// Mean and standard deviation of a sample (n - 1): NaN of none, and of less than two.
struct MeanDeviation {
  double mean, deviation;
};
MeanDeviation mean_deviation(const std::vector<double>& values);

/// The means over the finished points of one case and one combination of the grid.
struct MeanRow {
  std::vector<std::string> labels;  // the case, and the value on each axis
  std::size_t finished = 0;
  std::vector<MeanDeviation> figures;
};

struct MeansTable {
  ViewColumns labels;   // case and axes
  ViewColumns figures;  // all figures, then wall clock
  std::vector<MeanRow> rows;

  /// The place of a figure that there is.
  std::size_t figure(const std::string& name) const;
};

/// The means of all cases and combinations, in the order of the points, which `results` has.
MeansTable means_of(const ResultsTable& results);

/// summary.csv: a row for each case and combination; what is not known is empty. Wall clock comes last.
std::string summary_csv(const MeansTable& means);

/// The headlines for standard output, of what has finished: accuracies in percent, energy, latency, wall clock. `see`
/// is the command that shows more.
std::string summary_table(const MeansTable& means, const std::string& see);

}  // namespace settle
