#include "settle/models/chip/sense_stage.h"

#include <algorithm>
#include <cmath>

#include <boost/random/normal_distribution.hpp>

#include "settle/models/numeric/random.h"

namespace settle {

SenseStage::SenseStage(const SenseSpec& spec, const NoiseSpec& noise, const ChipSpec& chip, int bits,
                       const Vector<double>& tau_s, std::vector<SensedRead> reads, const std::string& name,
                       std::uint64_t seed)
    : spec_(spec),
      noise_(noise),
      chip_(chip),
      bits_(bits),
      membrane_s_(tau_s),
      reads_(std::move(reads)),
      size_(tau_s.size()) {
  for (const SensedRead& read : reads_)
    offsets_.emplace_back(seed, name + "<" + read.array->name(), Purpose::sense_offset);
}

void SenseStage::refresh(double available_s, int threads) {
  for (Vector<double>* v : {&noise_gain_, &noise_variance_, &tau_s_, &offset_}) v->setZero(size_);
  amplifiers_ = bias_a_ = largest_gbw_hz_ = slowest_s_ = slowest_of_pulse_ = 0;
  nudge_amplifiers_ = nudge_bias_a_ = 0;
  for (std::size_t k = 0; k < reads_.size(); ++k) add_read(k, available_s, threads);
  signal_ = noise_gain_.unaryExpr([&](double gain) { return signal_share(gain, spec_.gain); });
  offset_ = offset_.cwiseProduct(signal_);
}

// The variance of the drive, in (full scale)^2, behind a membrane's lag: Johnson noise of all that hangs on the line,
// and the amplifier's, which the line's capacitance raises. Where drives are averaged over each pulse T_p (an
// integrator, which passes as much noise as a lag of T_p / 2) and held until the next, a lag behind values that are
// held for T makes tanh(T / 2 tau) of their variance.
double SenseStage::noise_of(const SensedRead& read, const ClosedLoop& loop, double gbw_hz, double siemens,
                            double lag_s) const {
  const bool pulsed = read.period_s > 0;
  const double filter_s = pulsed ? read.pulse_s / 2 : lag_s;
  const double held = pulsed && lag_s > 0 ? std::tanh(read.period_s / (2 * lag_s)) : 1;
  double array_hz = noise_bandwidth_hz(loop, filter_s);
  double amplifier_hz = noise_bandwidth_hz(loop, filter_s, loop.zero_s);
  if (spec_.gbw_hz == 0 && filter_s > 0) {  // as fast as needed: signals see no lag, and noise is not spared by one
    array_hz = noise_bandwidth_hz(filter_s);
    amplifier_hz = std::max(amplifier_hz, array_hz);
  }
  const double of_array = johnson_a2_per_hz(siemens, chip_.temperature_k) * array_hz;
  const double of_amplifier =
      sense_noise_v2_per_hz(spec_, gbw_hz, chip_.temperature_k) * siemens * siemens * amplifier_hz;
  return read.drive_per_ampere * read.drive_per_ampere * held * (of_array + of_amplifier);
}

// Tile by tile: currents of a neuron's tiles and reads add up behind their amplifiers. The slowest amplifier, which is
// the one of the largest noise gain, stands for all of a neuron.
void SenseStage::add_read(std::size_t k, double available_s, int threads) {
  const SensedRead& read = reads_[k];
  if (read.drive_per_ampere == 0) return;  // it is not connected
  const Matrix<double> siemens = read.array->model().sensed_conductance(read.driven, threads);
  const double line_f = chip_.wire_capacitance_f[1] * double(read.array->model().sensed_cells(read.driven));
  const double feedback_ohm = read.volts_per_drive * read.drive_per_ampere;
  const bool pulsed = read.period_s > 0;
  const double settles_within_s = read.settles_s > 0 ? read.settles_s : available_s;
  Engine engine(offsets_[k]);
  boost::random::normal_distribution<double> normal;
  // lines of a convolution serve many neurons: each of these has the mean of them
  const Index stride = siemens.rows();
  for (Index tile = 0; tile < siemens.cols(); ++tile)
    for (Index i = 0; i < siemens.rows(); ++i) {
      const double on_line = siemens(i, tile), gain = noise_gain(feedback_ohm, on_line);
      const double gbw_hz =
          spec_.gbw_hz > 0 ? spec_.gbw_hz : gbw_needed_hz(gain, bits_, settles_within_s, feedback_ohm * line_f);
      const ClosedLoop loop = closed_loop(feedback_ohm, on_line, line_f, gbw_hz);
      largest_gbw_hz_ = std::max(largest_gbw_hz_, gbw_hz);
      slowest_s_ = std::max(slowest_s_, loop.tau_s);
      if (read.settles_s > 0) slowest_of_pulse_ = std::max(slowest_of_pulse_, loop.tau_s / read.settles_s);
      bias_a_ += read.duty * sense_bias_a(spec_, gbw_hz);
      amplifiers_ += 1;
      if (read.of_nudge) {
        nudge_bias_a_ += read.duty * sense_bias_a(spec_, gbw_hz);
        nudge_amplifiers_ += 1;
      }
      const double offset = spec_.offset_v > 0 ? spec_.offset_v * normal(engine) * gain / read.volts_per_drive : 0;
      for (Index neuron = i; neuron < size_; neuron += stride) {
        noise_gain_[neuron] = std::max(noise_gain_[neuron], gain);
        if (noise_.physical)
          noise_variance_[neuron] += noise_of(read, loop, gbw_hz, on_line + 1 / feedback_ohm, membrane_s_[neuron]);
        const double lag_s = pulsed ? read.period_s / 2 : spec_.gbw_hz > 0 ? loop.tau_s : 0;
        tau_s_[neuron] = std::max(tau_s_[neuron], lag_s);
        offset_[neuron] += offset;
      }
    }
}

void SenseStage::visit_state(Archive& archive) {
  archive.number("amplifiers", amplifiers_);
  archive.number("nudge_amplifiers", nudge_amplifiers_);
  archive.number("bias_a", bias_a_);
  archive.number("nudge_bias_a", nudge_bias_a_);
  archive.number("largest_gbw_hz", largest_gbw_hz_);
  archive.number("slowest_s", slowest_s_);
  archive.number("slowest_of_pulse", slowest_of_pulse_);
  archive.vector("noise_gain", noise_gain_, "1", "noise gain of each neuron's amplifiers");
  archive.vector("noise_variance", noise_variance_, "full scale^2", "noise of each neuron's drive");
  archive.vector("tau", tau_s_, "s", "time constant of each neuron's slowest amplifier");
  archive.vector("signal", signal_, "1", "share of the signal that is left");
  archive.vector("offset", offset_, "full scale", "offset of each neuron's drive");
}

}  // namespace settle
