#include "settle/models/settling/settling_watch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

// The rounding of states: two of them do not come closer to each other than this.
template <class Real>
constexpr double rounding = 8.0 * double(std::numeric_limits<Real>::epsilon());

}  // namespace

template <class Real>
SettlingWatch<Real>::SettlingWatch(const Circuit<Real>& circuit, const Chunk<Real>& chunk, bool clamped,
                                   double tolerance, const NoiseInTime& noise)
    : circuit_(circuit),
      chunk_(chunk),
      clamped_(clamped),
      tolerance_(std::max(tolerance, rounding<Real>)),
      noise_(noise),
      drive_noise_(std::size_t(circuit.populations())),
      read_variance_(std::size_t(circuit.populations()), Real(0)),
      slopes_(std::size_t(circuit.populations())),
      last_(std::size_t(circuit.populations())),
      before_(last_.size()),
      last_movement_(std::size_t(chunk.count), 0.0),
      settled_s_(std::size_t(chunk.count), std::nan("")),
      ending_(std::size_t(chunk.count), Ending::neither) {}

// Independent noise adds up on each line: the variance of a membrane is its own and, through the weights, that of the
// outputs, which have their own and, through their neurons' slopes, that of their membranes. Rounds follow noise once
// through all populations. A circuit's own time constants, which make less of it, are left out.
template <class Real>
void SettlingWatch<Real>::note_noise() {
  const auto slope = [&](Index p) { return slopes_[std::size_t(p)].cwiseAbs().rowwise().maxCoeff().eval(); };
  for (Index p = 1; p < circuit_.readout(); ++p) {
    BankState<Real>& b = chunk_.bank(p);
    Matrix<Real> drive = chunk_.view(b.drive);
    const Matrix<Real> state = chunk_.view(b.state);
    // noise takes a neuron beyond a rail and back: what it does there is what it does at the rail
    if (const Real rail = circuit_.bank(p).rail; rail > 0) drive = drive.cwiseMin(rail).cwiseMax(-rail);
    slopes_[std::size_t(p)] = slopes_of(circuit_.bank(p), drive, state);
    drive_noise_[std::size_t(p)].setZero(circuit_.bank(p).size());
  }
  const Real outputs = Real(noise_.outputs * noise_.outputs);
  for (Index round = 0; round < circuit_.populations(); ++round) {
    std::vector<Vector<Real>> variance(last_.size()), out(last_.size());
    for (Index p = 1; p < circuit_.readout(); ++p) {
      const auto i = std::size_t(p);
      out[i] = slope(p).cwiseProduct(drive_noise_[i]).cwiseAbs2().array() + outputs;
      const Vector<Real>& own = circuit_.bank(p).membrane_noise;
      variance[i].setZero(out[i].size());
      if (noise_.membranes && own.size() > 0) variance[i] = own.cwiseAbs2();
      variance[i].array() += read_variance_[i];
    }
    for (const Read<Real>& read : circuit_.reads()) {
      if (read.role != Role::recurrent) continue;
      const Vector<Real>& x = out[std::size_t(read.driver)];
      Vector<Real>& y = variance[std::size_t(read.sink)];
      const Real factor = Real(circuit_.line_gain(read, clamped_)) * read.weights.scale;
      read.weights.add_squared_product(read.side, factor * factor, {x.data(), x.size(), 1}, {y.data(), y.size(), 1});
    }
    for (Index p = 1; p < circuit_.readout(); ++p) drive_noise_[std::size_t(p)] = variance[std::size_t(p)].cwiseSqrt();
  }
}

template <class Real>
void SettlingWatch<Real>::look(double now_s) {
  if (noise_.any()) note_noise();
  for (Index c = 0; c < chunk_.count && looks_ > 0; ++c) {
    const auto i = std::size_t(c);
    const double now = movement(c, last_);
    ending_[i] = judge(c, now, looks_ > 1 ? movement(c, before_) : now);
    if (ending_[i] != Ending::settled) settled_s_[i] = std::nan("");
    if (ending_[i] == Ending::settled && std::isnan(settled_s_[i])) settled_s_[i] = now_s;
    last_movement_[i] = now;
  }
  ++looks_;
  std::swap(last_, before_);
  for (Index p = 1; p < circuit_.readout(); ++p) {
    BankState<Real>& b = chunk_.bank(p);
    last_[std::size_t(p)] = chunk_.view(clamped_ ? b.difference : b.state);
  }
}

template <class Real>
bool SettlingWatch<Real>::all_settled() const {
  return std::all_of(ending_.begin(), ending_.end(), [](Ending e) { return e == Ending::settled; });
}

template <class Real>
Ending SettlingWatch<Real>::judge(Index sample, double movement, double movement_of_two) const {
  constexpr double returned = 0.1;  // of the way out: a cycle
  if (std::isnan(movement)) return Ending::diverged;
  if (movement == 0) return Ending::settled;
  const double last = last_movement_[std::size_t(sample)];
  if (looks_ < 2 || last == 0) return Ending::neither;  // there is no movement to compare this one with
  const double ratio = movement / last;
  const double left = ratio < 1 ? movement * ratio / (1 - ratio) : std::numeric_limits<double>::infinity();
  const bool still =
      movement <= std::max(rounding<Real>, 1e-3 * tolerance_);  // even a thousand such looks would not matter
  if (left <= tolerance_ || still) return Ending::settled;
  return !noise_.any() && movement_of_two <= returned * movement ? Ending::cycle : Ending::neither;
}

// The largest movement of any neuron, beyond its noise, as a fraction of full scale (free phase) or of its population's
// largest difference (clamped phase); NaN when a state is not a number.
template <class Real>
double SettlingWatch<Real>::movement(Index sample, const std::vector<Matrix<Real>>& since) const {
  constexpr double sigmas = 6;
  double largest = 0;
  for (Index p = 1; p < circuit_.readout(); ++p) {
    BankState<Real>& b = chunk_.bank(p);
    const auto now = chunk_.view(clamped_ ? b.difference : b.state).col(sample);
    const auto moved = (now - since[std::size_t(p)].col(sample)).cwiseAbs().eval();
    if (!now.allFinite() || !moved.allFinite()) return std::nan("");
    double signal = double(moved.maxCoeff());
    if (noise_.any()) {
      const double full_scale = clamped_ ? 1 / std::max(circuit_.signal(p), 1e-30) : 1.0;
      const auto noise = slopes_[std::size_t(p)].col(sample).cwiseAbs().cwiseProduct(drive_noise_[std::size_t(p)]);
      signal = std::max(0.0, double((moved - Real(sigmas * std::sqrt(2.0) * full_scale) * noise).maxCoeff()));
    }
    const double unit = clamped_ ? double(now.template lpNorm<Eigen::Infinity>()) : 1.0;
    if (signal > 0) largest = std::max(largest, signal / (unit > 0 ? unit : 1.0));
  }
  return largest;
}

template class SettlingWatch<float>;
template class SettlingWatch<double>;

}  // namespace settle
