#include "src/analysis/tables.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "src/report/text_plot.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::string figure(double value, int places = 4) {
  if (std::isnan(value)) return "-";
  return std::abs(value) < 0.01 && value != 0 ? fmt::format("{:.2e}", value) : fmt::format("{:.{}f}", value, places);
}

/// A row: what it is, and a cell for each set of weights.
std::string text_row(const std::string& label, const LoopAnalysis& a,
                     const std::function<std::string(const Findings&)>& cell) {
  std::string text = fmt::format("  {:<44}", label);
  for (const Findings& f : a.findings) text += fmt::format("{:>22}", cell(f));
  return text + "\n";
}

std::string heading(const std::string& label, const LoopAnalysis& a) {
  std::string text = fmt::format("{:<46}", label);
  for (const Findings& f : a.findings) text += fmt::format("{:>22}", f.weights);
  return text + "\n";
}

std::string plain_time(double seconds, const LoopAnalysis& a) {
  if (std::isnan(seconds)) return "-";
  return fmt::format("{} ({:.1f} tau)", engineering(seconds, "s"), seconds / a.tau_s);
}

std::string stability_table(const LoopAnalysis& a) {
  std::string text = heading("stability", a);
  text += text_row("spectral radius, bare weights", a, [](const Findings& f) { return figure(f.radius); });
  text += text_row("spectral radius, at equilibrium", a, [](const Findings& f) { return figure(f.radius_settled); });
  text +=
      text_row("  of the sample where it is largest", a, [](const Findings& f) { return figure(f.largest_radius()); });
  text +=
      text_row("Lyapunov exponent per step", a, [](const Findings& f) { return figure(f.trajectory.lyapunov.mean()); });
  text += text_row("convergence time of the map, steps", a, [](const Findings& f) {
    return f.convergence_step() < 0 ? "-" : std::to_string(f.convergence_step());
  });
  text += text_row("circuit at rest after", a, [&](const Findings& f) { return plain_time(f.last_rest_s(), a); });
  text += "settling time of the circuit, to half a code of the converters\n";
  text += text_row("free phase, of the state: inference", a,
                   [&](const Findings& f) { return plain_time(f.times.read_s, a); });
  text += text_row("free phase, of the difference: training", a,
                   [&](const Findings& f) { return plain_time(f.times.free_s, a); });
  text += text_row("clamped phase", a, [&](const Findings& f) { return plain_time(f.times.clamped_s, a); });
  return text;
}

// Conclusions from the figures, a line each.
std::string verdicts(const Findings& f, const LoopAnalysis& a) {
  std::string text;
  const auto say = [&](const std::string& line) { text += "  " + f.weights + ": " + line + "\n"; };
  const double lyapunov = f.trajectory.lyapunov.mean();
  say(std::isinf(lyapunov) ? "perturbations die out at once: there is no loop, or all neurons are saturated"
      : lyapunov > 0       ? "the Lyapunov exponent is positive: the map is chaotic"
                           : "the Lyapunov exponent is negative: perturbations die out");
  if (!f.at_equilibrium) say("no equilibrium was found for every sample, so that figures at equilibrium are missing");
  if (f.times.unsettled > 0)
    say(fmt::format("{} of {} samples do not settle to the equilibrium solved for, and do not count in settling times",
                    f.times.unsettled, timed_samples(a.samples)));
  if (f.elsewhere > 0)
    say(fmt::format("{} of {} samples come to rest in time at another equilibrium than the one solved for", f.elsewhere,
                    a.samples));
  const Index settled = f.count(Ending::settled);
  if (settled == a.samples) return text;
  say(fmt::format("the map does not settle within {} steps: {} of {} samples do, {} end in a period-2 cycle",
                  f.trajectory.steps(), settled, a.samples, f.count(Ending::cycle)));
  say("remedy: " + remedy(f, a));
  return text;
}

// The steps that are printed: 0, 1, 2, 5, 10, 20, 50, ... and the last.
std::vector<Index> shown_steps(Index last) {
  std::vector<Index> shown = {0};
  for (Index decade = 1; decade < last; decade *= 10)
    for (const Index t : {decade, 2 * decade, 5 * decade})
      if (t < last) shown.push_back(t);
  shown.push_back(last);
  return shown;
}

std::string change_table(const LoopAnalysis& a) {
  std::string text = heading("the synchronous map from zero: change in step t", a);
  for (const Index t : shown_steps(a.findings[0].trajectory.steps()))
    text += text_row(fmt::format("{:>6}   worst sample: rms, largest neuron", t), a, [t](const Findings& f) {
      const double rms = f.worst_change(t);
      return std::isnan(rms) ? "-" : fmt::format("{:.2e}  {:.2e}", rms, f.trajectory.largest.row(t).maxCoeff());
    });
  return text;
}

// log10 of the rms change against t, until shortly after all have converged.
std::string change_plot(const Findings& f) {
  constexpr Index most_columns = 60;
  constexpr double lowest = 1e-8;  // below is rounding
  const Trajectory& way = f.trajectory;
  const Index last = f.plotted_steps();
  const Index stride = (last + most_columns) / most_columns;
  const Index width = std::clamp<Index>(most_columns / (last + 1), 1, 4);  // of a step, in characters
  std::vector<Band> columns;
  Index shown = 0;
  for (Index t = 0; t <= last; t += stride) {
    std::vector<double> change;
    for (Index s = 0; s < way.samples(); ++s)
      if (std::isfinite(way.rms(t, s))) change.push_back(std::log10(std::max(way.rms(t, s), lowest)));
    if (change.empty()) break;
    std::sort(change.begin(), change.end());
    columns.insert(columns.end(), std::size_t(width), {change.front(), change[change.size() / 2], change.back()});
    shown = t;
  }
  if (columns.empty()) return "";
  return fmt::format("log10 of the rms change against t = 0 to {}, {} (* median sample, : all)\n{}", shown, f.weights,
                     text_plot(columns, 10, {"t"}));
}

std::string sample_table(const Findings& f, const LoopAnalysis& a) {
  const Trajectory& way = f.trajectory;
  std::string text = fmt::format("samples, {} weights\n  {:>6}{:>14}{:>16}{:>13}{:>10}{:>11}{:>20}\n", f.weights,
                                 "sample", "converged at", "ending", "contraction", "radius", "Lyapunov", "at rest");
  for (Index s = 0; s < way.samples(); ++s) {
    const Index t = convergence_step(way, s);
    text += fmt::format("  {:>6}{:>14}{:>16}{:>13}{:>10}{:>11}{:>20}\n", s, t < 0 ? "-" : std::to_string(t),
                        name_of(ending(way, s)), figure(late_contraction(way, s)), figure(f.sample_radius[s]),
                        figure(way.lyapunov[s]), plain_time(f.rest_s[s], a));
  }
  return text;
}

std::string gradient_table(const LoopAnalysis& a) {
  const std::string what = "direction of equilibrium propagation against the true gradient";
  if (a.findings[0].projections.empty() && a.findings.back().projections.empty())
    return what + "\n  - (no equilibrium was found for every sample)\n";
  const auto& named = a.findings[0].projections.empty() ? a.findings.back() : a.findings[0];
  std::string text = what + "\n" + heading("  projection: cosine, ratio of norms", a);
  for (std::size_t k = 0; k < named.projections.size(); ++k)
    text += text_row(named.projections[k].name, a, [k](const Findings& f) -> std::string {
      if (f.projections.empty()) return "-";
      const Alignment& alignment = f.projections[k].alignment;
      return fmt::format("{}  {}", figure(alignment.cosine, 6), figure(alignment.ratio));
    });
  return text;
}

std::string signal_table(const LoopAnalysis& a) {
  std::string text = "the signal that each population has, rms of clamped - free, and the noise of a reading of it\n" +
                     heading("  population: signal, noise; full scale is " + engineering(a.full_scale_v, "V"), a);
  const auto volts = [&](double of) { return std::isnan(of) ? "-" : engineering(of * a.full_scale_v, "V"); };
  for (std::size_t k = 0; k < a.findings[0].signals.size(); ++k)
    text += text_row(a.findings[0].signals[k].population, a,
                     [&](const Findings& f) { return volts(f.signals[k].rms) + "  " + volts(f.signals[k].noise); });
  return text;
}

}  // namespace

std::string remedy(const Findings& f, const LoopAnalysis& a) {
  const Trajectory& way = f.trajectory;
  bool approaching = true, cycles_alone = true, diverged = false;
  for (Index s = 0; s < way.samples(); ++s) {
    const Ending end = ending(way, s);
    if (end == Ending::settled) continue;
    approaching = approaching && end == Ending::neither && late_contraction(way, s) < 1 && way.lyapunov[s] < 0;
    cycles_alone = cycles_alone && end == Ending::cycle;
    diverged = diverged || end == Ending::diverged;
  }
  if (f.count(Ending::settled) == way.samples()) return "";
  std::string lower = fmt::format("lower network.beta (now {}) or network.alpha (now {})", a.beta, a.alpha);
  if (diverged) return "states are not finite: look at the weights and the activation; then " + lower;
  if (approaching) return "the changes still shrink: more --steps, or " + lower;
  if (f.rest_s.allFinite())
    return fmt::format("{} belongs to the synchronous map, the circuit comes to rest: settling.analysis {}, or {}",
                       cycles_alone ? "the cycle" : "this",
                       f.elsewhere > 0 ? "\"transient\", as \"operating-point\" finds another equilibrium"
                                       : "\"operating-point\" or \"transient\"",
                       lower);
  return lower;
}

std::string analysis_text(const LoopAnalysis& a) {
  std::string text = a.title + "\n" + stability_table(a);
  for (const Findings& f : a.findings) text += verdicts(f, a);
  text += change_table(a);
  for (const Findings& f : a.findings) text += change_plot(f);
  for (const Findings& f : a.findings) text += sample_table(f, a);
  return text + gradient_table(a) + signal_table(a);
}

}  // namespace settle
