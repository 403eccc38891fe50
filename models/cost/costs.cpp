#include "models/cost/costs.h"

#include <array>
#include <cmath>
#include <cstdlib>

namespace settle {
namespace {

constexpr double kappa = 0.7;  // subthreshold slope factor

// Stillmaker and Baas, Integration 2017: energy of a gate e = a V^2 + b V + c, in fJ, by node in nm.
struct Node {
  int nm;
  double a, b, c;
};
constexpr std::array<Node, 5> nodes = {{{65, 3.755, -4.398, 1.975},
                                        {45, 1.103, -0.362, 0.2767},
                                        {32, 0.9559, -0.7823, 0.471},
                                        {20, 0.373, -0.1582, 0.04104},
                                        {7, 0.1776, -0.09097, 0.02447}}};

const Node& nearest_node(std::int64_t nm) {
  const Node* best = &nodes[0];
  for (const Node& n : nodes)
    if (std::abs(n.nm - int(nm)) < std::abs(best->nm - int(nm))) best = &n;
  return *best;
}

double gate_energy(const Node& n, double volts) { return n.a * volts * volts + n.b * volts + n.c; }

}  // namespace

Estimate Costs::dac_conversion_j() const {
  return cost_.dac_capacitance_f * (chip_.supply_v * chip_.supply_v * cost_.dac_activity);
}

Estimate Costs::adc_conversion_j(int bits) const { return cost_.adc_energy_per_step_j * std::exp2(charged_bits(bits)); }

double Costs::adc_conversion_s(Index columns) const {
  return double(std::min<Index>(columns, chip_.adc_columns)) / chip_.adc_rate_hz;
}

Estimate Costs::neuron_bias_w(double tau_s) const {
  const double current_per_farad = 2 * thermal_voltage(chip_.temperature_k) / (kappa * tau_s);
  return chip_.neuron_capacitance_f * (2 * current_per_farad * chip_.supply_v);
}

Estimate Costs::sample_hold_j() const {
  return chip_.hold_capacitance_f * (chip_.neuron_full_scale_v * chip_.neuron_full_scale_v);
}

Estimate Costs::difference_amplifier_w() const { return cost_.hold_current_a * chip_.supply_v; }

Estimate Costs::array_read_j(double squares, double seconds) const {
  return chip_.read_v * chip_.read_v * (squares * seconds);
}

Estimate Costs::line_charge_j(double swings, Index cells) const {
  return chip_.wire_capacitance_f * chip_.read_v * (swings * double(cells) * chip_.supply_v);
}

Estimate Costs::write_j(const Estimate& pulse_v, const Estimate& pulse_s, double conductance,
                        double charged_cells) const {
  const Estimate squared = pulse_v * pulse_v;
  return squared * pulse_s * conductance + squared * chip_.wire_capacitance_f * charged_cells;
}

Estimate Costs::host_multiply_j() const { return Estimate{0.3e-12, 1.5e-12, 5e-12} * digital_scale(); }
Estimate Costs::host_operation_j() const { return Estimate{0.5e-12, 2.3e-12, 5e-12} * digital_scale(); }
Estimate Costs::host_update_j() const { return Estimate{0.1e-9, 0.2e-9, 0.4e-9} * digital_scale(); }

double Costs::digital_scale() const {
  return gate_energy(nearest_node(chip_.node), chip_.supply_v) / gate_energy(nearest_node(45), 0.9);
}

}  // namespace settle
