#include "src/sweep/cluster/follow.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <initializer_list>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "settle/models/error.h"
#include "src/run/interrupt.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/text/say.h"

namespace settle {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int most_fruitless_jobs = 5;      // in a row that have finished no point
constexpr double longest_farewell_s = 180;  // for workers to save and to give back

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Cluster {
 public:
  Cluster(const ClusterRun& run, const fs::path& folder, const std::vector<std::size_t>& chosen, SweepStore& store,
          SweepExports& exports)
      : run_(run), folder_(fs::absolute(folder) / "cluster"), chosen_(chosen), store_(store), exports_(exports) {
    make_folder(folder_);
  }

  void follow() {
    id_ = job_of_before();
    std::size_t over = progress();
    int fruitless = 0;
    while (count_over() < chosen_.size()) {
      if (interrupt_requested()) return cancel();
      store_.release_lost();
      if (id_.empty() && anything_waits()) {
        fruitless = progress() != over ? 0 : fruitless + 1;
        if (fruitless > most_fruitless_jobs)
          throw RunError(fmt::format("{} jobs in a row have finished no point; see their output in {}",
                                     most_fruitless_jobs, folder_.string()));
        over = progress();
        submit();
      }
      pause();
      tell();
      if (!id_.empty() && !is_alive()) id_.clear();
    }
    exports_.write();
    if (!run_.more_follows) forget();  // its workers may be at what follows
  }

 private:
  std::string with_job(const std::string& pattern, const char* option) const {
    return filled(pattern, {{"id", shell_word(id_)}}, option);
  }

  // Of the chosen points, those in these states.
  std::size_t count(std::initializer_list<PointState> states) {
    const auto counts = store_.chosen_counts();
    std::size_t sum = 0;
    for (const PointState state : states) sum += counts.count(state) > 0 ? counts.at(state) : 0;
    return sum;
  }
  std::size_t count_over() { return count({PointState::done, PointState::failed, PointState::stopped}); }
  // What changes when a point is over, or has come to a comparison.
  std::size_t progress() { return 2 * count_over() + count({PointState::paused}); }
  bool anything_waits() { return count({PointState::waiting, PointState::cut_off, PointState::paused}) > 0; }
  bool anything_runs() { return count({PointState::running}) > 0; }

  // The job that an earlier process of ours has submitted, if the scheduler still knows it.
  std::string job_of_before() {
    std::ifstream file(folder_ / "job.json");
    const auto job = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (!job.is_object() || job.value("scheduler", "") != run_.scheduler.name) return "";
    id_ = job.value("id", "");
    if (id_.empty() || run_.scheduler.alive.empty() || !is_alive()) return "";
    say("going on with job {}\n", id_);
    return id_;
  }

  void submit() {
    const int left = int(chosen_.size() - count_over());
    const fs::path script = folder_ / "worker.sh";
    std::string text = "#!/bin/sh\n# A worker of a sweep, made by settle sweep --executor.\ncd " +
                       shell_word(fs::current_path().string()) + "\nexport SETTLE_CORES=" + std::to_string(run_.cpus) +
                       "  # where the scheduler does not tell\nexec";
    for (const std::string& word : run_.worker) text += " " + shell_word(word);
    write_file(script, text + "\n");
    fs::permissions(script, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    const int tasks = std::min(run_.tasks, left);
    const std::string command = filled(run_.scheduler.submit,
                                       {{"script", shell_path(script)},
                                        {"tasks", std::to_string(tasks)},
                                        {"cpus", std::to_string(run_.cpus)},
                                        {"log", shell_path(folder_)}},
                                       "--submit");
    const Shell said = run_shell(command);
    const std::string refusal = fmt::format("{} has refused the workers (status {}): {}; the command was: {}",
                                            run_.scheduler.name, said.status, said_text(said), command);
    if (said.status != 0 && any_submitted_) throw RunError(refusal + "; the same command goes on");
    if (said.status != 0) throw InputError(refusal);
    any_submitted_ = true;
    id_ = said.output.substr(0, said.output.find_first_of(" ;\n\t"));  // sbatch prints ID or ID;CLUSTER
    submitted_ = Clock::now();
    write_file(folder_ / "job.json", nlohmann::json{{"scheduler", run_.scheduler.name}, {"id", id_}}.dump(2) + "\n");
    say("submitted job {}: {} worker{} of {} core{}\n", id_.empty() ? "(without a name)" : id_, tasks,
        tasks == 1 ? "" : "s", run_.cpus, run_.cpus == 1 ? "" : "s");
    if (id_.empty()) id_ = "?";
  }

  // A job that cannot be asked after lives as long as some worker does, or may still begin.
  bool is_alive() {
    if (!run_.scheduler.alive.empty()) return !run_shell(with_job(run_.scheduler.alive, "--alive")).output.empty();
    constexpr double may_wait_s = 60;
    if (anything_runs()) {
      submitted_ = Clock::now();
      return true;
    }
    return seconds_since(submitted_) < may_wait_s;
  }

  void cancel() {
    if (!run_.scheduler.cancel.empty() && !id_.empty()) {
      say("cancelling job {}\n", id_);
      run_shell(with_job(run_.scheduler.cancel, "--cancel"));
      const auto start = Clock::now();
      while (anything_runs() && seconds_since(start) < longest_farewell_s) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        store_.release_lost();
      }
      forget();
    }
    exports_.write();
  }

  void forget() const {
    std::error_code ignored;
    fs::remove(folder_ / "job.json", ignored);
  }

  void pause() const {
    const auto start = Clock::now();
    while (seconds_since(start) < run_.poll_s && !interrupt_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  void tell() {
    exports_.update();
    const std::int64_t revision = store_.revision();
    if (revision == told_) return;
    told_ = revision;
    say("{} of {} points done, {} running, {} failed\n", count({PointState::done}), chosen_.size(),
        count({PointState::running}), count({PointState::failed}));
  }

  static std::string said_text(const Shell& said) {
    const std::string text = said.errors + said.output;
    return text.empty() ? "it said nothing" : text;
  }

  const ClusterRun& run_;
  const fs::path folder_;
  const std::vector<std::size_t> chosen_;
  SweepStore& store_;
  SweepExports& exports_;
  std::string id_;
  Clock::time_point submitted_ = Clock::now();
  bool any_submitted_ = false;
  std::int64_t told_ = -1;
};

}  // namespace

void run_on_cluster(const ClusterRun& run, const fs::path& folder, const std::vector<std::size_t>& chosen,
                    SweepStore& store, SweepExports& exports) {
  Cluster(run, folder, chosen, store, exports).follow();
}

}  // namespace settle
