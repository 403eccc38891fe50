#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "models/error.h"
#include "models/numeric/parallel.h"
#include "src/commands/commands.h"
#include "src/data/dataset.h"
#include "src/run/interrupt.h"
#include "src/run/run_folder.h"
#include "src/sweep/means.h"
#include "src/sweep/reuse.h"
#include "src/sweep/runner.h"

namespace settle {
namespace {

struct SweepArguments {
  std::string path, out;
  std::vector<std::string> reuse;
  int jobs = 0;  // one for each core
  bool resume = false;
};

// Every data set is there and whole, before hours are spent on the first one.
void check_data(const std::vector<Point>& points) {
  std::set<std::tuple<std::string, std::string, std::int64_t, std::int64_t>> checked;
  for (const Point& point : points) {
    const DataSpec& data = point.configuration.data;
    if (!checked.insert({data.name, data.path, data.train_limit, data.test_limit}).second) continue;
    try {
      load_dataset(data);
    } catch (const InputError& error) {
      throw InputError(fmt::format("{} (point: {})", error.what(), point.title));
    }
  }
}

std::size_t count(const std::vector<PointResult>& results, PointState state) {
  return std::size_t(
      std::count_if(results.begin(), results.end(), [&](const PointResult& r) { return r.state == state; }));
}

void list_failures(const SweepFolder& folder, const std::vector<Point>& points,
                   const std::vector<PointResult>& results) {
  for (std::size_t i = 0; i < points.size(); ++i)
    if (results[i].state == PointState::failed)
      fmt::print(stderr, "settle: point {} ({}) failed: {}; see {}\n", points[i].id, points[i].title, results[i].error,
                 (folder.of(points[i]) / "log.txt").string());
}

int sweep(const SweepArguments& a) {
  const SweepFile file = read_sweep(a.path);
  std::vector<std::string> notes;
  const std::vector<Point> points = expand(file, &notes);
  print_notes(notes);
  check_data(points);
  const std::string out = a.out.empty() ? "runs/" + name_after(a.path) : a.out;
  const FinishedRuns earlier(a.reuse, file.analyze);
  const SweepFolder folder(out, fingerprint(file), a.resume);
  std::vector<PointResult> results;
  for (const Point& point : points) results.push_back(read_point(folder.of(point)));
  if (const std::size_t taken = earlier.take_over(folder, points, results); !a.reuse.empty())
    fmt::print(stderr, "{}: {} points taken over from {}\n", a.path, taken, fmt::join(a.reuse, ", "));
  const std::size_t done = count(results, PointState::done);

  const int cores = threads_for(0), most = std::max(1, int(points.size() - done));
  const int jobs = std::min(threads_for(a.jobs), most), threads = std::max(1, cores / jobs);
  watch_for_interrupt();
  fmt::print(stderr, "{}: {} points, {} done already; {} at a time with {} thread{} each, writing to {}\n", a.path,
             points.size(), done, jobs, threads, threads == 1 ? "" : "s", folder.path().string());
  run_points({own_path(), jobs, threads}, file, folder, points, results);

  fmt::print("\n{}\nresults   {}\nmeans     {}\n", summary_table(file, means(points, results)),
             folder.file("results.csv").string(), folder.file("summary.csv").string());
  list_failures(folder, points, results);
  if (count(results, PointState::missing) > 0) {
    fmt::print(stderr, "settle: interrupted after {} of {} points; the same command goes on from there\n",
               count(results, PointState::done), points.size());
    return exit_interrupted;
  }
  return count(results, PointState::failed) > 0 ? exit_failed : 0;
}

}  // namespace

void add_sweep(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("sweep", "train every point of a grid of configurations, several at a time");
  auto a = std::make_shared<SweepArguments>();
  command->add_option("SWEEP", a->path, "TOML file: a base configuration, a grid, cases, seeds (docs/sweeps.md)")
      ->required();
  command->add_option("--jobs", a->jobs, "points at a time; default: one for each core")->check(CLI::Range(1, 4096));
  command->add_flag("--resume", a->resume, "go on with a sweep that must be there; without it, go on or begin");
  command->add_option("--out", a->out, "folder to write to, or to go on in; default: runs/NAME");
  command->add_option("--reuse", a->reuse, "folder of another sweep: takes over what it has run with the same settings")
      ->type_name("FOLDER");
  command->callback([a, &status] { status = sweep(*a); });
}

}  // namespace settle
