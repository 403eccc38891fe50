// The capacitors that hold the neurons' free drives, where the clamped phase's lines carry differences. (Their free
// states are held by the difference read-out's.)
#pragma once

#include <string>

#include "settle/models/converter/hold_bank.h"
#include "settle/models/numeric/block.h"
#include "settle/models/numeric/random.h"

namespace settle {

class DriveHold {
 public:
  /// `noise`: rms of a sampled drive, fraction of full scale, to which the capacitors' own comes.
  DriveHold(double noise, const HoldSpec& spec, const ChipSpec& chip, Index neurons, const std::string& population,
            std::uint64_t seed);

  /// Samples the drives: draws what that adds to each.
  void hold(const Block& block);
  /// offset (neurons x columns) += noise that a neuron's output had when its state was sampled, of the rms of the
  /// constructor's `noise`.
  void add_output_noise(const Block& block, Matrix<float>& offset) const;
  /// offset (neurons x columns) <- what is added to the held drives `held_s` seconds after the hold, in full scales.
  /// Empty where nothing is. Where capacitors do not move, what was sampled is handed over: once after each hold.
  void offset(double held_s, Matrix<float>& offset);

 private:
  template <class From>
  void add_noise(const Block& block, float rms, std::uint32_t step, const From& from, Matrix<float>& to) const;

  HoldBank capacitors_;
  Index neurons_;
  float output_noise_, noise_;
  Stream stream_;
  Matrix<float> sampled_;
};

}  // namespace settle
