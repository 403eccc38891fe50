#include "src/report/run_folder.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "models/error.h"
#include "src/report/csv.h"

namespace settle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* remedy = "`settle report` takes run folders that `settle train` has written";

std::string read_file(const fs::path& file) {
  std::error_code unreadable;
  if (!fs::exists(file, unreadable)) throw InputError(fmt::format("{}: missing; {}", file.string(), remedy));
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream) throw InputError(fmt::format("{}: cannot be read; check its permissions", file.string()));
  return text;
}

json read_summary(const fs::path& file) {
  const std::string text = read_file(file);
  try {
    json summary = json::parse(text);
    if (summary.is_object()) return summary;
  } catch (const json::parse_error& error) {
    const auto end = text.begin() + std::ptrdiff_t(std::min(error.byte, text.size()));
    const auto line = 1 + std::count(text.begin(), end, '\n');
    throw InputError(fmt::format("{}:{}: not valid JSON; was it changed or cut off? train again", file.string(), line));
  }
  throw InputError(fmt::format("{}: not a JSON object; was it changed? train again", file.string()));
}

void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& settings) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      flatten(*inner, name + ".", settings);
    } else if (const auto text = node.value_exact<std::string>()) {
      settings[name] = *text;
    } else {
      std::ostringstream stream;
      node.visit([&](const auto& value) { stream << value; });
      settings[name] = stream.str();
    }
  }
}

std::map<std::string, std::string> settings_of(const std::string& config, const fs::path& file) {
  try {
    std::map<std::string, std::string> settings;
    flatten(toml::parse(config), "", settings);
    return settings;
  } catch (const toml::parse_error& error) {
    throw InputError(fmt::format("{}:{}: not valid TOML: {}; mend the line or train again", file.string(),
                                 error.source().begin.line, error.description()));
  }
}

std::vector<Epoch> read_epochs(const fs::path& file) {
  const CsvTable table(read_file(file), file);
  std::vector<Epoch> epochs;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto number = [&](const char* column) { return table.number(i, column); };
    epochs.push_back({number("epoch"), number("train_loss"), number("train_accuracy"), number("test_loss"),
                      number("test_accuracy"), number("energy_joule"), number("spectral_radius_settled")});
  }
  return epochs;
}

std::vector<CostRow> read_costs(const fs::path& file) {
  const CsvTable table(read_file(file), file);
  std::vector<CostRow> costs;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const auto text = [&](const char* column) { return table.text(i, column); };
    const auto number = [&](const char* column) { return table.number(i, column); };
    costs.push_back({text("section"),
                     text("component"),
                     text("action"),
                     text("unit"),
                     text("source"),
                     number("count"),
                     {number("energy_low_joule"), number("energy_nominal_joule"), number("energy_high_joule")}});
  }
  return costs;
}

RunFolder read_run_folder(const fs::path& given) {
  std::error_code unreadable;
  if (!fs::is_directory(given, unreadable)) {
    throw InputError(fmt::format("{}: {}; {}", given.string(),
                                 fs::exists(given, unreadable) ? "not a folder" : "no such folder", remedy));
  }
  RunFolder run;
  run.path = fs::canonical(given);
  run.name = run.path.filename().string();
  run.config = read_file(run.path / "config.toml");
  run.settings = settings_of(run.config, run.path / "config.toml");
  run.epochs = read_epochs(run.path / "metrics.csv");
  run.costs = read_costs(run.path / "costs.csv");
  run.summary = read_summary(run.path / "summary.json");
  return run;
}

/// Runs of one name are told apart by their whole path.
void tell_apart(Runs& runs) {
  std::map<std::string, int> times;
  for (const RunFolder& run : runs) ++times[run.name];
  for (RunFolder& run : runs) {
    if (times[run.name] > 1) run.name = run.path.string();
  }
}

}  // namespace

Runs read_run_folders(const std::vector<fs::path>& paths) {
  Runs runs;
  for (const fs::path& path : paths) runs.push_back(read_run_folder(path));
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
  return {number_or_nan(member(object, "low")), number_or_nan(member(object, "nominal")),
          number_or_nan(member(object, "high"))};
}

namespace {

const json& descend(const json& summary, std::initializer_list<const char*> keys) {
  const json* value = &summary;
  for (const char* key : keys) value = &member(*value, key);
  return *value;
}

}  // namespace

std::string RunFolder::setting(const std::string& key) const {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

double RunFolder::number(std::initializer_list<const char*> keys) const {
  return number_or_nan(descend(summary, keys));
}

Estimate RunFolder::estimate(std::initializer_list<const char*> keys) const {
  return estimate_of(descend(summary, keys));
}

std::string RunFolder::text(std::initializer_list<const char*> keys) const {
  const json& value = descend(summary, keys);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace settle
