#include "src/sweep/cluster/scheduler.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/error.h"
#include "src/run/process.h"

namespace settle {

Scheduler slurm(const std::string& job_name, const std::vector<std::string>& options) {
  std::string more;
  for (const std::string& option : options) more += " " + shell_word(option);
  return {"slurm",
          "sbatch --parsable --array=1-{tasks} --cpus-per-task={cpus} --requeue --signal=B:USR1@120 --job-name=" +
              shell_word(job_name) + more + " --output={log}/%A_%a.log {script}",
          // a controller that does not answer says nothing about the job
          "said=$(squeue --noheader --jobs={id} 2>&1) && echo \"$said\" | grep . || "
          "case $said in '' | *'Invalid job id'*) ;; *) echo unknown ;; esac",
          "scancel {id}"};
}

std::string filled(const std::string& pattern, const std::map<std::string, std::string>& values,
                   const std::string& option) {
  std::string result;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto close = pattern[at] == '{' ? pattern.find('}', at) : std::string::npos;
    if (close == std::string::npos) {
      result += pattern[at++];
      continue;
    }
    const std::string word = pattern.substr(at + 1, close - at - 1);
    const auto value = values.find(word);
    if (value == values.end()) {
      std::vector<std::string> known;
      for (const auto& [name, text] : values) known.push_back("{" + name + "}");
      throw InputError(fmt::format("{}: there is no {{{}}} here; there are {}", option, word, fmt::join(known, ", ")));
    }
    result += value->second;
    at = close + 1;
  }
  return result;
}

}  // namespace settle
