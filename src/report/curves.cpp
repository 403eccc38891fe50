// Learning curves. page_script draws them from the data made here.
#include <algorithm>
#include <cmath>

#include "src/report/distributions.h"
#include "src/report/document.h"
#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

using nlohmann::json;

json finite_or_null(double value) { return std::isfinite(value) ? json(value) : json(); }

json epochs_of(const ReportedRun& run) {
  json epochs = json::array();
  for (const Epoch& e : run.epochs) {
    epochs.push_back({{"epoch", finite_or_null(e.epoch)},
                      {"train_loss", finite_or_null(e.train_loss)},
                      {"test_loss", finite_or_null(e.test_loss)},
                      {"train_accuracy", finite_or_null(e.train_accuracy)},
                      {"test_accuracy", finite_or_null(e.test_accuracy)},
                      {"energy", finite_or_null(e.energy_j)},
                      {"radius", finite_or_null(e.spectral_radius_settled)}});
  }
  return epochs;
}

}  // namespace

json chart_data(const Runs& runs) {
  json list = json::array();
  for (const ReportedRun& run : runs) {
    list.push_back({{"name", run.name},
                    {"epochs", epochs_of(run)},
                    {"histograms", histograms_of(run)},
                    {"noise", noise_of_populations(run)},
                    {"ledger", ledger_of(run)}});
  }
  return {{"runs", list}};
}

std::string learning_section(const Runs& runs) {
  const bool none = std::all_of(runs.begin(), runs.end(), [](const ReportedRun& run) { return run.epochs.empty(); });
  if (none) return section("Learning", "<p>No epoch was finished.</p>\n");
  return section("Learning", "<div class=\"charts\">" + figure_place("accuracy", "Accuracy: test, and train dashed") +
                                 figure_place("loss", "Loss: test, and train dashed") +
                                 figure_place("energy", "Test accuracy against energy spent") +
                                 figure_place("radius", "Spectral radius, settled: below 1 the loop settles") +
                                 "</div>\n");
}

}  // namespace settle
