#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "settle/models/numeric/parallel.h"
#include "src/commands/commands.h"
#include "src/data/dataset.h"
#include "src/run/interrupt.h"
#include "src/run/memory.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/sweep/chosen_points.h"
#include "src/sweep/cluster/follow.h"
#include "src/sweep/means.h"
#include "src/sweep/reuse.h"
#include "src/sweep/runner.h"
#include "src/sweep/search/rounds.h"
#include "src/sweep/show.h"
#include "src/text/say.h"

namespace settle {
namespace {

struct SweepArguments {
  std::string path, out;
  std::vector<std::string> reuse, sets;
  std::string only;
  int jobs = 0;  // one for each core
  std::string executor = "local";
  int cpus_per_task = 0;
  std::string partition, time, account;
  std::vector<std::string> submit_options;
  Scheduler command{"command", "", "", ""};
  bool resume = false, worker = false, list = false;
  bool show = false;
  ShowRequest shown;

  std::string folder() const { return out.empty() ? "runs/" + name_after(path) : out; }
};

// Inputs and classes of a data set.
using DataShape = std::pair<Index, Index>;

// Every data set is there and whole, and every chip fits into memory, before hours are spent on the first one.
void check_points(const std::vector<Point>& points) {
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>, DataShape> shapes;
  for (const Point& point : points) {
    const DataSpec& data = point.configuration.data;
    try {
      const auto [shape, is_new] = shapes.try_emplace({data.name, data.path, data.train_limit, data.test_limit});
      if (is_new) {
        const Dataset set = load_dataset(data);
        shape->second = {set.train.pixels.rows(), set.train.classes};
      }
      const auto [inputs, classes] = shape->second;
      expect_to_fit(point.configuration, build_graph(point.configuration, inputs, classes));
    } catch (const InputError& error) {
      throw InputError(fmt::format("{} (point: {})", error.what(), point.title));
    }
  }
}

// Of the chosen points.
std::size_t count(SweepStore& store, PointState state) {
  const auto counts = store.chosen_counts();
  return counts.count(state) > 0 ? counts.at(state) : 0;
}

void list_failures(const SweepFolder& folder, const std::vector<Point>& points, const std::vector<std::size_t>& chosen,
                   SweepStore& store) {
  for (const auto& [i, message] : store.points_in(PointState::failed))
    if (std::binary_search(chosen.begin(), chosen.end(), i))
      say("settle: point {} ({}) failed: {}; see {}\n", points[i].id, points[i].title, message,
          (folder.of(points[i]) / "log.txt").string());
}

// How many points at a time, and how many threads for each: a worker has one, unless it is told otherwise.
SweepRun plan(const SweepArguments& a, const SweepFile& file, std::size_t left) {
  const int cores = threads_for(0), most = std::max(1, int(left));
  const int jobs = std::min(a.worker && a.jobs == 0 ? 1 : threads_for(a.jobs), most);
  // where what comes next hangs on the points of others, workers wait for them too
  const bool wait = !a.worker || file.search || file.early.halving;
  return {own_path(), jobs, std::max(1, cores / jobs), file.analyze, wait, file.early};
}

// The options of other ways to run than the one that was chosen have no effect, and are refused.
void refuse_idle_options(const SweepArguments& a) {
  const bool is_slurm = a.executor == "slurm", is_command = a.executor == "command";
  const auto refuse_if = [&](bool stated, const char* option, const char* needed) {
    if (stated) throw InputError(fmt::format("{}: has no effect without --executor {}", option, needed));
  };
  refuse_if(a.cpus_per_task > 0 && !is_slurm && !is_command, "--cpus-per-task", "slurm or command");
  refuse_if(!a.partition.empty() && !is_slurm, "--partition", "slurm");
  refuse_if(!a.time.empty() && !is_slurm, "--time", "slurm");
  refuse_if(!a.account.empty() && !is_slurm, "--account", "slurm");
  refuse_if(!a.submit_options.empty() && !is_slurm, "--submit-option", "slurm");
  refuse_if(!a.command.submit.empty() && !is_command, "--submit", "command");
  refuse_if(!a.command.alive.empty() && !is_command, "--alive", "command");
  refuse_if(!a.command.cancel.empty() && !is_command, "--cancel", "command");
  if (is_command && a.command.submit.empty())
    throw InputError("--executor command: say how, as in --submit 'qsub -t 1-{tasks} {script}'");
  if (a.worker && (is_slurm || is_command))
    throw InputError("--worker: is what an executor starts; leave out --executor");
}

Scheduler scheduler_of(const SweepArguments& a) {
  if (a.executor == "command") return a.command;
  std::vector<std::string> options = a.submit_options;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) options.push_back(std::string(option) + "=" + value);
  };
  add("--partition", a.partition);
  add("--time", a.time);
  add("--account", a.account);
  return slurm("settle-" + std::filesystem::path(a.path).stem().string(), options);
}

// Workers elsewhere: a job for each point that is left, unless --jobs says otherwise.
ClusterRun cluster_plan(const SweepArguments& a, const SweepFolder& folder, const std::vector<std::size_t>& chosen) {
  constexpr int most = 100;
  namespace fs = std::filesystem;
  ClusterRun run;
  run.scheduler = scheduler_of(a);
  run.worker = {own_path(), "sweep", fs::absolute(a.path).string(),
                "--worker", "--out", fs::absolute(folder.path()).string()};
  for (const std::string& setting : a.sets) run.worker.insert(run.worker.end(), {"--set", setting});
  if (!a.only.empty()) {  // by number: what a condition chooses changes as points run
    std::vector<std::size_t> numbers;
    for (const std::size_t i : chosen) numbers.push_back(i + 1);
    run.worker.insert(run.worker.end(), {"--only", fmt::format("{}", fmt::join(numbers, ","))});
  }
  run.tasks = a.jobs > 0 ? a.jobs : std::min(most, std::max(1, int(chosen.size())));
  run.cpus = std::max(1, a.cpus_per_task);
  return run;
}

void print_results(const SweepFolder& folder, const SweepFile& file, const SweepExports& exports) {
  const std::string see = fmt::format("settle sweep {} --show --columns", shell_path(folder.path()));
  print_result("\n{}\nresults   {}\nmeans     {}\ndatabase  {}\n",
               file.search ? answer(file, exports.results(), see) : summary_table(means_of(exports.results()), see),
               folder.file("results.csv").string(), folder.file("summary.csv").string(),
               folder.file(SweepStore::file_name).string());
}

std::vector<std::size_t> all_of(const std::vector<Point>& points) {
  std::vector<std::size_t> all(points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// Runs the points that are left, here or on a cluster.
void run_all(const SweepArguments& a, const SweepFile& file, const SweepFolder& folder,
             const std::vector<Point>& points, const std::vector<std::size_t>& chosen, SweepStore& store,
             SweepExports& exports) {
  const std::size_t done = count(store, PointState::done);
  if (a.executor != "local") {
    say("{}: {} points, {} done already; by {}, writing to {}\n", a.path, points.size(), done, a.executor,
        folder.path().string());
    ClusterRun run = cluster_plan(a, folder, chosen);
    run.more_follows = file.search.has_value();
    run_on_cluster(run, folder.path(), chosen, store, exports);
  } else {
    const SweepRun run = plan(a, file, a.only.empty() ? points.size() - done : chosen.size());
    say("{}: {} points, {} done already; {} at a time with {} thread{} each, writing to {}\n", a.path, points.size(),
        done, run.jobs, run.threads, run.threads == 1 ? "" : "s", folder.path().string());
    run_points(run, folder, points, store, exports);
  }
}

int sweep(const SweepArguments& a) {
  refuse_idle_options(a);
  SweepFile file = read_sweep(a.path, a.sets);
  if (!a.only.empty() && (file.search || file.early.halving))
    throw InputError(fmt::format("--only: has no place in a sweep with [{}], whose points hang on each other",
                                 file.search ? "search" : "halving"));
  if (!a.reuse.empty() && file.early.halving)
    throw InputError("--reuse: has no place in a sweep with [halving], whose points are compared on their way");
  if (file.search) begin_search(file);
  std::vector<std::string> notes;
  std::vector<Point> points = expand(file, &notes);
  refuse_idle_stops(file, points);
  refuse_figures_without_values(file, points);
  print_notes(notes);
  auto chosen = a.only.empty() ? all_of(points) : chosen_points(a.only, a.folder(), file, points);
  if (a.list) {
    if (file.search && std::filesystem::exists(std::filesystem::path(a.folder()) / SweepStore::file_name)) {
      SweepStore store(a.folder(), file, points);
      take_rounds(store, file, points);
      chosen = all_of(points);
    }
    const int jobs = std::max(1, plan(a, file, chosen.size()).jobs);
    fmt::print("{}", list_points(chosen, a.folder(), file, points, jobs));
    return 0;
  }
  check_points(points);
  const FinishedRuns earlier(a.reuse, file.analyze);
  const SweepFolder folder(a.folder(), a.worker ? SweepFolder::As::worker : SweepFolder::As::sweep, a.resume);
  SweepStore store(folder.path(), file, points);
  if (file.search) take_rounds(store, file, points);
  if (file.search) chosen = all_of(points);
  // others may begin a round that this process does not know yet
  if (!a.only.empty() || file.search) store.choose(chosen);
  if (!a.worker) store.retry_failed();
  if (const std::size_t taken = earlier.take_over(folder, points, store); !a.reuse.empty())
    say("{}: {} points taken over from {}\n", a.path, taken, fmt::join(a.reuse, ", "));
  watch_for_interrupt();
  SweepExports exports(store, folder.path());
  while (true) {
    run_all(a, file, folder, points, chosen, store, exports);
    if (!file.search || interrupt_requested() || !begin_next_round(store, file, points)) break;
    chosen = all_of(points);
    store.choose(chosen);
    earlier.take_over(folder, points, store);
  }

  if (!a.worker) print_results(folder, file, exports);
  list_failures(folder, points, chosen, store);
  const std::size_t over =
      count(store, PointState::done) + count(store, PointState::failed) + count(store, PointState::stopped);
  if (interrupt_requested() && over < chosen.size()) {
    say("settle: interrupted after {} of {} points; the same command goes on from there\n",
        count(store, PointState::done), chosen.size());
    return exit_interrupted;
  }
  return count(store, PointState::failed) > 0 ? exit_failed : 0;
}

// Where a sweep is only shown, options that say how to run it would be left without a word.
void refuse_options_of_runs(const CLI::App& command, const SweepArguments& a,
                            const std::set<const CLI::Option*>& of_showing) {
  const bool named_a_folder = std::filesystem::is_directory(a.path);
  if (!a.show && !named_a_folder) return;
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "SWEEP" || of_showing.count(option) > 0) continue;
    if (named_a_folder)
      throw InputError(
          fmt::format("{}: has no effect on {}, the folder of a sweep, which is only shown; to run the "
                      "sweep, name its file",
                      name, a.path));
    if (name != "--out") throw InputError(fmt::format("{}: has no effect beside --show, which runs nothing", name));
  }
}

// What is said about a sweep's results, without running anything.
int show(const SweepArguments& a) {
  const std::string folder = std::filesystem::is_directory(a.path) ? a.path : a.folder();
  if (!std::filesystem::exists(a.path) && !std::filesystem::exists(folder))
    throw InputError(fmt::format("{}: there is no such sweep file, and no such folder of results", a.path));
  fmt::print("{}", a.show ? show_points(folder, a.shown) : show_means(folder));
  return 0;
}

}  // namespace

void add_sweep(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("sweep", "train every point of a grid of configurations, several at a time");
  auto a = std::make_shared<SweepArguments>();
  command
      ->add_option("SWEEP", a->path,
                   "TOML file: a base configuration, a grid, cases, seeds (docs/sweeps.md); or the folder of a sweep, "
                   "to show what it has found")
      ->required();
  command->add_option("--jobs", a->jobs, "points at a time; default: one for each core, and one for a worker")
      ->check(CLI::Range(1, 4096));
  command->add_flag("--resume", a->resume, "go on with a sweep that must be there; without it, go on or begin");
  command->add_option("--out", a->out, "folder to write to, or to go on in; default: runs/NAME");
  command
      ->add_option("--reuse", a->reuse,
                   "folder of another sweep: takes over what it has run with the same settings; may be repeated")
      ->type_name("FOLDER");
  add_examples(*command,
               {{"settle sweep configs/sweep.toml", "twelve points, two of them at a time on two cores"},
                {"settle sweep configs/sweep.toml --jobs 1 --out elsewhere", "one at a time, into another folder"},
                {"settle sweep runs/sweep --show 'test_accuracy_best >= 0.7' --sort inference_joule",
                 "what it has found, the cheapest first"}});
  command->add_option("--set", a->sets, "KEY=VALUE for all points, in place of what the sweep says; may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command->add_option(
      "--only", a->only,
      "which points to run: numbers such as 1-4,7, or a condition such as 'network.beta >= 0.1 and seed "
      "= 1'; default: all");
  command->add_flag("--list", a->list,
                    "runs nothing: lists the points with their states, and how long the rest will take");
  command->add_flag("--worker", a->worker,
                    "one of several processes, perhaps on several machines, that share the sweep's points; ends when "
                    "none waits");
  command
      ->add_option(
          "--executor", a->executor,
          "who runs the points: local; slurm, as tasks of a job array; or command, of a scheduler that --submit "
          "names; default local")
      ->check(CLI::IsMember({"local", "slurm", "command"}));
  command->add_option("--cpus-per-task", a->cpus_per_task, "cores of each worker that an executor starts; default 1")
      ->check(CLI::Range(1, 4096));
  command->add_option("--partition", a->partition, "partition of Slurm; default: Slurm's own");
  command->add_option("--time", a->time, "limit of each task of Slurm, as in 2:00:00; default: the partition's");
  command->add_option("--account", a->account, "account of Slurm; default: the user's");
  command
      ->add_option("--submit-option", a->submit_options,
                   "any other option of sbatch, as in --submit-option=--mem=2G; may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command->add_option(
      "--submit", a->command.submit,
      "with --executor command, needed: starts {tasks} workers by {script}, with {cpus} cores each, whose "
      "output may go to the folder {log}; its first word on standard output is {id}");
  command->add_option("--alive", a->command.alive,
                      "prints something as long as {id} waits or runs; default: looks at the database alone");
  command->add_option("--cancel", a->command.cancel, "ends {id}; default: workers end when nothing is left");
  auto* condition = command
                        ->add_option("--show", a->shown.condition,
                                     "runs nothing: shows the points that fulfil a condition, such as 'test_accuracy "
                                     ">= 0.84 and seed = 1', or all; default: runs the sweep")
                        ->type_name("[CONDITION]")
                        ->expected(0, 1);
  auto* sort = command->add_option(
      "--sort", a->shown.sort,
      "with --show: columns to sort by, such as inference_joule or -test_accuracy; default: their order");
  auto* columns = command->add_option(
      "--columns", a->shown.columns,
      "with --show: which columns, separated by commas; help lists them, all takes all; default: those that differ");
  auto* limit = command->add_option("--limit", a->shown.limit, "with --show: at most so many rows; default: all")
                    ->check(CLI::Range(1, 1000000));
  command->callback([=, &status] {
    for (const CLI::Option* option : {condition, sort, columns, limit}) a->show = a->show || option->count() > 0;
    refuse_options_of_runs(*command, *a, {condition, sort, columns, limit});
    status = a->show || std::filesystem::is_directory(a->path) ? show(*a) : sweep(*a);
  });
}

}  // namespace settle
