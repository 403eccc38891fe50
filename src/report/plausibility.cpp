// Do the figures lie where physics and published hardware let them? What the files do not tell is left out.
#include <cmath>
#include <cstdlib>
#include <numeric>

#include <fmt/format.h>

#include "settle/models/thermal.h"
#include "src/report/cost_sums.h"
#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

constexpr double room_k = 300;
const double no_figure = std::nan("");

/// The nodes of each population of "784-512-512-10"; empty where the name is of another form.
std::vector<double> population_sizes(const ReportedRun& run) {
  std::vector<double> sizes;
  const std::string name = run.text({"network"});
  for (const char* at = name.c_str(); *at != '\0';) {
    char* end = nullptr;
    sizes.push_back(double(std::strtoull(at, &end, 10)));
    const bool another = *end == '-' && end[1] != '\0';
    if (end == at || (*end != '\0' && !another)) return {};
    at = another ? end + 1 : end;
  }
  return sizes;
}

/// The bits that the read-out is charged for; an exact one is charged as 8 bits.
double read_out_bits(const ReportedRun& run) {
  const std::string text = run.setting("converter.adc_bits");
  if (text.empty()) return no_figure;
  const double bits = std::atof(text.c_str());
  return bits > 0 ? bits : 8;
}

/// The part of an inference's nominal energy that these actions take.
double inference_energy(const ReportedRun& run, std::initializer_list<const char*> actions) {
  const std::vector<CostSum> sums = cost_by_action(run, "inference");
  double share = 0;
  for (const char* action : actions) share += share_of(sums, action);
  return share * run.number({"energy_joule", "per_inference", "nominal"});
}

double energy_per_mac(const ReportedRun& run) { return run.number({"merits", "analog_joule_per_multiply_add"}); }

double energy_per_column(const ReportedRun& run) {
  const std::vector<double> sizes = population_sizes(run);
  if (sizes.size() < 2) return no_figure;
  return inference_energy(run, {"line charge", "array read", "neuron bias"}) /
         std::accumulate(sizes.begin() + 1, sizes.end(), 0.0);
}

/// Nominal energy of an action over its count, in the whole run.
double energy_each(const ReportedRun& run, const std::string& action) {
  double energy = 0;
  double times = 0;
  for (const CostRow& row : run.costs) {
    if (row.action != action) continue;
    energy += row.energy_j[1];
    times += row.count;
  }
  return times > 0 ? energy / times : no_figure;
}

double adc_energy_per_step(const ReportedRun& run) {
  return energy_each(run, "output conversion") / std::exp2(read_out_bits(run));
}

double filamentary_write_pulse(const ReportedRun& run) {
  const bool filamentary = run.setting("device.preset").rfind("reram", 0) == 0;
  return filamentary ? energy_each(run, "write pulses") : no_figure;
}

std::string judged(double value, double low, double high) {
  if (!std::isfinite(value) || value == 0) return dash;
  const char* verdict = value < low ? "implausibly low" : value > high ? "implausibly high" : "plausible";
  const bool flagged = value < low || value > high;
  return fmt::format("<span class=\"{}\">{}</span>", flagged ? "flag" : "", figure(joule(value), verdict));
}

std::string label(const std::string& what, const std::string& anchor) {
  return fmt::format("{}<small>{}</small>", escape(what), escape(anchor));
}

ComparedRow column_read(const Runs& runs) {
  return compare(
      runs,
      label("Array and neuron, per column and inference",
            "at least 24 kT 4^bits at 300 K, the thermal floor of a read to the bits of the ADC (8 where exact)"),
      [](const ReportedRun& run) {
        const double floor = 24 * boltzmann * room_k * std::pow(4.0, read_out_bits(run));
        if (!std::isfinite(floor)) return std::string(dash);
        return judged(energy_per_column(run), floor, INFINITY) + fmt::format("<small>floor {}</small>", joule(floor));
      });
}

}  // namespace

std::string plausibility_section(const Runs& runs) {
  const std::vector<ComparedRow> rows = {
      compare(
          runs,
          label("Inference per multiply-add, converters included, host not",
                "1 fJ to 1 pJ; a multiply-add for each forward weight, however long the circuit settles. Measured: 205 "
                "and 806 fJ (Le Gallo et al., Nature Electronics 2023, 14 nm PCM)"),
          [](const ReportedRun& run) { return judged(energy_per_mac(run), 1e-15, 1e-12); }),
      column_read(runs),
      compare(runs, label("ADC per conversion-step", "at least 0.35 fJ"),
              [](const ReportedRun& run) { return judged(adc_energy_per_step(run), 0.35e-15, INFINITY); }),
      compare(runs, label("Write pulse of a filamentary device", "at least 10 fJ; reram presets only"),
              [](const ReportedRun& run) { return judged(filamentary_write_pulse(run), 10e-15, INFINITY); })};
  return section("Plausibility",
                 "<p class=\"note\">Nominal figures against physical floors and published hardware. A "
                 "dash: not applicable, or not to be had from the files of the run.</p>\n" +
                     comparison_table(runs, rows));
}

}  // namespace settle
