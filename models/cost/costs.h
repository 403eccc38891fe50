// What each action of the chip costs: energy and time, from the chip's figures and those of its parts.
#pragma once

#include "models/cost/chip_spec.h"
#include "models/cost/cost_spec.h"
#include "models/numeric/matrix.h"
#include "models/thermal.h"

namespace settle {

/// The bits that a converter is charged for and settled to: an exact one (0 bits) counts as one of 8.
inline int charged_bits(int bits) { return bits > 0 ? bits : 8; }

/// Energies in joules, powers in watts, times in seconds.
class Costs {
 public:
  explicit Costs(const ChipSpec& chip, const CostSpec& cost = {}) : chip_(chip), cost_(cost) {}

  /// One conversion of a capacitive DAC: C V_dd^2 activity.
  Estimate dac_conversion_j() const;
  double dac_conversion_s() const { return 1 / chip_.dac_rate_hz; }

  /// One conversion of an ADC: FoM 2^bits. An exact converter (0 bits) is charged as one of 8 bits.
  Estimate adc_conversion_j(int bits) const;
  /// The time to convert `columns` columns, of which adc_columns share a converter.
  double adc_conversion_s(Index columns) const;

  /// Static power of one neuron: 2 I_b V_dd with I_b = 2 U_T C / (kappa tau).
  Estimate neuron_bias_w(double tau_s) const;

  /// Charging a hold capacitor to full scale, and the difference amplifier's power.
  Estimate sample_hold_j() const;
  Estimate difference_amplifier_w() const;

  /// A read: full-scale states x on lines. `squares` is sum x^2 G (siemens) over the lines and samples, for `seconds`
  /// each; `swings` is sum |x| over them, on lines of `cells` cells.
  Estimate array_read_j(double squares, double seconds) const;
  Estimate line_charge_j(double swings, Index cells) const;

  /// Pulses of this voltage and length: `conductance` is the sum over pulses of the device's conductance (siemens),
  /// `charged_cells` the cells along the lines that were charged for them, once for each time.
  Estimate write_j(const Estimate& pulse_v, const Estimate& pulse_s, double conductance, double charged_cells) const;

  /// The digital host: an 8-bit multiplication with its share of the accumulator; an elementary operation on 32 bits;
  /// an optimiser's step of one parameter, state fetched and written.
  Estimate host_multiply_j() const;
  Estimate host_operation_j() const;
  Estimate host_update_j() const;
  double host_s(double operations) const { return operations / (chip_.host_clock_hz * double(chip_.host_lanes)); }

  const ChipSpec& chip() const { return chip_; }

 private:
  /// Energy of digital logic at the chip's node and voltage, relative to 45 nm at 0.9 V, where Horowitz's figures are.
  double digital_scale() const;

  ChipSpec chip_;
  CostSpec cost_;
};

}  // namespace settle
