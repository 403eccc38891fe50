#include "models/settling/settling_time.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "models/settling/phase.h"

namespace settle {
namespace {

constexpr double steps_per_tau = 20;
constexpr double most_taus = 100;

template <class Real>
class Flight {
 public:
  Flight(const Loop<Real>& loop, const Chunk<Real>& chunk, double accuracy)
      : loop_(loop), chunk_(chunk), accuracy_(accuracy), stray_(std::size_t(chunk.count), 0) {
    for (Index p = 1; p < loop.readout(); ++p) {
      BankState<Real>& b = chunk.bank(p);
      goal_.push_back({chunk.view(b.difference_external), chunk.view(b.difference_drive), chunk.view(b.difference)});
      shortest_tau_ = std::min(shortest_tau_, double(loop.banks[std::size_t(p)]->tau_s.minCoeff()));
    }
  }

  // From the reset to the free equilibrium: the difference to it starts at minus the membrane.
  void free_times(SettlingTimes& times) {
    for (Index p = 1; p < loop_.readout(); ++p) {
      BankState<Real>& b = chunk_.bank(p);
      const double g = std::max(loop_.scale[std::size_t(p)], 1e-30);
      chunk_.view(b.difference_external).setZero();
      chunk_.view(b.difference_drive) = chunk_.view(b.drive) * Real(-1 / g);
      const Bank<Real>& bank = *loop_.banks[std::size_t(p)];
      bank.activation->apply_difference(Real(g), bank.parameters(), chunk_.view(b.drive).data(),
                                        chunk_.view(b.state).data(), chunk_.view(b.difference_drive).data(),
                                        chunk_.view(b.difference).data(), bank.size(), chunk_.count);
    }
    const auto left = [&](Index p, Index c) { return rms(chunk_.view(chunk_.bank(p).difference).col(c)); };
    const auto full_scale = [&](Index p) {
      const double scale = loop_.scale[std::size_t(p)];
      return scale > 0 ? 1 / scale : std::numeric_limits<double>::infinity();
    };
    const std::vector<Arrival> arrived =
        fly({[&](Index p, Index c) { return left(p, c) <= accuracy_ * full_scale(p); },
             [&](Index p, Index c) { return left(p, c) <= accuracy_ * std::min(size_of(p, c), full_scale(p)); }});
    times.read_s = arrived[0].last_s;
    times.free_s = arrived[1].last_s;
    times.free_of_sample_s = arrived[1].of_sample_s;
  }

  // From the free equilibrium, where the difference is zero, to the clamped one.
  void clamped_time(SettlingTimes& times) {
    release(loop_, chunk_);
    for (Index p = 1; p < loop_.readout(); ++p)
      chunk_.view(chunk_.bank(p).difference_external) = goal_[std::size_t(p - 1)].external;
    const auto off = [&](Index p, Index c) {
      return rms(chunk_.view(chunk_.bank(p).difference).col(c) - goal_[std::size_t(p - 1)].difference.col(c));
    };
    const std::vector<Arrival> arrived =
        fly({[&](Index p, Index c) { return off(p, c) <= accuracy_ * size_of(p, c); },
             [&](Index p, Index c) { return off(p, c) <= accuracy_ / 2 * size_of(p, c); }});
    times.clamped_s = arrived[0].last_s;
    times.turned_s = arrived[1].last_s;
    times.clamped_of_sample_s = arrived[0].of_sample_s;
  }

  Index unsettled() const { return Index(std::count(stray_.begin(), stray_.end(), char(1))); }

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
    return std::sqrt(m.template cast<double>().squaredNorm() / double(m.size()));
  }

  // The size of the difference that is to be resolved; without an error there is none, and its scale serves.
  double size_of(Index p, Index c) const {
    const double size = rms(goal_[std::size_t(p - 1)].difference.col(c));
    return size > 0 ? size : 1.0;
  }

  // A hundred time constants of the slowest neuron, and what a slew limit adds.
  double most_s() const {
    double tau_s = 0, slewing_s = 0;
    for (Index p = 1; p < loop_.readout(); ++p) {
      const Bank<Real>& bank = *loop_.banks[std::size_t(p)];
      tau_s = std::max(tau_s, double(bank.tau_s.maxCoeff()));
      if (bank.slew > 0)
        slewing_s = std::max(slewing_s, double(chunk_.view(chunk_.bank(p).drive).cwiseAbs().maxCoeff()) / bank.slew);
    }
    return most_taus * tau_s + 2 * slewing_s;
  }

  // Whether a population has arrived for a sample.
  using Criterion = std::function<bool(Index population, Index sample)>;

  // The times that samples take to arrive in all populations (NaN: never), and the latest.
  struct Arrival {
    double last_s;
    std::vector<double> of_sample_s;
  };

  std::vector<Arrival> fly(const std::vector<Criterion>& criteria) {
    const double step = shortest_tau_ / steps_per_tau;
    const int most = int(std::min(1e5, std::ceil(most_s() / step)));
    const std::size_t samples = std::size_t(chunk_.count);
    std::vector<std::vector<int>> arrival(criteria.size(), std::vector<int>(samples, -1));
    const std::vector<MembraneStep<Real>> steps = membrane_steps(loop_, step);
    DriveHistory<Real> drives;
    for (int i = 0; i < most && !note_arrivals(criteria, arrival, i); ++i)
      advance_difference(loop_, chunk_, steps, drives);
    std::vector<Arrival> arrivals;
    for (const std::vector<int>& at : arrival) {
      const int last = *std::max_element(at.begin(), at.end());
      Arrival a{(last < 0 ? most : last) * step, {}};
      for (std::size_t c = 0; c < samples; ++c) {
        if (at[c] < 0) stray_[c] = 1;
        a.of_sample_s.push_back(at[c] < 0 ? std::nan("") : at[c] * step);
      }
      arrivals.push_back(a);
    }
    return arrivals;
  }

  // Returns whether there is nothing to wait for.
  bool note_arrivals(const std::vector<Criterion>& criteria, std::vector<std::vector<int>>& arrival, int now) const {
    bool all = true;
    for (std::size_t k = 0; k < criteria.size(); ++k) {
      for (Index c = 0; c < chunk_.count; ++c) {
        int& at = arrival[k][std::size_t(c)];
        if (at >= 0 || stray_[std::size_t(c)]) continue;
        bool here = true;
        for (Index p = 1; p < loop_.readout() && here; ++p) here = criteria[k](p, c);
        if (here) at = now;
        all = all && here;
      }
    }
    return all;
  }

  const Loop<Real>& loop_;
  const Chunk<Real>& chunk_;
  double accuracy_;
  std::vector<char> stray_;  // by sample: did not arrive
  std::vector<Goal> goal_;
  double shortest_tau_ = std::numeric_limits<double>::infinity();
};

}  // namespace

template <class Real>
SettlingTimes settling_times(const Loop<Real>& loop, const Chunk<Real>& chunk, double accuracy) {
  SettlingTimes times;
  Flight<Real> flight(loop, chunk, accuracy);
  flight.free_times(times);
  flight.clamped_time(times);
  times.unsettled = flight.unsettled();
  flight.restore();
  return times;
}

template SettlingTimes settling_times<float>(const Loop<float>&, const Chunk<float>&, double);
template SettlingTimes settling_times<double>(const Loop<double>&, const Chunk<double>&, double);

}  // namespace settle
