// The read-out of a bank's differences: sample-and-hold, difference amplifier with a programmable gain, ADCs, and the
// zeros that a calibration has found.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/chip/converters.h"
#include "settle/models/converter/difference_amplifier.h"
#include "settle/models/converter/lock_in_capacitors.h"
#include "settle/models/converter/sample_hold.h"
#include "settle/models/learning/protocol.h"

namespace settle {

/// What a read-out is made of, and how it is used.
struct DifferenceReadoutSpec {
  Readout readout = Readout::difference;
  HoldSpec hold;
  AmplifierSpec amplifier;
  bool thermal = false;  // whether the amplifiers' transistors have noise
  Converter adc;
  ConverterErrors adc_errors;
  std::uint32_t readings = 1;  // conversions of a sample's differences, each with a zero of its own
  bool lock_in = false;        // phases are added up on capacitors before they are converted
};

/// The read-out of one bank's differences.
class DifferenceReadout {
 public:
  /// A read-out for the `neurons` of a population, whose differences are divided by `scale` (Circuit::signal).
  /// `expected` is about the size of its first differences, as a fraction of full scale; it sets the first gain.
  DifferenceReadout(const DifferenceReadoutSpec& spec, const std::string& population, Index neurons, double scale,
                    double expected, std::uint64_t seed, Meter& meter);

  /// Samples the free states, neurons x columns.
  void hold(const Block& block, const Matrix<float>& state);
  /// Converts the held states, `held_s` seconds after the hold. Returns the time of one sample's conversion, in
  /// seconds; read() does too.
  double read_held(const Block& block, double held_s, Matrix<float>& state);
  /// difference <- the converted difference of the clamped state (state + scale change) to the held one, divided by the
  /// scale, less the zero of this reading. `held_s` seconds have passed since the hold.
  double read(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double held_s,
              Matrix<float>& difference);

  /// The same of a difference that the lines themselves carry (ClampedLines::differences), over the signal: the neurons
  /// have subtracted what is held. What they hold goes on falling while they wait for their converters.
  double read_lines(const Block& block, const Matrix<float>& lines, double held_s, Matrix<float>& difference);
  /// Tells it of a new signal (Circuit::signal), with the gain that it calls for.
  void set_signal(double signal);
  const SampleHold& sample_hold() const { return hold_; }

  /// Lock-in: puts what read() and read_lines() would convert onto a capacitor, with the sign of the nudge. Returns the
  /// time that this takes, in seconds; read_integral() that of one sample's conversion of the mean of all of them.
  double integrate(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double held_s,
                   float sign);
  double integrate_lines(const Block& block, const Matrix<float>& lines, double held_s, float sign);
  double read_integral(const Block& block, double held_s, Matrix<float>& difference);

  /// Books the charge of a hold capacitor for each neuron and sample.
  void book_sample(const Block& block);

  /// What stands for a difference of zero in one of a sample's readings: unknown until a calibration, which takes the
  /// mean of what read() has found.
  void forget_zero(std::uint32_t reading) { zeros_[reading].resize(0); }
  void set_zero(std::uint32_t reading, const Matrix<float>& found) { zeros_[reading] = found.rowwise().mean(); }

  /// rms of the thermal noise of one sampling, a fraction of full scale.
  double hold_noise() const { return hold_noise_; }
  /// rms of the amplifiers' noise behind the gain in use, a fraction of full scale; zero without any.
  double amplifier_noise() const;
  /// rms of the noise of a sampling behind that gain, where phases are added up on capacitors; zero without.
  double lock_in_noise() const { return lock_in_ ? lock_in_->noise() / double(gain_) : 0; }
  /// Whether each reading has a zero.
  bool is_calibrated() const;

  float gain() const { return gain_; }
  /// The gain-bandwidth product that the amplifiers need for the largest gain so far, or to buffer held states, in
  /// hertz.
  double largest_gbw_hz() const;
  /// What has been clipped of held states and of differences since restart_counts().
  const Clipping& clipped_states() const { return clipped_states_; }
  const Clipping& clipped_differences() const { return clipped_differences_; }
  void set_clipped_differences(const Clipping& counts) { clipped_differences_ = counts; }
  void restart_counts() { clipped_states_ = clipped_differences_ = {}; }
  void set_gain(float gain) { gain_ = gain; }
  /// Chooses the gain for the next batch from the differences read since the last choice: an octave in which
  /// AmplifierSpec::headroom times their rms has room.
  void range();
  /// How many samples they are sums over.
  double sized_samples() const { return size_.count / double(neurons_); }
  /// rms of the differences read since the last choice, in full scales; 0: none.
  double size_rms() const { return size_.count > 0 ? std::sqrt(size_.square_sum / size_.count) : 0; }
  /// The sums over differences from which range() chooses.
  struct Size {
    double square_sum = 0, count = 0;
  };
  Size& size() { return size_; }
  const AdcRow& adc() const { return adc_; }

  void visit_state(Archive& archive);

 private:
  double read_absolute(const Block& block, double held_s, Matrix<float>& difference);
  void sample(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double held_s,
              Matrix<float>& difference);
  void sample_lines(const Block& block, const Matrix<float>& lines, double held_s, Matrix<float>& difference);
  void amplify(const Block& block, std::uint32_t reading, Matrix<float>& difference);
  double convert(const Block& block, std::uint32_t reading, Matrix<float>& difference);
  double add_up(const Block& block, std::uint32_t reading, double held_s, float sign, Matrix<float>& difference);
  double held_read_s(double held_s) const;
  void book_amplifiers(const Block& block, float gain, double settle_s, double reading_s);
  void book_charge(const Block& block, const Energy& each);
  double conversion_s() const;
  double gbw_hz(float gain, double settle_s) const;
  void note_size(const Block& block, const Matrix<float>& difference);

  DifferenceReadoutSpec spec_;
  std::string name_;  // names its hold and its amplifier in the ledger
  Index neurons_;
  double scale_;
  Meter& meter_;
  double hold_noise_;
  SampleHold hold_;
  DifferenceAmplifier amplifier_;
  AdcRow adc_;
  float gain_, largest_gain_;
  Size size_;
  Clipping clipped_states_, clipped_differences_;
  std::vector<Vector<float>> zeros_;  // by reading; empty: not calibrated
  std::unique_ptr<LockInCapacitors> lock_in_;
};

}  // namespace settle
