#include "src/run/neuron_spec.h"

#include <stdexcept>

#include <fmt/format.h>

#include "models/error.h"
#include "models/thermal.h"
#include "src/data/csv.h"

namespace settle {
namespace {

std::vector<CurvePoint> read_curve(const std::string& path) {
  const CsvTable table = read_csv(path, "neuron.table");
  std::vector<CurvePoint> points;
  for (std::size_t row = 0; row < table.rows(); ++row)
    points.push_back({table.number(row, "input"), table.number(row, "output")});
  try {
    Curve<float>{points};
  } catch (const std::invalid_argument& e) {
    throw InputError(fmt::format("{}: {} (neuron.table)", path, e.what()));
  }
  return points;
}

}  // namespace

NeuronSpec build_neuron(const Configuration& c) {
  NeuronSpec spec;
  spec.activation = c.network.activation;
  spec.tau_s = c.neuron.tau_s;
  spec.gain_mismatch = c.neuron.gain_mismatch;
  spec.offset_mismatch = c.neuron.offset_mismatch;
  spec.noise = c.neuron.noise;
  spec.tau_mismatch = c.neuron.tau_mismatch;
  spec.saturation_mismatch = c.neuron.saturation_mismatch;
  if (c.neuron.thermal_noise == ThermalNoise::capacitor)
    spec.membrane_noise =
        capacitor_noise_v(c.cost.neuron_capacitance_f[1], c.cost.temperature_k) / c.cost.neuron_full_scale_v;
  spec.slew = c.neuron.slew_v_per_s / c.cost.neuron_full_scale_v;
  spec.kappa = c.neuron.kappa;
  spec.temperature_k = c.cost.temperature_k;
  spec.full_scale_v = c.cost.neuron_full_scale_v;
  const bool measured = activation<float>(spec.activation).needs_curve;
  if (measured && c.neuron.table.empty())
    throw InputError(
        fmt::format("network.activation: {} is a measured curve: set neuron.table to its CSV file", spec.activation));
  if (measured) spec.curve = read_curve(c.neuron.table);
  return spec;
}

}  // namespace settle
