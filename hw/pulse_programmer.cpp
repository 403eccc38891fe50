#include "hw/pulse_programmer.h"

namespace settle::hw {

PulseProgrammer::PulseProgrammer(sc_core::sc_module_name module_name, Crossbar& array, Update update,
                                 const std::string& projection, std::uint64_t seed)
    : sc_module(module_name),
      array_(array),
      update_(update),
      account_(array.model().targets(), array.model().sources()),
      trains_(Stream(seed, projection, Purpose::pulse_trains)) {}

double PulseProgrammer::initialise(const Matrix<float>& weights, int threads) {
  if (exact()) {
    array_.set_weights(weights);
    return 0;
  }
  counts_ = (weights / float(array_.model().weight_step())).array().rint();
  array_.pulse(counts_, threads);
  return slots_by_word_line(counts_) * slot_s();
}

double PulseProgrammer::change(const Matrix<float>& change, int threads) {
  if (exact() || update_ == Update::ideal) {
    array_.add(change, threads);
    return 0;
  }
  const Matrix<float>& counts = account_.take(change, array_.model().weight_step(), threads);
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
