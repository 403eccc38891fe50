// The database of a sweep has every figure that a run writes: one that is added to a run's files is missed here.
#include "src/sweep/database/columns.h"

#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/data/csv.h"
#include "src/run/outputs.h"
#include "src/sweep/database/run_record.h"
#include "tests/src/temporary_folder.h"

namespace settle::columns_test {
namespace {

// A run in which nothing is left out.
RunResult full_result() {
  RunResult result;
  result.epochs.resize(1);
  result.epochs[0].epoch = 1;
  result.epochs[0].coupling = 0.5;
  result.epochs[0].test_accuracy = 0.75;
  result.train_samples = result.test_samples = result.trained = result.inferred = 10;
  result.accuracy_draws = 3;
  result.written.weights = 1;
  result.saturated_share = 0.25;
  result.target_accuracy = 0.5;
  result.multiply_adds = 100;
  return result;
}

std::set<std::string> places(const nlohmann::json& summary, const std::string& here = "") {
  std::set<std::string> all;
  for (const auto& [name, value] : summary.items()) {
    const std::string place = here + "/" + name;
    if (value.is_object()) {
      for (const std::string& inside : places(value, place)) all.insert(inside);
    } else {
      all.insert(place);
    }
  }
  return all;
}

TEST(Columns, HoldEveryFigureOfASummary) {
  const nlohmann::json summary = summary_json(Configuration{}, full_result());
  std::set<std::string> expected = places(summary), held;
  // wall clock, what is told elsewhere (the points' own columns, other tables), and pictures
  for (const char* other : {"/seconds_per_epoch", "/samples_per_second", "/latency_parts", "/confusion", "/class_names",
                            "/interrupted", "/seed", "/config_sha256", "/version"})
    EXPECT_EQ(expected.erase(other), 1u) << other;
  for (auto place = expected.begin(); place != expected.end();)  // who ran it, where
    place = place->rfind("/program/", 0) == 0 || place->rfind("/machine/", 0) == 0 ? expected.erase(place)
                                                                                   : std::next(place);
  expected.erase("/figures");         // the configuration's own
  expected.erase("/hangs_on/total");  // between those of training and of inference
  for (const TableColumn& column : headline_columns()) held.insert(column.source);
  for (const RowsTable& table : rows_tables())
    if (table.source.front() == '/') held.insert(table.source);
  EXPECT_EQ(held, expected);
}

std::vector<std::string> names_of(const std::string& table) {
  std::vector<std::string> names;
  for (const RowsTable& each : rows_tables())
    if (each.name == table)
      for (const TableColumn& column : each.columns) names.push_back(column.name);
  return names;
}

TEST(Columns, AreThoseOfTheTables) {
  EXPECT_EQ(names_of("epochs"), CsvTable(metrics_csv({}), "metrics.csv").columns());
  EXPECT_EQ(names_of("costs"), CsvTable(costs_csv(RunResult{}, 1), "costs.csv").columns());
}

TEST(Columns, AreReadBack) {
  const TemporaryFolder folder;
  const RunResult result = full_result();
  folder.write("summary.json", summary_json(Configuration{}, result).dump());
  folder.write("metrics.csv", metrics_csv(result.epochs));
  const RunRecord record = read_run_record(folder.path());
  EXPECT_TRUE(record.finished);
  EXPECT_FALSE(record.analyzed);
  const auto figure = [&](const std::string& name) {
    for (std::size_t i = 0; i < headline_columns().size(); ++i)
      if (headline_columns()[i].name == name) return record.headline.at(i);
    return Cell();
  };
  EXPECT_EQ(number_in(figure("test_accuracy_best")), 0.75);
  EXPECT_EQ(text_of(figure("best_epoch")), "1");
  EXPECT_EQ(number_in(figure("saturated_updates")), 0.25);
  ASSERT_EQ(record.rows.at(0).size(), 1u);
  EXPECT_EQ(text_of(record.rows[0][0][0]), "1");
  EXPECT_EQ(number_in(record.rows[0][0][4]), 0.75);
}

TEST(Columns, OfAFolderWithNothingAreUnknown) {
  const TemporaryFolder folder;
  folder.write("summary.json", "{\"test_accuracy\": ");
  const RunRecord record = read_run_record(folder.path());
  EXPECT_FALSE(record.finished);
  for (const Cell& cell : record.headline) EXPECT_EQ(text_of(cell), "");
}

}  // namespace
}  // namespace settle::columns_test
