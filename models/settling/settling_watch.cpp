#include "models/settling/settling_watch.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace settle {

template <class Real>
SettlingWatch<Real>::SettlingWatch(const Loop<Real>& loop, const Chunk<Real>& chunk, bool clamped, double tolerance,
                                   double noise)
    : loop_(loop),
      chunk_(chunk),
      clamped_(clamped),
      // states do not come closer to each other than rounding lets them
      tolerance_(std::max(tolerance, 8.0 * double(std::numeric_limits<Real>::epsilon()))),
      noise_(noise),
      last_(std::size_t(loop.populations())),
      before_(last_.size()),
      last_movement_(std::size_t(chunk.count), 0.0),
      settled_s_(std::size_t(chunk.count), std::nan("")),
      ending_(std::size_t(chunk.count), Ending::neither) {}

template <class Real>
void SettlingWatch<Real>::look(double now_s) {
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
  for (Index p = 1; p < loop_.readout(); ++p) {
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
  const double ratio = last > 0 ? movement / last : 1.0;
  // a movement that has nothing to be compared with says nothing of what follows
  const double left = ratio < 1 ? movement * ratio / (1 - ratio) : movement;
  if (looks_ > 1 && left <= tolerance_) return Ending::settled;
  return looks_ > 1 && movement_of_two <= returned * movement ? Ending::cycle : Ending::neither;
}

// The largest one of any neuron, in its unit and beyond its noise; NaN when a state is not a number.
template <class Real>
double SettlingWatch<Real>::movement(Index sample, const std::vector<Matrix<Real>>& since) const {
  constexpr double sigmas = 6;
  double largest = 0;
  for (Index p = 1; p < loop_.readout(); ++p) {
    BankState<Real>& b = chunk_.bank(p);
    const auto now = chunk_.view(clamped_ ? b.difference : b.state).col(sample);
    const double moved = double((now - since[std::size_t(p)].col(sample)).template lpNorm<Eigen::Infinity>());
    if (!std::isfinite(moved) || !now.allFinite()) return std::nan("");
    const double full_scale = clamped_ ? 1 / std::max(loop_.scale[std::size_t(p)], 1e-30) : 1.0;
    const double unit = clamped_ ? double(now.template lpNorm<Eigen::Infinity>()) : 1.0;
    const double signal = std::max(0.0, moved - sigmas * std::sqrt(2.0) * noise_ * full_scale);
    if (signal > 0) largest = std::max(largest, signal / (unit > 0 ? unit : 1.0));
  }
  return largest;
}

template class SettlingWatch<float>;
template class SettlingWatch<double>;

}  // namespace settle
