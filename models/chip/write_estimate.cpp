#include "settle/models/chip/write_estimate.h"

#include <algorithm>
#include <cmath>

namespace settle {
namespace {

constexpr double least_gain = 0.02, most_gain = 50;
// Gains are known to a factor of one and a half at first, and never better than to a tenth: steps depend on the state.
// Of devices whose steps are noisy, rounds are too few for so much caution.
constexpr double first_spread = 0.5, first_spread_of_noisy = 0.25, last_spread = 0.1;

}  // namespace

WriteEstimate::WriteEstimate(const Crossbar& array, const Matrix<float>& found, Index most_pulses)
    : array_(array),
      read_variance_(array.read_variance() + array.write_variance()),
      most_pulses_(double(most_pulses)),
      value_(found),
      variance_(Matrix<float>::Constant(found.rows(), found.cols(), float(read_variance_))),
      counts_(Matrix<float>::Zero(found.rows(), found.cols())),
      step_(counts_),
      noise_(counts_) {
  const double spread =
      std::max(array.spec().device.dtod, array.spec().device.ctoc > 1 ? first_spread_of_noisy : first_spread);
  for (int way = 0; way < 2; ++way) {
    gain_[way].setOnes(found.rows(), found.cols());
    gain_variance_[way].setConstant(found.rows(), found.cols(), float(spread * spread));
  }
}

Index WriteEstimate::pulses_towards(const Matrix<float>& goal, double tolerance, int rounds, Matrix<float>& counts) {
  counts.setZero(goal.rows(), goal.cols());
  Index pulsed = 0;
  for (Index i = 0; i < goal.size(); ++i) {
    const double error = double(goal(i)) - double(value_(i));
    if (std::abs(error) <= tolerance) continue;
    const Crossbar::PulseEffect effect = array_.effect_towards(i, double(goal(i)), double(value_(i)));
    step_(i) = float(effect.step);
    noise_(i) = float(effect.noise);
    counts(i) = pulses_for(i, error, rounds);
    if (counts(i) != 0) ++pulsed;
  }
  counts_ = counts;
  return pulsed;
}

void WriteEstimate::note(const Matrix<float>& counts) {
  const double step = array_.spec().device.dw_min;
  for (Index i = 0; i < counts.size(); ++i) {
    if (counts(i) == 0) continue;
    const double from = double(value_(i));
    const Crossbar::PulseEffect effect = array_.effect_towards(i, from + step * double(counts(i)), from);
    step_(i) = float(effect.step);
    noise_(i) = float(effect.noise);
  }
  counts_ = counts;
}

// Plans are for noises a tenth apart.
WritePlan& WriteEstimate::plan_of(double noise_in_steps) {
  constexpr double apart = 1.1;
  const int place = int(std::lround(std::log(noise_in_steps) / std::log(apart)));
  return plans_.try_emplace(place, std::pow(apart, place)).first->second;
}

float WriteEstimate::pulses_for(Index i, double error, int rounds) {
  const int way = error > 0 ? 0 : 1;
  const double far = std::abs(error), gain = double(gain_[way](i)), step = gain * double(step_(i));
  const double noise2 = std::pow(gain * double(noise_(i)), 2);
  const double square = step * step + double(gain_variance_[way](i)) * double(step_(i)) * double(step_(i));
  const double best = (far * step - 0.5 * noise2) / square;
  // a device that hardly answers stands at its bound
  const double pulses = gain <= least_gain ? 1.0 : std::clamp(std::rint(best), 1.0, most_pulses_);
  // what one pulse spoils another mends, where there are pulses both ways and reads that show it
  const bool mends = array_.spec().device.one_sided == 0 && read_variance_ < noise2;
  if (mends && noise2 > step * step && gain > least_gain) {
    const double planned = plan_of(std::sqrt(noise2) / step).pulses(far / step, rounds);
    if (planned == 0) return 0;
    return float(std::copysign(std::clamp(std::rint(planned * step * step / square), 1.0, most_pulses_), error));
  }
  const bool helps = pulses * square + noise2 < 2 * far * step;
  const bool wasteful = array_.spec().device.one_sided != 0 && 2 * far < step;
  return wasteful || (rounds == 1 && !helps) ? 0.0f : float(std::copysign(pulses, error));
}

void WriteEstimate::correct(const Matrix<float>& found) {
  for (Index i = 0; i < found.size(); ++i) {
    if (counts_(i) == 0) continue;
    const int way = counts_(i) > 0 ? 0 : 1;
    float &gain = gain_[way](i), &gain_variance = gain_variance_[way](i);
    const double pulses = double(std::abs(counts_(i))), move = double(counts_(i)) * double(step_(i));
    const double expected = double(value_(i)) + move * double(gain);
    const double variance = double(variance_(i)) + pulses * std::pow(double(gain) * double(noise_(i)), 2) +
                            move * move * double(gain_variance);
    const double all = variance + read_variance_, surprise = double(found(i)) - expected;
    const bool other_is_unknown = gain_[1 - way](i) == 1.0f;
    const double share = move * double(gain_variance) / all;
    value_(i) = float(expected + variance / all * surprise);
    variance_(i) = float(variance * read_variance_ / all);
    gain = float(std::clamp(double(gain) + share * surprise, least_gain, most_gain));
    gain_variance =
        float(std::max(double(gain_variance) * (1 - share * move), std::pow(last_spread * double(gain), 2)));
    if (other_is_unknown) gain_[1 - way](i) = gain;
  }
}

}  // namespace settle
