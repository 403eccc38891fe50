// A run as a report needs it, from the files of its folder.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "settle/models/cost/estimate.h"

namespace settle {

/// A row of metrics.csv. Accuracies are fractions; energy is the sum since the start.
struct Epoch {
  double epoch;
  double train_loss, train_accuracy;
  double test_loss, test_accuracy;
  double energy_j;
  double spectral_radius_settled;
};

/// A row of costs.csv.
struct CostRow {
  std::string section, phase, component, action, unit, source;
  double count;
  Estimate energy_j;  // p5, nominal, p95
};

/// Rows of histograms.csv that belong together: counts in bins of one width.
struct HistogramOfRun {
  std::string quantity, where, when, unit;
  std::vector<double> low, high, count;
};

/// A population's row of analysis/signal.csv, of the trained weights: what the nudge moves it by and the noise of a
/// reading of that, rms, in fractions of full scale.
struct SignalOfRun {
  std::string population;
  double signal, noise;
};

struct ReportedRun {                            // NOLINT(bugprone-exception-escape): JSON is moved without exceptions
  std::string name;                             // the folder's name; longer where two would be the same
  std::filesystem::path path;                   // absolute
  std::string config;                           // config.toml as it is
  bool edited = false;                          // whether it was changed after the run
  std::map<std::string, std::string> settings;  // config.toml by "section.key", values as text
  std::vector<Epoch> epochs;
  std::vector<CostRow> costs;
  std::vector<HistogramOfRun> histograms;  // none in runs of earlier versions
  std::vector<SignalOfRun> signals;        // none where the run was not analysed in its folder analysis/
  nlohmann::json summary;

  /// A setting's text, empty where config.toml does not state it.
  std::string setting(const std::string& key) const;

  // summary.json by its path of keys. What is absent or of another type is NaN, or empty.
  double number(std::initializer_list<const char*> keys) const;
  Estimate estimate(std::initializer_list<const char*> keys) const;
  std::string text(std::initializer_list<const char*> keys) const;
};

using Runs = std::vector<ReportedRun>;

/// Throws InputError, one line that names the file, when one is missing or broken.
Runs read_runs(const std::vector<std::filesystem::path>& paths);

/// A number, NaN for anything else.
double number_or_nan(const nlohmann::json& value);
/// The member of an object, null where there is none.
const nlohmann::json& member(const nlohmann::json& object, const char* key);
/// {p5, nominal, p95} of an object with these keys.
Estimate estimate_of(const nlohmann::json& object);

}  // namespace settle
