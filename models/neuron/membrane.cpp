#include "settle/models/neuron/membrane.h"

#include <algorithm>
#include <cmath>

namespace settle {
namespace {

// The time for which the slope is the limit; an exponential approach follows.
double slewing_s(double distance, double tau_s, double slew) {
  return std::max(0.0, (std::abs(distance) - slew * tau_s) / slew);
}

// The lead of the drive's ramp: for a drive h + r t a membrane follows the average of r t that its decay weighs, which
// is r step times this.
double lead(double taus) {
  const double approach = -std::expm1(-taus);
  return taus < 1 ? (taus - approach) / (taus * approach) : 0.0;
}

// The share of a distance a - h that two lags in a row let through to the second one within a step: the integral of the
// first one's decay, weighed by the second one's.
double coupling(double step_s, double first_s, double second_s) {
  const double x = step_s / first_s - step_s / second_s;
  const double first = std::exp(-step_s / first_s), second = std::exp(-step_s / second_s);
  if (std::abs(x) < 1e-6) return second > 0 ? second * step_s / second_s * (1 - x / 2) : 0.0;
  return (second - first) * (step_s / second_s) / x;
}

}  // namespace

template <class Real>
template <class BankReal>
MembraneStep<Real>::MembraneStep(const Bank<BankReal>& bank, double step_s)
    : step_s_(step_s), slew_(bank.slew), tau_s_(bank.tau_s.template cast<Real>()) {
  const Eigen::ArrayXd steps = step_s / bank.tau_s.array().template cast<double>();
  decay_ = (-steps).exp().template cast<Real>();
  kick_ = steps.unaryExpr([](double taus) { return std::sqrt(-std::expm1(-2 * taus)); }).template cast<Real>();
  lead_ = steps.unaryExpr([](double taus) { return lead(taus); }).template cast<Real>();
  if (bank.drive_tau_s.size() == 0) return;
  amplifier_decay_.resize(tau_s_.size());
  coupling_.resize(tau_s_.size());
  for (Index i = 0; i < tau_s_.size(); ++i) {
    const double tau = double(bank.tau_s[i]), of_amplifier = double(bank.drive_tau_s[i]);
    amplifier_decay_[i] = Real(std::exp(-step_s / of_amplifier));
    coupling_[i] = Real(coupling(step_s, of_amplifier, tau));
  }
}

template <class Real>
void MembraneStep<Real>::extrapolate(View<Real> drive, View<Real> last) const {
  for (Index c = 0; c < drive.cols(); ++c) {
    for (Index i = 0; i < drive.rows(); ++i) {
      const Real now = drive(i, c);
      drive(i, c) = now + lead_[i] * (now - last(i, c));
      last(i, c) = now;
    }
  }
}

template <class Real>
void MembraneStep<Real>::advance(ConstView<Real> drive, View<Real> membrane, double scale) const {
  if (slew_ == 0) {
    for (Index c = 0; c < membrane.cols(); ++c)
      membrane.col(c).array() = decay_.array() * membrane.col(c).array() + (1 - decay_.array()) * drive.col(c).array();
    return;
  }
  const double slew = slew_ / std::max(scale, 1e-30);
  for (Index c = 0; c < membrane.cols(); ++c) {
    for (Index i = 0; i < membrane.rows(); ++i) {
      const double h = double(drive(i, c)), distance = h - double(membrane(i, c));
      const double tau_s = double(tau_s_[i]), straight_s = slewing_s(distance, tau_s, slew);
      if (straight_s >= step_s_) {
        membrane(i, c) += Real(std::copysign(slew * step_s_, distance));
      } else if (straight_s > 0) {
        membrane(i, c) = Real(h - std::copysign(slew * tau_s, distance) * std::exp((straight_s - step_s_) / tau_s));
      } else {
        membrane(i, c) = decay_[i] * membrane(i, c) + (1 - decay_[i]) * drive(i, c);
      }
    }
  }
}

template <class Real>
void MembraneStep<Real>::advance_behind(ConstView<Real> drive, View<Real> amplifier, View<Real> membrane,
                                        double scale) const {
  const auto follow = [&](Index c) {
    amplifier.col(c).array() =
        drive.col(c).array() + amplifier_decay_.array() * (amplifier.col(c).array() - drive.col(c).array());
  };
  if (slew_ > 0) {
    for (Index c = 0; c < membrane.cols(); ++c) follow(c);
    advance(ConstView<Real>(amplifier.data(), amplifier.rows(), amplifier.cols()), membrane, scale);
    return;
  }
  for (Index c = 0; c < membrane.cols(); ++c) {
    membrane.col(c).array() = drive.col(c).array() + decay_.array() * (membrane.col(c) - drive.col(c)).array() +
                              coupling_.array() * (amplifier.col(c) - drive.col(c)).array();
    follow(c);
  }
}

template <class Real>
template <class BankReal>
void MembraneStep<Real>::kick(const Stream& stream, std::uint64_t first_sample, std::uint32_t step,
                              const Vector<BankReal>& rms, Real factor, View<Real> x) const {
  Vector<float> xi(x.rows());
  for (Index c = 0; c < x.cols(); ++c) {
    fill_normal(stream, first_sample + std::uint64_t(c), step, xi.data(), xi.size());
    x.col(c).array() += factor * rms.template cast<Real>().array() * kick_.array() * xi.template cast<Real>().array();
  }
}

template <class Real>
void MembraneStep<Real>::decay(View<Real> x) const {
  x.array().colwise() *= decay_.array();
}

template <class Real>
void MembraneStep<Real>::kick(const Stream& stream, std::uint64_t first_sample, std::uint32_t step, Real rms,
                              View<Real> x) const {
  Vector<float> xi(x.rows());
  for (Index c = 0; c < x.cols(); ++c) {
    fill_normal(stream, first_sample + std::uint64_t(c), step, xi.data(), xi.size());
    x.col(c).array() += rms * kick_.array() * xi.template cast<Real>().array();
  }
}

template class MembraneStep<float>;
template class MembraneStep<double>;
template MembraneStep<float>::MembraneStep(const Bank<float>&, double);
template MembraneStep<double>::MembraneStep(const Bank<float>&, double);
template MembraneStep<double>::MembraneStep(const Bank<double>&, double);
template void MembraneStep<double>::kick(const Stream&, std::uint64_t, std::uint32_t, const Vector<float>&, double,
                                         View<double>) const;
template void MembraneStep<double>::kick(const Stream&, std::uint64_t, std::uint32_t, const Vector<double>&, double,
                                         View<double>) const;

}  // namespace settle
