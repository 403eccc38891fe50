#include "models/neuron/bank.h"

#include <boost/random/normal_distribution.hpp>

#include "models/numeric/random.h"

namespace settle {

template <class Real>
Bank<Real> make_bank(const NeuronSpec& spec, Index size, const std::string& name, std::uint64_t seed) {
  Bank<Real> bank;
  bank.activation = &activation<Real>(spec.activation);
  bank.tau_s = Real(spec.tau_s);
  bank.gain.resize(size);
  bank.shift.resize(size);
  Engine gains(Stream(seed, name, Purpose::gain_mismatch));
  Engine offsets(Stream(seed, name, Purpose::offset_mismatch));
  boost::random::normal_distribution<double> normal;
  for (Index i = 0; i < size; ++i) {
    const double gain = 1.0 + spec.gain_mismatch * normal(gains);
    bank.gain[i] = Real(gain);
    bank.shift[i] = Real(gain * spec.offset_mismatch * normal(offsets));
  }
  return bank;
}

template <class Real>
void BankState<Real>::resize(Index neurons, Index samples) {
  for (Matrix<Real>* m : {&external, &drive, &state, &difference_external, &difference_drive, &difference, &line})
    if (m->rows() != neurons || m->cols() != samples) *m = Matrix<Real>::Zero(neurons, samples);
}

template Bank<float> make_bank<float>(const NeuronSpec&, Index, const std::string&, std::uint64_t);
template Bank<double> make_bank<double>(const NeuronSpec&, Index, const std::string&, std::uint64_t);
template struct BankState<float>;
template struct BankState<double>;

}  // namespace settle
