// The cores that Slurm has given to a task, from its variables.
#include "src/run/allocation.h"

#include <map>

#include <gtest/gtest.h>

namespace settle::allocation_test {
namespace {

std::optional<int> cores_with(const std::map<std::string, std::string>& variables) {
  return allocated_cores([&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

TEST(Allocation, IsWhatATaskAskedForOrItsShareOfTheNode) {
  EXPECT_EQ(cores_with({}), std::nullopt);
  EXPECT_EQ(cores_with({{"SLURM_CPUS_PER_TASK", "8"}}), std::nullopt) << "left over, outside a job";
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"}, {"SLURM_CPUS_PER_TASK", "8"}, {"SLURM_CPUS_ON_NODE", "16"}}), 8);
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"}, {"SLURM_CPUS_ON_NODE", "16"}}), 16);
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"}, {"SLURM_CPUS_ON_NODE", "16"}, {"SLURM_TASKS_PER_NODE", "4(x2)"}}), 4);
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"},
                        {"SLURM_CPUS_ON_NODE", "16"},
                        {"SLURM_TASKS_PER_NODE", "1"},
                        {"SLURM_STEP_TASKS_PER_NODE", "8"}}),
            2)
      << "under srun it is the step's tasks that count";
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"}, {"SLURM_CPUS_ON_NODE", "2"}, {"SLURM_TASKS_PER_NODE", "4"}}), 1);
  EXPECT_EQ(cores_with({{"SLURM_JOB_ID", "1"}}), std::nullopt);
}

}  // namespace
}  // namespace settle::allocation_test
