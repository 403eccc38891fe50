// Watches samples settle, each for itself: when it has, and what it does when it does not.
#pragma once

#include <vector>

#include "models/settling/ending.h"
#include "models/settling/loop.h"

namespace settle {

/// What moves states that have settled: rms of the noise of the outputs and of the membranes, fractions of full scale.
struct NoiseInTime {
  double outputs = 0;
  double membranes = 0;
  bool any() const { return outputs > 0 || membranes > 0; }
};

/// Looks at the states (free phase) or differences (clamped phase) of a chunk from time to time, and compares them with
/// those of the last looks. A sample has settled when what is left of its way is within a tolerance: the largest
/// movement m since the last look, times q/(1-q) if it is q < 1 times the movement before (the rest of a geometric
/// series, which a slow loop's late approach is). A movement that does not shrink is on its way, however small. It has
/// to hold at every later look.
template <class Real>
class SettlingWatch {
 public:
  /// tolerance: of full scale (free), of each population's largest difference (clamped). Movements within six sigma of
  /// what noise makes of a state, through the weights and its neuron's slope, are none; a cycle is not told from noise.
  SettlingWatch(const Loop<Real>& loop, const Chunk<Real>& chunk, bool clamped, double tolerance,
                const NoiseInTime& noise = {});

  /// The first one sees where the samples start from.
  void look(double now_s);

  bool all_settled() const;
  /// At the last look: settled; a cycle of two looks; a state that is not a number; or still on the way.
  Ending ending(Index sample) const { return ending_[std::size_t(sample)]; }
  /// The time of the look since which it has been settled; NaN when it is not.
  double settled_s(Index sample) const { return settled_s_[std::size_t(sample)]; }

 private:
  Ending judge(Index sample, double movement, double movement_of_two) const;
  double movement(Index sample, const std::vector<Matrix<Real>>& since) const;
  void note_noise();

  const Loop<Real>& loop_;
  Chunk<Real> chunk_;
  bool clamped_;
  double tolerance_;
  NoiseInTime noise_;
  std::vector<Vector<Real>> drive_noise_;  // rms of each membrane at this look, by population; where there is noise
  std::vector<Matrix<Real>> slopes_;       // of the neurons, likewise
  int looks_ = 0;
  std::vector<Matrix<Real>> last_, before_;  // by population: what the last looks saw
  std::vector<double> last_movement_, settled_s_;
  std::vector<Ending> ending_;
};

}  // namespace settle
