#include "settle/models/learning/machine.h"

#include <utility>

#include "settle/models/learning/softmax.h"

namespace settle {
namespace {

bool clamp(Machine& machine, const ClampedProtocol& protocol, const Matrix<float>& free_error, float nudge, Sign sign,
           const ErrorOf& error_of) {
  machine.nudge(nudge * free_error);
  machine.settle_clamped(sign);
  if (protocol.error == ErrorMode::held) return true;
  Matrix<float> logits, error, last = free_error;
  for (int round = 1; round < protocol.error_rounds; ++round) {
    machine.read_logits(logits);
    error_of(logits, error);
    if (!protocol.every_round && (error - last).cwiseAbs().maxCoeff() <= float(protocol.error_tolerance)) return true;
    last = error;
    machine.nudge(nudge * error);
    machine.settle_clamped(Sign::first);
  }
  return protocol.every_round;
}

// The sum of readings that are weighted by their phase's nudge, in the place of the first of them.
class WeightedSum {
 public:
  explicit WeightedSum(std::vector<Matrix<float>>& sum) : sum_(sum) {}

  /// Where the next reading goes, which add() then takes.
  std::vector<Matrix<float>>& next() { return squares_ == 0 ? sum_ : reading_; }
  void add(double nudge) {
    for (std::size_t p = 0; p < sum_.size(); ++p) {
      if (sum_[p].size() == 0) continue;
      if (squares_ > 0)
        sum_[p] += float(nudge) * reading_[p];
      else if (nudge != 1)
        sum_[p] *= float(nudge);
    }
    squares_ += nudge * nudge;
  }
  void finish() {
    for (Matrix<float>& sum : sum_)
      if (squares_ != 1) sum *= float(1 / squares_);
  }

 private:
  std::vector<Matrix<float>>& sum_;
  std::vector<Matrix<float>> reading_;
  double squares_ = 0;
};

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
  bool settled = true;
  WeightedSum sum(differences);
  Sign sign = Sign::first;
  for (const double nudge : protocol.nudges) {
    settled = clamp(machine, protocol, error, float(nudge), sign, error_of) && settled;
    sign = Sign::second;
    if (protocol.integrate) {
      machine.integrate(float(nudge));
      continue;
    }
    for (std::int64_t reading = 1; reading < protocol.readings; ++reading) {
      machine.read_differences_and_wait(sum.next());
      sum.add(nudge);
    }
    machine.read_differences(sum.next());
    sum.add(nudge);
  }
  if (protocol.integrate)
    machine.read_integral(differences);
  else
    sum.finish();
  return settled;
}

}  // namespace settle
