#include "src/sweep/reuse.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/chip_spec.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

bool usable(const fs::path& run, bool analyzed) {
  const PointResult result = read_point(run);
  return result.state == PointState::done && !(analyzed && result.stability.empty());
}

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
  std::vector<fs::path> runs;
  for (const auto& entry : fs::directory_iterator(sweep / "points"))
    if (entry.path().extension() != part_of_a_copy) runs.push_back(entry.path());
  std::sort(runs.begin(), runs.end());
  for (const fs::path& run : runs) {
    if (!usable(run, analyzed)) continue;
    try {
      runs_.emplace(identity(read_configuration((run / "config.toml").string(), {})), run);
    } catch (const InputError&) {
      continue;  // of another version of the program, whose keys are gone: no point of this sweep
    }
  }
}

std::size_t FinishedRuns::take_over(const SweepFolder& folder, const std::vector<Point>& points,
                                    std::vector<PointResult>& results) const {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < points.size() && !runs_.empty(); ++i) {
    if (results[i].state == PointState::done) continue;
    const auto run = runs_.find(identity(points[i].configuration));
    if (run == runs_.end()) continue;
    copy_run(run->second, folder.of(points[i]));
    results[i] = read_point(folder.of(points[i]));
    ++taken;
  }
  return taken;
}

}  // namespace settle
