#include "settle/models/converter/hold_bank.h"

#include <cmath>

#include <boost/random/normal_distribution.hpp>

#include "settle/models/numeric/random.h"
#include "settle/models/thermal.h"

namespace settle {

HoldBank::HoldBank(const HoldSpec& spec, const ChipSpec& chip, Index neurons, const std::string& population,
                   std::uint64_t seed) {
  const double capacitance = chip.hold_capacitance_f;
  if (spec.thermal_noise == ThermalNoise::capacitor)
    noise_ = capacitor_noise_v(capacitance, chip.temperature_k) / chip.neuron_full_scale_v;
  if (spec.leakage_a == 0 && spec.injection_c == 0) return;
  const double full_scale_c = capacitance * chip.neuron_full_scale_v;
  Engine leakage(Stream(seed, population, Purpose::hold_leakage));
  Engine injection(Stream(seed, population, Purpose::hold_injection));
  boost::random::normal_distribution<double> normal;
  pedestal_.resize(neurons);
  fall_per_s_.resize(neurons);
  turn_s_.resize(neurons);
  for (Index i = 0; i < neurons; ++i) {
    pedestal_[i] = spec.injection_c * (1 + spec.injection_mismatch * normal(injection)) / full_scale_c;
    fall_per_s_[i] = spec.leakage_a * std::exp(spec.leakage_mismatch * normal(leakage)) / full_scale_c;
    turn_s_[i] = double(i % chip.adc_columns) / chip.adc_rate_hz;
  }
}

Vector<float> HoldBank::shift(double seconds) const {
  return (pedestal_.array() - fall_per_s_.array() * (turn_s_.array() + seconds)).cast<float>();
}

Vector<float> HoldBank::shift_of_all(double seconds) const {
  return (pedestal_.array() - fall_per_s_.array() * seconds).cast<float>();
}

}  // namespace settle
