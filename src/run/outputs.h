// The files of a run folder as text: metrics.csv, costs.csv, summary.json; and the table at the end of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/config/configuration.h"
#include "src/run/result.h"

namespace settle {

/// Advice where phases of a transient do not settle.
std::string remedy_in_time(const Configuration& configuration);

std::string metrics_csv(const std::vector<EpochResult>& epochs);
/// Gives epochs the seconds of wall clock that an earlier metrics.csv has for them, where there is one.
void take_seconds(const std::filesystem::path& metrics, std::vector<EpochResult>& epochs);
/// The ledger's rows, each with the percentiles that its figures, drawn with `seed`, make of it.
std::string costs_csv(const RunResult& result, std::uint64_t seed);
nlohmann::ordered_json summary_json(const Configuration& configuration, const RunResult& result);

/// The table for standard output: accuracy, energy, latency, where each went, and warnings.
std::string final_table(const nlohmann::ordered_json& summary, const Ledger& ledger);

}  // namespace settle
