#include "src/sweep/reuse.h"

#include <algorithm>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/chip_spec.h"
#include "src/sweep/earlier_result.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

constexpr const char* part_of_a_copy = ".part";  // left by a copy that was cut off

// Copies a run, whole or not at all.
void copy_run(const fs::path& from, const fs::path& to) {
  try {
    const fs::path part = to.string() + part_of_a_copy;
    fs::remove_all(part);
    fs::copy(from, part, fs::copy_options::recursive);
    fs::remove_all(to);
    fs::rename(part, to);
  } catch (const fs::filesystem_error& error) {
    throw RunError(fmt::format("{}: cannot be copied from {}: {}", to.string(), from.string(), error.code().message()));
  }
}

// The run folders of a sweep's finished points, with the wall clock of their processes, in the order of the points.
std::vector<std::pair<fs::path, double>> finished_points(const fs::path& sweep) {
  std::vector<std::pair<fs::path, double>> runs;
  if (fs::exists(sweep / SweepStore::file_name)) {
    for (const FinishedPoint& point : read_finished_points(sweep)) runs.emplace_back(point.folder, point.wall_seconds);
    return runs;
  }
  for (const auto& entry : fs::directory_iterator(sweep / "points")) {
    if (entry.path().extension() == part_of_a_copy) continue;
    if (const EarlierResult result = read_earlier_result(entry.path()); result.done)
      runs.emplace_back(entry.path(), result.seconds);
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace

std::string identity(Configuration configuration) {
  configuration.run.threads = 0;
  configuration.run.checkpoint_minutes = 0;
  return resolved_configuration(with_absolute_paths(configuration));
}

FinishedRuns::FinishedRuns(const std::vector<std::string>& folders, bool analyzed) {
  for (const std::string& folder : folders) add(folder, analyzed);
}

void FinishedRuns::add(const fs::path& sweep, bool analyzed) {
  if (!SweepFolder::is_one(sweep))
    throw InputError(fmt::format("--reuse {}: not a folder that `settle sweep` has written", sweep.string()));
  for (const auto& [run, seconds] : finished_points(sweep)) add_run({run, seconds}, analyzed);
}

void FinishedRuns::add_run(const Run& run, bool analyzed) {
  const RunRecord record = read_run_record(run.folder);
  if (!record.finished || (analyzed && !record.analyzed)) return;
  try {
    const Configuration configuration = read_configuration((run.folder / "config.toml").string(), {});
    if (record.epochs == configuration.run.epochs) runs_.emplace(identity(configuration), run);  // it may have got more
  } catch (const InputError&) {
    // of another version of the program, whose keys are gone: no point of this sweep
  }
}

std::size_t FinishedRuns::take_over(const SweepFolder& folder, const std::vector<Point>& points,
                                    SweepStore& store) const {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < points.size() && !runs_.empty(); ++i) {
    const auto run = runs_.find(identity(points[i].configuration));
    if (run == runs_.end()) continue;
    const auto claim = store.claim(i);
    if (!claim) continue;  // it is done, or another process is at it
    copy_run(run->second.folder, folder.of(points[i]));
    Outcome outcome;
    outcome.wall_seconds = run->second.seconds;
    outcome.trained = true;
    outcome.record = read_run_record(folder.of(points[i]));
    if (store.finish(*claim, outcome)) ++taken;
  }
  return taken;
}

}  // namespace settle
