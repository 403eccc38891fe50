// The sections of a report, in the order of the page. Each makes HTML from the runs.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "src/report/reported_run.h"

namespace settle {

/// The page's title, as text.
std::string report_title(const Runs& runs);
/// The runs: title, circumstances, and where several of them differ.
std::string header_section(const Runs& runs);
std::string headline_section(const Runs& runs);
std::string learning_section(const Runs& runs);
std::string energy_section(const Runs& runs);
std::string distributions_section(const Runs& runs);
std::string signal_section(const Runs& runs);
std::string uncertainty_section(const Runs& runs);
std::string latency_section(const Runs& runs);
std::string settling_section(const Runs& runs);
std::string confusion_section(const Runs& runs);
std::string area_section(const Runs& runs);
std::string design_section(const Runs& runs);
std::string plausibility_section(const Runs& runs);
std::string configuration_section(const Runs& runs);

/// The data of the figures: {runs: [{name, epochs: [{epoch, test_accuracy, ...}], histograms: [...], noise: [...],
/// ledger: [...]}]}.
nlohmann::json chart_data(const Runs& runs);

}  // namespace settle
