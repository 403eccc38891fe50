#include "src/sweep/point_result.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>

#include "src/run/run_folder.h"

namespace settle {
namespace {

using nlohmann::json;

// null where there is no such file or it is no JSON
json json_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  json value = json::parse(file, nullptr, /*allow_exceptions=*/false);
  return value.is_object() ? value : json();
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream text(line);
  for (std::string field; std::getline(text, field, ',');) fields.push_back(field);
  return fields;
}

// The row of the trained weights, by column; empty where there is none.
std::map<std::string, std::string> trained_row(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = fields_of(line);
  std::map<std::string, std::string> row;
  while (row.empty() && std::getline(file, line)) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.empty() || fields[0] != "trained") continue;
    for (std::size_t i = 0; i < std::min(header.size(), fields.size()); ++i) row[header[i]] = fields[i];
  }
  return row;
}

}  // namespace

PointResult read_point(const std::filesystem::path& folder) {
  PointResult result;
  const json point = json_in(folder / "point.json");
  if (point.is_null()) return result;
  result.seconds = point.value("wall_seconds", 0.0);
  result.error = point.value("error", "");
  result.trained = point.value("trained", false);
  result.summary = json_in(folder / "summary.json");
  result.stability = trained_row(folder / "analysis" / "stability.csv");
  const bool whole = result.error.empty() && !result.summary.is_null();
  if (whole) result.state = PointState::done;
  if (!result.error.empty()) result.state = PointState::failed;
  return result;
}

void write_point(const std::filesystem::path& folder, const PointResult& result) {
  json point = {{"wall_seconds", result.seconds}, {"trained", result.trained}};
  if (!result.error.empty()) point["error"] = result.error;
  write_file(folder / "point.json", point.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

double training_wall_seconds(const json& summary) {
  double all = 0;
  for (const json& seconds : summary.at("seconds_per_epoch")) all += seconds.get<double>();
  return all;
}

std::string reason(int wait_status, const std::filesystem::path& log) {
  const std::string voice = "settle: ";
  std::string complaint;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);)
    if (line.rfind(voice, 0) == 0) complaint = line.substr(voice.size());
  if (!complaint.empty()) return complaint;
  if (WIFSIGNALED(wait_status))
    return fmt::format("ended by signal {}{}", WTERMSIG(wait_status),
                       WTERMSIG(wait_status) == SIGKILL ? " (out of memory?)" : "");
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

}  // namespace settle
