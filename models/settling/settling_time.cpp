#include "models/settling/settling_time.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/settling/phase.h"

namespace settle {
namespace {

constexpr double steps_per_tau = 20;
constexpr double most_taus = 1000;

template <class Real>
class Flight {
 public:
  Flight(const Loop<Real>& loop, const Chunk<Real>& chunk, double accuracy)
      : loop_(loop), chunk_(chunk), accuracy_(accuracy) {
    for (Index p = 1; p < loop.readout(); ++p) {
      BankState<Real>& b = chunk.bank(p);
      goal_.push_back({chunk.view(b.difference_external), chunk.view(b.difference_drive), chunk.view(b.difference)});
      shortest_tau_ = std::min(shortest_tau_, double(loop.banks[std::size_t(p)]->tau_s));
    }
  }

  // From the reset to the free equilibrium: the difference to it starts at minus the membrane.
  void free_times(SettlingTimes& times) {
    for (Index p = 1; p < loop_.readout(); ++p) {
      BankState<Real>& b = chunk_.bank(p);
      const double g = std::max(loop_.scale[std::size_t(p)], 1e-30);
      chunk_.view(b.difference_external).setZero();
      chunk_.view(b.difference_drive) = chunk_.view(b.drive) * Real(-1 / g);
      chunk_.view(b.difference) = chunk_.view(b.state) * Real(-1 / g);
    }
    const auto left = [&](Index p) { return rms(chunk_.view(chunk_.bank(p).difference)); };
    const auto full_scale = [&](Index p) {
      const double scale = loop_.scale[std::size_t(p)];
      return scale > 0 ? 1 / scale : std::numeric_limits<double>::infinity();
    };
    times.read_s = fly([&](Index p) { return left(p) <= accuracy_ * full_scale(p); }, times.settled);
    times.free_s = times.read_s + fly([&](Index p) {
      return left(p) <= accuracy_ * std::min(size_of(p), full_scale(p));
    }, times.settled);
  }

  // From the free equilibrium, where the difference is zero, to the clamped one.
  double clamped_time(bool& settled) {
    release(loop_, chunk_);
    for (Index p = 1; p < loop_.readout(); ++p)
      chunk_.view(chunk_.bank(p).difference_external) = goal_[std::size_t(p - 1)].external;
    return fly([&](Index p) {
      const Matrix<Real>& goal = goal_[std::size_t(p - 1)].difference;
      return rms(chunk_.view(chunk_.bank(p).difference) - goal) <= accuracy_ * size_of(p);
    }, settled);
  }

  void restore() {
    for (Index p = 1; p < loop_.readout(); ++p) {
      BankState<Real>& b = chunk_.bank(p);
      const Goal& goal = goal_[std::size_t(p - 1)];
      chunk_.view(b.difference_external) = goal.external;
      chunk_.view(b.difference_drive) = goal.drive;
      chunk_.view(b.difference) = goal.difference;
    }
  }

 private:
  struct Goal {
    Matrix<Real> external, drive, difference;
  };

  template <class Derived>
  static double rms(const Eigen::MatrixBase<Derived>& m) {
    return std::sqrt(double(m.squaredNorm()) / double(m.size()));
  }

  // The size of the difference that is to be resolved; without an error there is none, and its scale serves.
  double size_of(Index p) const {
    const double size = rms(goal_[std::size_t(p - 1)].difference);
    return size > 0 ? size : 1.0;
  }

  template <class Arrived>
  double fly(const Arrived& arrived, bool& settled) {
    const double step = shortest_tau_ / steps_per_tau;
    const int most = int(most_taus * steps_per_tau);
    for (int i = 0; i < most; ++i) {
      bool all = true;
      for (Index p = 1; p < loop_.readout() && all; ++p) all = arrived(p);
      if (all) return i * step;
      advance_difference(loop_, chunk_, scratch_, step);
    }
    settled = false;
    return most * step;
  }

  const Loop<Real>& loop_;
  const Chunk<Real>& chunk_;
  double accuracy_;
  std::vector<Goal> goal_;
  std::vector<Matrix<Real>> scratch_;
  double shortest_tau_ = std::numeric_limits<double>::infinity();
};

}  // namespace

template <class Real>
SettlingTimes settling_times(const Loop<Real>& loop, const Chunk<Real>& chunk, double accuracy) {
  SettlingTimes times;
  Flight<Real> flight(loop, chunk, accuracy);
  flight.free_times(times);
  times.clamped_s = flight.clamped_time(times.settled);
  flight.restore();
  return times;
}

template SettlingTimes settling_times<float>(const Loop<float>&, const Chunk<float>&, double);
template SettlingTimes settling_times<double>(const Loop<double>&, const Chunk<double>&, double);

}  // namespace settle
