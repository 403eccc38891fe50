// Where the analog and the digital side meet: DAC, ADC, and sample-and-hold with difference read-out.
#pragma once

#include <algorithm>
#include <systemc>
#include <vector>

#include "hw/block.h"
#include "hw/power_meter.h"
#include "models/converter/adc_bank.h"
#include "models/converter/dac_bank.h"
#include "models/converter/hold_bank.h"
#include "models/numeric/random.h"

namespace settle::hw {

/// A row of DACs, one for each line. Methods return the time of one sample's conversion, in seconds.
class Dac : public sc_core::sc_module {
 public:
  sc_core::sc_port<meter_if> meter;

  Dac(sc_core::sc_module_name name, DacBank bank) : sc_module(name), bank_(std::move(bank)) {}

  /// out <- 0 .. 1 of full scale, from 8-bit codes, a column for each sample of the block.
  double convert_pixels(const Block& block, const Matrix<std::uint8_t>& pixels, Matrix<float>& out);
  /// values <- what the codes stand for.
  double convert(const Block& block, Matrix<float>& values);
  const DacBank& model() const { return bank_; }

  /// The code that line i was given last, of the block's first sample; 0 before and of an exact converter.
  int code(Index i) const { return i < Index(codes_.size()) ? codes_[std::size_t(i)] : 0; }

 private:
  double book(const Block& block, Index lines);

  DacBank bank_;
  std::vector<int> codes_;
};

/// The ADCs behind a bank or a read-out; so many columns share one. Returns the time of one sample's conversion.
class Adc : public sc_core::sc_module {
 public:
  sc_core::sc_port<meter_if> meter;

  Adc(sc_core::sc_module_name name, AdcBank bank) : sc_module(name), bank_(std::move(bank)) {}

  /// values <- what the codes stand for, behind an amplifier of `gain` that is divided out again.
  double convert(const Block& block, Matrix<float>& values, float gain = 1.0f);
  const AdcBank& model() const { return bank_; }
  /// The code that column i returned last, of the block's first sample: once its conversion has ended. 0 before and of
  /// an exact converter.
  int code(Index i) const;

 private:
  AdcBank bank_;
  std::vector<int> codes_, codes_before_;
  sc_core::sc_time ended_;  // when codes_ were there
};

/// Holds a bank's free state, and gives the difference of its clamped state to what is held.
class SampleHold : public sc_core::sc_module {
 public:
  sc_core::sc_port<meter_if> meter;

  /// noise: rms of a sampled state, fraction of full scale, to which the capacitors' own comes. `population` and `seed`
  /// name its random streams.
  SampleHold(sc_core::sc_module_name name, double noise, HoldBank capacitors, const std::string& population,
             std::uint64_t seed);

  /// Samples a free state (neurons x columns). Noise is a function of the sample's number; `read_noise`, of the same
  /// shape or empty, is the rms of what the arrays' noise adds to each state.
  void hold(const Block& block, const Matrix<float>& state, const Matrix<float>& read_noise = {});
  /// What was sampled, before charge injection and droop.
  const Matrix<float>& held() const { return held_; }
  /// state <- what a conversion finds that begins so many seconds after the hold.
  void read(const Block& block, double held_s, Matrix<float>& state) const;

  /// Differences to what is held that have been taken: numbers their noise.
  std::uint32_t readings() const { return readings_; }

  /// 1 / scale, at most 1e30: a difference that is smaller than that is beyond any circuit.
  static float per_scale(double scale) { return float(1 / std::max(scale, 1e-30)); }

  /// difference <- (the sampled clamped state minus what is held) / scale, states as fractions of full scale. The
  /// clamped state is given as state + scale change, in two parts, so that a small difference is exact; it comes from
  /// the neuron, which drives it, and has the noise of a sampling, but no pedestal and no droop. The hold was `held_s`
  /// ago. The amplifier is on for `seconds` a sample. `read_noise` as of hold().
  void subtract(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double scale,
                double held_s, double seconds, Matrix<float>& difference, const Matrix<float>& read_noise = {});

 private:
  void book_sample(const Block& block, Index neurons);
  /// value += unit times the noise of one sampling of column c.
  void add_noise(const Block& block, const Stream& stream, std::uint32_t step, Index c, float unit,
                 const Matrix<float>& read_noise, Eigen::Ref<Vector<float>> value) const;

  HoldBank capacitors_;
  float noise_;
  Stream free_noise_, clamped_noise_;
  std::uint32_t readings_ = 0;  // of differences to what is held
  Matrix<float> held_;
};

}  // namespace settle::hw
