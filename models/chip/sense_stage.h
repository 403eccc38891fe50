// The sense amplifiers of a population: one for each line of each tile that feeds it, whose currents add up to the
// drive.
//
// Everything that an amplifier does follows from the conductance on its line, and so from the weights, and from the
// line's capacitance: they set how fast it is, how much of its noise, of its offset and of the array's noise reaches
// the drive, how much of the signal it loses, and how much bias it takes (sense_amplifier.h).
#pragma once

#include <string>
#include <vector>

#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/noise_spec.h"
#include "settle/models/sense/sense_amplifier.h"

namespace settle {

/// One read that feeds the population.
struct SensedRead {
  const CrossbarMacro* array;
  Side driven;
  double drive_per_ampere;  // what a current of one ampere adds to the drive, in full scales (logits: in logits)
  double volts_per_drive;   // of the amplifier's output, for a drive of one
  double duty = 1;          // share of the time for which lines are driven
  double pulse_s = 0;       // for which they are, once in each period, while drives are held; 0: drives are not
  double period_s = 0;
  double settles_s = 0;   // for which lines are driven at a time, and amplifiers have to settle in; 0: all of a read
  bool of_nudge = false;  // its amplifiers are off in the free phase
};

class SenseStage {
 public:
  /// `bits`: of the read-out that the circuit settles for; `tau_s`: of each neuron's membrane, which drives go through,
  /// or zeros where they are converted as they are. `name` and `seed` choose the random streams of the offsets.
  SenseStage(const SenseSpec& spec, const NoiseSpec& noise, const ChipSpec& chip, int bits, const Vector<double>& tau_s,
             std::vector<SensedRead> reads, const std::string& name, std::uint64_t seed);

  /// Finds all that follows from the arrays' conductances as they are. `available_s`: the time that a read has to
  /// settle, from which amplifiers without a GBW of their own take theirs.
  void refresh(double available_s, int threads);

  /// The number of amplifiers, and the mean bias current of all of them, in amperes: they are on while lines are
  /// driven.
  double amplifiers() const { return amplifiers_; }
  double bias_a() const { return bias_a_; }
  /// Those of them that are off in the free phase, as they make the nudge's drives.
  double nudge_amplifiers() const { return nudge_amplifiers_; }
  double nudge_bias_a() const { return nudge_bias_a_; }
  /// The largest and the mean noise gain, and the largest GBW that any amplifier has or needs, in hertz.
  double largest_noise_gain() const { return noise_gain_.size() > 0 ? noise_gain_.maxCoeff() : 0; }
  double mean_noise_gain() const { return noise_gain_.size() > 0 ? noise_gain_.mean() : 0; }
  double largest_gbw_hz() const { return largest_gbw_hz_; }
  /// The time constant of the slowest loop, and the largest share of its pulse that any loop takes for one (0 where
  /// lines are driven all the time).
  double slowest_s() const { return slowest_s_; }
  double slowest_of_pulse() const { return slowest_of_pulse_; }

  // For each neuron (or output).
  /// Noise of the drive behind the neuron's membrane, as a variance in (full scale)^2. Zero without noise.physical.
  const Vector<double>& noise() const { return noise_variance_; }
  /// Time constant of the slowest amplifier, in seconds; zero where amplifiers are as fast as needed. Drives that are
  /// held between pulses lag behind by half a period too.
  const Vector<double>& tau_s() const { return tau_s_; }
  /// The share of the signal that is left, and the offset of the drive, in full scales.
  const Vector<double>& signal() const { return signal_; }
  const Vector<double>& offset() const { return offset_; }

  /// All that refresh() has found, when it was called last.
  void visit_state(Archive& archive);

 private:
  void add_read(std::size_t read, double available_s, int threads);
  double noise_of(const SensedRead& read, const ClosedLoop& loop, double gbw_hz, double siemens, double lag_s) const;

  SenseSpec spec_;
  NoiseSpec noise_;
  ChipSpec chip_;
  int bits_;
  Vector<double> membrane_s_;
  std::vector<SensedRead> reads_;
  std::vector<Stream> offsets_;  // by read
  Index size_;
  double amplifiers_ = 0, bias_a_ = 0, largest_gbw_hz_ = 0, slowest_s_ = 0, slowest_of_pulse_ = 0;
  double nudge_amplifiers_ = 0, nudge_bias_a_ = 0;
  Vector<double> noise_gain_, noise_variance_, tau_s_, signal_, offset_;
};

}  // namespace settle
