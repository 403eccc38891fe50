#include "models/chip/pulse_programmer.h"

namespace settle {

PulseProgrammer::PulseProgrammer(CrossbarMacro& array, CrossbarMacro* fast, const LearningSpec& learning,
                                 const ProgrammingSpec& programming, const std::string& projection, std::uint64_t seed)
    : array_(array),
      fast_(fast),
      learning_(learning),
      spec_(programming),
      account_(array.model().targets(), array.model().sources(), array.model().weight_step(),
               Stream(seed, projection, Purpose::pulse_account)),
      trains_(Stream(seed, projection, Purpose::pulse_trains), learning.pulse_coding) {}

double PulseProgrammer::initialise(const Matrix<float>& weights, int threads) {
  if (exact()) {
    array_.set_weights(weights, threads);
    return 0;
  }
  const Matrix<float> goal = weights / array_.model().weight_scale();
  double seconds = 0;
  array_.model().pulses_towards(goal, array_.model().programmed(), spec_.tolerance_steps, counts_);
  array_.pulse(counts_, threads);
  seconds += slots_by_word_line(counts_) * slot_s();
  return seconds + write_and_verify(goal, spec_.initial_rounds, threads);
}

// Reads all devices and sends what they lack, until nothing is off by more than the tolerance.
double PulseProgrammer::write_and_verify(const Matrix<float>& goal, int rounds, int threads) {
  double seconds = 0;
  for (int round = 0; round < rounds; ++round) {
    if (array_.model().pulses_towards(goal, array_.verify(seconds), spec_.tolerance_steps, counts_) == 0) break;
    array_.pulse(counts_, threads);
    seconds += slots_by_word_line(counts_) * slot_s();
  }
  return seconds;
}

double PulseProgrammer::change(const Matrix<float>& change, int threads) {
  if (exact() || learning_.update == Update::ideal) {
    array_.add(change, threads);
    return 0;
  }
  Matrix<float> goal;
  if (spec_.update_rounds > 0) goal = array_.model().programmed();
  const Matrix<float>& counts = account_.take(change, threads);
  array_.pulse(counts, threads);
  double seconds = slots_by_word_line(counts) * slot_s();
  if (spec_.update_rounds > 0) {
    goal += float(array_.model().spec().device.dw_min) * counts;
    seconds += write_and_verify(goal, spec_.update_rounds, threads);
  }
  return seconds + relieve_pairs(threads);
}

double PulseProgrammer::apply(ConstView<float> pre, ConstView<float> post, double rate, int threads) {
  CrossbarMacro& written = fast_ != nullptr ? *fast_ : array_;
  double seconds = 0;
  if (exact()) {
    written.add(float(rate) * post * pre.transpose(), threads);
  } else {
    const PulseTrainBlock& trains = trains_.generate(pre, post, rate, written.model().weight_step(), applied_);
    written.pulse(trains, threads);
    // Devices move one way in a slot; the two signs take turns.
    for (const int slots : trains.slots) seconds += 2 * slots * slot_s();
  }
  const std::uint64_t before = applied_;
  applied_ += std::uint64_t(pre.cols());
  constexpr std::uint64_t samples_between_reliefs = 64;
  if (before / samples_between_reliefs != applied_ / samples_between_reliefs) seconds += relieve_pairs(threads);
  const auto every = std::uint64_t(learning_.transfer_every);
  if (fast_ != nullptr && before / every != applied_ / every) seconds += transfer(threads);
  return seconds;
}

// Devices of a one-sided pair climb both until neither can: those are reset and their difference written again.
double PulseProgrammer::relieve_pairs(int threads) {
  Matrix<float> goal;
  if (array_.reset_full_pairs(goal, threads) == 0) return 0;
  const double reset_s = 2 * slot_s() * double(array_.model().sources());
  return reset_s + write_and_verify(goal, spec_.initial_rounds, threads);
}

// Reads one word line of the fast array, and adds it to the weights in whole pulses; what is left is owed.
double PulseProgrammer::transfer(int threads) {
  const Index source = transferred_++ % array_.model().sources();
  double seconds = 0;
  const Vector<float> column = fast_->read_word_line(source, seconds) * fast_->model().weight_scale();
  counts_.setZero(array_.model().targets(), array_.model().sources());
  if (exact()) {
    counts_.col(source) = float(learning_.transfer_rate) * column;
    array_.add(counts_, threads);
    return seconds;
  }
  account_.take_column(source, float(learning_.transfer_rate) * column, counts_);
  array_.pulse(counts_, threads);
  return seconds + slots_by_word_line(counts_) * slot_s();
}

void PulseProgrammer::visit_state(Archive& archive) {
  archive.matrix("owed", account_.owed());
  archive.count("applied", applied_);
  archive.count("transferred", transferred_);
}

}  // namespace settle
