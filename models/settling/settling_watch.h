// A watch over samples that settle, each by itself: whether a sample has settled, and what it does when it has not.
#pragma once

#include <vector>

#include "settle/models/settling/ending.h"
#include "settle/models/settling/transient.h"

namespace settle {

/// Looks at the states (free phase) or differences (clamped phase) of a chunk from time to time, and compares them with
/// those of the last looks. A sample has settled when the rest of its way is within a tolerance. With m the largest
/// movement since the last look, and q the ratio of m to the movement before it, that rest is m q / (1 - q): the sum of
/// a geometric series, which the late approach of a slow circuit is. A movement that does not shrink (q >= 1) has not
/// settled, however small it is. The condition has to hold at every later look.
template <class Real>
class SettlingWatch {
 public:
  /// `tolerance`: a fraction of full scale (free phase), or of each population's largest difference (clamped).
  /// Movements within six sigma of a state's noise, which comes through the weights and the neuron's slope, count as
  /// none; a cycle cannot be told from noise.
  SettlingWatch(const Circuit<Real>& circuit, const Chunk<Real>& chunk, bool clamped, double tolerance,
                const NoiseInTime& noise = {});

  /// Counts noise of the arrays' reads as part of that of population p's membranes: its largest variance of all
  /// samples, in (full scale)^2. Before a look.
  void expect_read_noise(Index p, Real variance) { read_variance_[std::size_t(p)] = variance; }
  /// Takes a look. The first one records where the samples start.
  void look(double now_s);

  bool all_settled() const;
  /// The ending of a sample as of the last look: settled, in a cycle of two looks, not a number, or still on its way.
  Ending ending(Index sample) const { return ending_[std::size_t(sample)]; }
  /// The time of the look since which a sample has been settled; NaN when it is not.
  double settled_s(Index sample) const { return settled_s_[std::size_t(sample)]; }

 private:
  Ending judge(Index sample, double movement, double movement_of_two) const;
  double movement(Index sample, const std::vector<Matrix<Real>>& since) const;
  void note_noise();

  const Circuit<Real>& circuit_;
  Chunk<Real> chunk_;
  bool clamped_;
  double tolerance_;
  NoiseInTime noise_;
  std::vector<Vector<Real>>
      drive_noise_;                   // by population: rms noise of each membrane at this look; where there is noise
  std::vector<Real> read_variance_;   // by population: that of its membranes
  std::vector<Matrix<Real>> slopes_;  // by population: slope of each neuron; where there is noise
  int looks_ = 0;
  std::vector<Matrix<Real>> last_, before_;  // by population: the states at the last look, and at the one before
  std::vector<double> last_movement_, settled_s_;
  std::vector<Ending> ending_;
};

}  // namespace settle
