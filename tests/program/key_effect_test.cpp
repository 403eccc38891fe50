// Every key changes a result somewhere: for each one, a tiny run with it and one without it. A new key has to be named
// in the table of keys.h where the common context and a value next to its default do not show what it does.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/program/csv_table.h"
#include "tests/program/keys.h"
#include "tests/program/run_test.h"

namespace settle::key_effect_test {
namespace {

// Results do not depend on these.
const std::set<std::string> of_speed = {"run.block", "run.threads", "run.checkpoint_minutes"};

std::string text(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

// An allowed value other than the default, half as large again where that is allowed.
std::string another(const ListedKey& key) {
  if (key.standard == "true" || key.standard == "false") return key.standard == "true" ? "false" : "true";
  std::smatch match;
  if (key.allowed.rfind("one of ", 0) == 0) {
    std::istringstream words(std::regex_replace(key.allowed.substr(7), std::regex(","), " "));
    for (std::string word; words >> word;)
      if (key.standard != "\"" + word + "\"") return word;
  }
  static const std::regex range("(a number|an integer) from (\\S+) to ([^ ,]+).*");
  if (std::regex_match(key.allowed, match, range)) {
    const bool whole = match[1] == "an integer";
    const double low = std::stod(match[2]), high = std::stod(match[3]), standard = std::atof(key.standard.c_str());
    if (standard == 0) return whole ? text(low + 1) : text(std::max(low, std::min(0.05, high)));
    const double value = 1.5 * standard <= high ? 1.5 * standard : 0.5 * (low + standard);
    return whole ? text(std::floor(value + 0.5) == standard ? standard + 1 : std::floor(value + 0.5)) : text(value);
  }
  double numbers[3];
  if (std::sscanf(key.standard.c_str(), "[%lf, %lf, %lf]", &numbers[0], &numbers[1], &numbers[2]) == 3)
    return "[" + text(1.5 * numbers[0]) + "," + text(1.5 * numbers[1]) + "," + text(1.5 * numbers[2]) + "]";
  return "";
}

constexpr int parts = 8;  // of the walk, which run side by side

class KeyEffect : public RunTest, public testing::WithParamInterface<int> {
 protected:
  // What a run gives, without wall clock, and without the list of figures, which would only repeat a key.
  std::string result(const Settings& settings) {
    Settings all = common;
    all.insert(all.end(), settings.begin(), settings.end());
    std::filesystem::remove_all(path("run"));
    Settings words = {"train", "tiny.toml", "--out", "run"};
    for (const std::string& setting : all) words.insert(words.end(), {"--set", setting});
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << run.err;
    if (run.status != 0) return "";
    nlohmann::json s = summary("run");
    for (const char* key : {"config_sha256", "figures", "seconds_per_epoch", "samples_per_second", "program"})
      s.erase(key);
    std::string text = s.dump() + read("run/costs.csv");
    for (CsvRow& row : csv_rows(read("run/metrics.csv"))) {
      row.erase("seconds");
      for (const auto& [column, value] : row) text += column + value;
    }
    return text;
  }
  const std::string& before(const Settings& settings) {
    std::string name;
    for (const std::string& setting : settings) name += setting + " ";
    const auto found = before_.find(name);
    return found != before_.end() ? found->second : before_[name] = result(settings);
  }
  std::map<std::string, std::string> before_;
};

TEST_P(KeyEffect, IsThereForEveryKey) {
  write("own.toml",
        "response = \"linear\"\ndw_min = 0.01\nconductance_min_siemens = 1e-6\nconductance_max_siemens = 2e-5\n"
        "pulse_v = 1.5\npulse_s = 1e-7\n");
  write("curve.csv", "input,output\n-2,-0.7\n0,0\n2,0.9\n");
  std::filesystem::copy(path("data"), path("copy"));
  const TinyHalf other = tiny_half(tiny_train_samples, 9);
  write("copy/train-images-idx3-ubyte", other.images);
  int walked = 0, place = 0;
  for (const ListedKey& key : listed_keys(settle({"config"}).out)) {
    if (place++ % parts != GetParam() || of_speed.count(key.name) > 0 || key.name.rfind("trace.", 0) == 0) continue;
    const Effect* special = effect_of(key.name);
    const Settings beside = special != nullptr ? special->beside : Settings{};
    const std::string value = special != nullptr ? special->value : another(key);
    ASSERT_NE(value, "") << key.name << " needs a value in the table of this test";
    Settings with = beside;
    with.push_back(key.name + "=" + value);
    EXPECT_TRUE(result(with) != before(beside)) << key.name << "=" << value << " changes nothing";
    ++walked;
  }
  EXPECT_GT(walked, 20);
}
INSTANTIATE_TEST_SUITE_P(Parts, KeyEffect, testing::Range(0, parts));

}  // namespace
}  // namespace settle::key_effect_test
