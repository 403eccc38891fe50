#include "src/sweep/database/comparison.h"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "src/sweep/database/connection.h"
#include "src/sweep/database/point_state.h"

namespace settle {
namespace {

// The combinations that have come to the end of this rung, by the means of their seeds; one of which a seed was below
// a bar is out.
std::vector<Contender> contenders(SQLite::Database& database, const Halving& halving, std::int64_t rung,
                                  std::size_t seeds) {
  const std::string cost = halving.minimise.empty() ? "0" : "m." + sql_name(halving.minimise);
  SQLite::Statement each(
      database, "SELECT p.point, e.test_accuracy, " + cost +
                    " FROM points p JOIN epochs e ON e.point = p.point AND e.epoch = ? JOIN metrics m ON "
                    "m.point = p.point WHERE p.state = 'paused' AND p.rung = ? AND NOT EXISTS (SELECT 1 FROM points o "
                    "WHERE o.state = 'stopped' AND (o.point - 1) / ? = (p.point - 1) / ?) ORDER BY p.point");
  each.bind(1, halving.after_epochs.at(std::size_t(rung)));
  each.bind(2, rung);
  each.bind(3, std::int64_t(seeds));
  each.bind(4, std::int64_t(seeds));
  std::vector<Contender> all;
  std::size_t points = 0;
  while (each.executeStep()) {
    const std::size_t number = std::size_t(each.getColumn(0).getInt64() - 1) / seeds;
    const double accuracy = number_in(cell_at(each, 1)), its_cost = number_in(cell_at(each, 2));
    if (all.empty() || all.back().number != number) {
      all.push_back({number, 0, 0});
      points = 0;
    }
    ++points;  // running means
    all.back().accuracy += (accuracy - all.back().accuracy) / double(points);
    all.back().cost += (its_cost - all.back().cost) / double(points);
  }
  return all;
}

}  // namespace

bool compare(SQLite::Database& database, const Halving& halving, std::size_t seeds) {
  const auto count = [&](const char* condition) {
    return database.execAndGet(std::string("SELECT count(*) FROM points WHERE ") + condition).getInt64();
  };
  if (count("state IN ('waiting', 'running', 'cut off')") > 0 || count("state = 'paused'") == 0) return false;
  const std::int64_t rung = database.execAndGet("SELECT value FROM sweep WHERE name = 'rung'").getInt64();
  const std::vector<Contender> all = contenders(database, halving, rung, seeds);
  const std::set<std::size_t> kept = survivors(all, halving.keep);
  std::vector<std::int64_t> paused;
  {
    SQLite::Statement each(database, "SELECT point FROM points WHERE state = 'paused'");
    while (each.executeStep()) paused.push_back(each.getColumn(0).getInt64());
  }
  const std::string why = fmt::format("after epoch {} not among the best {} of {}",
                                      halving.after_epochs.at(std::size_t(rung)), kept.size(), all.size());
  for (const std::int64_t point : paused) {
    const bool goes_on = kept.count(std::size_t(point - 1) / seeds) > 0;
    run(database, "UPDATE points SET state = ?, message = ?, rung = rung + ?, changed = ? WHERE point = ?",
        {std::string(name(goes_on ? PointState::waiting : PointState::stopped)), goes_on ? Cell() : Cell(why),
         std::int64_t(goes_on), next_revision(database), point});
  }
  database.exec("UPDATE sweep SET value = value + 1 WHERE name = 'rung'");
  return true;
}

}  // namespace settle
