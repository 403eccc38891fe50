#include "src/sweep/cluster/follow.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "models/error.h"
#include "src/run/interrupt.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"

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
    int fruitless = 0;
    std::size_t over = count_over();
    while (count_over() < chosen_.size()) {
      if (interrupt_requested()) return cancel();
      if (id_.empty()) {
        fruitless = count_over() > over ? 0 : fruitless + 1;
        if (fruitless > most_fruitless_jobs)
          throw RunError(fmt::format("{} jobs in a row have finished no point; see their output in {}",
                                     most_fruitless_jobs, folder_.string()));
        over = count_over();
        submit();
      }
      pause();
      tell();
      if (!is_alive() && count_over() < chosen_.size()) id_.clear();
    }
    exports_.write();
    forget();
  }

 private:
  std::string with_job(const std::string& pattern, const char* option) const {
    return filled(pattern, {{"id", shell_word(id_)}}, option);
  }

  // Of the chosen points, those that have ended for good.
  std::size_t count_over() {
    std::size_t left = 0;
    for (const PointState state : {PointState::waiting, PointState::running, PointState::cut_off})
      for (const PointNote& note : store_.points_in(state))
        left += std::binary_search(chosen_.begin(), chosen_.end(), note.point) ? 1 : 0;
    return chosen_.size() - left;
  }

  // The job that an earlier process of ours has submitted, if the scheduler still knows it.
  std::string job_of_before() {
    std::ifstream file(folder_ / "job.json");
    const auto job = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (!job.is_object() || job.value("scheduler", "") != run_.scheduler.name) return "";
    id_ = job.value("id", "");
    if (id_.empty() || run_.scheduler.alive.empty() || !is_alive()) return "";
    fmt::print(stderr, "going on with job {}\n", id_);
    return id_;
  }

  void submit() {
    const int left = int(chosen_.size() - count_over());
    const fs::path script = folder_ / "worker.sh";
    std::string text = "#!/bin/sh\n# A worker of a sweep, made by settle sweep --executor.\ncd " +
                       shell_word(fs::current_path().string()) + "\nexec";
    for (const std::string& word : run_.worker) text += " " + shell_word(word);
    write_file(script, text + "\n");
    fs::permissions(script, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    const int tasks = std::min(run_.tasks, left);
    const std::string command = filled(run_.scheduler.submit,
                                       {{"script", shell_word(script.string())},
                                        {"tasks", std::to_string(tasks)},
                                        {"cpus", std::to_string(run_.cpus)},
                                        {"log", shell_word(folder_.string())}},
                                       "--submit");
    const Shell said = run_shell(command);
    if (said.status != 0)
      throw InputError(fmt::format("{} has refused the workers (status {}): {}; the command was: {}",
                                   run_.scheduler.name, said.status, one_line(said.output), command));
    id_ = said.output.substr(0, said.output.find_first_of(" ;\n\t"));  // sbatch prints ID or ID;CLUSTER
    submitted_ = Clock::now();
    write_file(folder_ / "job.json", nlohmann::json{{"scheduler", run_.scheduler.name}, {"id", id_}}.dump(2) + "\n");
    fmt::print(stderr, "submitted job {}: {} worker{} of {} core{}\n", id_.empty() ? "(without a name)" : id_, tasks,
               tasks == 1 ? "" : "s", run_.cpus, run_.cpus == 1 ? "" : "s");
    if (id_.empty()) id_ = "?";
  }

  // A job that cannot be asked after lives as long as some worker does, or may still begin.
  bool is_alive() {
    if (!run_.scheduler.alive.empty()) return !run_shell(with_job(run_.scheduler.alive, "--alive")).output.empty();
    constexpr double may_wait_s = 60;
    const auto counts = store_.counts();
    if (counts.count(PointState::running) > 0 && counts.at(PointState::running) > 0) {
      submitted_ = Clock::now();
      return true;
    }
    return seconds_since(submitted_) < may_wait_s;
  }

  void cancel() {
    fmt::print(stderr, "cancelling job {}\n", id_);
    if (!run_.scheduler.cancel.empty() && !id_.empty()) run_shell(with_job(run_.scheduler.cancel, "--cancel"));
    const auto start = Clock::now();
    const auto running = [&] {
      const auto counts = store_.counts();
      return counts.count(PointState::running) > 0 && counts.at(PointState::running) > 0;
    };
    while (!run_.scheduler.cancel.empty() && running() && seconds_since(start) < longest_farewell_s)
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    exports_.write();
    if (!run_.scheduler.cancel.empty()) forget();
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
    const auto counts = store_.counts();
    const auto of = [&](PointState state) { return counts.count(state) > 0 ? counts.at(state) : 0; };
    fmt::print(stderr, "{} of {} points done, {} running, {} failed\n", of(PointState::done), chosen_.size(),
               of(PointState::running), of(PointState::failed));
  }

  static std::string one_line(std::string text) {
    for (char& c : text)
      if (c == '\n') c = ' ';
    return text.empty() ? "it said nothing" : text;
  }

  const ClusterRun& run_;
  const fs::path folder_;
  const std::vector<std::size_t> chosen_;
  SweepStore& store_;
  SweepExports& exports_;
  std::string id_;
  Clock::time_point submitted_ = Clock::now();
  std::int64_t told_ = -1;
};

}  // namespace

void run_on_cluster(const ClusterRun& run, const fs::path& folder, const std::vector<std::size_t>& chosen,
                    SweepStore& store, SweepExports& exports) {
  Cluster(run, folder, chosen, store, exports).follow();
}

}  // namespace settle
