#include "src/report/report.h"

#include "settle/models/error.h"
#include "src/report/page.h"
#include "src/report/reported_run.h"
#include "src/run/run_folder.h"

namespace settle {

void write_report(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& html) {
  if (runs.empty()) throw InputError("settle report: name one or more run folders that `settle train` has written");
  const std::string page = report_page(read_runs(runs));
  write_file(html, page);
}

}  // namespace settle
