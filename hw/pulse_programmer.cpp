#include "hw/pulse_programmer.h"

namespace settle::hw {

PulseProgrammer::PulseProgrammer(sc_core::sc_module_name module_name, Crossbar& array, Update update,
                                 const std::string& projection, std::uint64_t seed)
    : sc_module(module_name),
      array_(array),
      update_(update),
      account_(array.model().targets(), array.model().sources(), array.model().weight_step(),
               Stream(seed, projection, Purpose::pulse_account)),
      trains_(Stream(seed, projection, Purpose::pulse_trains)) {}

double PulseProgrammer::initialise(const Matrix<float>& weights, int threads) {
  if (exact()) {
    array_.set_weights(weights);
    return 0;
  }
  constexpr int most_rounds = 5;  // what a noisy device does not reach by then, it does not reach by more
  const settle::Crossbar& model = array_.model();
  const Matrix<float> goal = weights / model.weight_scale();
  const float per_step = float(1 / model.spec().device.dw_min);
  double seconds = 0;
  counts_ = ((goal - model.normalised()) * per_step).array().rint();
  for (int round = 0; round < most_rounds; ++round) {
    array_.pulse(counts_, threads);
    seconds += slots_by_word_line(counts_) * slot_s();
    counts_ = ((goal - array_.verify(seconds)) * per_step).array().rint();
    if ((counts_.array() == 0).all()) break;
  }
  return seconds;
}

double PulseProgrammer::change(const Matrix<float>& change, int threads) {
  if (exact() || update_ == Update::ideal) {
    array_.add(change, threads);
    return 0;
  }
  const Matrix<float>& counts = account_.take(change, threads);
  array_.pulse(counts, threads);
  return slots_by_word_line(counts) * slot_s();
}

double PulseProgrammer::apply(const Vector<float>& pre, const Vector<float>& post, double rate, int threads) {
  if (exact()) {
    array_.add(float(rate) * post * pre.transpose(), threads);
    return 0;
  }
  const int slots = trains_.coincide(pre, post, rate, array_.model().weight_step(), applied_++, counts_);
  array_.pulse(counts_, threads);
  // Devices move one way in a slot; the two signs take turns.
  return 2 * slots * slot_s();
}

}  // namespace settle::hw
