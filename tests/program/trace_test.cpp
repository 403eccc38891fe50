// `settle trace`: which samples, which signals, which format.
#include <cstdlib>

#include "tests/program/run_test.h"
#include "tests/program/waveform.h"

namespace settle {
namespace {

class Trace : public RunTest {
 protected:
  Finished trace(const std::string& out, const Words& more, const Words& environment = {}) const {
    Words words = {"trace", "tiny.toml", "--out", out};
    words.insert(words.end(), more.begin(), more.end());
    return settle(words, environment);
  }
};

TEST_F(Trace, ShowsOnlyWhatItWrites) {
  ASSERT_EQ(trace("out", {"--samples", "1"}).status, 0);
  EXPECT_EQ(gtkw_names(read("out/trace.gtkw")), vcd_names(read("out/trace.vcd")));
  for (const char* name : {"SystemC.phase.free", "SystemC.hidden2.dv0", "SystemC.meter.energy_j", "SystemC.nudge.v0"})
    EXPECT_EQ(vcd_names(read("out/trace.vcd")).count(name), 1u) << name;
}

TEST_F(Trace, MoreSamplesTakeMoreTime) {
  ASSERT_EQ(trace("one", {"--samples", "1"}).status, 0);
  ASSERT_EQ(trace("three", {"--samples", "3"}).status, 0);
  const auto one = last_time(read("one/trace.vcd")), three = last_time(read("three/trace.vcd"));
  EXPECT_GT(one, 0);
  EXPECT_GT(three, 2 * one);
}

TEST_F(Trace, ChoosesSignalsByGlob) {
  const Finished run = trace("out", {"--samples", "1", "--signals", "hidden1.v*"});
  ASSERT_EQ(run.status, 0) << run.err;
  const std::set<std::string> three = {"SystemC.hidden1.v0", "SystemC.hidden1.v1", "SystemC.hidden1.v2"};
  EXPECT_EQ(vcd_names(read("out/trace.vcd")), three);
  EXPECT_EQ(run.out.rfind("3 signals", 0), 0u) << run.out;
}

TEST_F(Trace, UsesTheWeightsOfARun) {
  train("run");
  ASSERT_EQ(trace("initial", {"--samples", "1"}).status, 0);
  ASSERT_EQ(trace("trained", {"--samples", "1", "--run", "run"}).status, 0);
  const auto changes = [&](const std::string& out) {
    const std::string vcd = read(out + "/trace.vcd");
    return vcd.substr(vcd.find("$enddefinitions"));  // after the date
  };
  EXPECT_NE(changes("initial"), changes("trained"));
}

TEST_F(Trace, Fst) {
  if (std::system("command -v vcd2fst >/dev/null") != 0) GTEST_SKIP() << "vcd2fst is missing: apt install gtkwave";
  ASSERT_EQ(trace("out", {"--samples", "1", "--format", "fst"}).status, 0);
  EXPECT_GT(read("out/trace.fst").size(), 300u);
  EXPECT_FALSE(exists("out/trace.vcd"));
  EXPECT_NE(read("out/trace.gtkw").find("[dumpfile] \"trace.fst\""), std::string::npos);
}

TEST_F(Trace, FstInAFolderWithAQuoteInItsName) {
  if (std::system("command -v vcd2fst >/dev/null") != 0) GTEST_SKIP() << "vcd2fst is missing: apt install gtkwave";
  ASSERT_EQ(trace("Ada's runs", {"--samples", "1", "--format", "fst"}).status, 0);
  EXPECT_GT(read("Ada's runs/trace.fst").size(), 300u);
}

TEST_F(Trace, FstWithoutItsConverterSaysWhatToInstall) {
  const Finished run = trace("out", {"--samples", "1", "--format", "fst"}, {"PATH=" + path("data")});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
  EXPECT_NE(run.err.find("apt install gtkwave"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace settle
