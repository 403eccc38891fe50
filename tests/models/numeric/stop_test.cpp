// Work that is to end does so in its middle, on any thread.
#include "settle/models/numeric/stop.h"

#include <atomic>

#include <gtest/gtest.h>

#include "settle/models/numeric/parallel.h"

namespace settle::test::stop_test {
namespace {

std::atomic<int> answers{0};

// No twice, and yes from then on.
bool after_two() { return ++answers > 2; }

struct Asked {
  explicit Asked(bool (*wanted)()) { ask_whether_to_stop(wanted); }
  ~Asked() { ask_whether_to_stop(nullptr); }
};

TEST(Stop, NobodyIsAskedAtFirst) { EXPECT_NO_THROW(go_on_or_stop()); }

TEST(Stop, EndsPiecesThatHaveNotBegun) {
  for (const int threads : {1, 3}) {
    answers = 0;
    std::atomic<int> done{0};
    {
      const Asked asked(after_two);
      EXPECT_THROW(parallel_for(100, threads, [&](Index) { ++done; }), Stopped);
    }
    EXPECT_EQ(done, 2);
    EXPECT_NO_THROW(parallel_for(100, threads, [&](Index) { ++done; })) << "who no longer asks works on";
    EXPECT_EQ(done, 102);
  }
}

}  // namespace
}  // namespace settle::test::stop_test
