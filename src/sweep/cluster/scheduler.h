// Command lines of a batch scheduler: how workers are started on other machines, asked after, and ended.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace settle {

/// Templates for the shell. {script} is the program of a worker, {tasks} how many of them, {cpus} the cores of each,
/// {log} a folder for what they print, {id} the first word of what `submit` has printed. All but {tasks} and {cpus}
/// come quoted.
struct Scheduler {
  std::string name;
  std::string submit;  // starts the workers, and need not wait for them
  std::string alive;   // prints something as long as they wait or run; empty: it is not asked
  std::string cancel;  // ends them; empty: they end when nothing is left
};

/// Slurm: a job array whose tasks are workers. `options` are handed to sbatch as they are. Tasks are requeued when
/// their node is lost, and warned by SIGUSR1 two minutes before their time is over.
Scheduler slurm(const std::string& job_name, const std::vector<std::string>& options);

/// A template with its placeholders filled (InputError for an unknown one, naming `option`).
std::string filled(const std::string& pattern, const std::map<std::string, std::string>& values,
                   const std::string& option);

}  // namespace settle
