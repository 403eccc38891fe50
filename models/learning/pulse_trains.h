// An outer product as coincident pulse trains: an update in place, all devices of an array at once.
#pragma once

#include <algorithm>
#include <vector>

#include "settle/models/device/pulse_train_block.h"
#include "settle/models/learning/protocol.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// The trains of rank-1 updates (Gokmen and Vlasov, Frontiers in Neuroscience 2016). With k = rate x_max d_max /
/// weight_step a sample takes BL = min(ceil k, 31) slots, and a word line of value x fires in a share p = sqrt(rate /
/// (weight_step BL)) |x| of them, and a bit line of value d in a share that is made from |d| in the same way; both are
/// rescaled so that their largest shares are sqrt(k / BL). A device is pulsed where both fire, with the sign of the
/// product, so that
///     E[counts] weight_step = rate post pre^T
/// while no share exceeds 1; beyond k = 31 the largest lines fire in every slot and the update saturates.
///
/// Stochastic trains fire in each slot by chance. Deterministic ones fire in rint(p BL) slots: word lines in the first
/// ones, bit lines evenly spread over all, so that n_x and n_d firings meet rint(n_x n_d / BL) times; values below half
/// a firing are lost.
class PulseTrains {
 public:
  explicit PulseTrains(const Stream& stream, PulseCoding coding = PulseCoding::stochastic)
      : stream_(stream), coding_(coding) {}

  /// The trains of a block of samples: pre (sources x samples), post (targets x samples); rate >= 0; weight_step: the
  /// change that one pulse stands for; `first_sample` numbers the samples. The result lasts until the next call.
  const PulseTrainBlock& generate(ConstView<float> pre, ConstView<float> post, double rate, double weight_step,
                                  std::uint64_t first_sample, int threads = 1);

  /// Of the last block: samples whose largest product asks for more pulses than there are slots, k > 31.
  Index saturated() const { return std::count(over_.begin(), over_.end(), true); }

  /// counts (targets x sources) <- coincidences of one sample. Returns its number of slots, BL.
  int coincide(const Vector<float>& pre, const Vector<float>& post, double rate, double weight_step,
               std::uint64_t sample, Matrix<float>& counts);

 private:
  Stream stream_;
  PulseCoding coding_;
  PulseTrainBlock block_;
  std::vector<std::uint8_t> over_;  // whether each sample of the block saturates
};

}  // namespace settle
