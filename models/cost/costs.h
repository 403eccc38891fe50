// The cost of each action of the chip: energy and time, from the chip's figures and those of its parts.
#pragma once

#include <algorithm>

#include "models/cost/chip_spec.h"
#include "models/cost/cost_spec.h"
#include "models/numeric/matrix.h"

namespace settle {

/// The formulas of the parts (array_cost.h, ...) with the figures of one chip. Energies in joules, powers in watts,
/// times in seconds.
class Costs {
 public:
  explicit Costs(const ChipSpec& chip, const CostSpec& cost = {}) : chip_(chip), cost_(cost) {}

  Estimate dac_conversion_j() const { return settle::dac_conversion_j(chip_, cost_); }
  double dac_conversion_s() const { return 1 / chip_.dac_rate_hz; }
  Estimate adc_conversion_j(int bits) const { return settle::adc_conversion_j(cost_, bits); }
  /// The time to convert `columns` columns, of which adc_columns share a converter.
  double adc_conversion_s(Index columns) const {
    return double(std::min<Index>(columns, chip_.adc_columns)) / chip_.adc_rate_hz;
  }
  Estimate neuron_bias_w(double tau_s) const { return settle::neuron_bias_w(chip_, tau_s); }
  Estimate sample_hold_j() const { return settle::sample_hold_j(chip_); }
  Estimate difference_amplifier_w() const { return settle::difference_amplifier_w(chip_, cost_); }
  Estimate array_read_j(double squares, double seconds) const { return settle::array_read_j(chip_, squares, seconds); }
  Estimate line_charge_j(double swings, Index cells) const {
    return settle::line_charge_j(chip_, swings, double(cells));
  }
  Estimate write_j(const Estimate& pulse_v, const Estimate& pulse_s, double conductance, double charged_cells) const {
    return settle::write_j(chip_, pulse_v, pulse_s, conductance, charged_cells);
  }
  Estimate host_multiply_j() const { return settle::host_multiply_j(chip_); }
  Estimate host_operation_j() const { return settle::host_operation_j(chip_); }
  Estimate host_update_j() const { return settle::host_update_j(chip_); }
  double host_s(double operations) const { return operations / (chip_.host_clock_hz * double(chip_.host_lanes)); }

  const ChipSpec& chip() const { return chip_; }
  const CostSpec& cost() const { return cost_; }

 private:
  ChipSpec chip_;
  CostSpec cost_;
};

}  // namespace settle
