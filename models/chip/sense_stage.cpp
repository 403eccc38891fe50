#include "models/chip/sense_stage.h"

#include <algorithm>
#include <cmath>

#include <boost/random/normal_distribution.hpp>

#include "models/numeric/random.h"

namespace settle {

SenseStage::SenseStage(const SenseSpec& spec, const NoiseSpec& noise, const ChipSpec& chip, int bits, double tau_s,
                       std::vector<SensedRead> reads, const std::string& name, Index size, std::uint64_t seed)
    : spec_(spec),
      noise_(noise),
      chip_(chip),
      bits_(bits),
      neuron_tau_s_(tau_s),
      reads_(std::move(reads)),
      size_(size) {
  for (const SensedRead& read : reads_)
    offsets_.emplace_back(seed, name + "<" + read.array->name(), Purpose::sense_offset);
}

double SenseStage::shortest_pulse_s() const {
  double shortest = 0;
  for (const SensedRead& read : reads_)
    if (read.pulse_s > 0 && (shortest == 0 || read.pulse_s < shortest)) shortest = read.pulse_s;
  return shortest;
}

void SenseStage::refresh(double available_s, int threads) {
  for (Vector<double>* v : {&noise_gain_, &noise_per_hz_, &amplifier_tau_s_, &tau_s_, &offset_}) v->setZero(size_);
  amplifiers_ = bias_a_ = largest_gbw_hz_ = 0;
  for (std::size_t k = 0; k < reads_.size(); ++k) add_read(k, available_s, threads);
  signal_ = noise_gain_.unaryExpr([&](double gain) { return signal_share(gain, spec_.gain); });
  offset_ = offset_.cwiseProduct(signal_);
}

// The factor on white noise where drives are averaged over each pulse (an integrator) and held until the next: an
// average over T_p has the variance S / (2 T_p), and a lag behind values that are held for T makes tanh(T / 2 tau) of
// it. Short periods: one over the duty.
double SenseStage::held_noise(const SensedRead& read) const {
  if (read.period_s == 0) return 1;
  return 2 * neuron_tau_s_ / read.pulse_s * std::tanh(read.period_s / (2 * neuron_tau_s_));
}

// Tile by tile: currents of a neuron's tiles and reads add up behind their amplifiers. The slowest amplifier, which is
// the one of the largest noise gain, stands for all of a neuron.
void SenseStage::add_read(std::size_t k, double available_s, int threads) {
  const SensedRead& read = reads_[k];
  if (read.drive_per_ampere == 0) return;  // it is not connected
  const Matrix<double> siemens = read.array->model().sensed_conductance(read.driven, threads);
  const double feedback_ohm = read.volts_per_drive * read.drive_per_ampere;
  const double squared = read.drive_per_ampere * read.drive_per_ampere;
  const bool pulsed = read.period_s > 0;
  const double held = held_noise(read);
  const double settles_within_s = pulsed ? read.pulse_s : available_s;
  Engine engine(offsets_[k]);
  boost::random::normal_distribution<double> normal;
  // lines of a convolution serve many neurons: each of these has the mean of them
  const bool one_each = siemens.rows() == size_;
  for (Index tile = 0; tile < siemens.cols(); ++tile)
    for (Index i = 0; i < siemens.rows(); ++i) {
      const double on_line = siemens(i, tile), gain = noise_gain(feedback_ohm, on_line);
      const double gbw_hz = spec_.gbw_hz > 0 ? spec_.gbw_hz : gbw_needed_hz(gain, bits_, settles_within_s);
      largest_gbw_hz_ = std::max(largest_gbw_hz_, gbw_hz);
      const double closed_s = closed_loop_tau_s(gain, gbw_hz);
      bias_a_ += read.duty * sense_bias_a(spec_, gbw_hz);
      amplifiers_ += 1;
      const double seen = on_line + 1 / feedback_ohm;
      const double noise_a2_per_hz = johnson_a2_per_hz(seen, chip_.temperature_k) +
                                     sense_noise_v2_per_hz(spec_, gbw_hz, chip_.temperature_k) * seen * seen;

      const double offset = spec_.offset_v > 0 ? spec_.offset_v * normal(engine) * gain / read.volts_per_drive : 0;
      const auto add_to = [&](Index neuron) {
        noise_gain_[neuron] = std::max(noise_gain_[neuron], gain);
        if (noise_.physical) noise_per_hz_[neuron] += squared * noise_a2_per_hz * held;
        if (spec_.gbw_hz > 0 && !pulsed) {
          amplifier_tau_s_[neuron] = std::max(amplifier_tau_s_[neuron], closed_s);
          tau_s_[neuron] = std::max(tau_s_[neuron], closed_s);
        }
        if (pulsed) tau_s_[neuron] = std::max(tau_s_[neuron], read.period_s / 2);
        offset_[neuron] += offset;
      };
      if (one_each) {
        add_to(i);
      } else {
        for (Index neuron = i; neuron < size_; neuron += siemens.rows()) add_to(neuron);
      }
    }
}

}  // namespace settle
