// The rows of costs.csv, summed over what a table does not tell apart.
#pragma once

#include <string>
#include <vector>

#include "src/report/reported_run.h"

namespace settle {

struct CostSum {
  std::string name;    // of the action or the component
  std::string source;  // of the figure; empty for a component
  std::string unit;    // of count; empty where counts of different things were summed
  double count = 0;
  Estimate energy_j = {0, 0, 0};  // p5, nominal, p95
};

/// One section of a run ("training", "inference", "programming"), most energy first. The rows of an action hang on the
/// same figures, so that their percentiles add up; those of a component do not, and are NaN.
std::vector<CostSum> cost_by_action(const ReportedRun& run, const std::string& section);
std::vector<CostSum> cost_by_component(const ReportedRun& run, const std::string& section);

double nominal_total(const std::vector<CostSum>& sums);
/// The share of one name in the nominal total; 0 where it does not occur.
double share_of(const std::vector<CostSum>& sums, const std::string& name);

}  // namespace settle
