// All sense amplifiers of a chip, and what they make of its neurons' drives and of its logits.
#pragma once

#include <memory>
#include <vector>

#include "models/archive.h"
#include "models/chip/chip_design.h"
#include "models/chip/driven_reads.h"
#include "models/chip/sense_stage.h"
#include "models/circuit/circuit.h"
#include "models/numeric/block.h"

namespace settle {

class SenseAmplifiers {
 public:
  /// Refers to the circuit, whose banks it changes, and to its reads.
  SenseAmplifiers(const ChipDesign& design, Circuit<float>& circuit, const DrivenReads& reads);

  /// The amplifiers of a hidden population, or of the read-out.
  const SenseStage& of(Index p) const { return *stages_[std::size_t(p)]; }
  /// All of them.
  double amplifiers() const;

  /// Brings them up to date with the weights, whose conductances hang on their lines. Those without a GBW of their own
  /// settle in these times: `settling_s` in a phase, `conversion_s` before a logit is converted.
  void refresh(double settling_s, double conversion_s, int threads);
  /// Ends a batch. Returns whether it is time to refresh: conductances on lines are sums over many devices, which a
  /// batch hardly moves.
  bool end_batch();

  /// What the read-out's amplifiers do to the logits: their signal, their offset, and noise that an ADC samples.
  /// `reading` numbers the readings of one sample.
  void change_logits(const Block& block, std::uint32_t reading, Matrix<float>& logits) const;

  void visit_state(Archive& archive);

 private:
  SensedRead sensed(std::size_t read, double volts_per_drive) const;
  void apply(Index p);

  const ChipDesign& design_;
  Circuit<float>& circuit_;
  const DrivenReads& reads_;
  std::vector<std::unique_ptr<SenseStage>> stages_;  // by population; null: the input
  std::vector<Vector<float>> gain_, shift_;          // by population: those of the neurons by themselves
  std::int64_t batches_ = 0;                         // since they were last brought up to date
};

}  // namespace settle
