// settle eval --states: a file that agrees with what the program prints.
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/program/checkpoint_file.h"
#include "tests/program/run_test.h"

namespace settle::states_test {
namespace {

template <class Number>
std::vector<Number> numbers_of(const Contents& contents, const std::string& name) {
  const auto found = contents.find(name);
  EXPECT_NE(found, contents.end()) << name;
  if (found == contents.end()) return {};
  std::vector<Number> numbers(found->second.size() / sizeof(Number));
  std::memcpy(numbers.data(), found->second.data(), found->second.size());
  return numbers;
}

using States = RunTest;

TEST_F(States, OfSamplesAgreeWithTheTest) {
  train("run");
  const Finished plain = settle({"eval", "run"}),
                 eval = settle({"eval", "run", "--states", std::to_string(tiny_test_samples)});
  ASSERT_EQ(eval.status, 0) << eval.err;
  EXPECT_EQ(eval.out.substr(0, plain.out.size()), plain.out) << "states change nothing of the test";
  EXPECT_NE(eval.out.find("states          run/states.h5"), std::string::npos) << eval.out;
  const Contents file = checkpoint_contents(path("run/states.h5"));
  const auto logits = numbers_of<float>(file, "logits"), probabilities = numbers_of<float>(file, "probabilities");
  const auto labels = numbers_of<std::int64_t>(file, "labels"), classes = numbers_of<std::int64_t>(file, "predictions");
  ASSERT_EQ(labels.size(), std::size_t(tiny_test_samples));
  ASSERT_EQ(classes.size(), labels.size());
  ASSERT_EQ(logits.size() % labels.size(), 0u);
  const std::size_t outputs = logits.size() / labels.size();
  int hits = 0;
  double loss = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < outputs; ++k) sum += std::exp(double(logits[i * outputs + k]));
    const double p = double(probabilities[i * outputs + std::size_t(labels[i])]);
    EXPECT_NEAR(p, std::exp(double(logits[i * outputs + std::size_t(labels[i])])) / sum, 1e-5);
    loss -= std::log(p);
    hits += classes[i] == labels[i];
  }
  char text[40];
  std::snprintf(text, sizeof text, "test accuracy   %.2f %%", 100.0 * hits / double(labels.size()));
  EXPECT_NE(eval.out.find(text), std::string::npos) << eval.out << text;
  std::snprintf(text, sizeof text, "test loss       %.4f", loss / double(labels.size()));
  EXPECT_NE(eval.out.find(text), std::string::npos) << eval.out << text;
  EXPECT_EQ(numbers_of<float>(file, "states/hidden1").size(), 16 * labels.size());
  EXPECT_EQ(numbers_of<float>(file, "differences/hidden2").size(), 12 * labels.size());
}

TEST_F(States, OfBackPropagationAreCalledGradients) {
  ASSERT_EQ(settle({"train", "tiny.toml", "--out", "run", "--set", "learning.rule=bp"}).status, 0);
  ASSERT_EQ(settle({"eval", "run", "--states", "3"}).status, 0);
  const std::string file = read("run/states.h5");
  EXPECT_NE(file.find("minus the gradient of the loss"), std::string::npos);
  EXPECT_EQ(file.find("what the nudge changes"), std::string::npos);
}

TEST_F(States, RefuseMoreSamplesThanThereAre) {
  train("run");
  const Finished more = settle({"eval", "run", "--states", "1000"});
  EXPECT_EQ(more.status, 2);
  EXPECT_NE(more.err.find("--states 1000: there are " + std::to_string(tiny_test_samples) + " test samples"),
            std::string::npos)
      << more.err;
  const Finished alone = settle({"eval", "run", "--out", "states.h5"});
  EXPECT_EQ(alone.status, 2);
  EXPECT_NE(alone.err.find("give both"), std::string::npos) << alone.err;
  EXPECT_FALSE(exists("states.h5") || exists("run/states.h5"));
}

}  // namespace
}  // namespace settle::states_test
