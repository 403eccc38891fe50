#include "src/analysis/page.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "src/analysis/tables.h"
#include "src/report/document.h"
#include "src/report/html.h"
#include "src/report/palette.h"

namespace settle {
namespace {

using nlohmann::json;

constexpr Index most_points = 400;  // of a curve
constexpr Index most_thin_curves = 8;

json number(double value) { return std::isfinite(value) ? json(value) : json(); }

std::string label_of(const LoopAnalysis& a, std::size_t i) {
  return fmt::format("<i class=\"patch\" style=\"background:{}\"></i>{}", palette_colour(i), a.findings[i].weights);
}

std::string time_of(double seconds, const LoopAnalysis& a) {
  return std::isfinite(seconds) ? figure(second(seconds), plain(seconds / a.tau_s) + " tau") : dash;
}

std::string words(const std::string& text) { return "<span class=\"words\">" + escape(text) + "</span>"; }

// The change in each step, of one sample or of the worst of them; a logarithmic axis has no zero.
json curve(Index last, const std::function<double(Index)>& change) {
  json points = json::array();
  const Index stride = last / most_points + 1;
  for (Index t = 0; t <= last; t += stride)
    if (change(t) > 0) points.push_back({t, change(t)});
  return points;
}

json changes_of(const Findings& f, Index last) {
  const Trajectory& way = f.trajectory;
  json samples = json::array();
  for (Index s = 0; s < std::min(way.samples(), most_thin_curves); ++s)
    samples.push_back(curve(last, [&](Index t) { return way.rms(t, s); }));
  return {{"worst", curve(last, [&](Index t) { return f.worst_change(t); })}, {"samples", samples}};
}

json points_of(const std::vector<std::complex<double>>& values) {
  json points = json::array();
  for (const std::complex<double>& z : values) points.push_back({z.real(), z.imag()});
  return points;
}

json data_of(const LoopAnalysis& a) {
  json list = json::array();
  Index last = 0;
  for (const Findings& f : a.findings) last = std::max(last, f.plotted_steps());
  for (const Findings& f : a.findings) {
    json projections = json::array(), signals = json::array();
    for (const ProjectionResult& p : f.projections)
      projections.push_back(
          {{"name", p.name}, {"cosine", number(p.alignment.cosine)}, {"ratio", number(p.alignment.ratio)}});
    for (const SignalResult& s : f.signals)
      signals.push_back({{"name", s.population},
                         {"volt", number(s.rms * a.full_scale_v)},
                         {"noise_v", number(s.noise * a.full_scale_v)}});
    list.push_back({{"name", f.weights},
                    {"changes", changes_of(f, last)},
                    {"bare", points_of(f.eigenvalues)},
                    {"settled", points_of(f.eigenvalues_settled)},
                    {"projections", projections},
                    {"signals", signals}});
  }
  return {{"weights", list}, {"steps", last}, {"settled_change", settled_change}};
}

// A row of a table: its label, and a cell of HTML for each set of weights.
std::vector<std::string> row(const std::string& label, const LoopAnalysis& a,
                             const std::function<std::string(const Findings&)>& cell) {
  std::vector<std::string> cells = {label};
  for (const Findings& f : a.findings) cells.push_back(cell(f));
  return cells;
}

std::string side_by_side(const LoopAnalysis& a, const std::vector<std::vector<std::string>>& rows) {
  std::vector<Column> columns = {{"", false}};
  for (std::size_t i = 0; i < a.findings.size(); ++i) columns.push_back({label_of(a, i), true});
  return table("comparison", columns, rows);
}

std::string how_it_ends(const Findings& f, const LoopAnalysis& a) {
  std::string text = fmt::format("{} of {} settle", f.count(Ending::settled), a.samples);
  for (const Ending end : {Ending::cycle, Ending::diverged, Ending::neither})
    if (f.count(end) > 0) text += fmt::format(", {} {}", f.count(end), name_of(end));
  return text;
}

std::string stability_section(const LoopAnalysis& a) {
  const bool all_settle =
      std::all_of(a.findings.begin(), a.findings.end(), [](const Findings& f) { return f.convergence_step() >= 0; });
  std::vector<std::vector<std::string>> rows = {
      row("Spectral radius, bare weights", a, [](const Findings& f) { return plain(f.radius); }),
      row("Spectral radius, at equilibrium", a, [](const Findings& f) { return plain(f.radius_settled); }),
      row("<span class=\"part\">of the sample where it is largest</span>", a,
          [](const Findings& f) { return plain(f.largest_radius()); }),
      row("Lyapunov exponent per step<small>negative: perturbations die out</small>", a,
          [](const Findings& f) { return escape(fmt::format("{:.3g}", f.trajectory.lyapunov.mean())); }),
      row(fmt::format("Steps of the map to a change of {:g} rms", settled_change), a,
          [](const Findings& f) { return f.convergence_step() < 0 ? dash : std::to_string(f.convergence_step()); }),
      row("How the map ends, in samples", a, [&](const Findings& f) { return words(how_it_ends(f, a)); }),
      row("The circuit is at rest after", a, [&](const Findings& f) { return time_of(f.last_rest_s(), a); })};
  if (!all_settle)
    rows.push_back(row("What helps", a, [&](const Findings& f) {
      const std::string text = remedy(f, a);
      return text.empty() ? std::string(dash) : words(text);
    }));
  return section(
      "Stability",
      side_by_side(a, rows) +
          "<p class=\"note\">The spectral radius is the largest |eigenvalue| of the loop's matrix: <b>bare</b>, "
          "of the weights alone, or with the neurons' slopes at <b>equilibrium</b>. Below one, a small "
          "disturbance dies out, the sooner the smaller it is.</p>\n");
}

std::string settling_section(const LoopAnalysis& a) {
  const std::vector<std::vector<std::string>> rows = {
      row("Free phase, of the state: inference", a, [&](const Findings& f) { return time_of(f.times.read_s, a); }),
      row("Free phase, of the difference: training", a, [&](const Findings& f) { return time_of(f.times.free_s, a); }),
      row("Clamped phase", a, [&](const Findings& f) { return time_of(f.times.clamped_s, a); }),
      row("Samples that settle elsewhere, or not", a, [&](const Findings& f) {
        return escape(fmt::format("{} of {}", f.times.unsettled, timed_samples(a.samples)));
      })};
  return section(
      "Settling",
      "<div class=\"charts\">" +
          figure_place("changes", "Change in a step of the map, rms: worst sample (thin: each)") +
          figure_place("eigenvalues", "Eigenvalues of the loop's matrix at equilibrium, and the unit circle") +
          "</div>\n<h3>Settling time of the circuit, to half a code of the converters</h3>\n" + side_by_side(a, rows));
}

std::string gradient_section(const LoopAnalysis& a) {
  std::vector<std::vector<std::string>> rows;
  for (const Findings& named : a.findings) {
    if (!rows.empty()) break;
    for (std::size_t k = 0; k < named.projections.size(); ++k)
      rows.push_back(row(escape(named.projections[k].name), a, [k](const Findings& f) -> std::string {
        if (f.projections.empty()) return dash;
        const Alignment& alignment = f.projections[k].alignment;
        return figure(fmt::format("{:.6f}", alignment.cosine), "norm " + plain(alignment.ratio));
      }));
  }
  if (rows.empty()) return section("Learning", "<p>No equilibrium was found for every sample.</p>\n");
  return section(
      "Learning",
      "<p class=\"note\">The direction of equilibrium propagation against the true descent of the loss at the "
      "free equilibrium, for each projection: the cosine of the angle, and the ratio of the norms.</p>\n"
      "<div class=\"charts\">" +
          figure_place("cosine", "Cosine") + figure_place("ratio", "Ratio of norms") + "</div>\n" +
          side_by_side(a, rows));
}

std::string signal_section(const LoopAnalysis& a) {
  return section(
      "Signal",
      fmt::format("<p class=\"note\">What the nudge moves each population by, rms, in volts at a full scale of "
                  "{}. The dashes are the noise of a reading of it: a signal below it is learned from by averaging "
                  "alone.</p>\n",
                  escape(with_unit(a.full_scale_v, "V"))) +
          "<div class=\"charts\">" + figure_place("signal", "Clamped - free, volts") + "</div>\n");
}

std::string samples_section(const LoopAnalysis& a) {
  std::string html;
  for (const Findings& f : a.findings) {
    std::vector<std::vector<std::string>> rows;
    for (Index s = 0; s < a.samples; ++s) {
      const Index t = convergence_step(f.trajectory, s);
      rows.push_back({std::to_string(s), t < 0 ? dash : std::to_string(t), name_of(ending(f.trajectory, s)),
                      plain(late_contraction(f.trajectory, s)), plain(f.sample_radius[s]),
                      escape(fmt::format("{:.3g}", f.trajectory.lyapunov[s])), time_of(f.rest_s[s], a)});
    }
    html += details(f.weights + " weights", table("samples",
                                                  {{"sample", false},
                                                   {"converged at step", true},
                                                   {"ending", false},
                                                   {"contraction", true},
                                                   {"radius", true},
                                                   {"Lyapunov", true},
                                                   {"circuit at rest", true}},
                                                  rows));
  }
  return section("Samples", html);
}

}  // namespace

std::string analysis_page(const LoopAnalysis& a) {
  const std::string header = fmt::format(
      "<header>\n<p class=\"program\">Settle: analog hardware that learns</p>\n<h1>How the loop settles</h1>\n"
      "<p class=\"run\">{}</p>\n</header>\n",
      escape(a.title));
  return document({"how the loop settles",
                   header + stability_section(a) + settling_section(a) + gradient_section(a) + signal_section(a) +
                       samples_section(a),
                   data_of(a),
                   {analysis_script}});
}

}  // namespace settle
