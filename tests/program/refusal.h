// Wrong input: what is wrong, and what the one line about it has to say.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/program/run_test.h"

namespace settle {

struct Refusal {
  const char* name;
  std::vector<std::string> words;     // the command line
  std::vector<const char*> mentions;  // what, where and how to mend it
  int status = 2;
};

/// In the messages of GoogleTest.
inline std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.name; }

class RefusalTest : public RunTest {
 protected:
  /// One line on standard error that mentions everything, nothing on standard output, no folder `out`.
  void expect_refused(const Refusal& refusal, const Words& environment = {}) const {
    const Finished run = settle(refusal.words, environment);
    EXPECT_EQ(run.status, refusal.status);
    EXPECT_EQ(run.err.rfind("settle: ", 0), 0u) << run.err;
    EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << "not one line:\n" << run.err;
    for (const char* mention : refusal.mentions)
      EXPECT_NE(run.err.find(mention), std::string::npos) << "does not mention " << mention << ":\n" << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_FALSE(exists("out")) << "something was written";
  }
};

}  // namespace settle
