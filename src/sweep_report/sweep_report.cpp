#include "src/sweep_report/sweep_report.h"

#include "src/run/run_folder.h"
#include "src/sweep_report/page.h"

namespace settle {

void write_sweep_report(const std::filesystem::path& folder, const std::filesystem::path& html) {
  write_file(html, sweep_page(read_reported_sweep(folder, html)));
}

}  // namespace settle
