#include "models/learning/machine.h"

#include <utility>

#include "models/learning/softmax.h"

namespace settle {
namespace {

bool clamp(Machine& machine, const ClampedProtocol& protocol, const Matrix<float>& free_error, float sign,
           const ErrorOf& error_of) {
  machine.nudge(sign * free_error);
  machine.settle_clamped(sign > 0 ? Sign::first : Sign::second);
  if (protocol.error == ErrorMode::held) return true;
  Matrix<float> logits, error, last = free_error;
  for (int round = 1; round < protocol.error_rounds; ++round) {
    machine.read_logits(logits);
    error_of(logits, error);
    if (!protocol.every_round && (error - last).cwiseAbs().maxCoeff() <= float(protocol.error_tolerance)) return true;
    last = error;
    machine.nudge(sign * error);
    machine.settle_clamped(Sign::first);
  }
  return protocol.every_round;
}

}  // namespace

ErrorOf softmax_error(const Vector<std::uint8_t>& labels) {
  return [labels](Matrix<float>& logits, Matrix<float>& error) {
    softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
    error_of(logits, labels, error);
  };
}

void free_phase(Machine& machine, Use use, const ErrorOf& error_of, Matrix<float>& logits, Matrix<float>& error) {
  machine.settle_free(use);
  machine.read_logits(logits);
  error_of(logits, error);
}

bool contrast_phases(Machine& machine, const ClampedProtocol& protocol, const Matrix<float>& error,
                     const ErrorOf& error_of, std::vector<Matrix<float>>& differences) {
  bool settled = clamp(machine, protocol, error, 1.0f, error_of);
  machine.read_differences(differences);
  if (protocol.nudging == Nudging::one_sided) return settled;
  settled = clamp(machine, protocol, error, -1.0f, error_of) && settled;
  std::vector<Matrix<float>> opposite(differences.size());
  machine.read_differences(opposite);
  for (std::size_t p = 0; p < differences.size(); ++p)
    if (differences[p].size() > 0) differences[p] = 0.5f * (differences[p] - opposite[p]);
  return settled;
}

}  // namespace settle
