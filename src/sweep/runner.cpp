#include "src/sweep/runner.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/wait.h>

#include "settle/models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/interrupt.h"
#include "src/run/run_folder.h"
#include "src/sweep/point_process.h"
#include "src/sweep/reuse.h"
#include "src/sweep/sweep_progress.h"
#include "src/text/say.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

struct Step {
  std::vector<std::string> command;
  fs::path log;
  std::optional<std::int64_t> until_epoch = {};  // after which the point is looked at
};

// A point at work: one step of it, and those that follow when that has ended well.
struct Running {
  Running(const Claim& its_claim, std::deque<Step> steps)
      : claim(its_claim),
        step(steps.front()),
        process(std::make_unique<PointProcess>(step.command, step.log)),
        beat(Clock::now()) {
    steps.pop_front();
    rest = std::move(steps);
  }

  bool next() {
    if (rest.empty()) return false;
    claim.trained = claim.trained || !step.until_epoch;  // by this step, or an earlier attempt
    seconds += process->seconds();
    step = rest.front();
    process = std::make_unique<PointProcess>(step.command, step.log);
    rest.pop_front();
    return true;
  }

  Claim claim;
  Step step;
  std::unique_ptr<PointProcess> process;
  std::deque<Step> rest;
  double seconds = 0;  // of the steps that have ended
  Clock::time_point beat;
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

// The process of an earlier attempt is killed with its parent, but not before it: waits until it has gone.
void wait_until_free(const fs::path& of_point) {
  constexpr int most_tries = 1000;
  for (int i = 0; i < most_tries && fs::exists(of_point); ++i) {
    try {
      const FolderClaim claim(of_point, "train");
      return;
    } catch (const FolderTaken&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
}

// By us, or by a scheduler that has told the point's process before us, or while its program was loading.
bool was_asked_to_end(int status) {
  const std::vector<int>& signals = ending_signals();
  if (WIFSIGNALED(status)) return std::find(signals.begin(), signals.end(), WTERMSIG(status)) != signals.end();
  return WEXITSTATUS(status) == exit_interrupted || (interrupt_requested() && status != 0);
}

class Runner {
 public:
  Runner(const SweepRun& run, const SweepFolder& folder, const std::vector<Point>& points, SweepStore& store,
         SweepExports& exports)
      : run_(run),
        folder_(folder),
        points_(points),
        store_(store),
        exports_(exports),
        progress_(points.size(), store.counts()) {}

  void run() {
    exports_.write();
    while (true) {
      while (int(running_.size()) < run_.jobs && !interrupt_requested() && start_next()) {
      }
      if (interrupt_requested()) return stop();
      if (running_.empty() && !others_may_leave_something()) return exports_.write();
      pause();
      collect();
      beat();
      progress_.tick(running_.size());
    }
  }

 private:
  // Where nothing can be claimed, others are asked after again a second later.
  bool start_next() {
    if (Clock::now() < next_try_) return false;
    const auto claim = store_.claim_next();
    if (!claim) {
      next_try_ = Clock::now() + std::chrono::seconds(1);
      return false;
    }
    const fs::path of_point = fs::absolute(folder_.of(points_[claim->point]));  // no option, whatever it is called
    wait_until_free(of_point);
    std::deque<Step> steps;
    if (!(run_.analyze && claim->trained)) steps = training(*claim, of_point);
    if (run_.analyze && !steps_end_in_comparison(*claim))
      steps.push_back({{run_.program, "analyze", "--run", of_point.string(), "--out", (of_point / "analysis").string()},
                       of_point / "log-analysis.txt"});
    running_.emplace_back(*claim, std::move(steps));
    return true;
  }

  bool steps_end_in_comparison(const Claim& claim) const {
    return run_.early.compares_after(claim.rung, points_[claim.point].configuration.run.epochs);
  }

  // Training, in parts where the point is looked at on its way.
  std::deque<Step> training(const Claim& claim, const fs::path& of_point) const {
    std::deque<Step> steps = {first_training(claim.point, of_point)};
    const auto go_on = [&] {
      steps.push_back({{run_.program, "train", "--resume", of_point.string()}, of_point / "log.txt"});
    };
    for (const std::int64_t epoch : run_.early.stops_from(claim.rung, points_[claim.point].configuration.run.epochs)) {
      if (steps.back().until_epoch) go_on();
      steps.back().until_epoch = epoch;
      for (const std::string& word : {std::string("--until-epoch"), std::to_string(epoch)})
        steps.back().command.push_back(word);
    }
    if (steps.back().until_epoch && !steps_end_in_comparison(claim)) go_on();
    return steps;
  }

  // It goes on from the checkpoint of an earlier attempt, or removes what that has left; the
  // point's own configuration is what runs.
  Step first_training(std::size_t i, const fs::path& of_point) const {
    const fs::path file = of_point / "config.toml";
    if (can_go_on(of_point, points_[i].configuration))
      return {{run_.program, "train", "--resume", of_point.string()}, of_point / "log.txt"};
    std::error_code ignored;  // making it says what is wrong
    fs::remove_all(of_point, ignored);
    make_folder(of_point);
    Configuration configuration = points_[i].configuration;
    if (configuration.run.threads == 0) configuration.run.threads = run_.threads;
    write_file(file, resolved_configuration(configuration));
    return {{run_.program, "train", file.string(), "--out", of_point.string()}, of_point / "log.txt"};
  }

  // Whether points that other processes run may have to be done here yet.
  bool others_may_leave_something() {
    const auto counts = store_.chosen_counts();
    const auto of = [&](PointState state) { return counts.count(state) > 0 ? counts.at(state) : 0; };
    if (of(PointState::waiting) + of(PointState::cut_off) > 0) return true;
    if (of(PointState::paused) > 0 && of(PointState::running) == 0) return true;  // claiming compares them
    const bool wait = of(PointState::running) > 0 && (run_.until_all_is_done || store_.others_are_silent());
    if (wait && !told_to_wait_) {
      say("waiting for {} points of {}\n", of(PointState::running), fmt::join(store_.others_at_work(), ", "));
      told_to_wait_ = true;
    }
    return wait;
  }

  // Until a point or an interrupt ends it, or it is time to look at the clock.
  void pause() const {
    constexpr int look_ms = 250, look_often_ms = 10;
    std::vector<pollfd> ends;
    int timeout_ms = look_ms;
    for (const Running& each : running_) {
      ends.push_back({each.process->descriptor(), POLLIN, 0});
      if (each.process->descriptor() < 0) timeout_ms = look_often_ms;
    }
    ::poll(ends.data(), ends.size(), timeout_ms);
  }

  void collect() {
    for (auto each = running_.begin(); each != running_.end();) {
      const auto status = each->process->ended();
      const std::optional<Outcome> early = status && *status == 0 ? early_end(*each) : std::nullopt;
      if (!status || (*status == 0 && !early && each->next())) {
        ++each;
        continue;
      }
      const Running ended = std::move(*each);
      running_.erase(each++);
      if (early)
        record(ended, *early);
      else
        finish(ended, *status);
    }
  }

  // How a point ends whose step has ended well, where it does not go on now.
  std::optional<Outcome> early_end(const Running& running) const {
    if (!running.step.until_epoch) return {};
    Outcome outcome;
    outcome.record = read_run_record(folder_.of(points_[running.claim.point]));
    outcome.message = run_.early.below_bar(outcome.record, *running.step.until_epoch);
    if (outcome.message.empty() && !running.rest.empty()) return {};
    outcome.state = outcome.message.empty() ? PointState::paused : PointState::stopped;
    outcome.wall_seconds = running.seconds + running.process->seconds();
    return outcome;
  }

  void record(const Running& ended, const Outcome& outcome) {
    next_try_ = {};  // there may be something to claim now
    const Point& point = points_[ended.claim.point];
    if (!store_.finish(ended.claim, outcome)) return progress_.lost(point);
    exports_.update();
    progress_.ended(point, outcome, store_.counts(), running_.size());
  }

  void finish(const Running& ended, int status) {
    if (was_asked_to_end(status)) return store_.give_back(ended.claim, "interrupted");
    const Point& point = points_[ended.claim.point];
    Outcome outcome;
    outcome.state = status == 0 ? PointState::done : PointState::failed;
    outcome.trained = ended.claim.trained || status == 0;
    outcome.wall_seconds = ended.seconds + ended.process->seconds();
    if (status == 0) outcome.record = read_run_record(folder_.of(point));
    if (status == 0 && !outcome.record.finished) {
      outcome.state = PointState::failed;
      outcome.message = "has left no summary.json";
    }
    if (status != 0) outcome.message = reason(status, ended.step.log);
    record(ended, outcome);
  }

  // Says that we are alive, and ends what another process has taken over because it could not know.
  void beat() {
    const auto now = Clock::now();
    for (auto each = running_.begin(); each != running_.end();) {
      if (std::chrono::duration<double>(now - each->beat).count() < store_.beat_seconds()) {
        ++each;
        continue;
      }
      each->beat = now;
      if (store_.beat(each->claim)) {
        ++each;
      } else {
        progress_.lost(points_[each->claim.point]);
        running_.erase(each++);
      }
    }
  }

  // Ends the points that run. One that ended well by itself meanwhile counts.
  void stop() {
    for (const Running& each : running_) each.process->interrupt();
    for (Running& each : running_) {
      std::optional<int> status;
      while (!(status = each.process->ended())) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (*status == 0 && each.rest.empty() && !each.step.until_epoch)
        finish(each, 0);
      else
        store_.give_back(each.claim, "interrupted");
    }
    running_.clear();
    exports_.write();
  }

  const SweepRun& run_;
  const SweepFolder& folder_;
  const std::vector<Point>& points_;
  SweepStore& store_;
  SweepExports& exports_;
  std::list<Running> running_;
  Clock::time_point next_try_ = {};
  bool told_to_wait_ = false;
  SweepProgress progress_;
};

}  // namespace

void run_points(const SweepRun& run, const SweepFolder& folder, const std::vector<Point>& points, SweepStore& store,
                SweepExports& exports) {
  Runner(run, folder, points, store, exports).run();
}

}  // namespace settle
