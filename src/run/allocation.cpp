#include "src/run/allocation.h"

#include <algorithm>
#include <cstdlib>

namespace settle {
namespace {

// The number that a variable begins with, as in "2(x3)": two tasks on each of three nodes.
std::optional<int> number_in(const Environment& environment, const char* name) {
  const auto text = environment(name);
  const int number = text ? std::atoi(text->c_str()) : 0;
  return number > 0 ? std::optional<int>(number) : std::nullopt;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::optional<int> allocated_cores(const Environment& environment) {
  if (!environment("SLURM_JOB_ID")) return number_in(environment, "SETTLE_CORES");
  if (const auto cores = number_in(environment, "SLURM_CPUS_PER_TASK")) return cores;
  const auto on_node = number_in(environment, "SLURM_CPUS_ON_NODE");
  if (!on_node) return std::nullopt;
  auto tasks = number_in(environment, "SLURM_STEP_TASKS_PER_NODE");
  if (!tasks) tasks = number_in(environment, "SLURM_TASKS_PER_NODE");
  return std::max(1, *on_node / tasks.value_or(1));
}

}  // namespace settle
