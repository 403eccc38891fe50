// The table of a sweep: a row for each point.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/point_result.h"
#include "src/sweep/points.h"

namespace settle {

/// results.csv: a row for each point, in their order; what is not known is empty. The columns of wall clock come last:
/// the others are the same for any number of jobs.
std::string results_csv(const SweepFile& sweep, const std::vector<Point>& points,
                        const std::vector<PointResult>& results);

}  // namespace settle
