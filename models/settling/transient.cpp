#include "settle/models/settling/transient.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "settle/models/crossbar/device_current.h"
#include "settle/models/numeric/parallel.h"
#include "settle/models/numeric/stop.h"

namespace settle {

template <class Real>
void reset(const Bank<Real>& bank, BankState<Real>& state, Index first, Index count) {
  columns(state.drive, first, count).setZero();
  bank.activation->apply(bank.parameters(), columns(state.drive, first, count).data(),
                         columns(state.state, first, count).data(), bank.size(), count);
}

template <class Real>
void reset(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  for (Index p = 1; p < circuit.readout(); ++p) reset(circuit.bank(p), chunk.bank(p), chunk.first, chunk.count);
}

template <class Real>
BankTransient<Real>::BankTransient(const Bank<Real>& bank, double signal, ClampedLines clamped_lines, Real curvature,
                                   const NoiseInTime& noise, const std::string& name, std::uint64_t seed)
    : bank_(&bank),
      curvature_(curvature),
      clamped_lines_(clamped_lines),
      rms_(noise),
      membrane_noise_(seed, name, Purpose::membrane_noise),
      output_noise_(seed, name, Purpose::output_noise) {
  set_signal(signal);
}

template <class Real>
void BankTransient<Real>::set_signal(double signal) {
  scale_ = Real(signal);
  per_scale_ = Real(1 / std::max(signal, 1e-30));
}

template <class Real>
void BankTransient<Real>::start(BankState<Real>& state, Index first, Index count, bool clamped,
                                std::uint64_t first_sample) {
  state_ = &state;
  first_ = first;
  count_ = count;
  first_sample_ = first_sample;
  clamped_ = clamped;
  if (!clamped) steps_ = 0;
  membrane_ = membranes().template cast<double>();
  if (bank_->drive_tau_s.size() > 0) amplifier_ = membrane_;
  last_goal_.resize(0, 0);
  draw_noise();  // between two phases the host has taken its time: the noise of the free one is forgotten
  drive_lines();
}

template <class Real>
View<Real> BankTransient<Real>::external() const {
  return view(clamped_ ? state_->difference_external : state_->external);
}

template <class Real>
void BankTransient<Real>::advance(double step_s, const Matrix<Real>& drive) {
  // amplifiers change with the arrays that hang on them, between phases
  if (step_.step_s() != step_s || (bank_->drive_tau_s.size() > 0 && last_goal_.size() == 0)) {
    step_ = MembraneStep<double>(*bank_, step_s);
    of_noise_ = MembraneStep<Real>(*bank_, step_s);
  }
  goal_ = drive.template cast<double>();
  clip_goal();
  if (last_goal_.size() == 0) last_goal_ = goal_;
  step_.extrapolate(columns(goal_, 0, count_), columns(last_goal_, 0, count_));
  const double scale = clamped_ ? double(scale_) : 1.0;
  if (bank_->drive_tau_s.size() > 0)
    step_.advance_behind(columns(std::as_const(goal_), 0, count_), columns(amplifier_, 0, count_),
                         columns(membrane_, 0, count_), scale);
  else
    step_.advance(columns(std::as_const(goal_), 0, count_), columns(membrane_, 0, count_), scale);
  if (rms_.membranes) kick_membranes();
  membranes() = membrane_.template cast<Real>();
  respond();
  if (rms_.outputs > 0) {
    of_noise_.decay(columns(noise_, 0, count_));
    of_noise_.kick(output_noise_, first_sample_, steps_, Real(rms_.outputs), columns(noise_, 0, count_));
  }
  ++steps_;
  drive_lines();
}

template <class Real>
void BankTransient<Real>::kick_membranes() {
  const double factor = clamped_ ? double(per_scale_) : 1.0;
  const Vector<Real>& own = bank_->membrane_noise;
  if (read_variance_.size() == 0) {
    if (own.size() > 0) step_.kick(membrane_noise_, first_sample_, steps_, own, factor, columns(membrane_, 0, count_));
    return;
  }
  Vector<Real> variance = Vector<Real>::Zero(bank_->size());
  if (own.size() > 0) variance = own.cwiseAbs2();
  for (Index c = 0; c < count_; ++c) {
    const Vector<Real> rms = (variance.array() + read_variance_[c]).sqrt();
    step_.kick(membrane_noise_, first_sample_ + std::uint64_t(c), steps_, rms, factor, columns(membrane_, c, 1));
  }
}

// A drive ends at the rails of the amplifiers that make it, and the membrane with it.
template <class Real>
void BankTransient<Real>::clip_goal() {
  const double rail = double(bank_->rail);
  if (rail == 0) return;
  if (!clamped_) {
    goal_ = goal_.cwiseMin(rail).cwiseMax(-rail);
    return;
  }
  // a difference to what the free phase has left, which is beyond the rail where the equilibrium's drive is
  const double scale = double(scale_), per_scale = double(per_scale_);
  const View<Real> free = view(state_->drive);
  for (Index c = 0; c < count_; ++c)
    for (Index i = 0; i < goal_.rows(); ++i) {
      const double from = double(free(i, c)), to = from + scale * goal_(i, c);
      if (std::abs(to) > rail) goal_(i, c) = per_scale * (std::copysign(rail, to) - from);
    }
}

template <class Real>
void BankTransient<Real>::respond() {
  const Activation<Real>& f = *bank_->activation;
  if (clamped_) {
    f.apply_difference(scale_, bank_->parameters(), view(state_->drive).data(), view(state_->state).data(),
                       membranes().data(), outputs().data(), bank_->size(), count_);
  } else {
    f.apply(bank_->parameters(), membranes().data(), outputs().data(), bank_->size(), count_);
  }
}

// Draws the outputs' noise from its stationary distribution, as it is at any time.
template <class Real>
void BankTransient<Real>::draw_noise() {
  if (rms_.outputs == 0) return;
  noise_.resize(bank_->size(), count_);
  Vector<float> xi(bank_->size());
  for (Index c = 0; c < count_; ++c) {
    fill_normal(output_noise_, first_sample_ + std::uint64_t(c), steps_, xi.data(), xi.size());
    noise_.col(c) = xi.template cast<Real>() * Real(rms_.outputs);
  }
  ++steps_;
}

template <class Real>
void BankTransient<Real>::drive_lines() {
  lines_ = outputs();
  if (clamped_ && state_->line_offset.size() > 0) lines_ += per_scale_ * view(state_->line_offset);
  if (rms_.outputs > 0) lines_ += (clamped_ ? per_scale_ : Real(1)) * noise_;
  if (curvature_ == 0) return;
  const ConstView<Real> outputs = columns(std::as_const(lines_), 0, count_);
  if (clamped_ && clamped_lines_ == ClampedLines::differences) {
    drive_line_amplified(curvature_, scale_, outputs, columns(lines_, 0, count_));
  } else if (clamped_) {
    const View<Real> free = view(state_->state);
    drive_line_difference(curvature_, scale_, ConstView<Real>(free.data(), free.rows(), free.cols()), outputs,
                          columns(lines_, 0, count_));
  } else {
    drive_line(curvature_, outputs, columns(lines_, 0, count_));
  }
}

template <class Real>
Transient<Real>::Transient(const Circuit<Real>& circuit, const NoiseInTime& noise, const Graph* names,
                           std::uint64_t seed)
    : circuit_(circuit) {
  for (Index p = 1; p < circuit.readout(); ++p)
    banks_.emplace_back(circuit.bank(p), circuit.signal(p), circuit.clamped_lines(), circuit.curvature(), noise,
                        names != nullptr ? names->population(p).name : std::string(), seed);
  drives_.resize(banks_.size());
}

template <class Real>
Transient<Real>::Transient(const Circuit<Real>& circuit, ClampedLines clamped_lines) : circuit_(circuit) {
  for (Index p = 1; p < circuit.readout(); ++p)
    banks_.emplace_back(circuit.bank(p), circuit.scale(p), clamped_lines, circuit.curvature(), NoiseInTime{},
                        std::string(), 0);
  drives_.resize(banks_.size());
}

template <class Real>
void Transient<Real>::refresh() {
  for (Index p = 1; p < circuit_.readout(); ++p) bank(p).set_signal(circuit_.signal(p));
}

template <class Real>
void Transient<Real>::take_feedback(bool takes) {
  for (Index p = 1; p < circuit_.readout(); ++p) bank(p).take_feedback(takes);
}

template <class Real>
void Transient<Real>::start(const Chunk<Real>& chunk, bool clamped, std::uint64_t first_sample, Index piece,
                            int threads) {
  piece_ = piece > 0 ? piece : chunk.count;
  threads_ = threads;
  for (Index p = 1; p < circuit_.readout(); ++p)
    bank(p).start(chunk.bank(p), chunk.first, chunk.count, clamped, first_sample);
}

template <class Real>
void Transient<Real>::step(double step_s) {
  go_on_or_stop();
  for (Index p = 1; p < circuit_.readout(); ++p) {
    Matrix<Real>& drive = drives_[std::size_t(p - 1)];
    drive = bank(p).external();
    for (const Read<Real>& read : circuit_.reads()) {
      if (read.role != Role::recurrent || read.sink != p) continue;
      if (!read.forward() && !bank(p).takes_feedback()) continue;
      const Matrix<Real>& x = bank(read.driver).lines();
      part_.resize(drive.rows(), drive.cols());
      for_pieces(drive.cols(), piece_, threads_, [&](Index first, Index count) {
        read.weights.add_product(read.side, read.weights.scale, columns(x, first, count), Real(0),
                                 columns(part_, first, count));
      });
      drive += gain_in_phase(circuit_, read, bank(p).clamped()) * part_;
    }
  }
  for (Index p = 1; p < circuit_.readout(); ++p) bank(p).advance(step_s, drives_[std::size_t(p - 1)]);
}

#define SETTLE_INSTANTIATE(Real)                                                \
  template void reset<Real>(const Bank<Real>&, BankState<Real>&, Index, Index); \
  template void reset<Real>(const Circuit<Real>&, const Chunk<Real>&);          \
  template class BankTransient<Real>;                                           \
  template class Transient<Real>;
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
