#include "settle/models/converter/difference_amplifier.h"

#include <cmath>

#include <boost/random/normal_distribution.hpp>

namespace settle {
namespace {

Vector<float> draw(double mean, double deviation, Index count, const Stream& stream) {
  if (deviation == 0) return {};
  boost::random::normal_distribution<double> normal(mean, deviation);
  Engine engine(stream);
  return Vector<float>::NullaryExpr(count, [&](Index) { return float(normal(engine)); });
}

}  // namespace

DifferenceAmplifier::DifferenceAmplifier(const AmplifierSpec& spec, double own_variance, Index neurons,
                                         const std::string& population, std::uint64_t seed)
    : stated_variance_(spec.noise * spec.noise),
      own_variance_(own_variance),
      offset_(draw(0, spec.offset, neurons, Stream(seed, population, Purpose::amplifier_offset))),
      gain_(draw(1, spec.gain_error, neurons, Stream(seed, population, Purpose::amplifier_gain))),
      noise_stream_(seed, population, Purpose::amplifier_noise) {}

float DifferenceAmplifier::noise(float gain) const {
  return float(std::sqrt(stated_variance_ + own_variance_ / double(gain)));
}

void DifferenceAmplifier::apply(View<float> difference, float gain, float per_scale, std::uint64_t sample,
                                std::uint32_t reading) const {
  const float rms = noise(gain);
  if (offset_.size() > 0) difference.colwise() += per_scale * offset_;
  for (Index c = 0; c < difference.cols() && rms > 0; ++c) {
    float* column = difference.col(c).data();
    add_normal(noise_stream_, sample + std::uint64_t(c), reading, rms * per_scale, column, column, difference.rows());
  }
  if (gain_.size() > 0) difference.array().colwise() *= gain_.array();
}

}  // namespace settle
