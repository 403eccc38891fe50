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

WriteTime PulseProgrammer::initialise(const Matrix<float>& weights, int threads) {
  if (exact()) {
    array_.set_weights(weights, threads);
    return {};
  }
  const Matrix<float> goal = weights / array_.model().weight_scale();
  array_.model().pulses_towards(goal, array_.model().programmed(), spec_.tolerance_steps, counts_);
  WriteTime time{array_.pulse(counts_, threads), 0};
  write_and_verify(goal, spec_.initial_rounds, threads, time);
  return time;
}

// Reads all devices and sends what they lack, until nothing is off by more than the tolerance.
void PulseProgrammer::write_and_verify(const Matrix<float>& goal, int rounds, int threads, WriteTime& time) {
  WriteTime all;
  for (int round = 0; round < rounds; ++round) {
    double verify_s = 0;
    const Matrix<float> found = array_.verify(verify_s);
    all += {verify_s, verify_s};
    if (array_.model().pulses_towards(goal, found, spec_.tolerance_steps, counts_) == 0) break;
    all += {array_.pulse(counts_, threads), 0};
  }
  time += all;
}

WriteTime PulseProgrammer::change(const Matrix<float>& change, int threads) {
  if (exact() || learning_.update == Update::ideal) {
    array_.add(change, threads);
    return {};
  }
  Matrix<float> goal;
  if (spec_.update_rounds > 0) goal = array_.model().programmed();
  const Matrix<float>& counts = account_.take(change, threads);
  WriteTime time{array_.pulse(counts, threads), 0};
  if (spec_.update_rounds > 0) {
    goal += float(array_.model().spec().device.dw_min) * counts;
    write_and_verify(goal, spec_.update_rounds, threads, time);
  }
  relieve_pairs(threads, time);
  return time;
}

WriteTime PulseProgrammer::apply(ConstView<float> pre, ConstView<float> post, double rate, int threads) {
  CrossbarMacro& written = fast_ != nullptr ? *fast_ : array_;
  WriteTime time;
  if (exact()) {
    written.add(float(rate) * post * pre.transpose(), threads);
  } else {
    const PulseTrainBlock& trains = trains_.generate(pre, post, rate, written.model().weight_step(), applied_);
    time.seconds = written.pulse(trains, threads);
  }
  const std::uint64_t before = applied_;
  applied_ += std::uint64_t(pre.cols());
  constexpr std::uint64_t samples_between_reliefs = 64;
  if (before / samples_between_reliefs != applied_ / samples_between_reliefs) relieve_pairs(threads, time);
  const auto every = std::uint64_t(learning_.transfer_every);
  if (fast_ != nullptr && before / every != applied_ / every) time.seconds += transfer(threads);
  return time;
}

// Devices of a one-sided pair climb both until neither can: those are reset and their difference written again.
void PulseProgrammer::relieve_pairs(int threads, WriteTime& time) {
  Matrix<float> goal;
  WriteTime all{array_.reset_full_pairs(goal, threads), 0};
  if (all.seconds == 0) return;
  write_and_verify(goal, spec_.initial_rounds, threads, all);
  time += all;
}

// Reads one word line of the fast array, and adds it to the weights in whole pulses; what is left is owed. Returns the
// seconds that it takes.
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
  return seconds + array_.pulse(counts_, threads);
}

void PulseProgrammer::visit_state(Archive& archive) {
  archive.matrix("owed", account_.owed());
  archive.count("applied", applied_);
  archive.count("transferred", transferred_);
}

}  // namespace settle
