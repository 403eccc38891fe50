#include "src/fit/fit_page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "settle/models/device/response.h"
#include "src/report/document.h"
#include "src/report/html.h"

namespace settle {
namespace {

using nlohmann::json;

constexpr std::size_t most_records = 6;
constexpr int fitted_colour = 6;  // of the palette: grey

using Points = std::vector<std::pair<double, double>>;

json curve(const std::string& name, const Points& points, std::size_t colour, const char* kind) {
  return {{"name", name}, {"points", points}, {"colour", colour}, {"kind", kind}, {"dots", false}};
}

// The first record of each device, side by side, readings as points and the fitted device as a line.
json pulses_of(const PulseRecords& records, const PulseFit& fit) {
  json curves = json::array();
  double first = 0;
  std::string seen;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < records.size() && shown < most_records; ++i) {
    const std::string mark = "\n" + records[i].device + "\n";
    if (seen.find(mark) != seen.npos) continue;
    seen += mark;
    Points read, fitted;
    for (std::size_t k = 0; k < records[i].siemens.size(); ++k) {
      read.emplace_back(first + double(k), records[i].siemens[k]);
      fitted.emplace_back(first + double(k), fit.curve[i][k]);
    }
    first += double(read.size());
    curves.push_back(curve(records[i].device, read, shown, "scatter"));
    curves.push_back(curve("fitted", fitted, fitted_colour, "line"));
    ++shown;
  }
  return curves;
}

json steps_of(const PulseFit& fit, const StepTable& measured) {
  json curves = json::array();
  const DevicePreset& d = fit.device;
  const double per_state = (fit.range.high - fit.range.low) / (d.w_max - d.w_min);
  for (const bool rising : {true, false}) {
    const MeasuredSteps& steps = rising ? measured.up : measured.down;
    const double sign = rising ? 1 : -1;
    Points points, fitted;
    for (std::size_t i = 0; i < steps.state.size(); ++i) points.emplace_back(steps.state[i], sign * steps.mean[i]);
    constexpr int pieces = 100;
    for (int k = 0; k <= pieces; ++k) {
      const double w = d.w_min + (d.w_max - d.w_min) * k / pieces;
      fitted.emplace_back(fit.range.low + (w - d.w_min) * per_state, sign * nominal_step(d, w, rising) * per_state);
    }
    json measured_steps = curve(rising ? "up" : "down", points, rising ? 0 : 1, "scatter");
    measured_steps["deviation"] = steps.deviation;
    curves.push_back(measured_steps);
    curves.push_back(curve("fitted", fitted, fitted_colour, "line"));
  }
  return curves;
}

std::string curves_section() {
  return section("Pulses", figure_place("pulses",
                                        "Points: readings of the first record of each device, one device after "
                                        "another. Line: the fitted device without noise, from the first "
                                        "reading on.")) +
         section("Steps over the state", figure_place("steps",
                                                      "Points and bars: mean and standard deviation of the steps "
                                                      "of all devices, read noise taken out. Line: the fitted "
                                                      "response of the mean device."));
}

constexpr const char* fit_script = R"js(
function draw_page() {
  const siemens = value => engineering(value, 'S');
  draw('pulses', { title: 'reading', precision: 0 }, { title: 'conductance', write: siemens }, data.pulses);
  draw('steps', { title: 'conductance before the pulse', write: siemens }, { title: 'step (down: negative)', write: siemens }, data.steps);
}
)js";

std::string numbers_section(const PulseFit& fit) {
  std::vector<std::vector<std::string>> rows;
  for (const FittedNumber& n : fit.numbers)
    rows.push_back(
        {n.name, fmt::format("{:.5g}", n.value), std::isnan(n.error) ? dash : fmt::format("{:.2g}", n.error)});
  return section("Numbers", "<p class=\"note\">Normalised states from w_min to w_max stand for " +
                                escape(with_unit(fit.range.low, "S")) + " to " +
                                escape(with_unit(fit.range.high, "S")) + ". A dash: the recording does not say.</p>\n" +
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
                   header + curves_section() + numbers_section(fit) + responses_section(fits),
                   {{"pulses", pulses_of(records, fit)}, {"steps", steps_of(fit, measured)}},
                   {fit_script}});
}

}  // namespace settle
