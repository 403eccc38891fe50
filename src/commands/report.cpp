#include "src/report/report.h"

#include <optional>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/report/page_figures.h"
#include "src/run/file_sums.h"
#include "src/run/run_folder.h"
#include "src/sweep/sweep_folder.h"
#include "src/sweep_report/sweep_report.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

// The sweep among what was named, if there is one; it has a page of its own.
std::optional<fs::path> sweep_in(const std::vector<std::string>& named) {
  for (const std::string& folder : named) {
    if (!SweepFolder::is_one(folder)) continue;
    if (named.size() > 1)
      throw InputError(folder + ": is a sweep, which has a page of its own; name it alone, or name runs such as " +
                       folder + "/points/001");
    return fs::path(folder);
  }
  return std::nullopt;
}

struct ReportArguments {
  std::vector<std::string> named;
  std::string out, png, svg;
};

// A name that was meant for something else, such as a run's config.toml.
void refuse_other_files(const fs::path& page) { refuse_to_replace(page, "a page", "<!DOCTYPE html>"); }

fs::path write_page(const ReportArguments& a) {
  if (const auto sweep = sweep_in(a.named)) {
    const fs::path page = a.out.empty() ? *sweep / "report.html" : fs::path(a.out);
    refuse_other_files(page);
    write_sweep_report(*sweep, page);
    return page;
  }
  std::vector<fs::path> folders;
  for (const std::string& run : a.named) folders.push_back(RunFolder::open(run).path());
  const fs::path page = a.out.empty() ? folders.front() / "report.html" : fs::path(a.out);
  refuse_other_files(page);
  write_report(folders, page);
  for (const auto& folder : folders)
    if (const std::string note = edited_note(folder); !note.empty()) print_notes({note});
  return page;
}

int report(const ReportArguments& a) {
  for (const std::string& folder : {a.png, a.svg})
    if (!folder.empty() && fs::exists(folder) && !fs::is_directory(folder))
      throw InputError(folder + ": is a file; --png and --svg name a folder for figures");
  const fs::path page = write_page(a);
  fmt::print("{}\n", page.string());
  for (const auto& [format, folder] : {std::pair("png", a.png), std::pair("svg", a.svg)})
    if (!folder.empty())
      for (const fs::path& file : write_figures(page, format, folder)) fmt::print("{}\n", file.string());
  return 0;
}

}  // namespace

void add_report(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("report", "write a page about a run, a sweep, or one that compares several runs");
  auto a = std::make_shared<ReportArguments>();
  command->add_option("RUN", a->named, "run folders, or the folder of a sweep")->required();
  command->add_option("--out", a->out, "file to write; default: report.html in the first folder");
  for (const auto& [option, folder] : {std::pair("--png", &a->png), std::pair("--svg", &a->svg)})
    command
        ->add_option(option, *folder,
                     "folder to write every figure to as well, for papers (Chromium draws them); default: none")
        ->type_name("FOLDER");
  add_examples(*command, {{"settle report runs/default-001", "the page of a run, made again"},
                          {"settle report runs/default-001 runs/default-002 --out both.html", "two runs side by side"},
                          {"settle report runs/sweep", "all points of a sweep: what they cost, and what that hangs on"},
                          {"settle report runs/sweep --svg figures", "the same, and its figures as files"}});
  command->callback([a, &status] { status = report(*a); });
}

}  // namespace settle
