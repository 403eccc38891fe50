// settle propose: gains with more signal over noise at the same spectral radius, which a configuration takes as they
// are; and its refusals.
#include <regex>

#include "tests/program/csv_table.h"
#include "tests/program/refusal.h"

namespace settle::propose_test {
namespace {

// The numbers that follow a text in another.
std::vector<double> numbers_after(const std::string& text, const std::string& what) {
  std::vector<double> numbers;
  const auto begin = text.find(what);
  if (begin == text.npos) return numbers;
  const std::string line = text.substr(begin + what.size(), text.find('\n', begin) - begin - what.size());
  const std::regex number("[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]+)?");
  for (std::sregex_iterator i(line.begin(), line.end(), number); i != std::sregex_iterator(); ++i)
    numbers.push_back(std::stod(i->str()));
  return numbers;
}

TEST_F(RunTest, ProposesGainsForMoreSignal) {
  const Words net = {"--set", "network.hidden=[16,14,12]", "--set", "neuron.noise=2e-3"};
  Words words = {"propose", "tiny.toml", "--out", "out"};
  words.insert(words.end(), net.begin(), net.end());
  const Finished run = settle(words);
  ASSERT_EQ(run.status, 0) << run.err;
  const std::vector<double> radius = numbers_after(run.out, "spectral radius at equilibrium"),
                            worst = numbers_after(run.out, "averaged over 1800 samples: ");
  ASSERT_EQ(radius.size(), 2u) << run.out;
  ASSERT_EQ(worst.size(), 2u) << run.out;
  EXPECT_NEAR(radius[1] / radius[0], 1, 0.01);
  EXPECT_GE(worst[1], 1.5 * worst[0]);
  // both projections have gains, of which the forward ones are less and the feedback ones more than they were
  const std::string gains = read("out/gains.toml");
  EXPECT_NE(run.out.find(gains), std::string::npos) << "what is written is what is printed";
  for (const char* projection : {"\"hidden1_hidden2\" = ", "\"hidden2_hidden3\" = "}) {
    const std::size_t alpha = gains.find(projection), beta = gains.find(projection, alpha + 1);
    ASSERT_NE(beta, gains.npos) << gains;
    EXPECT_LT(std::stod(gains.substr(alpha + 20)), 1) << gains;
    EXPECT_GT(std::stod(gains.substr(beta + 20)), 0.05) << gains;
  }
  // pasted into a configuration they make what was promised
  write("pasted.toml", std::regex_replace(std::string(tiny_configuration), std::regex("\\[network\\]\n"), gains));
  Words analyse = {"analyze", "pasted.toml", "--samples", "32", "--steps", "40", "--out", "analysis"};
  analyse.insert(analyse.end(), net.begin(), net.end());
  const Finished analysis = settle(analyse);
  ASSERT_EQ(analysis.status, 0) << analysis.err;
  EXPECT_NEAR(number(csv_rows(read("analysis/stability.csv"))[0], "spectral_radius_settled") / radius[1], 1, 0.02);
}

const Refusal refusals[] = {
    {"gains_of_one_layer",
     {"propose", "tiny.toml", "--out", "out", "--set", "network.hidden=[8]", "--set", "network.beta=0.01"},
     {"network.hidden", "no two hidden layers"}},
    {"gains_of_lines_that_carry_differences",
     {"propose", "tiny.toml", "--out", "out", "--set", "learning.clamped_lines=differences", "--set",
      "learning.nudge=0.1"},
     {"learning.clamped_lines", "nothing to choose"}},
    {"gains_without_noise",
     {"propose", "tiny.toml", "--out", "out", "--set", "neuron.noise=0"},
     {"neuron.noise", "no noise"}},
    {"symmetric_beside_a_list",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=symmetric", "--set",
      "learning.phase_nudges=[1,-1]"},
     {"learning.phase_nudges", "learning.nudging = \"one-sided\""}},
    {"lock_in_of_weights",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=lock-in", "--set",
      "learning.phase_nudges=[1,-0.5]"},
     {"learning.phase_nudges", "must be 1 or -1"}},
    {"lock_in_of_recomputed_errors",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=lock-in", "--set", "learning.error=recomputed"},
     {"learning.nudging", "learning.error = \"held\""}},
    {"lock_in_at_full_scale",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=lock-in", "--set", "converter.readout=absolute"},
     {"learning.nudging", "converter.readout = \"difference\""}},
    {"lock_in_at_full_scale_where_lines_carry_differences",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=lock-in", "--set", "converter.readout=absolute",
      "--set", "learning.clamped_lines=differences"},
     {"learning.nudging", "converter.readout = \"difference\""}},
    {"periods_of_no_lock_in",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.lock_in_periods=2"},
     {"learning.lock_in_periods", "set learning.nudging = \"lock-in\""}},
    {"repeats_of_lock_in",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.nudging=lock-in", "--set", "learning.clamped_repeats=2"},
     {"learning.clamped_repeats", "learning.lock_in_periods"}},
    {"repeats_without_a_clamped_phase",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.rule=bp", "--set", "learning.clamped_repeats=2"},
     {"learning.clamped_repeats", "learning.rule = \"ep\""}},
    {"nudges_of_zero",
     {"train", "tiny.toml", "--out", "out", "--set", "learning.phase_nudges=[1,0]"},
     {"learning.phase_nudges", "none of them 0"}},
};

class Signal : public RefusalTest, public testing::WithParamInterface<Refusal> {};

TEST_P(Signal, IsRefusedInOneLine) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Refusal, Signal, testing::ValuesIn(refusals), named);

}  // namespace
}  // namespace settle::propose_test
