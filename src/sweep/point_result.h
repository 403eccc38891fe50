// The result of a point, kept in its folder: point.json beside what `settle train` and `settle analyze` write.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace settle {

/// A point that was not finished is `missing`: it has not been started, or was interrupted.
enum class PointState { missing, done, failed };

struct PointResult {
  PointState state = PointState::missing;
  std::string error;       // one line, of a failed point
  double seconds = 0;      // wall clock of its processes
  bool trained = false;    // whether its training has ended well, whatever came after
  nlohmann::json summary;  // summary.json of a finished point
  std::map<std::string, std::string>
      stability;  // the trained row of analysis/stability.csv, of a point that was analysed
};

/// Reads what is in the point's folder; what is not there or not whole is missing.
PointResult read_point(const std::filesystem::path& folder);

/// Writes point.json (RunError).
void write_point(const std::filesystem::path& folder, const PointResult& result);

/// Wall clock of the training in all epochs of a summary.
double training_wall_seconds(const nlohmann::json& summary);

/// Why a process ended as it did (wait status): the last line with which the program complained into its log.
std::string reason(int wait_status, const std::filesystem::path& log);

}  // namespace settle
