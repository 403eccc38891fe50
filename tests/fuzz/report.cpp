#include "src/report/page.h"
#include "src/report/reported_run.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr const char* files[] = {"summary.json", "metrics.csv", "costs.csv", "config.toml"};

int scripts_in(const std::string& page) {
  int count = 0;
  for (std::size_t at = page.find("<script"); at != page.npos; at = page.find("<script", at + 1)) ++count;
  return count;
}

/// The folder of a run, of which one file at a time is replaced.
class ReportedFolder {
 public:
  ReportedFolder() {
    fs::create_directory(run());
    for (const char* file : files) restore(file);
    scripts_ = scripts_in(page());
  }

  void report_with(const char* file, const std::string& bytes) {
    folder_.write(std::string("run/") + file, bytes);
    accepts("run", [&] {
      if (scripts_in(page()) != scripts_) throw std::logic_error("a script comes out of a file of a run");
    });
    restore(file);
  }

 private:
  fs::path run() const { return folder_.path() / "run"; }
  std::string page() const { return report_page(read_runs({run()})); }
  void restore(const char* file) const {
    fs::copy_file(fs::path(SETTLE_FUZZ_FOLDER) / "run" / file, run() / file, fs::copy_options::overwrite_existing);
  }

  ScratchFolder folder_;
  int scripts_ = 0;
};

}  // namespace

void fuzz_report(const std::string& bytes) {
  static ReportedFolder folder;
  if (bytes.empty()) return;
  folder.report_with(files[static_cast<unsigned char>(bytes[0]) % 4], bytes.substr(1));
}

}  // namespace settle
