#include "src/report/cost_sums.h"

#include <algorithm>
#include <limits>

namespace settle {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

CostSum& sum_named(std::vector<CostSum>& sums, const std::string& name) {
  const auto found = std::find_if(sums.begin(), sums.end(), [&](const CostSum& sum) { return sum.name == name; });
  if (found != sums.end()) return *found;
  sums.push_back({name, "", "", 0, {0, 0, 0}});
  return sums.back();
}

void most_energy_first(std::vector<CostSum>& sums) {
  std::stable_sort(sums.begin(), sums.end(),
                   [](const CostSum& a, const CostSum& b) { return a.energy_j[1] > b.energy_j[1]; });
}

}  // namespace

std::vector<CostSum> cost_by_action(const ReportedRun& run, const std::string& section) {
  std::vector<CostSum> sums;
  for (const CostRow& row : run.costs) {
    if (row.section != section) continue;
    CostSum& sum = sum_named(sums, row.action);
    sum.source = row.source;
    sum.unit = row.unit;
    sum.count += row.count;
    sum.energy_j = sum.energy_j + row.energy_j;
  }
  most_energy_first(sums);
  return sums;
}

std::vector<CostSum> cost_by_component(const ReportedRun& run, const std::string& section) {
  std::vector<CostSum> sums;
  for (const CostRow& row : run.costs) {
    if (row.section != section) continue;
    CostSum& sum = sum_named(sums, row.component);
    sum.energy_j = {unknown, sum.energy_j[1] + row.energy_j[1], unknown};
  }
  most_energy_first(sums);
  return sums;
}

double nominal_total(const std::vector<CostSum>& sums) {
  double total = 0;
  for (const CostSum& sum : sums) total += sum.energy_j[1];
  return total;
}

double share_of(const std::vector<CostSum>& sums, const std::string& name) {
  const double total = nominal_total(sums);
  for (const CostSum& sum : sums) {
    if (sum.name == name && total > 0) return sum.energy_j[1] / total;
  }
  return 0;
}

}  // namespace settle
