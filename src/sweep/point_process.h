// A point that runs: `settle train` in a process of its own, since SystemC elaborates once in a process.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace settle {

class PointProcess {
 public:
  /// Starts `command` (its first word is a path) with what it prints in `log`. It is in a process group of its own, so
  /// that Ctrl-C reaches it through us, and ends when we do (RunError when it cannot be started).
  PointProcess(const std::vector<std::string>& command, const std::filesystem::path& log);
  /// Kills it if it still runs.
  ~PointProcess();
  PointProcess(const PointProcess&) = delete;
  PointProcess& operator=(const PointProcess&) = delete;

  /// The process's wait status, once it has ended.
  std::optional<int> ended();
  /// A descriptor that can be read (poll) once it has ended; -1 where the operating system has none.
  int descriptor() const { return descriptor_; }
  /// Asks it to end as Ctrl-C does, with everything saved.
  void interrupt() const;
  /// Wall clock since the start.
  double seconds() const;

 private:
  pid_t id_ = -1;
  int descriptor_ = -1;
  std::optional<int> status_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Why a process ended as it did (wait status): the last line with which the program complained into its log.
std::string reason(int wait_status, const std::filesystem::path& log);

}  // namespace settle
