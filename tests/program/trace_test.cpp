// `settle trace`: which samples, which signals, which format.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "tests/program/run_test.h"
#include "tests/program/waveform.h"

namespace settle::trace_test {
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
  for (const char* name :
       {"SystemC.phase.now[63:0]", "SystemC.phase.free", "SystemC.phase.sample[24:0]", "SystemC.hidden2.dv0",
        "SystemC.meter.energy_j", "SystemC.nudge.v0", "SystemC.readout.logit2", "SystemC.input_dac.code0[24:0]",
        "SystemC.nudge_dac.code1[24:0]", "SystemC.logit_adc.code2[24:0]", "SystemC.hidden1_adc.code0[24:0]"})
    EXPECT_EQ(vcd_names(read("out/trace.vcd")).count(name), 1u) << name;
}

TEST_F(Trace, MoreSamplesTakeMoreTime) {
  ASSERT_EQ(trace("one", {"--samples", "1"}).status, 0);
  ASSERT_EQ(trace("three", {"--samples", "3"}).status, 0);
  const auto one = last_time(read("one/trace.vcd")), three = last_time(read("three/trace.vcd"));
  EXPECT_GT(one, 0);
  EXPECT_GT(three, 2 * one);
}

// A file is for any set of samples; a number on the command line that is too large is refused.
TEST_F(Trace, CutsTheNumberOfAFileToTheSamplesThatThereAre) {
  std::string nine = read("tiny.toml");
  nine.replace(nine.find("samples = 0"), 11, "samples = 9");
  write("nine.toml", nine);
  const Finished run = settle({"trace", "nine.toml", "--out", "out", "--set", "data.test_limit=2"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("sample 1 "), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("sample 2 "), std::string::npos) << run.out;
  EXPECT_EQ(trace("all", {"--samples", "2", "--set", "data.test_limit=2"}).status, 0);
}

TEST_F(Trace, ShowsTheFreePhaseAloneWithoutANudge) {
  const Finished run = settle({"trace", "tiny.toml", "--out", "out", "--samples", "1", "--set", "learning.rule=bp"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("sample 0    settled in"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("clamped"), std::string::npos) << run.out;
}

// What is drawn in a time is shown from its beginning, so that power adds up to energy: exactly, in every analysis.
TEST_F(Trace, PowerIntegratesToTheEnergy) {
  for (const char* analysis : {"operating-point", "transient", "map"}) {
    ASSERT_EQ(trace(analysis,
                    {"--samples", "2", "--signals", "meter*", "--set", std::string("settling.analysis=") + analysis})
                  .status,
              0);
    auto changes = vcd_changes(read(std::string(analysis) + "/trace.vcd"));
    const Changes energy = changes["SystemC.meter.energy_j"], power = changes["SystemC.meter.power_w"];
    ASSERT_GT(energy.size(), 5u);
    const long long end = energy.back().first;
    double sum = 0;
    for (std::size_t i = 0; i < power.size(); ++i) {
      const long long until = i + 1 < power.size() ? power[i + 1].first : end;
      sum += std::stod(power[i].second) * double(until - power[i].first) * 1e-15;
      EXPECT_GE(std::stod(power[i].second), 0) << analysis;
    }
    const double drawn = std::stod(energy.back().second);
    EXPECT_NEAR(std::stod(energy.front().second), 0, 1e-9 * drawn) << analysis;
    EXPECT_GT(drawn, 1e-12);
    EXPECT_NEAR(sum / drawn, 1, 1e-5) << analysis;
  }
}

TEST_F(Trace, ChoosesSignalsByGlob) {
  const Finished run = trace("out", {"--samples", "1", "--signals", "hidden1.v*"});
  ASSERT_EQ(run.status, 0) << run.err;
  const std::set<std::string> three = {"SystemC.hidden1.v0", "SystemC.hidden1.v1", "SystemC.hidden1.v2"};
  EXPECT_EQ(vcd_names(read("out/trace.vcd")), three);
  EXPECT_EQ(run.out.rfind("3 signals", 0), 0u) << run.out;
}

// Membranes and conductances are for who asks for them.
TEST_F(Trace, ABareGlobFindsNeitherMembranesNorConductances) {
  ASSERT_EQ(trace("out", {"--samples", "1", "--signals", "hidden*"}).status, 0);
  for (const std::string& name : vcd_names(read("out/trace.vcd"))) {
    EXPECT_EQ(name.find(".g"), std::string::npos) << name;
    EXPECT_EQ(name.find(".u"), std::string::npos) << name;
  }
  ASSERT_EQ(trace("asked", {"--samples", "1", "--signals", "hidden1*.g[0-9]*", "--signals", "hidden?.u2"}).status, 0);
  const auto names = vcd_names(read("asked/trace.vcd"));
  EXPECT_EQ(names.size(), 9u + 2);  // of hidden1_hidden2, without gsub
}

// Any line and any cell, however many there are.
TEST_F(Trace, ANameFindsWhatGlobsLeaveOut) {
  const Words words = {"--samples", "1",
                       "--set",     "trace.neurons=1",
                       "--signals", "hidden1.v15",
                       "--signals", "hidden1_hidden2.g11_15",
                       "--signals", "hidden1_hidden2.gsub11_15",
                       "--signals", "hidden1.v*"};
  ASSERT_EQ(trace("out", words).status, 0);
  const std::set<std::string> wanted = {"SystemC.hidden1.v0", "SystemC.hidden1.v15", "SystemC.hidden1_hidden2.g11_15",
                                        "SystemC.hidden1_hidden2.gsub11_15"};
  const auto changes = vcd_changes(read("out/trace.vcd"));
  EXPECT_EQ(vcd_names(read("out/trace.vcd")), wanted);
  for (const char* cell : {"g11_15", "gsub11_15"}) {
    const double siemens = std::stod(changes.at(std::string("SystemC.hidden1_hidden2.") + cell).front().second);
    EXPECT_GT(siemens, 0.1e-6) << cell;
    EXPECT_LT(siemens, 50e-6) << cell;
  }
}

TEST_F(Trace, WindowAndDecimation) {
  ASSERT_EQ(trace("all", {"--samples", "1"}).status, 0);
  const auto all = vcd_changes(read("all/trace.vcd"));
  ASSERT_EQ(trace("part", {"--samples", "1", "--start", "20e-9", "--end", "50e-9", "--every", "4"}).status, 0);
  const std::string part = read("part/trace.vcd");
  const std::vector<long long> times = vcd_times(part);
  EXPECT_GE(times.front(), 20000000);
  EXPECT_EQ(times.back(), 50000001) << "closed when the window ends";
  const auto some = vcd_changes(part);
  for (const auto& change : some.at("SystemC.hidden1.v0")) {
    if (change.first == 0) continue;  // the first values, which have no time of their own
    const Changes& dense = all.at("SystemC.hidden1.v0");
    EXPECT_NE(std::find(dense.begin(), dense.end(), change), dense.end()) << change.first;
  }
  EXPECT_LT(some.at("SystemC.hidden1.v0").size(), 12u);
  EXPECT_NE(read("part/trace.gtkw").find("[timestart] 2"), std::string::npos);
}

// The numbers of codes that waveforms show are those that the values went through.
TEST_F(Trace, ShowsTheProtocol) {
  ASSERT_EQ(trace("out", {"--samples", "2"}).status, 0);
  const auto changes = vcd_changes(read("out/trace.vcd"));
  std::vector<std::string> phases;
  for (const auto& [time, bits] : changes.at("SystemC.phase.now[63:0]")) phases.push_back(as_text(bits));
  EXPECT_EQ(phases,
            (std::vector<std::string>{"idle", "free", "idle", "clamped", "idle", "free", "idle", "clamped", "idle"}));
  // a bank's converters are read twice a sample, 8 bits at most
  const Changes& codes = changes.at("SystemC.hidden1_adc.code1[24:0]");
  EXPECT_GE(codes.size(), 3u);
  for (const auto& [time, digits] : codes) {
    EXPECT_GE(as_number(digits, 25), -128);
    EXPECT_LE(as_number(digits, 25), 127);
  }
  // the free state's, as the output was when it was held
  const Changes& v = changes.at("SystemC.hidden1.v1");
  const long long free_ends = changes.at("SystemC.phase.free")[2].first;
  double held_v = 0;
  for (const auto& [time, value] : v)
    if (time <= free_ends) held_v = std::stod(value);
  // it is converted last, after the difference
  const long long next_begins = changes.at("SystemC.phase.free")[3].first;
  double held_code = 0;
  for (const auto& [time, digits] : codes)
    if (time <= next_begins) held_code = double(as_number(digits, 25));
  EXPECT_NEAR(held_code, held_v / 0.4 * 128, 1.0);
}

TEST_F(Trace, TheSameSeedWritesTheSameBytes) {
  ASSERT_EQ(trace("one", {"--samples", "2"}).status, 0);
  ASSERT_EQ(trace("two", {"--samples", "2", "--threads", "2"}).status, 0);
  EXPECT_EQ(read("one/trace.vcd"), read("two/trace.vcd"));
  EXPECT_EQ(read("one/trace.gtkw"), read("two/trace.gtkw"));
}

// In another folder and another second.
TEST_F(Trace, HoldsNeitherDateNorPath) {
  const bool convertible = std::system("command -v vcd2fst >/dev/null") == 0;
  const auto trace_both = [&](const std::string& out) {
    EXPECT_EQ(trace(out, {"--samples", "1"}).status, 0);
    if (!convertible) return;
    EXPECT_EQ(trace(out + "/fst", {"--samples", "1", "--format", "fst"}).status, 0);
  };
  trace_both("one");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  trace_both("another/place");
  for (const char* file : {"/trace.vcd", "/trace.gtkw", "/fst/trace.fst", "/fst/trace.gtkw"}) {
    EXPECT_TRUE(read(std::string("one") + file) == read(std::string("another/place") + file)) << file;
    EXPECT_EQ(read(std::string("one") + file).find(path("")), std::string::npos) << file;
  }
  EXPECT_EQ(read("one/trace.vcd").rfind("$date\n     not recorded", 0), 0u);
}

// The commands of docs/waveforms.md, with the tests' configuration.
TEST_F(Trace, TheManualsCommandsWork) {
  train("runs/default-001");
  std::istringstream manual(bytes_of(SETTLE_SOURCE "/docs/waveforms.md"));
  int commands = 0;
  for (std::string line; std::getline(manual, line);) {
    if (line.rfind("settle trace ", 0) != 0) continue;
    ++commands;
    Words words;
    std::istringstream in(line.substr(7, line.find("  #") - 7));
    for (std::string word; in >> word;) {
      word.erase(std::remove(word.begin(), word.end(), '\''), word.end());
      words.push_back(word == "configs/default.toml" ? "tiny.toml" : word);
    }
    words.insert(words.end(), {"--set", "trace.samples=1"});
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << line << "\n" << run.err;
  }
  EXPECT_GE(commands, 6);
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

// `settle trace` draws the waveform of a run, and gets its folder as a word: no option, whatever it is called.
TEST_F(Trace, OfARunWhoseFolderIsCalledLikeAnOption) {
  for (const std::string folder : {"-x", "--help"}) {
    const Words shorter = {"--set", "run.epochs=1", "--set", "trace.samples=1"};
    Words words = {"train", "tiny.toml", "--out=" + folder};
    words.insert(words.end(), shorter.begin(), shorter.end());
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_TRUE(exists(folder + "/trace.vcd")) << run.err;
    EXPECT_NE(run.out.find("gtkwave ./" + folder + "/trace.gtkw"), std::string::npos) << run.out;
    const Finished again = settle({"trace", "tiny.toml", "--samples=1", "--out=" + folder});
    EXPECT_NE(again.out.find("gtkwave ./" + folder + "/trace.gtkw"), std::string::npos) << again.out << again.err;
    const Finished more = settle({"train", "--resume=" + folder, "--set", "run.epochs=2"});
    EXPECT_EQ(more.status, 0) << more.err;
  }
}

TEST_F(Trace, Fst) {
  if (std::system("command -v vcd2fst >/dev/null") != 0) GTEST_SKIP() << "vcd2fst is missing: apt install gtkwave";
  ASSERT_EQ(trace("out", {"--samples", "1", "--format", "fst"}).status, 0);
  EXPECT_GT(read("out/trace.fst").size(), 300u);
  EXPECT_FALSE(exists("out/trace.vcd"));
  EXPECT_NE(read("out/trace.gtkw").find("[dumpfile] \"trace.fst\""), std::string::npos);
}

// GTKWave's own reader gives back what was written.
TEST_F(Trace, FstHoldsTheSameWaveform) {
  if (std::system("command -v vcd2fst fst2vcd >/dev/null") != 0) GTEST_SKIP() << "missing: apt install gtkwave";
  ASSERT_EQ(trace("vcd", {"--samples", "1"}).status, 0);
  ASSERT_EQ(trace("fst", {"--samples", "1", "--format", "fst"}).status, 0);
  ASSERT_EQ(std::system(("fst2vcd -f " + path("fst/trace.fst") + " -o " + path("back.vcd")).c_str()), 0);
  const auto expected = vcd_changes(read("vcd/trace.vcd")), back = vcd_changes(read("back.vcd"));
  ASSERT_EQ(vcd_names(read("back.vcd")), vcd_names(read("vcd/trace.vcd")));
  for (const auto& [name, changes] : expected) {
    const Changes& other = back.at(name);
    ASSERT_EQ(other.size(), changes.size()) << name;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      EXPECT_EQ(other[i].first, changes[i].first) << name;
      const bool number = name.back() != ']' && name.find("phase") == std::string::npos;
      if (number) {
        EXPECT_EQ(std::stod(other[i].second), std::stod(changes[i].second)) << name;
      } else {
        EXPECT_EQ(std::stoll(other[i].second, nullptr, 2), std::stoll(changes[i].second, nullptr, 2)) << name;
      }
    }
  }
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
}  // namespace settle::trace_test
