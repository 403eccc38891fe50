// What a batch scheduler has given to this process, which may be less than the machine has.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace settle {

/// The value of an environment variable; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// The cores that Slurm has given to this task: SLURM_CPUS_PER_TASK or, where a task has not asked for any, its share
/// of the job's cores on this node. Outside of Slurm SETTLE_CORES, as workers of
/// other schedulers have it; nothing without, where all cores are ours that the system lets us run on.
std::optional<int> allocated_cores(const Environment& environment);

}  // namespace settle
