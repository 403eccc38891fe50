// Pulses on the devices of a crossbar: how the two of a pair share them, how many lead to a goal, and resets.
#include <cmath>
#include <vector>

#include "settle/models/crossbar/crossbar.h"
#include "settle/models/crossbar/pair_split.h"
#include "settle/models/device/response.h"
#include "settle/models/error.h"
#include "settle/models/numeric/expect.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index cells_of_a_piece = 4096;  // whose pulses one thread counts at a time

}  // namespace

PulseSum Crossbar::pulse(const Matrix<float>& counts, std::uint64_t round, int threads) {
  if (spec_.device.response == Response::exact)
    throw InputError("pulses: an exact device takes none: set device.preset, or add changes to it");
  expect_shape("counts of pulses", counts, targets(), sources());
  expect_whole("counts of pulses", counts, 0x1p24f);
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
  } else if (proportional() && devices_.pulsed_in_pieces() && !plus_retention_) {
    sum += pulse_in_pieces(counts, round, threads);
  } else {
    plus_counts_.resize(counts.rows(), counts.cols());
    minus_counts_.resize(counts.rows(), counts.cols());
    for_pieces(counts.size(), cells_of_a_piece, threads, [&](Index first, Index count) {
      const auto split = proportional() ? &Crossbar::split_proportional : &Crossbar::share_pulses;
      (this->*split)(counts, first, count, plus_counts_.data() + first, minus_counts_.data() + first);
    });
    send(devices_, plus_retention_.get(), plus_counts_);
    send(*minus_, minus_retention_.get(), minus_counts_);
  }
  changed(threads);
  return sum;
}

// Half of the pulses each. Single pulses are common, so that the device that gets the odd one has to be another one
// each time: the first device of a pair that always did would reach its bound with the second one still in the middle.
void Crossbar::share_pulses(const Matrix<float>& counts, Index first, Index count, float* plus, float* minus) {
  for (Index i = first; i < first + count; ++i) {
    const float half = std::trunc(0.5f * counts(i)), odd = counts(i) - 2 * half;
    plus[i - first] = half + (turn_(i) == 0 ? odd : 0.0f);
    minus[i - first] = plus[i - first] - counts(i);
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

// A proportional pair's devices together, a piece after the other, so that counts and states are at hand when they are
// used.
PulseSum Crossbar::pulse_in_pieces(const Matrix<float>& counts, std::uint64_t round, int threads) {
  const Index piece = DeviceArray::piece();
  std::vector<PulseSum> of_plus{std::size_t((counts.size() + piece - 1) / piece), PulseSum{}}, of_minus = of_plus;
  for_pieces(counts.size(), piece, threads, [&](Index first, Index count) {
    Vector<float> plus(count), minus(count);
    split_proportional(counts, first, count, plus.data(), minus.data());
    of_plus[std::size_t(first / piece)] = devices_.pulse_piece(plus.data(), first, round);
    of_minus[std::size_t(first / piece)] = minus_->pulse_piece(minus.data(), first, round);
  });
  PulseSum sum, sum_of_minus;
  for (const PulseSum& s : of_plus) sum += s;
  for (const PulseSum& s : of_minus) sum_of_minus += s;
  sum += sum_of_minus;
  return sum;
}

void Crossbar::split_proportional(const Matrix<float>& counts, Index first, Index count, float* plus, float* minus) {
  const auto of = [](const DeviceArray& d) { return PairDevices{d.state().data(), d.cells().lower.data()}; };
  Vector<std::uint32_t> unsure(count);
  const Index left =
      split_sure(counts.data(), of(devices_), of(*minus_), first, count, most_step_down_, plus, minus, unsure.data());
  for (Index k = 0; k < left; ++k) {
    const auto i = Index(unsure[k]);
    const bool rising = counts(i) > 0;
    const float all = std::abs(counts(i)), down = std::min(all, float(descent(rising ? *minus_ : devices_, i).pulses));
    (rising ? plus : minus)[i - first] = all - down;
    (rising ? minus : plus)[i - first] = -down;
  }
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
  // NOLINTNEXTLINE(bugprone-branch-clone): one array, or one of two in turn
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
