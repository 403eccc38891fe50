// The cost of each action of the chip: energy and time, from the chip's figures and those of its parts.
#pragma once

#include <algorithm>

#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/cost_spec.h"
#include "settle/models/neuron/neuron_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// The formulas of the parts (array_cost.h, ...) with the figures of one chip. Energies in joules, powers in watts,
/// times in seconds.
class Costs {
 public:
  explicit Costs(const ChipSpec& chip, const CostSpec& cost = {}) : chip_(chip), cost_(cost) {}

  Energy dac_conversion_j(int bits) const { return settle::dac_conversion_j(chip_, cost_, bits); }
  double dac_conversion_s() const { return 1 / chip_.dac_rate_hz; }
  double dac_reference_w() const { return settle::dac_reference_w(chip_, cost_); }
  Energy adc_conversion_j(int bits) const { return settle::adc_conversion_j(chip_, cost_, bits); }
  Energy adc_thermal_j(int bits) const { return settle::adc_thermal_j(chip_, cost_, bits); }
  double adc_reference_w(int bits) const { return settle::adc_reference_w(chip_, cost_, bits); }
  // NOLINTNEXTLINE(bugprone-integer-division): the ADCs of so many columns are a whole number
  double adcs(Index columns) const { return double((columns + chip_.adc_columns - 1) / chip_.adc_columns); }
  /// The time to convert `columns` columns, of which adc_columns share a converter, to `bits` bits: one after another,
  /// and the last one for as long as a conversion takes, however many converters take turns at a higher rate.
  double adc_conversion_s(Index columns, int bits = 0) const {
    const double each_s = 1 / chip_.adc_rate_hz, last_s = (charged_bits(bits) + 1) / cost_.adc_cycle_hz;
    return double(std::min<Index>(columns, chip_.adc_columns) - 1) * each_s + std::max(each_s, last_s);
  }
  /// `kappa`: the gate's coupling to the channel, neuron.kappa.
  double neuron_bias_w(double tau_s, double kappa = NeuronSpec{}.kappa) const {
    return settle::neuron_bias_w(chip_, tau_s, kappa);
  }
  double driver_bias_w() const { return settle::driver_bias_w(chip_, cost_); }
  double leakage_w(double area_m2) const { return settle::leakage_w(chip_, cost_, cost_.leakage_doubling_k, area_m2); }
  Energy sample_hold_j() const { return settle::sample_hold_j(chip_); }
  Energy decoder_j(double load) const { return settle::decoder_j(chip_, cost_, load); }
  Energy link_j(double bits, double mm) const { return settle::link_j(chip_, cost_, bits, mm); }
  Energy array_read_j(double squares, double seconds) const { return settle::array_read_j(chip_, squares, seconds); }
  Energy read_supply_j(double magnitudes, double squares, double seconds) const {
    return settle::read_supply_j(chip_, magnitudes, squares, seconds);
  }
  Energy line_charge_j(double swings, double squares, Index cells) const {
    return settle::line_charge_j(chip_, swings, squares, double(cells));
  }
  Energy line_release_j(double squares, Index cells) const {
    return settle::line_release_j(chip_, squares, double(cells));
  }
  /// A line of `cells` cells whose voltage's magnitude changes.
  Energy line_swing_j(double from_v, double to_v, Index cells) const {
    return settle::line_swing_j(chip_, from_v, to_v, double(cells));
  }
  Energy write_pulse_j(double pulse_v, double pulse_s, double conductance) const {
    return settle::write_pulse_j(chip_, cost_, pulse_v, pulse_s, conductance);
  }
  Energy write_charge_j(double pulse_v, double capacitance_f) const {
    return settle::write_charge_j(chip_, cost_, pulse_v, capacitance_f);
  }
  bool needs_pump(double pulse_v) const { return settle::needs_pump(chip_, pulse_v); }
  Energy host_multiply_j() const { return settle::host_multiply_j(chip_, cost_); }
  Energy host_operation_j() const { return settle::host_operation_j(chip_, cost_); }
  /// An access to 64 bits of an SRAM of so many bytes.
  Energy sram_access_j(double bytes) const { return settle::sram_access_j(chip_, cost_, bytes); }
  Energy dram_access_j() const { return settle::dram_access_j(cost_); }
  double sram_leakage_w(double bytes) const { return settle::sram_leakage_w(chip_, cost_, bytes); }
  double host_s(double operations) const { return operations / (chip_.host_clock_hz * double(chip_.host_lanes)); }

  const ChipSpec& chip() const { return chip_; }
  const CostSpec& cost() const { return cost_; }

 private:
  ChipSpec chip_;
  CostSpec cost_;
};

}  // namespace settle
