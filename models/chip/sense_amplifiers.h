// All sense amplifiers of a chip, and what they make of its neurons' drives and of its logits.
#pragma once

#include <memory>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/chip/chip_design.h"
#include "settle/models/chip/driven_reads.h"
#include "settle/models/chip/sense_stage.h"
#include "settle/models/circuit/circuit.h"
#include "settle/models/numeric/block.h"

namespace settle {

class SenseAmplifiers {
 public:
  /// Refers to the circuit, whose banks it changes, and to its reads.
  SenseAmplifiers(const ChipDesign& design, Circuit<float>& circuit, const DrivenReads& reads);

  /// The amplifiers of a hidden population, or of the read-out, with the gains of a phase. They differ where the
  /// clamped phase turns feedback regulation round (Circuit::line_gain).
  const SenseStage& of(Index p, bool clamped = false) const {
    const auto i = std::size_t(p);
    return clamped && clamped_stages_[i] ? *clamped_stages_[i] : *stages_[i];
  }
  /// All of them.
  double amplifiers() const;

  /// Brings them up to date with the weights, whose conductances hang on their lines. Those without a GBW of their own
  /// settle in these times: `settling_s` in a phase, `conversion_s` before a logit is converted.
  void refresh(double settling_s, double conversion_s, int threads);
  /// Tells the banks of the amplifiers in the phase that begins.
  void enter(bool clamped);
  /// drive (neurons x samples) <- what a bank keeps of its free drives where the clamped phase adds to them what its
  /// lines' differences make: they end at the rails, as membranes do, and are referred to the amplifiers of the clamped
  /// phase, whose gain and shift make the neurons' held input of them. Once for each free phase.
  void hold(Index p, Matrix<float>& drive) const;
  /// Adds to drives of the clamped phase (neurons x samples; empty: zero) the offset of its amplifiers. Where lines
  /// carry states, free ones have it as well, and no difference does.
  void add_offset(Index p, Index samples, Matrix<float>& drive) const;
  /// Tells it of new signals (Circuit::signal), which gains follow.
  void signals_change();
  /// Ends a batch. Returns whether it is time to refresh: conductances on lines are sums over many devices, which a
  /// batch hardly moves.
  bool end_batch();

  /// What the read-out's amplifiers do to the logits: their signal, their offset, and noise that an ADC samples.
  /// `reading` numbers the readings of one sample.
  void change_logits(const Block& block, std::uint32_t reading, Matrix<float>& logits) const;

  /// How long ago they were brought up to date; and, by a complete archive, what they were then.
  void visit_state(Archive& archive);

 private:
  using Stages = std::vector<std::unique_ptr<SenseStage>>;  // by population; null: none

  bool turned_round() const { return circuit_.clamped_lines() == ClampedLines::differences; }
  std::unique_ptr<SenseStage> stage(Index p, bool clamped) const;
  SensedRead sensed(std::size_t read, double volts_per_drive, bool clamped) const;
  void apply(Index p, bool clamped);

  const ChipDesign& design_;
  Circuit<float>& circuit_;
  const DrivenReads& reads_;
  Stages stages_, clamped_stages_;           // the latter where gains are turned round
  std::vector<Vector<float>> gain_, shift_;  // by population: those of the neurons by themselves
  std::int64_t batches_ = 0;                 // since they were last brought up to date
};

}  // namespace settle
