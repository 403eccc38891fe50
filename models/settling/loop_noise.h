// Noise in the loop of a circuit at rest: what the outputs of all neurons have of it, with what comes round.
//
// Every output has noise of its own: a process of one pole, its neuron's, added to it, and the noise of its membrane
// through its slope. Both are on the lines, pass weights, poles and slopes, and come back. Small noise is linear:
//
//     y = n + J L y,    J = diag(f') M,  L = 1 / (1 + s tau),
//
// with n of one pole and M the gains and weights of all reads. What a transient integrates (transient.h) is drawn here
// at once. By the trapezoid rule in steps of 2 tau, L becomes (1 + z) / 2 with a delay z, and noise of one pole white:
//
//     y_t = n_t + J (y_t + y_t-1) / 2,
//
// whose stationary covariance is exactly that of the process in time, whatever the step (the bilinear map takes one
// Lyapunov equation to the other). Noise that has passed m poles, and not come round, so has C(2m, m) / 4^m of its
// variance: 1/2, 3/8, 5/16. Three steps are made from an approximate past, in which each pole after the first takes the
// factor k on the amplitude of what comes from others. Amplifiers before the membranes (Bank::drive_tau_s), of lag
// a tau, are one more pole: then a drive has 1/2 / (1 + a) of the newest value, what own noise correlates with, and as
// much of older ones as gives own noise its variance, and the rest its whole value where it is slow.
//
// Where little comes back, reads against the way of the signal are left out, and with them the steps.
//
// Approximations: k, time constants of neurons that count as equal, and amplifiers as their population's mean. Against
// the Lyapunov equation every population is within 10 % rms from two to ten layers, with residual connections too,
// alpha 1 and any beta up to 0.5 (tests).
#pragma once

#include <cstdint>
#include <vector>

#include "settle/models/circuit/circuit.h"
#include "settle/models/numeric/random.h"

namespace settle {

class LoopNoise {
 public:
  /// `outputs`: rms of the noise that is added to each output, fraction of full scale. The populations' names and
  /// `seed` choose the random streams. Membranes' noise is their banks' (Bank::membrane_noise).
  LoopNoise(const Circuit<float>& circuit, double outputs, const Graph& names, std::uint64_t seed);

  /// The variance that noise of the arrays' reads adds to that of population p's membranes, in (full scale)^2: one for
  /// each sample of the states that are drawn for. Empty: none.
  void set_read_noise(Index p, Vector<float> variance);

  /// Makes room for the noise of so many samples in a phase. Before draw(), after any change of weights, of free states
  /// and of the noise of reads: what follows from them is found once for all draws.
  void start(bool clamped, Index samples);
  /// Draws the noise of a chunk's samples, linearised at its free states. It is a function of the samples' numbers
  /// (`first_sample` is the chunk's first), of `number`, which tells the draws for one sample apart, and of what the
  /// chunk's states are. Chunks may be drawn at the same time.
  void draw(const Chunk<float>& chunk, std::uint64_t first_sample, std::uint32_t number);
  /// Forgets what was drawn.
  void clear();

  /// The noise of population p's outputs: neurons x samples, fractions of full scale. Empty: none.
  const Matrix<float>& of(Index p) const { return of_[std::size_t(p)].outputs; }
  /// The mean square of the part of it that has come from other outputs, or round from its own, over neurons and
  /// samples.
  double mean_square_arrived(Index p) const;

 private:
  // What the poles before a population's membranes leave of noise on its lines: amounts of the newest value of each
  // output's own noise and of the one before, and of the newest value of what that output has from others.
  struct Passing {
    float own = 0.5f, own_before = 0.5f, newest = 0.5f;
    bool amplified = false;
  };
  // By population. `outputs` is the outputs' own noise, and in the end all of it; `before` that of a step before.
  // `drive` is what arrives at the membranes, `next` that a step later.
  struct OfPopulation {
    Stream stream;
    Vector<float> read_variance;
    Passing passing;
    Matrix<float> slope, rms, before, drive, next, line, outputs;
  };
  // A read between hidden populations.
  struct Way {
    const Read<float>* read;
    float factor;  // on a product of the cells
    double power;  // the variance that it makes of independent noise of one on all its lines, a mean over its sink
  };

  bool with_the_signal(const Way& way) const { return way.read->forward() == forwards_; }
  double power_of(const Way& way) const;
  void find_ways();
  bool comes_round(const Chunk<float>& chunk) const;
  bool drives(Index p, bool all_reads) const;
  bool is_driven(Index p, bool all_reads) const;
  void linearise(const Chunk<float>& chunk, Index p);
  void draw_own(const Chunk<float>& chunk, Index p, std::uint64_t first_sample, std::uint32_t step, Matrix<float>& own);
  static Passing passing_of(const Bank<float>& bank);
  template <class Line>
  void sum_drive(const Chunk<float>& chunk, Index p, bool all_reads, Matrix<float>& drive, const Line& line);
  void solve_past(const Chunk<float>& chunk, bool all_reads);
  void step(const Chunk<float>& chunk, std::uint64_t first_sample, std::uint32_t step);
  Index in_order(Index i) const { return forwards_ ? i : circuit_.readout() - i; }

  const Circuit<float>& circuit_;
  float outputs_;
  bool clamped_ = false, forwards_ = true;
  std::vector<OfPopulation> of_;
  std::vector<Way> ways_;
  enum class Loop : char { unknown, open, closed };  // whether noise comes round
  std::vector<Loop> loop_;                           // by a chunk's first sample
};

}  // namespace settle
