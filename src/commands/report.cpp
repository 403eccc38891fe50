#include "src/report/report.h"

#include <fmt/format.h>

#include "src/commands/commands.h"
#include "src/run/file_sums.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

int report(const std::vector<std::string>& runs, const std::string& out) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& run : runs) folders.push_back(RunFolder::open(run).path());
  const std::filesystem::path page = out.empty() ? folders.front() / "report.html" : std::filesystem::path(out);
  write_report(folders, page);
  for (const auto& folder : folders)
    if (const std::string note = edited_note(folder); !note.empty()) print_notes({note});
  fmt::print("{}\n", page.string());
  return 0;
}

}  // namespace

void add_report(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("report", "write a page about a run, or one that compares several");
  auto runs = std::make_shared<std::vector<std::string>>();
  auto out = std::make_shared<std::string>();
  command->add_option("RUN", *runs, "run folders")->required();
  command->add_option("--out", *out, "file to write; default: report.html in the first run's folder");
  add_examples(*command,
               {{"settle report runs/default-001", "the page of a run, made again"},
                {"settle report runs/default-001 runs/default-002 --out both.html", "two runs side by side"}});
  command->callback([runs, out, &status] { status = report(*runs, *out); });
}

}  // namespace settle
