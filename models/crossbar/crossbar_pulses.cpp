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
    Matrix<float> plus, minus;
    share_pulses(counts, plus, minus);
    send(devices_, plus_retention_.get(), plus);
    send(*minus_, minus_retention_.get(), minus);
  }
  changed(threads);
  return sum;
}

// Half of the pulses each. Single pulses are common, so that the device that gets the odd one has to be another one
// each time: the first device of a pair that always did would reach its bound with the second one still in the middle.
void Crossbar::share_pulses(const Matrix<float>& counts, Matrix<float>& plus, Matrix<float>& minus) {
  plus.resize(counts.rows(), counts.cols());
  minus.resize(counts.rows(), counts.cols());
  for (Index i = 0; i < counts.size(); ++i) {
    const float half = std::trunc(0.5f * counts(i)), odd = counts(i) - 2 * half;
    plus(i) = half + (turn_(i) == 0 ? odd : 0.0f);
    minus(i) = plus(i) - counts(i);
    if (odd != 0) turn_(i) = 1 - turn_(i);
  }
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

Crossbar::PulseEffect Crossbar::effect_towards(Index i, double goal, double from) const {
  const DevicePreset& d = spec_.device;
  const double way = goal - from;
  const auto effect = [&](double state, bool rising) {
    const double inside = std::clamp(state, d.w_min, d.w_max);
    return PulseEffect{std::max(nominal_step(d, inside, rising), 0.1 * d.dw_min), nominal_noise(d, inside, rising)};
  };
  const bool rising = way > 0;
  if (!minus_) {
    const double reference = reference_.size() > 0 ? double(reference_(i)) : 0.0;
    return effect(0.5 * (goal + from) + reference, rising);
  }
  const double plus = double(devices_.state()(i)), minus = double(minus_->state()(i)), half = 0.5 * std::abs(way);
  if (one_sided()) return effect((rising ? plus : minus) + half, true);
  if (proportional()) {
    const double step = std::abs(way) / std::max(1.0, std::abs(proportional_pulses(i, way)));
    const PulseEffect own = effect((rising ? plus : minus) + half, true);
    return {std::max(step, 0.1 * d.dw_min), own.noise};
  }
  // each device moves half the way
  const PulseEffect of_plus = effect(plus + 0.25 * way, rising), of_minus = effect(minus - 0.25 * way, !rising);
  return {0.5 * (of_plus.step + of_minus.step),
          std::sqrt(0.5 * (std::pow(of_plus.noise, 2) + std::pow(of_minus.noise, 2)))};
}

PulseSum Crossbar::reset_pairs(const Matrix<float>& which, std::uint64_t round, int threads) {
  PulseSum sum = devices_.reset(which, round, threads);
  sum += minus_->reset(which, round, threads);
  if (plus_retention_) plus_retention_->written(which);
  if (minus_retention_) minus_retention_->written(which);
  changed(threads);
  return sum;
}

}  // namespace settle
