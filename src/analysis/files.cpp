#include "src/analysis/files.h"

#include <cmath>

#include <fmt/format.h>

#include "src/analysis/page.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

std::string field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }
std::string step_field(Index t) { return t < 0 ? "" : std::to_string(t); }

std::string stability_csv(const LoopAnalysis& a) {
  std::string text =
      "weights,spectral_radius,spectral_radius_settled,spectral_radius_largest,lyapunov_per_step,convergence_step,"
      "samples,samples_settled,samples_cycling,samples_elsewhere,rest_s,read_s,free_s,clamped_s,samples_unsettled\n";
  for (const Findings& f : a.findings)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", f.weights, field(f.radius),
                        field(f.radius_settled), field(f.largest_radius()), field(f.trajectory.lyapunov.mean()),
                        step_field(f.convergence_step()), a.samples, f.count(Ending::settled), f.count(Ending::cycle),
                        f.elsewhere, field(f.last_rest_s()), field(f.times.read_s), field(f.times.free_s),
                        field(f.times.clamped_s), f.times.unsettled);
  return text;
}

std::string trajectory_csv(const LoopAnalysis& a) {
  std::string text = "weights,t,sample,change_rms,change_largest,change_of_two_rms\n";
  for (const Findings& f : a.findings)
    for (Index t = 0; t <= f.trajectory.steps(); ++t)
      for (Index s = 0; s < a.samples; ++s)
        text += fmt::format("{},{},{},{},{},{}\n", f.weights, t, s, field(f.trajectory.rms(t, s)),
                            field(f.trajectory.largest(t, s)), field(f.trajectory.rms_of_two(t, s)));
  return text;
}

std::string samples_csv(const LoopAnalysis& a) {
  std::string text = "weights,sample,convergence_step,ending,contraction,spectral_radius,lyapunov_per_step,rest_s\n";
  for (const Findings& f : a.findings)
    for (Index s = 0; s < a.samples; ++s)
      text += fmt::format("{},{},{},{},{},{},{},{}\n", f.weights, s, step_field(convergence_step(f.trajectory, s)),
                          name_of(ending(f.trajectory, s)), field(late_contraction(f.trajectory, s)),
                          field(f.sample_radius[s]), field(f.trajectory.lyapunov[s]), field(f.rest_s[s]));
  return text;
}

std::string eigenvalues_csv(const LoopAnalysis& a) {
  std::string text = "weights,slopes,real,imaginary\n";
  const auto add = [&](const Findings& f, const char* slopes, const std::vector<std::complex<double>>& values) {
    for (const std::complex<double>& z : values)
      text += fmt::format("{},{},{},{}\n", f.weights, slopes, z.real(), z.imag());
  };
  for (const Findings& f : a.findings) {
    add(f, "bare", f.eigenvalues);
    add(f, "settled", f.eigenvalues_settled);
  }
  return text;
}

std::string gradient_csv(const LoopAnalysis& a) {
  std::string text = "weights,projection,cosine,norm_ratio\n";
  for (const Findings& f : a.findings)
    for (const ProjectionResult& p : f.projections)
      text += fmt::format("{},{},{},{}\n", f.weights, p.name, field(p.alignment.cosine), field(p.alignment.ratio));
  return text;
}

std::string signal_csv(const LoopAnalysis& a) {
  std::string text = "weights,population,signal_fraction,signal_v,noise_v\n";
  for (const Findings& f : a.findings)
    for (const SignalResult& s : f.signals)
      text += fmt::format("{},{},{},{},{}\n", f.weights, s.population, field(s.rms), field(s.rms * a.full_scale_v),
                          field(s.noise * a.full_scale_v));
  return text;
}

}  // namespace

void write_analysis(const LoopAnalysis& a, const std::filesystem::path& folder) {
  const std::string page = analysis_page(a);
  make_folder(folder);
  write_file(folder / "stability.csv", stability_csv(a));
  write_file(folder / "trajectory.csv", trajectory_csv(a));
  write_file(folder / "samples.csv", samples_csv(a));
  write_file(folder / "eigenvalues.csv", eigenvalues_csv(a));
  write_file(folder / "gradient.csv", gradient_csv(a));
  write_file(folder / "signal.csv", signal_csv(a));
  write_file(folder / "analysis.html", page);
}

}  // namespace settle
