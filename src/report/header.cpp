// Title, circumstances, configuration.
#include <set>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

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
  add_setting("topology", "network.topology");
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

std::string failure_to_learn(const ReportedRun& run) {
  const nlohmann::json& learned = member(run.summary, "learned");
  if (!learned.is_boolean() || learned.get<bool>()) return "";
  return fmt::format(
      "<p class=\"warning\">{} has learned nothing, or lost it again: see its learning curve and confusion "
      "matrix.</p>\n",
      escape(run.name));
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
  for (const ReportedRun& run : runs) html += interruption(run) + edited_settings(run) + failure_to_learn(run);
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
  }
  return section("Configuration", html);
}

}  // namespace settle
