// Means over the seeds of a sweep.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/point_result.h"
#include "src/sweep/points.h"

namespace settle {

/// Mean and standard deviation of a sample (n - 1): NaN of none, and of less than two.
struct MeanDeviation {
  double mean, deviation;
};
MeanDeviation mean_deviation(const std::vector<double>& values);

/// The means over the finished points of one case and one combination of the grid. Accuracies are fractions; seconds
/// are wall clock of the training.
struct Mean {
  std::string case_name;
  std::vector<std::string> values;
  std::size_t finished;
  MeanDeviation best, last, seconds;
};

/// The means of all cases and combinations, in the order of the points.
std::vector<Mean> means(const std::vector<Point>& points, const std::vector<PointResult>& results);

/// summary.csv: a row for each case and combination; what is not known is empty.
std::string summary_csv(const SweepFile& sweep, const std::vector<Mean>& means);

/// A table of the means for standard output, accuracies in percent.
std::string summary_table(const SweepFile& sweep, const std::vector<Mean>& means);

}  // namespace settle
