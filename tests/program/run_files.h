// The files of runs, byte by byte.
#pragma once

#include <filesystem>
#include <map>
#include <regex>
#include <string>

#include "tests/program/run_test.h"

namespace settle {

class RunFilesTest : public RunTest {
 protected:
  using Files = std::map<std::string, std::string>;

  /// Every file of a run, without wall clock, program and machine.
  Files files_of(const std::string& run) const {
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator(path(run))) {
      const std::string name = entry.path().filename().string();
      files[name] = read(run + "/" + name);
    }
    files.erase(".train.lock");          // of a killed process; nobody holds it
    if (files.count("metrics.csv") > 0)  // the column `seconds`
      files["metrics.csv"] =
          std::regex_replace(files["metrics.csv"], std::regex("(^|\n)((?:[^,\n]*,){5})[^,\n]*,"), "$1$2");
    if (files.count("summary.json") > 0) {
      nlohmann::json s = summary(run);
      for (const char* other : {"seconds_per_epoch", "samples_per_second", "program", "machine"}) s.erase(other);
      files["summary.json"] = s.dump(1);
    }
    if (files.count("files.sha256") > 0)  // without the sums of those two
      files["files.sha256"] =
          std::regex_replace(files["files.sha256"], std::regex("[^\n]*(metrics.csv|summary.json)\n"), "");
    if (files.count("report.html") > 0)
      for (const char* other : {"<dt>Wall clock per epoch</dt>.*?</dd>", "<footer class=\"made-by\">.*?</footer>"})
        files["report.html"] = std::regex_replace(files["report.html"], std::regex(other), "");
    return files;
  }

  static void expect_same(const Files& expected, const Files& found) {
    for (const auto& [name, bytes] : expected) {
      ASSERT_EQ(found.count(name), 1u) << name << " is missing";
      EXPECT_TRUE(found.at(name) == bytes) << name << " has other bytes";
    }
    EXPECT_EQ(found.size(), expected.size()) << "files that the other does not have";
  }
};

}  // namespace settle
