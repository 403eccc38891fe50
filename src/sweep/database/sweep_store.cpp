#include "src/sweep/database/sweep_store.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/sweep/database/comparison.h"
#include "src/sweep/database/connection.h"
#include "src/sweep/database/schema.h"
#include "src/sweep/database/store_results.h"

namespace settle {
namespace {

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Cell number_of_point(const Claim& claim) { return std::int64_t(claim.point) + 1; }

bool is_empty(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
}

void refuse_other_versions(SQLite::Database& database, const std::filesystem::path& path) {
  const int application = database.execAndGet("PRAGMA application_id").getInt(),
            version = database.execAndGet("PRAGMA user_version").getInt();
  if (application == application_id && version == schema_version) return;
  throw InputError(path.string() + (application == application_id
                                        ? ": was written by another version of settle; choose another folder with "
                                          "--out, and take over from this one with --reuse"
                                        : ": is no database of a sweep; choose another folder with --out"));
}

Cell known_text(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

std::optional<Claim> first_that_waits(SQLite::Database& database, const std::string& condition) {
  SQLite::Statement next(database,
                         "SELECT point, attempt, trained, rung FROM points WHERE state IN ('waiting', 'cut off') AND " +
                             condition + " ORDER BY point LIMIT 1");
  if (!next.executeStep()) return {};
  return Claim{std::size_t(next.getColumn(0).getInt64() - 1), next.getColumn(1).getInt64() + 1,
               next.getColumn(2).getInt() != 0, next.getColumn(3).getInt64()};
}

constexpr const char* no_owner =
    "owner_host = NULL, owner_machine = NULL, owner_pid = NULL, owner_start = NULL, "
    "heartbeat = NULL";

}  // namespace

SweepStore::SweepStore(const std::filesystem::path& folder, const SweepFile& sweep, const std::vector<Point>& points,
                       StoreOptions options)
    : path_(folder / file_name),
      options_(std::move(options)),
      database_(open_for_writing(path_)),
      early_(sweep.early),
      seeds_(std::max<std::size_t>(1, sweep.seeds.size())) {
  guarded(path_, [&] {
    create_or_check(sweep, points);
    columns_ = read_view_columns(*database_);
  });
}

SweepStore::~SweepStore() { database_->tryExec("PRAGMA journal_mode = DELETE"); }  // removes the empty journal

void SweepStore::create_or_check(const SweepFile& sweep, const std::vector<Point>& points) {
  SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
  if (is_empty(*database_)) {
    create_schema(*database_, sweep, points);
    transaction.commit();
    return;
  }
  refuse_other_versions(*database_, path_);
  refuse_another_sweep(*database_, path_.parent_path(), sweep);
}

// Points whose owners have ended, or were not heard of for too long, wait again.
void SweepStore::end_lost_claims() {
  SQLite::Statement running(*database_,
                            "SELECT point, owner_host, owner_machine, owner_pid, owner_start, heartbeat FROM points "
                            "WHERE state = 'running'");
  std::vector<std::pair<std::int64_t, std::string>> lost;
  const double now = seconds_since_1970();
  while (running.executeStep()) {
    const Owner owner = {running.getColumn(1).getString(), running.getColumn(2).getString(),
                         running.getColumn(3).getInt64(), running.getColumn(4).getInt64()};
    const Life life = life_of(owner, options_.owner);
    const bool silent = now - running.getColumn(5).getDouble() > options_.lease_s;
    if (life == Life::ended || (life == Life::unknown && silent))
      lost.emplace_back(running.getColumn(0).getInt64(), fmt::format("process {} on {} {}", owner.pid, owner.host,
                                                                     silent ? "was not heard of" : "was ended"));
  }
  for (const auto& [point, why] : lost)
    run(*database_,
        fmt::format("UPDATE points SET state = 'cut off', message = ?, changed = ?, {} WHERE point = ?", no_owner),
        {why, next_revision(*database_), point});
}

void SweepStore::release_lost() {
  guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    end_lost_claims();
    transaction.commit();
  });
}

std::optional<Claim> SweepStore::claim_where(const std::string& condition) {
  return guarded(path_, [&]() -> std::optional<Claim> {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    end_lost_claims();
    std::optional<Claim> claim = first_that_waits(*database_, chosen_ + condition);
    if (!claim && early_.halving && compare(*database_, *early_.halving, seeds_))
      claim = first_that_waits(*database_, chosen_ + condition);
    const Owner& owner = options_.owner;
    if (claim)
      run(*database_,
          "UPDATE points SET state = 'running', message = NULL, attempt = ?, owner_host = ?, owner_machine = ?, "
          "owner_pid = ?, owner_start = ?, heartbeat = ?, changed = ? WHERE point = ?",
          {claim->attempt, owner.host, owner.machine, owner.pid, owner.start, seconds_since_1970(),
           next_revision(*database_), number_of_point(*claim)});
    transaction.commit();
    return claim;
  });
}

SweepStore::Proposals SweepStore::proposals() {
  return guarded(path_, [&] {
    Proposals all;
    SQLite::Statement each(*database_,
                           "SELECT combination, round, key, value FROM proposals p JOIN columns c ON c.in_table = "
                           "'results' AND c.name = p.key ORDER BY combination, c.position");
    while (each.executeStep()) {
      const std::size_t number = std::size_t(each.getColumn(0).getInt64());
      if (all.combinations.size() < number) all.combinations.emplace_back();
      all.combinations.back().push_back(each.getColumn(3).getString());
      all.rounds = each.getColumn(1).getInt64();
    }
    return all;
  });
}

void SweepStore::add_round(const SweepFile& sweep, const std::vector<Point>& points, std::int64_t round) {
  guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t there = database_->execAndGet("SELECT max(round) FROM proposals").getInt64();
    if (there == round - 1) {
      const std::int64_t before = database_->execAndGet("SELECT count(*) FROM points").getInt64();
      settle::add_round(*database_, sweep, points, round);
      run(*database_, "UPDATE points SET changed = ? WHERE point > ?", {next_revision(*database_), before});
    }
    transaction.commit();
  });
}

std::optional<Claim> SweepStore::claim_next() { return claim_where(""); }

std::optional<Claim> SweepStore::claim(std::size_t point) {
  return claim_where(fmt::format(" AND point = {}", point + 1));
}

bool SweepStore::beat(const Claim& claim) {
  return guarded(path_, [&] {
    return run(*database_, "UPDATE points SET heartbeat = ? WHERE point = ? AND attempt = ? AND state = 'running'",
               {seconds_since_1970(), number_of_point(claim), claim.attempt}) > 0;
  });
}

bool SweepStore::finish(const Claim& claim, const Outcome& outcome) {
  return guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const bool has_results = outcome.state != PointState::failed;
    const int changed =
        run(*database_,
            fmt::format("UPDATE points SET state = ?, message = ?, trained = ?, wall_second = ? + CASE WHEN rung > 0 "
                        "THEN coalesce(wall_second, 0) ELSE 0 END, training_wall_second = ?, "
                        "version = ?, config_sha256 = ?, changed = ?, {} WHERE point = ? AND attempt = ? AND state = "
                        "'running'",
                        no_owner),
            {std::string(name(outcome.state)), known_text(outcome.message), std::int64_t(outcome.trained),
             outcome.wall_seconds, has_results ? Cell(outcome.record.training_wall_seconds) : Cell(),
             known_text(outcome.record.version), known_text(outcome.record.config_sha256), next_revision(*database_),
             number_of_point(claim), claim.attempt});
    if (changed == 0) return false;
    if (has_results) replace_results(*database_, number_of_point(claim), outcome.record);
    transaction.commit();
    return true;
  });
}

void SweepStore::give_back(const Claim& claim, const std::string& why) {
  guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    run(*database_,
        fmt::format("UPDATE points SET state = 'cut off', message = ?, changed = ?, {} WHERE point = ? AND attempt = ? "
                    "AND state = 'running'",
                    no_owner),
        {why, next_revision(*database_), number_of_point(claim), claim.attempt});
    transaction.commit();
  });
}

void SweepStore::retry_failed() {
  guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    run(*database_,
        "UPDATE points SET state = 'waiting', message = NULL, wall_second = NULL, changed = ? WHERE state = "
        "'failed' AND rung >= (SELECT value FROM sweep WHERE name = 'rung') AND " +
            chosen_,
        {next_revision(*database_)});
    transaction.commit();
  });
}

std::map<PointState, std::size_t> SweepStore::counts() { return counts_where("true"); }

std::map<PointState, std::size_t> SweepStore::chosen_counts() { return counts_where(chosen_); }

std::map<PointState, std::size_t> SweepStore::counts_where(const std::string& condition) {
  return guarded(path_, [&] {
    std::map<PointState, std::size_t> all;
    SQLite::Statement each(*database_, "SELECT state, count(*) FROM points WHERE " + condition + " GROUP BY state");
    while (each.executeStep())
      all[state_called(each.getColumn(0).getString())] = std::size_t(each.getColumn(1).getInt64());
    return all;
  });
}

void SweepStore::choose(const std::vector<std::size_t>& points) {
  guarded(path_, [&] {
    database_->exec(
        "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE IF NOT EXISTS chosen (point INTEGER PRIMARY KEY); "
        "DELETE FROM temp.chosen");
    for (const std::size_t point : points)
      run(*database_, "INSERT INTO temp.chosen VALUES (?)", {std::int64_t(point) + 1});
  });
  chosen_ = "point IN (SELECT point FROM temp.chosen)";
}

std::vector<PointNote> SweepStore::points_in(PointState state) {
  return guarded(path_, [&] {
    std::vector<PointNote> all;
    SQLite::Statement each(*database_, "SELECT point, message FROM points WHERE state = ? ORDER BY point");
    each.bind(1, std::string(name(state)));
    while (each.executeStep())
      all.push_back({std::size_t(each.getColumn(0).getInt64() - 1), each.getColumn(1).getString()});
    return all;
  });
}

std::vector<std::string> SweepStore::others_at_work() {
  return guarded(path_, [&] {
    std::vector<std::string> all;
    SQLite::Statement each(*database_,
                           "SELECT DISTINCT owner_host, owner_pid FROM points WHERE state = 'running' AND NOT "
                           "(owner_machine = ? AND owner_pid = ?) ORDER BY 1, 2");
    each.bind(1, options_.owner.machine);
    each.bind(2, options_.owner.pid);
    while (each.executeStep())
      all.push_back(fmt::format("{} process {}", each.getColumn(0).getString(), each.getColumn(1).getInt64()));
    return all;
  });
}

bool SweepStore::others_are_silent() {
  return guarded(path_, [&] {
    SQLite::Statement each(
        *database_, "SELECT count(*) FROM points WHERE state = 'running' AND owner_machine <> ? AND heartbeat < ?");
    each.bind(1, options_.owner.machine);
    each.bind(2, seconds_since_1970() - 3 * beat_seconds());
    each.executeStep();
    return each.getColumn(0).getInt64() > 0;
  });
}

std::int64_t SweepStore::revision() {
  return guarded(path_,
                 [&] { return database_->execAndGet("SELECT value FROM sweep WHERE name = 'revision'").getInt64(); });
}

ResultsTable SweepStore::results_since(std::int64_t revision) {
  return guarded(path_, [&] {
    return read_results(*database_, columns_,
                        {"point IN (SELECT point FROM points WHERE changed > ?)", "", {revision}});
  });
}

void refuse_another_sweep(SQLite::Database& database, const std::filesystem::path& folder, const SweepFile& sweep) {
  const std::string has = database.execAndGet("SELECT value FROM sweep WHERE name = 'fingerprint'").getString();
  if (has != fingerprint(sweep))
    throw InputError(folder.string() +
                     ": holds another sweep, or the sweep file or its base has changed since; choose another folder "
                     "with --out, and take over from this one with --reuse, or remove this one");
}

std::vector<FinishedPoint> read_finished_points(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / SweepStore::file_name;
  const auto database = open_for_reading(path);
  return guarded(path, [&] {
    std::vector<FinishedPoint> all;
    SQLite::Statement each(*database, "SELECT folder, wall_second FROM points WHERE state = 'done' ORDER BY point");
    while (each.executeStep()) all.push_back({folder / each.getColumn(0).getString(), each.getColumn(1).getDouble()});
    return all;
  });
}

std::unique_ptr<SQLite::Database> open_results(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / SweepStore::file_name;
  if (!std::filesystem::exists(path))
    throw InputError(path.string() +
                     ": no such file; name a folder that `settle sweep` has written, or its sweep file");
  auto database = open_for_reading(path);
  guarded(path, [&] { refuse_other_versions(*database, path); });
  return database;
}

}  // namespace settle
