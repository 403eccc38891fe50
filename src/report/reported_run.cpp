#include "src/report/reported_run.h"

#include <limits>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/csv.h"
#include "src/data/input_file.h"
#include "src/data/json_text.h"
#include "src/report/settings.h"
#include "src/run/file_sums.h"
#include "src/run/histograms.h"

namespace settle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* remedy = "`settle report` takes run folders that `settle train` has written";

constexpr std::size_t most_run_bytes = 64 << 20;  // of each file of a run

std::string read_file(const fs::path& file) {
  std::error_code unreadable;
  if (!fs::exists(file, unreadable)) throw InputError(fmt::format("{}: missing; {}", file.string(), remedy));
  return read_bytes(file, most_run_bytes);
}

std::vector<Epoch> read_epochs(const std::string& csv, const fs::path& file) {
  const CsvTable table(csv, file);
  std::vector<Epoch> epochs;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto number = [&](const char* column) { return table.number(i, column); };
    epochs.push_back({number("epoch"), number("train_loss"), number("train_accuracy"), number("test_loss"),
                      number("test_accuracy"), number("energy_joule"), number("spectral_radius_settled")});
  }
  return epochs;
}

std::vector<CostRow> read_costs(const std::string& csv, const fs::path& file) {
  const CsvTable table(csv, file);
  std::vector<CostRow> costs;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto text = [&](const char* column) { return table.text(i, column); };
    const auto number = [&](const char* column) { return table.number(i, column); };
    costs.push_back({text("section"),
                     text("phase"),
                     text("component"),
                     text("action"),
                     text("unit"),
                     text("source"),
                     number("count"),
                     {number("energy_p5_joule"), number("energy_nominal_joule"), number("energy_p95_joule")}});
  }
  return costs;
}

std::vector<HistogramOfRun> read_histograms(const std::string& text, const fs::path& file) {
  std::vector<HistogramOfRun> histograms;
  const CsvTable table(text, file);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const std::string quantity = table.text(i, "quantity"), where = table.text(i, "where"),
                      when = table.text(i, "when");
    const bool same = !histograms.empty() && histograms.back().quantity == quantity &&
                      histograms.back().where == where && histograms.back().when == when;
    if (!same) histograms.push_back({quantity, where, when, table.text(i, "unit"), {}, {}, {}});
    histograms.back().low.push_back(table.number(i, "low"));
    histograms.back().high.push_back(table.number(i, "high"));
    histograms.back().count.push_back(table.number(i, "count"));
  }
  return histograms;
}

std::vector<SignalOfRun> read_signals(const fs::path& file) {
  std::vector<SignalOfRun> signals;
  std::error_code unreadable;
  if (!fs::exists(file, unreadable)) return signals;
  const CsvTable table(read_file(file), file);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (table.text(i, "weights") != "trained") continue;
    const double signal = table.number(i, "signal_fraction");
    const double full_scale_v = table.number(i, "signal_v") / signal;
    signals.push_back({table.text(i, "population"), signal, table.number(i, "noise_v") / full_scale_v});
  }
  return signals;
}

ReportedRun read_run(const fs::path& given) {
  std::error_code unreadable;
  if (!fs::is_directory(given, unreadable)) {
    throw InputError(fmt::format("{}: {}; {}", given.string(),
                                 fs::exists(given, unreadable) ? "not a folder" : "no such folder", remedy));
  }
  ReportedRun run;
  run.path = fs::canonical(given);
  run.name = run.path.filename().string();
  const FileSums sums(run.path);
  const auto whole = [&](const char* name) {
    const std::string text = read_file(run.path / name);
    sums.expect(name, text);
    return text;
  };
  run.config = read_file(run.path / "config.toml");
  run.edited = !sums.fit("config.toml", run.config);
  run.settings = read_settings(run.config, run.path / "config.toml");
  run.epochs = read_epochs(whole("metrics.csv"), run.path / "metrics.csv");
  run.costs = read_costs(whole("costs.csv"), run.path / "costs.csv");
  run.summary = parse_json_object(whole("summary.json"), (run.path / "summary.json").string(),
                                  "was it changed or cut off? train again");
  if (fs::exists(run.path / histograms_file, unreadable))
    run.histograms = read_histograms(whole(histograms_file), run.path / histograms_file);
  run.signals = read_signals(run.path / "analysis" / "signal.csv");
  return run;
}

const json& descend(const json& summary, std::initializer_list<const char*> keys) {
  const json* value = &summary;
  for (const char* key : keys) value = &member(*value, key);
  return *value;
}

/// Runs of one name are told apart by their whole path.
void tell_apart(Runs& runs) {
  std::map<std::string, int> times;
  for (const ReportedRun& run : runs) ++times[run.name];
  for (ReportedRun& run : runs) {
    if (times[run.name] > 1) run.name = run.path.string();
  }
}

}  // namespace

Runs read_runs(const std::vector<fs::path>& paths) {
  Runs runs;
  for (const fs::path& path : paths) runs.push_back(read_run(path));
  tell_apart(runs);
  return runs;
}

double number_or_nan(const json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

const json& member(const json& object, const char* key) {
  static const json absent;
  if (!object.is_object()) return absent;
  const auto found = object.find(key);
  return found == object.end() ? absent : *found;
}

Estimate estimate_of(const json& object) {
  return {number_or_nan(member(object, "p5")), number_or_nan(member(object, "nominal")),
          number_or_nan(member(object, "p95"))};
}

std::string ReportedRun::setting(const std::string& key) const {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

double ReportedRun::number(std::initializer_list<const char*> keys) const {
  return number_or_nan(descend(summary, keys));
}

Estimate ReportedRun::estimate(std::initializer_list<const char*> keys) const {
  return estimate_of(descend(summary, keys));
}

std::string ReportedRun::text(std::initializer_list<const char*> keys) const {
  const json& value = descend(summary, keys);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace settle
