#include "settle/models/neuron/bank.h"

#include <cmath>

#include <boost/random/normal_distribution.hpp>

#include "settle/models/error.h"
#include "settle/models/neuron/ota.h"
#include "settle/models/numeric/expect.h"
#include "settle/models/numeric/parallel.h"
#include "settle/models/numeric/random.h"
#include "settle/models/parameter_check.h"

namespace settle {

namespace {

double nominal_gain(const NeuronSpec& neuron, const std::string& activation, const ChipSpec& chip) {
  return activation == "ota" ? ota_gain(neuron.kappa, chip.neuron_full_scale_v, chip.temperature_k) : 1.0;
}

double membrane_noise_of(const NeuronSpec& neuron, const ChipSpec& chip, const NoiseSpec& noise) {
  if (neuron.thermal_noise == ThermalNoise::none && !noise.physical) return 0;
  return capacitor_noise_v(chip.neuron_capacitance_f, chip.temperature_k) / chip.neuron_full_scale_v;
}

}  // namespace

BankSpec::BankSpec(const NeuronSpec& neuron, const std::string& activation_, const ChipSpec& chip,
                   const NoiseSpec& of_chip)
    : NeuronSpec(neuron),
      activation(activation_),
      gain(nominal_gain(neuron, activation_, chip)),
      membrane_noise(membrane_noise_of(neuron, chip, of_chip)),
      rail(neuron.clips ? chip.supply_v / 2 / chip.neuron_full_scale_v : 0),
      slew(neuron.slew_v_per_s / chip.neuron_full_scale_v) {}

template <class Real>
Bank<Real> make_bank(const BankSpec& spec, Index size, const std::string& name, std::uint64_t seed) {
  check_spec<NeuronSpec>("neuron", spec);
  if (size < 0) throw InputError("neurons: there cannot be " + std::to_string(size) + " of them");
  constexpr double most = 1e30;
  expect_between("gain", -most, spec.gain, most);
  expect_between("membrane_noise", 0, spec.membrane_noise, most);
  expect_between("rail", 0, spec.rail, most);
  expect_between("slew", 0, spec.slew, most);
  Bank<Real> bank;
  bank.activation = &activation<Real>(spec.activation);
  bank.gain.resize(size);
  bank.shift.resize(size);
  bank.tau_s.resize(size);
  bank.rail = Real(spec.rail);
  bank.slew = spec.slew;
  if (spec.membrane_noise > 0) bank.membrane_noise.setConstant(size, Real(spec.membrane_noise));
  Engine gains(Stream(seed, name, Purpose::gain_mismatch));
  Engine offsets(Stream(seed, name, Purpose::offset_mismatch));
  Engine taus(Stream(seed, name, Purpose::tau_mismatch));
  Engine amplitudes(Stream(seed, name, Purpose::amplitude_mismatch));
  boost::random::normal_distribution<double> normal;
  if (spec.saturation_mismatch > 0) bank.amplitude.resize(size);
  for (Index i = 0; i < size; ++i) {
    const double gain = spec.gain * (1.0 + spec.gain_mismatch * normal(gains));
    bank.gain[i] = Real(gain);
    bank.shift[i] = Real(gain * spec.offset_mismatch * normal(offsets));
    // currents below threshold spread so, and time constants and saturation follow them
    bank.tau_s[i] = Real(spec.tau_s * std::exp(spec.tau_mismatch * normal(taus)));
    if (spec.saturation_mismatch > 0) bank.amplitude[i] = Real(std::exp(spec.saturation_mismatch * normal(amplitudes)));
  }
  if (bank.activation->needs_curve) bank.curve = std::make_shared<const Curve<Real>>(spec.curve);
  return bank;
}

template <class Real>
void BankState<Real>::resize(Index neurons, Index samples) {
  for (Matrix<Real>* m : {&external, &drive, &state, &difference_external, &difference_drive, &difference, &line})
    if (m->rows() != neurons || m->cols() != samples) *m = Matrix<Real>::Zero(neurons, samples);
}

template Bank<float> make_bank<float>(const BankSpec&, Index, const std::string&, std::uint64_t);
template Bank<double> make_bank<double>(const BankSpec&, Index, const std::string&, std::uint64_t);
template struct BankState<float>;
template struct BankState<double>;

}  // namespace settle
