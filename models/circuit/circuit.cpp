#include "settle/models/circuit/circuit.h"

#include <algorithm>
#include <limits>

namespace settle {
namespace {

Role role_of(const Graph& graph, Index driver, Index sink) {
  if (sink == graph.readout()) return Role::readout;
  if (driver == 0) return Role::input;
  return driver == graph.readout() ? Role::nudge : Role::recurrent;
}

}  // namespace

template <class Real>
Circuit<Real>::Circuit(const Graph& graph, std::vector<Bank<Real>> banks,
                       const std::vector<ProjectionArrays<Real>>& arrays, const CircuitSpec& spec)
    : projections_(graph.projections.size()),
      banks_(std::move(banks)),
      clamped_lines_(spec.clamped_lines),
      nudge_(spec.nudge),
      curvature_(Real(spec.curvature)),
      feedforward_(graph.feedforward),
      symmetric_(graph.symmetric) {
  for (const Population& p : graph.populations) sizes_.push_back(p.size);
  // without feedback no difference reaches the first layers, and none is learned from
  const bool scaled = spec.layer_scaled && !feedforward_;
  scale_ = scaled ? path_gains(graph, spec.nudge) : std::vector<double>(graph.populations.size(), 1.0);
  constexpr double amplitude = 0.125;
  signal_ = scale_;
  if (clamped_lines_ == ClampedLines::differences) signal_.assign(scale_.size(), amplitude);
  for (std::size_t k = 0; k < projections_; ++k) {
    const Projection& p = graph.projections[k];
    const ProjectionArrays<Real>& a = arrays[k];
    connections_.push_back(graph.connection(p));
    const Connection* connection = connections_.back().get();
    if (p.forward)
      reads_.push_back({k,
                        p.source,
                        p.target,
                        role_of(graph, p.source, p.target),
                        {connection, a.forward, a.forward_scale},
                        Side::word_lines,
                        p.alpha});
    if (!p.backward) continue;
    const Role role = role_of(graph, p.target, p.source);
    if (a.feedback != nullptr) {
      connections_.push_back(connection->reversed());
      reads_.push_back({k,
                        p.target,
                        p.source,
                        role,
                        {connections_.back().get(), a.feedback, a.feedback_scale},
                        Side::word_lines,
                        p.beta});
    } else {
      reads_.push_back(
          {k, p.target, p.source, role, {connection, a.forward, a.forward_scale}, Side::bit_lines, p.beta});
    }
  }
}

template <class Real>
double Circuit<Real>::line_gain(const Read<Real>& read, bool clamped) const {
  const bool nudges = read.role == Role::nudge;
  const double own = read.gain * (nudges ? nudge_ : 1.0);
  if (!clamped || clamped_lines_ == ClampedLines::states) return own;
  const double g = scale(read.sink);
  if (g == 0) return 0;
  return own * signal(read.sink) / g * (nudges ? 1.0 : scale(read.driver) / signal(read.driver));
}

template <class Real>
bool Circuit<Real>::feeds_back(std::size_t projection) const {
  return std::any_of(reads_.begin(), reads_.end(),
                     [&](const auto& r) { return r.projection == projection && !r.forward(); });
}

template <class Real>
bool Circuit<Real>::has(Role role, Index sink) const {
  return std::any_of(reads_.begin(), reads_.end(), [&](const auto& r) { return r.role == role && r.sink == sink; });
}

template <class Real>
bool Circuit<Real>::reads_out_input() const {
  return std::any_of(reads_.begin(), reads_.end(),
                     [](const auto& r) { return r.role == Role::readout && r.driver == 0; });
}

template <class Real>
double Circuit<Real>::shortest_tau_s() const {
  double tau_s = std::numeric_limits<double>::infinity();
  for (Index p = 1; p < readout(); ++p) tau_s = std::min(tau_s, double(bank(p).tau_s.minCoeff()));
  return tau_s;
}

template <class Real>
double Circuit<Real>::longest_tau_s() const {
  double tau_s = 0;
  for (Index p = 1; p < readout(); ++p) {
    const Vector<Real>& before = bank(p).drive_tau_s;
    tau_s = std::max(tau_s, double(bank(p).tau_s.maxCoeff()) + (before.size() > 0 ? double(before.maxCoeff()) : 0.0));
  }
  return tau_s;
}

template <class Real>
bool Circuit<Real>::has_membrane_noise() const {
  return std::any_of(banks_.begin(), banks_.end(), [](const Bank<Real>& b) { return b.membrane_noise.size() > 0; });
}

template <class Real>
void CircuitState<Real>::resize(const Circuit<Real>& circuit, Index samples) {
  samples_ = samples;
  banks_.resize(std::size_t(circuit.populations()));
  if (circuit.reads_out_input()) bank(0).resize(circuit.size(0), samples);
  for (Index p = 1; p < circuit.readout(); ++p) bank(p).resize(circuit.bank(p).size(), samples);
}

template class Circuit<float>;
template class Circuit<double>;
template class CircuitState<float>;
template class CircuitState<double>;

}  // namespace settle
