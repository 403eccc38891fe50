#include "settle/models/settling/settling_time.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "settle/models/settling/phase.h"
#include "settle/models/settling/transient.h"

namespace settle {
namespace {

constexpr double substeps_per_tau = 20;
constexpr double most_taus = 100;

template <class Derived>
double rms(const Eigen::MatrixBase<Derived>& m) {
  return std::sqrt(m.template cast<double>().squaredNorm() / double(m.size()));
}

// The two phases of a solved chunk, integrated as differences to its free equilibrium.
template <class Real>
class TimedPhases {
 public:
  TimedPhases(const Circuit<Real>& circuit, const Chunk<Real>& chunk, double accuracy)
      : circuit_(circuit), chunk_(chunk), accuracy_(accuracy), lost_(std::size_t(chunk.count), 0) {
    for (Index p = 1; p < circuit.readout(); ++p) {
      BankState<Real>& b = chunk.bank(p);
      goal_.push_back({chunk.view(b.difference_external), chunk.view(b.difference_drive), chunk.view(b.difference)});
    }
  }

  // Integrates from the start to the free equilibrium: from a reset, the difference to it starts at minus the membrane.
  void free_times(SettlingTimes& times, const std::vector<Matrix<Real>>& start) {
    for (Index p = 1; p < circuit_.readout(); ++p) {
      BankState<Real>& b = chunk_.bank(p);
      const double g = std::max(circuit_.scale(p), 1e-30);
      chunk_.view(b.difference_external).setZero();
      chunk_.view(b.difference_drive) = chunk_.view(b.drive) * Real(-1 / g);
      if (!start.empty()) chunk_.view(b.difference_drive) += start[std::size_t(p)] * Real(1 / g);
      const Bank<Real>& bank = circuit_.bank(p);
      bank.activation->apply_difference(Real(g), bank.parameters(), chunk_.view(b.drive).data(),
                                        chunk_.view(b.state).data(), chunk_.view(b.difference_drive).data(),
                                        chunk_.view(b.difference).data(), bank.size(), chunk_.count);
    }
    const auto left = [&](Index p, Index c) { return rms(chunk_.view(chunk_.bank(p).difference).col(c)); };
    const auto full_scale = [&](Index p) {
      const double scale = circuit_.scale(p);
      return scale > 0 ? 1 / scale : std::numeric_limits<double>::infinity();
    };
    const auto to_read = [&](Index p, Index c) { return left(p, c) <= accuracy_ * full_scale(p); };
    // what is left to settle is no part of differences that are on the lines themselves
    const bool disturbs = circuit_.clamped_lines() == ClampedLines::states;
    const auto to_learn = [&](Index p, Index c) {
      return left(p, c) <= accuracy_ * (disturbs ? std::min(size_of(p, c), full_scale(p)) : full_scale(p));
    };
    const std::vector<Arrival> arrived = arrivals(Transient<Real>::of_states(circuit_), {to_read, to_learn});
    times.read_s = arrived[0].last_s;
    times.free_s = arrived[1].last_s;
    times.free_of_sample_s = arrived[1].of_sample_s;
  }

  // Integrates from the free equilibrium, where the difference is zero, to the clamped one.
  void clamped_times(SettlingTimes& times) {
    release(circuit_, chunk_);
    for (Index p = 1; p < circuit_.readout(); ++p)
      chunk_.view(chunk_.bank(p).difference_external) = goal_[std::size_t(p - 1)].external;
    const auto off = [&](Index p, Index c) {
      return rms(chunk_.view(chunk_.bank(p).difference).col(c) - goal_[std::size_t(p - 1)].difference.col(c));
    };
    const std::vector<Arrival> arrived = arrivals(
        Transient<Real>(circuit_), {[&](Index p, Index c) { return off(p, c) <= accuracy_ * size_of(p, c); },
                                    [&](Index p, Index c) { return off(p, c) <= accuracy_ / 2 * size_of(p, c); }});
    times.clamped_s = arrived[0].last_s;
    times.second_sign_s = arrived[1].last_s;
    times.clamped_of_sample_s = arrived[0].of_sample_s;
  }

  Index unsettled() const { return Index(std::count(lost_.begin(), lost_.end(), char(1))); }

  void restore() {
    for (Index p = 1; p < circuit_.readout(); ++p) {
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

  // The size of the difference that is to be resolved; without an error there is none, and its scale serves.
  double size_of(Index p, Index c) const {
    const double size = rms(goal_[std::size_t(p - 1)].difference.col(c));
    return size > 0 ? size : 1.0;
  }

  // A hundred time constants of the slowest neuron, and what a slew limit adds.
  double most_s() const {
    double slewing_s = 0;
    for (Index p = 1; p < circuit_.readout(); ++p) {
      const Bank<Real>& bank = circuit_.bank(p);
      if (bank.slew > 0)
        slewing_s = std::max(slewing_s, double(chunk_.view(chunk_.bank(p).drive).cwiseAbs().maxCoeff()) / bank.slew);
    }
    return most_taus * circuit_.longest_tau_s() + 2 * slewing_s;
  }

  // Whether a population has arrived for a sample.
  using Criterion = std::function<bool(Index population, Index sample)>;

  // The times that samples take to arrive in all populations (NaN: never), and the latest.
  struct Arrival {
    double last_s;
    std::vector<double> of_sample_s;
  };

  // Integrates from the differences that are there until all samples meet all criteria.
  std::vector<Arrival> arrivals(Transient<Real> transient, const std::vector<Criterion>& criteria) {
    const double step = circuit_.shortest_tau_s() / substeps_per_tau;
    const int most = int(std::min(1e5, std::ceil(most_s() / step)));
    const std::size_t samples = std::size_t(chunk_.count);
    std::vector<std::vector<int>> arrival(criteria.size(), std::vector<int>(samples, -1));
    transient.start(chunk_, /*clamped=*/true);
    for (int i = 0; i < most && !note_arrivals(criteria, arrival, i); ++i) transient.step(step);
    std::vector<Arrival> all;
    for (const std::vector<int>& at : arrival) {
      const int last = *std::max_element(at.begin(), at.end());
      Arrival a{(last < 0 ? most : last) * step, {}};
      for (std::size_t c = 0; c < samples; ++c) {
        if (at[c] < 0) lost_[c] = 1;
        a.of_sample_s.push_back(at[c] < 0 ? std::nan("") : at[c] * step);
      }
      all.push_back(a);
    }
    return all;
  }

  // Returns whether there is nothing to wait for.
  bool note_arrivals(const std::vector<Criterion>& criteria, std::vector<std::vector<int>>& arrival, int now) const {
    bool all = true;
    for (std::size_t k = 0; k < criteria.size(); ++k) {
      for (Index c = 0; c < chunk_.count; ++c) {
        int& at = arrival[k][std::size_t(c)];
        if (at >= 0 || lost_[std::size_t(c)]) continue;
        bool here = true;
        for (Index p = 1; p < circuit_.readout() && here; ++p) here = criteria[k](p, c);
        if (here) at = now;
        all = all && here;
      }
    }
    return all;
  }

  const Circuit<Real>& circuit_;
  const Chunk<Real>& chunk_;
  double accuracy_;
  std::vector<char> lost_;  // by sample: did not arrive
  std::vector<Goal> goal_;
};

}  // namespace

template <class Real>
SettlingTimes settling_times(const Circuit<Real>& circuit, const Chunk<Real>& chunk, double accuracy,
                             const FreeStarts<Real>& starts) {
  SettlingTimes times;
  if (!circuit.has_neurons()) {
    times.free_of_sample_s = times.clamped_of_sample_s = std::vector<double>(std::size_t(chunk.count), 0.0);
    return times;
  }
  TimedPhases<Real> phases(circuit, chunk, accuracy);
  phases.free_times(times, starts.learning);
  if (starts.differ) {
    SettlingTimes reading;
    phases.free_times(reading, starts.reading);
    times.read_s = reading.read_s;
  }
  phases.clamped_times(times);
  times.unsettled = phases.unsettled();
  phases.restore();
  return times;
}

template SettlingTimes settling_times<float>(const Circuit<float>&, const Chunk<float>&, double,
                                             const FreeStarts<float>&);
template SettlingTimes settling_times<double>(const Circuit<double>&, const Chunk<double>&, double,
                                              const FreeStarts<double>&);

}  // namespace settle
