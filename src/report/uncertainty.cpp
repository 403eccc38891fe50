// What the headline figures hang on: the swing of each under each uncertain figure, and where that figure comes from.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

struct Headline {
  const char* key;  // in summary.json
  const char* title;
};
constexpr Headline headlines[] = {
    {"per_training_sample", "Energy per training sample"}, {"per_inference", "Energy per inference"}, {"area", "Area"}};

/// What a headline is with one figure at its low and at its high, over what it is nominally.
struct Bar {
  std::string figure;
  double low, high;
};

std::vector<Bar> bars_of(const ReportedRun& run, const Headline& headline) {
  constexpr std::size_t most = 8;
  constexpr double least = 0.01;  // of the nominal value, from low to high
  std::vector<Bar> bars;
  const nlohmann::json& list = member(member(run.summary, "hangs_on"), headline.key);
  if (!list.is_array()) return bars;
  for (const nlohmann::json& row : list) {
    const nlohmann::json& name = member(row, "figure");
    const double low = number_or_nan(member(row, "low")), high = number_or_nan(member(row, "high"));
    const bool matters = low > 0 && high > 0 && std::abs(high - low) >= least;
    if (name.is_string() && matters && bars.size() < most) bars.push_back({name.get<std::string>(), low, high});
  }
  return bars;
}

/// The key, with what is known of the figure below.
std::string named(const ReportedRun& run, const std::string& key) {
  const nlohmann::json& record = member(member(run.summary, "figures"), key.c_str());
  const auto text = [&](const char* of) {
    const nlohmann::json& value = member(record, of);
    return value.is_string() ? value.get<std::string>() : "";
  };
  const auto number = [&](const char* of) { return fmt::format("{:.4g}", number_or_nan(member(record, of))); };
  std::string known = fmt::format("{} ({} to {})", number("nominal"), number("low"), number("high"));
  if (!text("unit").empty()) known += " " + text("unit");
  // the source of an estimate says that it is one
  if (!text("source").empty())
    known += "; " + (text("evidence") == "estimated" ? "" : text("evidence") + ": ") + text("source");
  return fmt::format("<code>{}</code><small>{}</small>", escape(key), escape(known));
}

/// From `left` to `right` of a logarithmic axis, with a mark at the nominal value.
std::string swing_bar(const Bar& bar, double left, double right) {
  const auto at = [&](double factor) { return 100 * std::log(factor / left) / std::log(right / left); };
  const double from = std::min(bar.low, bar.high), to = std::max(bar.low, bar.high);
  return fmt::format(
      "<span class=\"swing\"><i style=\"left:{:.2f}%;width:{:.2f}%\"></i><b style=\"left:{:.2f}%\"></b></span>",
      at(from), at(to) - at(from), at(1));
}

std::string factor(double x) { return fmt::format("× {}", plain(x)); }

std::string tornado(const ReportedRun& run, const Headline& headline) {
  const std::vector<Bar> bars = bars_of(run, headline);
  if (bars.empty()) return "";
  double left = 1, right = 1;
  for (const Bar& bar : bars) {
    left = std::min({left, bar.low, bar.high});
    right = std::max({right, bar.low, bar.high});
  }
  std::vector<std::vector<std::string>> rows;
  for (const Bar& bar : bars)
    rows.push_back({named(run, bar.figure), factor(bar.low), swing_bar(bar, left, right), factor(bar.high)});
  return fmt::format("<h3>{}</h3>\n", headline.title) +
         table("tornado", {{"Figure", false}, {"At its low", true}, {"", false}, {"At its high", true}}, rows);
}

constexpr const char* about =
    "<p class=\"note\">Each bar goes from the headline with that figure at its low (10th percentile) to the headline "
    "with it at its high (90th), over the nominal one, while all other figures are nominal; the axis is logarithmic. "
    "Replace the figures at the top by better ones first: <code>settle "
    "costs</code> lists them all.</p>\n";

}  // namespace

std::string uncertainty_section(const Runs& runs) {
  std::string html;
  for (const ReportedRun& run : runs) {
    std::string body;
    for (const Headline& headline : headlines) body += tornado(run, headline);
    if (body.empty()) continue;
    html += runs.size() > 1 ? details(run.name, body) : body;
  }
  return html.empty() ? "" : section("What energy and area hang on", about + html);
}

}  // namespace settle
