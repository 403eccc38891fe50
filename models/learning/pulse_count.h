// Pulse counts: wanted changes of weights as whole pulses.
#pragma once

#include "settle/models/archive.h"
#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// The account of what is still owed to each device: changes below one pulse wait here until they add up
/// to one (Nandakumar et al., Frontiers in Neuroscience 2020, mixed-precision training).
///
/// An account opens with a random balance within half a pulse. Weights of one neuron are asked to change together;
/// from equal balances all of them would wait, and then jump together, late. From spread ones the sum follows at once.
class PulseAccount {
 public:
  /// rows x cols accounts in units of weights; `weight_step`: the change that one pulse stands for; `most_pulses`: what
  /// the counter of a pulse generator holds, at most 2^24.
  PulseAccount(Index rows, Index cols, double weight_step, Index most_pulses, const Stream& stream);

  /// Adds the changes, and takes out the nearest number of whole pulses for each weight, as far as the counters hold
  /// it.
  const Matrix<float>& take(const Matrix<float>& change, int threads);

  /// Does the same for one column of weights: `change` has an element for each row, and that column of `counts` is
  /// written.
  void take_column(Index column, const Vector<float>& change, Matrix<float>& counts);

  Matrix<float>& owed() { return owed_; }

  /// Changes of single weights so far, and those among them that asked for as much as a counter holds, or more: the
  /// rest waits for the next change.
  double changes() const { return changes_; }
  double full_counters() const { return full_; }
  void visit_counts(Archive& archive);

 private:
  Matrix<float> owed_;
  Matrix<float> counts_;
  float weight_step_, most_pulses_;
  double changes_ = 0, full_ = 0;
};

}  // namespace settle
