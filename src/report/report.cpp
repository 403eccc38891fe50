#include "src/report/report.h"

#include <fstream>

#include "models/error.h"
#include "src/report/page.h"
#include "src/report/reported_run.h"

namespace settle {

void write_report(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& html) {
  if (runs.empty()) throw InputError("settle report: name one or more run folders that `settle train` has written");
  const std::string page = report_page(read_runs(runs), SETTLE_CHART_JS);
  std::ofstream file(html, std::ios::binary);
  file << page;
  file.close();
  if (!file) throw RunError(html.string() + ": cannot be written; check that its folder exists and the disk has room");
}

}  // namespace settle
