// The protocol of equilibrium propagation, one function over a machine: a chip, or the equations of its circuit alone
// (Equilibria).
#pragma once

#include <functional>
#include <vector>

#include "settle/models/learning/protocol.h"
#include "settle/models/numeric/block.h"

namespace settle {

/// The purpose of a free phase, which says how exactly it must settle: to the accuracy of a read-out, or to that of the
/// small difference that the clamped phase will make.
enum class Use { inference, learning };

/// Where a clamped phase starts: `first` from the free state, or from where the phase before it ended when an error is
/// recomputed; `second`, that of the opposite error, and each one after it, from the end of the phase before, where a
/// machine has time for no better: it may start from the free state as well.
enum class Sign { first, second };

/// A network with a block of samples. The calls come in this order; errors and logits are outputs x columns.
class Machine {
 public:
  virtual ~Machine() = default;

  /// Drives the input with 8-bit pixels (inputs x samples).
  virtual void present(const Block& block, const Matrix<std::uint8_t>& pixels) = 0;
  virtual void settle_free(Use use) = 0;
  /// logits <- the read-out's drive in the present phase.
  virtual void read_logits(Matrix<float>& logits) = 0;
  /// Keeps the free states, because the differences are measured from them.
  virtual void hold() = 0;
  /// Drives the error back through the read-out's arrays.
  virtual void nudge(const Matrix<float>& error) = 0;
  virtual void settle_clamped(Sign sign) = 0;
  /// differences, by population <- the change of the free states by the clamped phase, divided by each population's
  /// scale.
  virtual void read_differences(std::vector<Matrix<float>>& differences) = 0;
  /// The same of a phase that is read again: it goes on until its noise has become another.
  virtual void read_differences_and_wait(std::vector<Matrix<float>>& differences) = 0;
  /// Lock-in: adds the differences to what is integrated of this sample's phases, with the sign of `nudge`.
  virtual void integrate(float nudge) = 0;
  /// differences <- the mean of what has been integrated. Starts anew.
  virtual void read_integral(std::vector<Matrix<float>>& differences) = 0;
};

/// The choices that the protocol leaves open for the clamped phases.
struct ClampedProtocol {
  std::vector<double> nudges = {1};  // factors on the error, one for each clamped phase in turn (phase_nudges)
  std::int64_t readings = 1;         // of each phase
  bool integrate = false;            // lock-in: phases are integrated, and read once; nudges are 1 or -1
  ErrorMode error = ErrorMode::held;
  int error_rounds = 50;          // most clamped phases while the error is recomputed
  double error_tolerance = 1e-3;  // an error that moves by less has settled
  bool every_round = false;       // makes all rounds, whether the error still moves or not
};

/// A function that computes the error of logits, which it may overwrite: on the host, target minus SoftMax.
using ErrorOf = std::function<void(Matrix<float>& logits, Matrix<float>& error)>;

/// That function for samples of these classes; logits become SoftMax's outputs.
ErrorOf softmax_error(const Vector<std::uint8_t>& labels);

/// Settles the free phase of samples that are presented, and finds their error. logits <- what `error_of` makes of
/// them.
void free_phase(Machine& machine, Use use, const ErrorOf& error_of, Matrix<float>& logits, Matrix<float>& error);

/// Runs the clamped phases of a sample whose free phase has settled and is held. The nudge is its error or, with
/// ErrorMode::recomputed, one that is computed anew from the clamped read-out until it settles too. differences, by
/// population <- the change that a nudge of one makes, by least squares: the sum of all readings times the nudge of
/// their phase, over that of the nudges' squares; for a symmetric nudge, half of the distance between the states of its
/// two signs. False where a recomputed error has not settled within the rounds allowed.
bool contrast_phases(Machine& machine, const ClampedProtocol& protocol, const Matrix<float>& error,
                     const ErrorOf& error_of, std::vector<Matrix<float>>& differences);

}  // namespace settle
