#include "src/fit/fit_page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/device/response.h"
#include "src/fit/svg_plot.h"
#include "src/report/document.h"
#include "src/report/html.h"

namespace settle {
namespace {

constexpr std::size_t most_records = 6;
constexpr double micro = 1e6;
constexpr const char* fitted_colour = "#1d2530";

// The first record of each device, side by side, readings as points and the fitted device as a line.
std::string pulses_section(const PulseRecords& records, const PulseFit& fit) {
  SvgPlot plot("reading", "conductance, uS");
  double first = 0;
  std::string seen;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < records.size() && shown < most_records; ++i) {
    const std::string mark = "\n" + records[i].device + "\n";
    if (seen.find(mark) != seen.npos) continue;
    seen += mark;
    PlotPoints read, curve;
    for (std::size_t k = 0; k < records[i].siemens.size(); ++k) {
      read.emplace_back(first + double(k), records[i].siemens[k] * micro);
      curve.emplace_back(first + double(k), fit.curve[i][k] * micro);
    }
    first += double(read.size());
    plot.add_points(read, run_colour(shown));
    plot.add_line(curve, fitted_colour);
    ++shown;
  }
  return section("Pulses",
                 "<p class=\"note\">Points: readings of the first record of each device, one device after "
                 "another. Line: the fitted device without noise, from the first reading on.</p>\n" +
                     plot.svg());
}

std::string steps_section(const PulseFit& fit, const StepTable& measured) {
  SvgPlot plot("conductance before the pulse, uS", "step, uS (down: negative)");
  const DevicePreset& d = fit.device;
  const double per_state = (fit.range.high - fit.range.low) / (d.w_max - d.w_min);
  for (const bool rising : {true, false}) {
    const MeasuredSteps& steps = rising ? measured.up : measured.down;
    const double sign = rising ? 1 : -1;
    PlotPoints points, curve;
    std::vector<double> half;
    for (std::size_t i = 0; i < steps.state.size(); ++i) {
      points.emplace_back(steps.state[i] * micro, sign * steps.mean[i] * micro);
      half.push_back(steps.deviation[i] * micro);
    }
    constexpr int pieces = 100;
    for (int k = 0; k <= pieces; ++k) {
      const double w = d.w_min + (d.w_max - d.w_min) * k / pieces;
      curve.emplace_back((fit.range.low + (w - d.w_min) * per_state) * micro,
                         sign * nominal_step(d, w, rising) * per_state * micro);
    }
    plot.add_bars(points, half, run_colour(rising ? 0 : 1));
    plot.add_line(curve, fitted_colour);
  }
  return section(
      "Steps over the state",
      "<p class=\"note\">Points and bars: mean and standard deviation of the steps of all devices, read noise "
      "taken out. Line: the fitted response of the mean device.</p>\n" +
          plot.svg());
}

std::string numbers_section(const PulseFit& fit) {
  std::vector<std::vector<std::string>> rows;
  for (const FittedNumber& n : fit.numbers)
    rows.push_back(
        {n.name, fmt::format("{:.5g}", n.value), std::isnan(n.error) ? dash : fmt::format("{:.2g}", n.error)});
  return section("Numbers", "<p class=\"note\">Normalised states from w_min to w_max stand for " +
                                escape(engineering(fit.range.low, "S")) + " to " +
                                escape(engineering(fit.range.high, "S")) +
                                ". A dash: the recording does not say.</p>\n" +
                                table("numbers", {{"", false}, {"value", true}, {"standard error", true}}, rows));
}

std::string responses_section(const std::vector<PulseFit>& fits) {
  double best = INFINITY;
  for (const PulseFit& f : fits) best = std::min(best, f.aicc);
  std::vector<std::vector<std::string>> rows;
  for (const PulseFit& f : fits)
    rows.push_back({name(f.device.response), fmt::format("{:.1f}", f.aicc - best), std::to_string(f.free_numbers),
                    fmt::format("{:.2f} %", 100 * f.curve_rms), fmt::format("{:.2f} %", 100 * f.curve_most),
                    fmt::format("{:.3f}", f.innovation_variance), escape(f.unusable)});
  return section(
      "Responses",
      "<p class=\"note\">AICc above the lowest: likelihood of all readings against numbers spent; 10 is decisive. "
      "Curve: the mean course over cycles against the fitted device, of the conductance range. Left over: variance of "
      "what the fit does not foresee over that of its noise; 1 is right.</p>\n" +
          table("responses",
                {{"response", false},
                 {"AICc", true},
                 {"numbers", true},
                 {"curve, rms", true},
                 {"curve, most", true},
                 {"left over", true},
                 {"", false}},
                rows));
}

}  // namespace

std::string fit_page(const std::string& title, const PulseRecords& records, const std::vector<PulseFit>& fits,
                     const StepTable& measured) {
  const PulseFit& fit = fits.front();
  const std::string header = fmt::format(
      "<header>\n<p class=\"program\">Settle: analog hardware that learns</p>\n<h1>A device from its pulses</h1>\n"
      "<p class=\"run\">{}; response {}</p>\n</header>\n",
      escape(title), name(fit.device.response));
  return document({"a device from its pulses",
                   header + pulses_section(records, fit) + steps_section(fit, measured) + numbers_section(fit) +
                       responses_section(fits),
                   nlohmann::json::object(), ""},
                  SETTLE_CHART_JS);
}

}  // namespace settle
