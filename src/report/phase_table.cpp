#include "src/report/phase_table.h"

#include "src/report/html.h"

namespace settle {

std::string phase_table(const ReportedRun& run, const std::string& section, double samples) {
  const nlohmann::json& list = member(run.summary, "phases");
  if (!list.is_array()) return "";
  double all_j = 0;
  for (const auto& phase : list)
    if (member(phase, "section") == section) all_j += number_or_nan(member(phase, "joule"));
  std::vector<std::vector<std::string>> rows;
  for (const auto& phase : list) {
    const nlohmann::json& name = member(phase, "phase");
    if (member(phase, "section") != section || !name.is_string()) continue;
    const double joules = number_or_nan(member(phase, "joule")), seconds = number_or_nan(member(phase, "second"));
    rows.push_back({escape(name.get<std::string>()), share_bar(joules / all_j), joule(joules / samples),
                    second(seconds / samples)});
  }
  if (rows.empty()) return "";
  const std::string per = samples > 1 ? " a sample" : "";
  return table("costs", {{"Phase", false}, {"Share", false}, {"Energy" + per, true}, {"Time" + per, true}}, rows);
}

}  // namespace settle
