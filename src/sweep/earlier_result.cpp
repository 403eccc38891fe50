#include "src/sweep/earlier_result.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace settle {

EarlierResult read_earlier_result(const std::filesystem::path& run) {
  std::ifstream file(run / "point.json");
  const auto point = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!point.is_object()) return {};
  return {point.value("error", "").empty(), point.value("wall_seconds", 0.0)};
}

}  // namespace settle
