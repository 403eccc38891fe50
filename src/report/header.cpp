// Title, circumstances, configuration.
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::string or_dash(const std::string& text) { return text.empty() ? dash : text; }

std::string network_of(const ReportedRun& run) { return or_dash(run.text({"network"})); }

std::string data_of(const ReportedRun& run) {
  const std::string name = run.text({"data", "name"});
  return or_dash(name.empty() ? run.setting("data.name") : name);
}

/// "learning.rule = ep" as "rule ep", for each of the keys that is stated.
std::string circumstances(const ReportedRun& run) {
  std::string text;
  const auto add = [&](const std::string& item) { text += (text.empty() ? "" : " · ") + item; };
  const auto add_setting = [&](const char* label, const char* key) {
    if (!run.setting(key).empty()) add(fmt::format("{} {}", label, run.setting(key)));
  };
  add_setting("device", "device.preset");
  const std::string edges = run.setting("network.edges");
  if (edges.empty() || edges == "[]")
    add_setting("topology", "network.topology");
  else
    add("topology of its own");
  add_setting("rule", "learning.rule");
  add_setting("update", "learning.update");
  add_setting("analysis", "settling.analysis");
  if (const double n = run.number({"data", "train_samples"}); n > 0) add(count(n) + " training samples");
  if (const double n = run.number({"data", "test_samples"}); n > 0) add(count(n) + " test samples");
  if (const double n = run.number({"epochs"}); n >= 0) add(count(n) + (n == 1 ? " epoch" : " epochs"));
  if (const double n = run.number({"seed"}); n >= 0) add(fmt::format("seed {:.0f}", n));
  return text;
}

std::string interruption(const ReportedRun& run) {
  const nlohmann::json& interrupted = member(run.summary, "interrupted");
  if (!interrupted.is_boolean() || !interrupted.get<bool>()) return "";
  return fmt::format("<p class=\"warning\">{} was interrupted: its figures are of the epochs it finished.</p>\n",
                     escape(run.name));
}

std::string edited_settings(const ReportedRun& run) {
  if (!run.edited) return "";
  return fmt::format(
      "<p class=\"warning\">config.toml of {} is not as the run has left it: it was edited since, or is damaged, and "
      "figures need not be of the settings shown.</p>\n",
      escape(run.name));
}

/// What the run warns of (src/run/warnings.h), with remedies.
std::string warnings_of(const ReportedRun& run, bool alone) {
  const nlohmann::json& warnings = member(run.summary, "warnings");
  if (!warnings.is_array() || warnings.empty()) return "";
  std::string items;
  for (const auto& warning : warnings) {
    const auto text = [&](const char* key) {
      const nlohmann::json& value = member(warning, key);
      return value.is_string() ? escape(value.get<std::string>()) : std::string();
    };
    const double value = number_or_nan(member(warning, "value")), limit = number_or_nan(member(warning, "limit"));
    items += "<li><b>" + text("what") + "</b>" + (text("where").empty() ? "" : " (" + text("where") + ")");
    if (std::isfinite(value))
      items += fmt::format(": {}, limit {:.3g}{}", without_prefix(value, text("unit")), limit,
                           text("key").empty() ? "" : " (<code>" + text("key") + "</code>)");
    items += ": " + text("remedy") + "</li>\n";
  }
  return fmt::format("<div class=\"warning\"><p>{}Before believing the figures:</p>\n<ul>\n{}</ul></div>\n",
                     alone ? "" : escape(run.name) + ". ", items);
}

/// "SystemC 2.3.4, HDF5 1.10.8" of an object.
std::string listed(const nlohmann::json& object) {
  std::string text;
  if (object.is_object())
    for (const auto& [name, value] : object.items())
      if (value.is_string()) text += (text.empty() ? "" : ", ") + name + " " + value.get<std::string>();
  return text;
}

/// Program and machine, in an element of its own: these differ between runs of the same bytes.
std::string made_by(const ReportedRun& run) {
  const nlohmann::json& program = member(run.summary, "program");
  if (!program.is_object()) return "";
  const std::vector<std::pair<const char*, std::string>> facts = {
      {"Command", run.text({"program", "command"})},
      {"Source", run.text({"program", "source"})},
      {"Compiler", run.text({"program", "compiler"}) + ", " + run.text({"program", "flags"})},
      {"Libraries", listed(member(program, "libraries"))},
      {"CPU", run.text({"machine", "cpu"})},
      {"Vectors", listed(member(member(run.summary, "machine"), "vectors"))}};
  std::string html = "<footer class=\"made-by\">";
  for (const auto& [label, text] : facts)
    if (!text.empty()) html += fmt::format("<p class=\"note\">{}: {}</p>", label, escape(text));
  return html + "</footer>\n";
}

/// The settings in which the runs differ.
std::string differences(const Runs& runs) {
  std::set<std::string> keys;
  for (const ReportedRun& run : runs)
    for (const auto& [key, value] : run.settings) keys.insert(key);
  std::vector<ComparedRow> rows;
  for (const std::string& key : keys) {
    std::set<std::string> values;
    for (const ReportedRun& run : runs) values.insert(run.setting(key));
    if (values.size() < 2) continue;
    rows.push_back(compare(runs, "<code>" + escape(key) + "</code>",
                           [&](const ReportedRun& run) { return escape(or_dash(run.setting(key))); }));
  }
  if (rows.empty()) return "<p>The configurations of these runs are the same.</p>\n";
  return "<h3>What differs</h3>\n" + comparison_table(runs, rows);
}

}  // namespace

std::string report_title(const Runs& runs) {
  if (runs.size() > 1) return fmt::format("{} runs compared", runs.size());
  const std::string device = runs[0].setting("device.preset");
  return fmt::format("{} on {}{}", network_of(runs[0]), data_of(runs[0]), device.empty() ? "" : ", device " + device);
}

std::string header_section(const Runs& runs) {
  std::string html =
      fmt::format("<header>\n<p class=\"program\">Settle: analog hardware that learns</p>\n<h1>{}</h1>\n",
                  escape(report_title(runs)));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::string what = circumstances(runs[i]);
    if (runs.size() > 1) what = fmt::format("{} on {} · {}", network_of(runs[i]), data_of(runs[i]), what);
    html += fmt::format("<p class=\"run\"><b>{}</b> {}</p>\n", run_label(runs, i), escape(what));
  }
  for (const ReportedRun& run : runs)
    html += interruption(run) + edited_settings(run) + warnings_of(run, runs.size() == 1);
  if (runs.size() > 1) html += differences(runs);
  return html + "</header>\n";
}

std::string configuration_section(const Runs& runs) {
  std::string html;
  for (const ReportedRun& run : runs) {
    html += details(fmt::format("{}: config.toml", run.name), "<pre>" + escape(run.config) + "</pre>\n");
    const std::string version = run.text({"version"});
    const std::string sha256 = run.text({"config_sha256"});
    html += fmt::format("<p class=\"note\">Run folder {}; written by Settle {}; config_sha256 {}.</p>\n",
                        escape(run.path.string()), escape(or_dash(version)), escape(or_dash(sha256)));
    html += made_by(run);
  }
  return section("Configuration", html);
}

}  // namespace settle
