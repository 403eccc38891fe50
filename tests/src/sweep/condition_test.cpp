// Conditions over a sweep's results: what they mean as SQL, and what is said about those that cannot be read.
#include "src/sweep/condition.h"

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/sweep/database/connection.h"
#include "tests/src/temporary_folder.h"

namespace settle::condition_test {
namespace {

ViewColumns some_columns() {
  ViewColumns columns;
  for (const char* name :
       {"point", "case", "network.beta", "neuron.tau_s", "wire.tau_s", "seed", "test_accuracy_best", "inference_joule"})
    columns.push_back({name, "", "", ColumnRole::figure});
  return columns;
}

// The points of a small table for which a condition holds.
std::string points_where(const std::string& condition, const std::string& sort = "") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(
      "CREATE TABLE results (point, \"case\", \"network.beta\", \"neuron.tau_s\", \"wire.tau_s\", seed, "
      "test_accuracy_best, inference_joule);"
      "INSERT INTO results VALUES (1, 'a', 0.1, 1e-8, 1, 1, 0.80, 3e-9), (2, 'a', 0.2, 1e-8, 1, 2, 0.85, 1e-9), "
      "(3, 'it''s; DROP', 0.1, 2e-8, 1, 1, 0.90, NULL), (4, 'b', 1, 2e-8, 1, 2, NULL, NULL)");
  RowSelection selection = parse_condition(condition, some_columns(), "--show");
  if (!sort.empty()) selection.order = parse_order(sort, some_columns(), "--sort");
  std::string found;
  for (const CellRow& row : read_results(database, some_columns(), selection).rows) found += text_of(row[0]);
  return found;
}

TEST(Condition, MeansWhatItSays) {
  EXPECT_EQ(points_where(""), "1234");
  EXPECT_EQ(points_where("test_accuracy >= 0.85"), "23");
  EXPECT_EQ(points_where("test_accuracy_best<0.85"), "1") << "what is not known fulfils nothing";
  EXPECT_EQ(points_where("not test_accuracy_best < 0.85"), "23");
  EXPECT_EQ(points_where("beta = 0.1 or beta = 0.2 and seed = 1"), "13") << "and binds closer";
  EXPECT_EQ(points_where("(beta = 0.1 or beta = 0.2) and seed = 1"), "13");
  EXPECT_EQ(points_where("(beta = 0.1 OR beta = 0.2) AND NOT seed = 1"), "2");
  EXPECT_EQ(points_where("network.beta == 1.0"), "4");
  EXPECT_EQ(points_where("seed != 2"), "13");
  EXPECT_EQ(points_where("seed <> 2"), "13");
  EXPECT_EQ(points_where("case in ('a', \"b\")"), "124");
  EXPECT_EQ(points_where("neuron.tau_s > 1.5e-8"), "34");
  EXPECT_EQ(points_where("0.84 <= test_accuracy"), "23");
  EXPECT_EQ(points_where("test_accuracy > seed"), "");
  EXPECT_EQ(points_where("inference_joule > -1"), "12");
}

TEST(Condition, TextsAreValues) {
  EXPECT_EQ(points_where("case = \"it's; DROP\""), "3");
  EXPECT_EQ(points_where("case = '\" OR 1 = 1 --'"), "");
}

TEST(Condition, OrderPutsTheUnknownLast) {
  EXPECT_EQ(points_where("", "inference_joule"), "2134");
  EXPECT_EQ(points_where("", "-inference_joule"), "1234");
  EXPECT_EQ(points_where("", "test_accuracy desc"), "3214");
  EXPECT_EQ(points_where("", "seed, -beta"), "1342") << "of equal ones the first point";
}

struct WrongCondition {
  const char *text, *mentions;
};

TEST(Condition, WrongOnesAreRefusedInOneLine) {
  const WrongCondition all[] = {
      {"test_acuracy > 1", "unknown column `test_acuracy`; did you mean `test_accuracy`"},
      {"tau_s > 1", "`tau_s` may be `neuron.tau_s` or `wire.tau_s`"},
      {"seed", "character 5: expected one of ="},
      {"seed =", "expected a column, a number or a text in quotes, not the end"},
      {"seed = 1 seed = 2", "character 10: expected `and`, `or` or the end"},
      {"(seed = 1", "expected `)`"},
      {"seed = 1)", "character 9"},
      {"seed in 1", "expected `(` and values"},
      {"seed in (1", "expected `,` or `)`"},
      {"case = 'a", "a text without its second '"},
      {"seed = 1; DROP TABLE points", "character 9"},
      {"seed = 1e", "expected a number"},
      {"seed = 1.2.3", "expected a number"},
      {"seed = --", "expected a number"},
      {"and", "expected a column"},
      {"seed = and", "expected a column"},
      {"sqlite_version() > 1", "unknown column `sqlite_version`"},
      {"seed = (SELECT 1)", "character 8"},
      {"case = a", "a text goes in quotes"},
  };
  for (const WrongCondition& wrong : all) {
    const std::string message = message_of<InputError>([&] { parse_condition(wrong.text, some_columns(), "--show"); });
    EXPECT_NE(message.find(wrong.mentions), std::string::npos) << wrong.text << ": " << message;
    EXPECT_EQ(message.rfind("--show: ", 0), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
  std::string nots;
  for (int i = 0; i < 10000; ++i) nots += "not ";
  const std::vector<std::string> deep = {std::string(100000, '('), std::string(400000, ' ') + "not", nots + "seed = 1"};
  for (const std::string& text : deep)
    EXPECT_FALSE(message_of<InputError>([&] { parse_condition(text, some_columns(), "--show"); }).empty());
}

TEST(Condition, WrongOrdersAreRefused) {
  for (const WrongCondition& wrong : {WrongCondition{"sed", "did you mean `seed`"},
                                      {"seed down", "desc, asc"},
                                      {"seed,", "expected a column"},
                                      {"-", "expected a column"},
                                      {"seed; DROP TABLE points", "desc, asc"}}) {
    const std::string message = message_of<InputError>([&] { parse_order(wrong.text, some_columns(), "--sort"); });
    EXPECT_NE(message.find(wrong.mentions), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace settle::condition_test
