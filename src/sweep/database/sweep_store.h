// results.db: the store of a sweep, from which any number of processes, on one machine or several, take points and to
// which they bring results.
//
// A point is claimed in one transaction, so no two processes have it. A claim ends when its process brings a result or
// gives the point back; when that process has ended otherwise, which others on its machine see at once; or, for others
// on other machines, when it has not been heard of for the lease. What a claim brings after it was lost is refused.
// Clocks of the machines have to agree within the lease. A worker is
//
//   SweepStore store(folder, sweep, points);
//   while (const auto claim = store.claim_next()) {
//     ... train points[claim->point]; meanwhile, every store.beat_seconds(): store.beat(*claim) ...
//     store.finish(*claim, outcome);      // or store.give_back(*claim): it goes on from its checkpoint
//   }
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/sweep/database/owner.h"
#include "src/sweep/database/point_state.h"
#include "src/sweep/database/results_table.h"
#include "src/sweep/database/run_record.h"
#include "src/sweep/points.h"
#include "src/sweep/sweep_file.h"

namespace settle {

/// The right to work on a point.
struct Claim {
  std::size_t point = 0;     // its index, from 0
  std::int64_t attempt = 0;  // which tells this claim from others of the same point
  bool trained = false;      // its training has ended well before: only its analysis is left
  std::int64_t rung = 0;     // the comparisons that it has come through
};

/// How an attempt ended: done, failed, stopped or paused.
struct Outcome {
  PointState state = PointState::done;
  std::string message;  // one line, of a point that is not done
  double wall_seconds = 0;
  bool trained = false;
  RunRecord record;  // of a point that has not failed
};

/// A point that did not end well.
struct PointNote {
  std::size_t point;
  std::string message;
};

struct StoreOptions {
  Owner owner = this_process();
  double lease_s = 300;  // after which a process of another machine that is not heard of has lost its claims
};

class SweepStore {
 public:
  static constexpr const char* file_name = "results.db";

  /// Opens results.db in the folder, which must be there, or makes it with all points waiting. Several processes may do
  /// so at the same time. InputError when it is another sweep's, or of a version of the program that has other tables;
  /// RunError, here and below, when it cannot be read or written.
  SweepStore(const std::filesystem::path& folder, const SweepFile& sweep, const std::vector<Point>& points,
             StoreOptions options = {});
  ~SweepStore();

  /// From now on only these points are claimed, and tried again.
  void choose(const std::vector<std::size_t>& points);
  /// The first point that waits, was cut off, or whose owner has ended; nothing where there is none. When all points
  /// that are left are paused, it compares them first.
  std::optional<Claim> claim_next();
  /// This very point, likewise.
  std::optional<Claim> claim(std::size_t point);

  /// Says that the owner of the claim is alive; false when the claim was lost.
  bool beat(const Claim& claim);
  double beat_seconds() const { return options_.lease_s / 10; }
  /// Brings the result; false, and nothing is changed, when the claim was lost.
  bool finish(const Claim& claim, const Outcome& outcome);
  /// Ends the claim without a result: the point is cut off, and waits to go on.
  void give_back(const Claim& claim, const std::string& why);

  /// Ends claims of processes that have ended or were not heard of; claiming does so, too.
  void release_lost();

  /// Lets what has failed wait again; what has failed before a comparison that is over is out of the race.
  void retry_failed();

  /// The combinations that a search has proposed so far, as the values of its axes, and of which round the last one is.
  struct Proposals {
    std::vector<std::vector<std::string>> combinations;
    std::int64_t rounds = 0;
  };
  Proposals proposals();
  /// Adds a round to a search (schema.h); nothing is changed where another process has done so.
  void add_round(const SweepFile& sweep, const std::vector<Point>& points, std::int64_t round);

  std::map<PointState, std::size_t> counts();
  /// Of the points that were chosen.
  std::map<PointState, std::size_t> chosen_counts();
  /// Points that are in this state, with why.
  std::vector<PointNote> points_in(PointState state);
  /// Who has claimed running points, "HOST process PID", of processes other than this.
  std::vector<std::string> others_at_work();
  /// Whether some process of another machine that has claimed a point is overdue: it may soon lose it.
  bool others_are_silent();

  /// Rises with every change of a point's state.
  std::int64_t revision();
  const ViewColumns& columns() const { return columns_; }
  /// The rows of the view `results` of points whose state has changed after that revision.
  ResultsTable results_since(std::int64_t revision);

 private:
  void create_or_check(const SweepFile& sweep, const std::vector<Point>& points);
  std::optional<Claim> claim_where(const std::string& condition);
  void end_lost_claims();
  std::map<PointState, std::size_t> counts_where(const std::string& condition);

  std::filesystem::path path_;
  StoreOptions options_;
  std::unique_ptr<SQLite::Database> database_;
  ViewColumns columns_;
  std::string chosen_ = "true";  // SQL: whether a point may be claimed
  EarlyStopping early_;
  std::size_t seeds_;  // points of a combination, which follow each other
};

struct FinishedPoint {
  std::filesystem::path folder;  // its run's
  double wall_seconds;           // of its processes
};
/// The finished points of a sweep's folder with a database, whichever version of the program has written it.
std::vector<FinishedPoint> read_finished_points(const std::filesystem::path& folder);

/// InputError when the database in the folder is of another sweep.
void refuse_another_sweep(SQLite::Database& database, const std::filesystem::path& folder, const SweepFile& sweep);

/// A connection to the database of a sweep's folder that can only read (InputError where there is none that this
/// version of the program can read).
std::unique_ptr<SQLite::Database> open_results(const std::filesystem::path& folder);

}  // namespace settle
