#include "settle/models/learning/equilibria.h"

#include <utility>

#include "settle/models/settling/follow.h"
#include "settle/models/settling/phase.h"
#include "settle/models/settling/transient.h"

namespace settle {

Equilibria::Equilibria(const Circuit<float>& circuit, Index samples, const SettleOptions& exact)
    : circuit_(circuit), exact_(exact), state_(circuit, samples) {}

void Equilibria::present(const Block&, const Matrix<std::uint8_t>& pixels) { drive(pixels.cast<float>() / 255); }

void Equilibria::drive(const Matrix<float>& x) {
  input_ = x;
  drive_from_input(circuit_, chunk(), columns(std::as_const(input_), 0, input_.cols()));
  clamped_ = false;
  settled_ = true;
}

void Equilibria::follow_from(std::vector<Matrix<float>> membranes) {
  follows_ = true;
  start_ = std::move(membranes);
}

Settled Equilibria::follow() {
  reset(circuit_, chunk());
  for (Index p = 1; p < circuit_.readout() && !start_.empty(); ++p) {
    const Bank<float>& bank = circuit_.bank(p);
    BankState<float>& state = state_.bank(p);
    state.drive = start_[std::size_t(p)];
    bank.activation->apply(bank.parameters(), state.drive.data(), state.state.data(), bank.size(), state_.samples());
  }
  return follow_free(circuit_, chunk(), exact_);
}

void Equilibria::settle_free(Use) {
  const Settled free = follows_ ? follow() : settle::settle_free(circuit_, chunk(), exact_);
  release(circuit_, chunk());
  contraction_ = free.contraction;
  settled_ = settled_ && free.converged;
}

void Equilibria::read_logits(Matrix<float>& logits) {
  logits.resize(circuit_.size(circuit_.readout()), state_.samples());
  settle::read_logits(circuit_, chunk(), columns(logits, 0, logits.cols()));
  if (!clamped_) return;
  Matrix<float> change(logits.rows(), logits.cols());
  read_logits_difference(circuit_, chunk(), columns(change, 0, change.cols()));
  logits += change;
}

void Equilibria::nudge(const Matrix<float>& error) {
  drive_from_nudge(circuit_, chunk(), columns(error, 0, error.cols()));
}

void Equilibria::settle_clamped(Sign sign) {
  if (sign == Sign::second) release(circuit_, chunk());
  const Settled clamped = settle::settle_clamped(circuit_, chunk(), exact_, contraction_);
  clamped_ = true;
  settled_ = settled_ && clamped.converged;
}

void Equilibria::read_differences(std::vector<Matrix<float>>& differences) {
  differences.resize(std::size_t(circuit_.populations()));
  for (Index p = 1; p < circuit_.readout(); ++p) differences[std::size_t(p)] = state_.bank(p).difference;
}

void Equilibria::integrate(float nudge) {
  integral_.resize(std::size_t(circuit_.populations()));
  const float sign = nudge < 0 ? -1.0f : 1.0f;
  for (Index p = 1; p < circuit_.readout(); ++p) {
    Matrix<float>& sum = integral_[std::size_t(p)];
    if (integrated_ == 0) sum.setZero(circuit_.size(p), state_.samples());
    sum += sign * state_.bank(p).difference;
  }
  ++integrated_;
}

void Equilibria::read_integral(std::vector<Matrix<float>>& differences) {
  differences = std::move(integral_);
  for (Matrix<float>& mean : differences) mean *= 1 / integrated_;
  integral_.clear();
  integrated_ = 0;
}

}  // namespace settle
