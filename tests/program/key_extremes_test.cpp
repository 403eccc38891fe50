// The lowest and the highest value that each key allows: a run ends with a result, or with one clear line. It does not
// hang, crash, or go on with numbers that are none.
#include <regex>

#include "tests/program/keys.h"
#include "tests/program/run_test.h"

namespace settle::key_extremes_test {
namespace {

// What these ask for is work that a user wants; it shows its progress and can be interrupted.
const std::set<std::string> of_work = {"run.epochs", "run.accuracy_draws"};

constexpr int parts = 8;  // of the walk, which run side by side

// The lowest and the highest value of a range; nothing where a key has none.
std::vector<std::string> extremes(const ListedKey& key) {
  static const std::regex range(".*(?:a number|an integer|numbers) from (\\S+) to ([^ ,]+).*");
  std::smatch match;
  if (!std::regex_match(key.allowed, match, range)) return {};
  const bool three = key.standard[0] == '[';
  const auto value = [&](const std::string& x) { return three ? "[" + x + "," + x + "," + x + "]" : x; };
  return {value(match[1]), value(match[2])};
}

class KeyExtremes : public RunTest, public testing::WithParamInterface<int> {
 protected:
  void expect_an_end(const std::string& setting, const Settings& beside) {
    std::filesystem::remove_all(path("run"));
    Words words = {"train", "tiny.toml", "--out", "run"};
    for (const Settings& settings : {common, beside, Settings{setting}})
      for (const std::string& s : settings) words.insert(words.end(), {"--set", s});
    const Finished run = settle(words);  // within a minute
    static const std::regex none("\\b(nan|inf|-nan)\\b"), digits("[0-9]{25,}");
    if (run.status == 0) {
      for (const char* file : {"summary.json", "costs.csv", "metrics.csv"})
        EXPECT_FALSE(std::regex_search(read(std::string("run/") + file), none)) << setting << ": " << file;
      EXPECT_FALSE(std::regex_search(run.out, digits)) << setting;
      return;
    }
    EXPECT_TRUE(run.status == 1 || run.status == 2) << setting << " ends with " << run.status << ": " << run.err;
    const auto last = run.err.rfind("settle: ");
    ASSERT_NE(last, run.err.npos) << setting << ": " << run.err;
    const std::string line = run.err.substr(last);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << setting << ": " << line;
    EXPECT_LT(line.size(), 400u) << setting << ": " << line;
    EXPECT_FALSE(std::regex_search(line, digits)) << setting << ": " << line;
    EXPECT_EQ(line.find("nan J"), line.npos) << setting << ": " << line;
    EXPECT_EQ(line.find("bug"), line.npos) << setting << ": " << line;
  }
};

TEST_P(KeyExtremes, EndWithAResultOrOneLine) {
  int walked = 0, place = 0;
  for (const ListedKey& key : listed_keys(settle({"config"}).out)) {
    if (place++ % parts != GetParam() || of_work.count(key.name) > 0) continue;
    const Effect* row = effect_of(key.name);
    for (const std::string& value : extremes(key)) {
      expect_an_end(key.name + "=" + value, row != nullptr ? row->beside : Settings{});
      ++walked;
    }
  }
  EXPECT_GT(walked, 20);
}
INSTANTIATE_TEST_SUITE_P(Parts, KeyExtremes, testing::Range(0, parts));

}  // namespace
}  // namespace settle::key_extremes_test
