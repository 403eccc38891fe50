// Configurations that come with the program, on tiny data and small layers.
#include "tests/program/run_test.h"

namespace settle::configs_test {
namespace {

class Configs : public RunTest {};

TEST_F(Configs, PrototypicalEquilibriumPropagationLearns) {
  const Finished run = settle({"train", SETTLE_SOURCE "/configs/p-ep.toml", "--out", "run", "--set", "data.name=tiny",
                               "--set", "data.path=data", "--set", "network.hidden=[16,12]", "--set", "run.epochs=3"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_GT(summary("run")["test_accuracy"]["best"], 0.7);  // chance is 1/3
  EXPECT_EQ(summary("run")["settling"]["free_steps_mean"], 100);
  EXPECT_EQ(summary("run")["settling"]["clamped_steps_mean"], 20);
}

}  // namespace
}  // namespace settle::configs_test
