// The circuit in continuous time: tau dv/dt = -v + drive, with the noise of its nodes.
//
// Steps are of second order (MembraneStep::extrapolate). An endless one is a step of the synchronous map.
#pragma once

#include <string>
#include <vector>

#include "settle/models/circuit/circuit.h"
#include "settle/models/neuron/membrane.h"

namespace settle {

/// The noise that a transient has: rms of the outputs, in fractions of full scale, and whether membranes have theirs
/// (Bank::membrane_noise, and what reads of the arrays add to it).
struct NoiseInTime {
  double outputs = 0;
  bool membranes = false;
  bool any() const { return outputs > 0 || membranes; }
};

/// Resets membranes to zero, and states to what zero drive makes them: columns first to first + count of a bank, or a
/// chunk.
template <class Real>
void reset(const Bank<Real>& bank, BankState<Real>& state, Index first, Index count);
template <class Real>
void reset(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

/// One bank on its way through a phase. Its membranes are double, because in float they would stop short of their goal.
template <class Real>
class BankTransient {
 public:
  /// `signal` is what a difference of one is in full scales, `curvature` that of the devices that the bank's lines
  /// drive (Circuit). `name` and `seed` choose the random streams of its noise.
  BankTransient(const Bank<Real>& bank, double signal, ClampedLines clamped_lines, Real curvature,
                const NoiseInTime& noise, const std::string& name, std::uint64_t seed);

  /// Starts a phase from the membranes in `state` (columns first to first + count): the free phase, which numbers its
  /// noise anew, or the clamped one. Column `first` is sample number `first_sample`.
  void start(BankState<Real>& state, Index first, Index count, bool clamped, std::uint64_t first_sample);
  /// Makes a step towards `drive` (neurons x count), which the circuit's present states make.
  void advance(double step_s, const Matrix<Real>& drive);

  /// The drive from outside the loop in this phase: the input's, or the nudge's.
  View<Real> external() const;
  bool clamped() const { return clamped_; }
  /// Whether what other banks feed back is driven; a circuit that starts from a forward pass leaves it out at first.
  bool takes_feedback() const { return takes_feedback_; }
  void take_feedback(bool takes) { takes_feedback_ = takes; }
  void set_signal(double signal);
  /// The variance that noise of the arrays' reads adds to that of the membranes, in (full scale)^2: one for each
  /// sample. Empty: none.
  void set_read_noise(const Vector<Real>& variance) { read_variance_ = variance; }
  /// The values on the bank's lines: states or differences, with their noise, bent where devices are not linear.
  const Matrix<Real>& lines() const { return lines_; }
  /// The noise of the outputs, which adds to their states: neurons x count, fractions of full scale, an
  /// Ornstein-Uhlenbeck process with each neuron's time constant. Empty without noise, and before a transient.
  const Matrix<Real>& noise() const { return noise_; }

 private:
  View<Real> view(Matrix<Real>& m) const { return columns(m, first_, count_); }
  View<Real> membranes() const { return view(clamped_ ? state_->difference_drive : state_->drive); }
  View<Real> outputs() const { return view(clamped_ ? state_->difference : state_->state); }
  void respond();
  void clip_goal();
  void kick_membranes();
  void draw_noise();
  void drive_lines();

  const Bank<Real>* bank_;
  Real scale_, per_scale_, curvature_;
  ClampedLines clamped_lines_;
  NoiseInTime rms_;
  Stream membrane_noise_, output_noise_;
  MembraneStep<double> step_;
  MembraneStep<Real> of_noise_;
  BankState<Real>* state_ = nullptr;
  Index first_ = 0, count_ = 0;
  std::uint64_t first_sample_ = 0;
  bool clamped_ = false, takes_feedback_ = true;
  std::uint32_t steps_ = 0;  // since the reset: a key of the noise
  Matrix<double> membrane_, goal_, last_goal_;
  Vector<Real> read_variance_;
  Matrix<double> amplifier_;  // where Bank::drive_tau_s says how fast they are
  Matrix<Real> lines_, noise_;
};

/// All banks of a circuit in time. In a step, all of them start from the states before it.
template <class Real>
class Transient {
 public:
  explicit Transient(const Circuit<Real>& circuit, const NoiseInTime& noise = {}, const Graph* names = nullptr,
                     std::uint64_t seed = 0);
  /// The circuit with states on its lines in every phase: the distance from a free equilibrium, over the scales, is
  /// what its clamped phase moves.
  static Transient of_states(const Circuit<Real>& circuit) { return Transient(circuit, ClampedLines::states); }

  /// Starts from the membranes of the chunk. Products are made of `piece` samples at a time (0: of all), on so many
  /// threads.
  void start(const Chunk<Real>& chunk, bool clamped, std::uint64_t first_sample = 0, Index piece = 0, int threads = 1);
  void step(double step_s);
  /// Drives reads backwards between hidden populations, or leaves them out, until this is called again.
  void take_feedback(bool takes);
  /// Tells it of new signals of the circuit.
  void refresh();
  BankTransient<Real>& bank(Index p) { return banks_[std::size_t(p - 1)]; }
  const BankTransient<Real>& bank(Index p) const { return banks_[std::size_t(p - 1)]; }

 private:
  Transient(const Circuit<Real>& circuit, ClampedLines clamped_lines);

  const Circuit<Real>& circuit_;
  std::vector<BankTransient<Real>> banks_;  // those of hidden populations
  std::vector<Matrix<Real>> drives_;
  Matrix<Real> part_;
  Index piece_ = 0;
  int threads_ = 1;
};

/// The gain of a read in a phase; in the clamped one it carries differences, and the ratio of their scales is in it.
template <class Real>
Real gain_in_phase(const Circuit<Real>& circuit, const Read<Real>& read, bool clamped) {
  return Real(read.gain * (clamped ? circuit.ratio(read.driver, read.sink) : 1.0));
}

}  // namespace settle
