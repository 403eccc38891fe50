#include "src/sweep/runner.h"

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <thread>

#include "models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/interrupt.h"
#include "src/run/run_folder.h"
#include "src/sweep/means.h"
#include "src/sweep/point_process.h"
#include "src/sweep/results.h"
#include "src/sweep/reuse.h"
#include "src/sweep/sweep_progress.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

struct Step {
  std::vector<std::string> command;
  fs::path log;
};

// A point at work: one step of it, and those that follow when that has ended well.
struct Running {
  Running(std::size_t p, bool is_trained, std::deque<Step> steps)
      : point(p),
        trained(is_trained),
        log(steps.front().log),
        process(std::make_unique<PointProcess>(steps.front().command, log)) {
    steps.pop_front();
    rest = std::move(steps);
  }

  bool next() {
    if (rest.empty()) return false;
    trained = true;  // the first step, or an earlier attempt
    seconds += process->seconds();
    log = rest.front().log;
    process = std::make_unique<PointProcess>(rest.front().command, log);
    rest.pop_front();
    return true;
  }

  std::size_t point;
  bool trained;
  fs::path log;
  std::unique_ptr<PointProcess> process;
  std::deque<Step> rest;
  double seconds = 0;  // of the steps that have ended
};

// Whether an earlier attempt has left a checkpoint of this very configuration, whatever number of threads it had.
bool can_go_on(const fs::path& of_point, const Configuration& configuration) {
  if (!fs::exists(of_point / "checkpoint.h5") || !fs::exists(of_point / "config.toml")) return false;
  try {
    return identity(read_configuration((of_point / "config.toml").string(), {})) == identity(configuration);
  } catch (const InputError&) {
    return false;  // it was being written
  }
}

void write_tables(const SweepFile& sweep, const SweepFolder& folder, const std::vector<Point>& points,
                  const std::vector<PointResult>& results) {
  write_file(folder.file("results.csv"), results_csv(sweep, points, results));
  write_file(folder.file("summary.csv"), summary_csv(sweep, means(points, results)));
}

class Runner {
 public:
  Runner(const SweepRun& run, const SweepFile& sweep, const SweepFolder& folder, const std::vector<Point>& points,
         std::vector<PointResult>& results)
      : run_(run),
        sweep_(sweep),
        folder_(folder),
        points_(points),
        results_(results),
        waiting_(unfinished(results)),
        progress_(points.size(), points.size() - waiting_.size()) {}

  void run() {
    for (const std::size_t i : waiting_) {
      trained_[i] = sweep_.analyze && results_[i].trained;  // its analysis alone has failed
      results_[i] = PointResult{};                          // an earlier failure no longer counts
    }
    write_tables(sweep_, folder_, points_, results_);
    while (!waiting_.empty() || !running_.empty()) {
      while (!waiting_.empty() && int(running_.size()) < run_.jobs && !interrupt_requested()) start_next();
      if (interrupt_requested()) return stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      collect();
      progress_.tick(running_.size());
    }
  }

 private:
  static std::deque<std::size_t> unfinished(const std::vector<PointResult>& results) {
    std::deque<std::size_t> all;
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i].state != PointState::done) all.push_back(i);
    return all;
  }

  void start_next() {
    const std::size_t i = waiting_.front();
    waiting_.pop_front();
    const fs::path of_point = folder_.of(points_[i]);
    std::deque<Step> steps;
    if (!trained_[i]) steps.push_back(training(i, of_point));
    if (sweep_.analyze)
      steps.push_back({{run_.program, "analyze", "--run", of_point.string(), "--out", (of_point / "analysis").string()},
                       of_point / "log-analysis.txt"});
    running_.emplace_back(i, trained_[i], std::move(steps));
  }

  // The step that trains. It goes on from the checkpoint of an earlier attempt, or removes what that has left; the
  // point's own configuration is what runs.
  Step training(std::size_t i, const fs::path& of_point) const {
    std::error_code ignored;  // making it says what is wrong
    const fs::path file = of_point / "config.toml";
    if (can_go_on(of_point, points_[i].configuration)) {
      fs::remove(of_point / "point.json", ignored);
      return {{run_.program, "train", "--resume", of_point.string()}, of_point / "log.txt"};
    }
    fs::remove_all(of_point, ignored);
    make_folder(of_point);
    Configuration configuration = points_[i].configuration;
    if (configuration.run.threads == 0) configuration.run.threads = run_.threads;
    write_file(file, resolved_configuration(configuration));
    return {{run_.program, "train", file.string(), "--out", of_point.string()}, of_point / "log.txt"};
  }

  void collect() {
    for (auto each = running_.begin(); each != running_.end();) {
      const auto status = each->process->ended();
      if (!status || (*status == 0 && each->next())) {
        ++each;
        continue;
      }
      const Running ended = std::move(*each);
      running_.erase(each++);
      finish(ended, *status);
    }
  }

  void finish(const Running& ended, int status) {
    const std::size_t i = ended.point;
    PointResult result;
    result.trained = ended.trained || status == 0;
    result.seconds = ended.seconds + ended.process->seconds();
    if (status != 0) result.error = reason(status, ended.log);
    write_point(folder_.of(points_[i]), result);
    results_[i] = read_point(folder_.of(points_[i]));
    write_tables(sweep_, folder_, points_, results_);
    progress_.ended(points_[i], results_[i], running_.size());
  }

  // Ends the points that run. One that ended well by itself meanwhile counts.
  void stop() {
    for (const Running& each : running_) each.process->interrupt();
    for (Running& each : running_) {
      std::optional<int> status;
      while (!(status = each.process->ended())) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (*status == 0 && each.rest.empty()) finish(each, 0);
    }
    running_.clear();
  }

  const SweepRun& run_;
  const SweepFile& sweep_;
  const SweepFolder& folder_;
  const std::vector<Point>& points_;
  std::vector<PointResult>& results_;
  std::deque<std::size_t> waiting_;
  std::vector<bool> trained_ = std::vector<bool>(results_.size(), false);  // by an earlier attempt
  std::list<Running> running_;
  SweepProgress progress_;
};

}  // namespace

void run_points(const SweepRun& run, const SweepFile& sweep, const SweepFolder& folder,
                const std::vector<Point>& points, std::vector<PointResult>& results) {
  Runner(run, sweep, folder, points, results).run();
}

}  // namespace settle
