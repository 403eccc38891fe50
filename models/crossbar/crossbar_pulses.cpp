// Pulses on the devices of a crossbar: how the two of a pair share them, how many lead to a goal, and resets.
#include <cmath>

#include "models/crossbar/crossbar.h"
#include "models/device/response.h"
#include "models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index cells_of_a_piece = 4096;  // whose pulses one thread counts at a time

}  // namespace

PulseSum Crossbar::pulse(const Matrix<float>& counts, std::uint64_t round, int threads) {
  PulseSum sum;
  const auto send = [&](DeviceArray& devices, Retention* retention, const Matrix<float>& own) {
    sum += devices.pulse(own, round, threads);
    if (retention != nullptr) retention->written(own);
  };
  if (!minus_) {
    send(devices_, plus_retention_.get(), counts);
  } else if (one_sided()) {
    send(devices_, plus_retention_.get(), counts.cwiseMax(0.0f));
    send(*minus_, minus_retention_.get(), (-counts).cwiseMax(0.0f));
  } else if (proportional()) {
    Matrix<float> plus, minus;
    split_proportional(counts, plus, minus, threads);
    send(devices_, plus_retention_.get(), plus);
    send(*minus_, minus_retention_.get(), minus);
  } else {
    const Matrix<float> half = (0.5f * counts).array().round();  // away from zero
    send(devices_, plus_retention_.get(), half);
    send(*minus_, minus_retention_.get(), half - counts);
  }
  changed(threads);
  return sum;
}

// As many pulses as the nominal response takes, but no more than steps dw_min fit: near a soft bound steps vanish, and
// the weight would stand still until the device were there.
Crossbar::Descent Crossbar::descent(const DeviceArray& devices, Index i) const {
  const DevicePreset& d = spec_.device;
  const double state = double(devices.state()(i)), way = state - double(devices.cells().lower(i));
  if (way <= 0) return {0, 0};
  const double step = nominal_step(d, std::clamp(state - 0.5 * way, d.w_min, d.w_max), false);
  return {way, std::rint(way / std::max(step, d.dw_min))};
}

void Crossbar::split_proportional(const Matrix<float>& counts, Matrix<float>& plus, Matrix<float>& minus,
                                  int threads) const {
  plus.setZero(counts.rows(), counts.cols());
  minus.setZero(counts.rows(), counts.cols());
  for_pieces(counts.size(), cells_of_a_piece, threads, [&](Index first, Index count) {
    for (Index i = first; i < first + count; ++i) {
      if (counts(i) == 0) continue;
      const bool rising = counts(i) > 0;
      const float all = std::abs(counts(i)),
                  down = std::min(all, float(descent(rising ? *minus_ : devices_, i).pulses));
      (rising ? plus : minus)(i) = all - down;
      (rising ? minus : plus)(i) = -down;
    }
  });
}

// The pulses that move a proportional pair's weight by `way`, by the nominal response of the device that moves: of the
// one that comes down, then of the one that rises.
double Crossbar::proportional_pulses(Index i, double way) const {
  const DevicePreset& d = spec_.device;
  const auto mean_step = [&](double state, bool rising) {
    return std::max(nominal_step(d, std::clamp(state, d.w_min, d.w_max), rising), 0.1 * d.dw_min);
  };
  const DeviceArray &own = way > 0 ? devices_ : *minus_, &other = way > 0 ? *minus_ : devices_;
  const double far = std::abs(way);
  const Descent down = descent(other, i);
  const double high = double(other.state()(i));
  if (far < down.way) {
    const double pulses = far / mean_step(high - 0.5 * far, false);
    if (pulses <= down.pulses) return std::copysign(pulses, way);
  }
  const auto lowered = [&](double at) { return std::min(down.way, down.pulses * mean_step(at, false)); };
  const double rest = std::max(0.0, far - lowered(high - 0.5 * lowered(high)));
  return std::copysign(down.pulses + rest / mean_step(double(own.state()(i)) + 0.5 * rest, true), way);
}

PulseSum Crossbar::pulse(const PulseTrainBlock& trains, std::uint64_t round, int threads) {
  PulseSum sum;
  const auto send = [&](DeviceArray& devices, Retention* retention, Coincidence coincidence) {
    sum += devices.pulse(trains, round, threads, coincidence);
    if (retention != nullptr) retention->written(trains, coincidence);
  };
  if (!minus_) {
    send(devices_, plus_retention_.get(), Coincidence::up_and_down);
  } else if (one_sided()) {
    send(devices_, plus_retention_.get(), Coincidence::up_alone);
    send(*minus_, minus_retention_.get(), Coincidence::negative_alone);
  } else if (round % 2 == 0) {
    send(devices_, plus_retention_.get(), Coincidence::up_and_down);
  } else {
    send(*minus_, minus_retention_.get(), Coincidence::down_and_up);
  }
  changed(threads);
  return sum;
}

Index Crossbar::pulses_towards(const Matrix<float>& goal, const Matrix<float>& from, double tolerance,
                               Matrix<float>& counts) const {
  const DevicePreset& d = spec_.device;
  counts.setZero(goal.rows(), goal.cols());
  Index pulsed = 0;
  for (Index i = 0; i < goal.size(); ++i) {
    const double way = double(goal(i)) - double(from(i));
    if (std::abs(way) <= tolerance * d.dw_min) continue;
    if (proportional() && !one_sided()) {
      counts(i) = float(std::rint(proportional_pulses(i, way)));
      if (counts(i) != 0) ++pulsed;
      continue;
    }
    // the step half way, of the device that moves
    double state = double(devices_.state()(i)) + 0.5 * way;
    bool rising = way > 0;
    if (minus_ && one_sided() && !rising) {
      state = double(minus_->state()(i)) - 0.5 * way;
      rising = true;
    }
    const double step = nominal_step(d, std::clamp(state, d.w_min, d.w_max), rising);
    counts(i) = float(std::rint(way / std::max(step, 0.1 * d.dw_min)));
    if (counts(i) != 0) ++pulsed;
  }
  return pulsed;
}

PulseSum Crossbar::reset_full_pairs(double margin, Matrix<float>& goal, Matrix<float>& pulses, int threads) {
  if (!minus_ || !one_sided()) return {};
  goal = programmed();
  const auto full = [&](const DeviceArray& d) {
    const auto& c = d.cells();
    return (d.state().array() > c.upper.array() - float(margin) * (c.upper - c.lower).array()).eval();
  };
  const Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> either = full(devices_) || full(*minus_);
  const Index count = either.count();
  if (count == 0) return {};
  const Matrix<float> plus = either.select(devices_.cells().lower, devices_.state());
  const Matrix<float> minus = either.select(minus_->cells().lower, minus_->state());
  PulseSum sum{2 * double(count), 0};
  const auto reset = [&](DeviceArray& devices, const Matrix<float>& state) {
    const auto both = either.select(devices.state() + state, 0.0f);
    for (Index j = 0; j < sources(); ++j) sum.state += 0.5 * both.col(j).cast<double>().sum();
    devices.set_state(state);
  };
  reset(devices_, plus);
  reset(*minus_, minus);
  const Matrix<float> written = either.cast<float>();
  if (plus_retention_) plus_retention_->written(written);
  if (minus_retention_) minus_retention_->written(written);
  pulses = 2.0f * written;
  changed(threads);
  return sum;
}

}  // namespace settle
