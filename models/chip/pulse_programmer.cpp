#include "settle/models/chip/pulse_programmer.h"

#include <algorithm>

#include "settle/models/chip/write_estimate.h"

namespace settle {

PulseProgrammer::PulseProgrammer(CrossbarMacro& array, CrossbarMacro* fast, const LearningSpec& learning,
                                 const ProgrammingSpec& programming, const std::string& projection, std::uint64_t seed)
    : array_(array),
      fast_(fast),
      learning_(learning),
      spec_(programming),
      account_(array.model().targets(), array.model().sources(), array.model().weight_step(), programming.most_pulses,
               Stream(seed, projection, Purpose::pulse_account)),
      trains_(Stream(seed, projection, Purpose::pulse_trains), learning.pulse_coding) {}

WriteTime PulseProgrammer::initialise(const Matrix<float>& weights, int threads) {
  if (exact()) {
    array_.set_weights(weights, threads);
    return {};
  }
  const Matrix<float> goal = weights / array_.model().weight_scale();
  WriteTime time;
  if (array_.model().spec().reference == Reference::symmetry_point) read(time);  // what reference cells are set to
  write_and_verify(goal, int(spec_.initial_rounds) + 1, threads, time);
  return time;
}

// Reads all devices and sends what they lack, until nothing is off by more than the tolerance.
void PulseProgrammer::write_and_verify(const Matrix<float>& goal, int rounds, int threads, WriteTime& time) {
  WriteEstimate estimate(array_.model(), read(time), spec_.most_pulses);
  mend(goal, estimate, rounds, threads, time);
}

void PulseProgrammer::mend(const Matrix<float>& goal, WriteEstimate& estimate, int rounds, int threads,
                           WriteTime& time) {
  const Crossbar& model = array_.model();
  const double half_a_code = model.converter().exact() ? 0 : 0.5 * double(model.converter().lsb());
  const double tolerance = std::max(spec_.tolerance_steps * model.spec().device.dw_min, half_a_code);
  for (int round = 1; round <= rounds; ++round) {
    const bool last = round == rounds;
    if (estimate.pulses_towards(goal, tolerance, rounds + 1 - round, counts_) == 0) break;
    time += {array_.pulse(counts_, threads), 0};
    if (!last) estimate.correct(read(time));
  }
  errors_ = {double((model.programmed() - goal).squaredNorm()), double((model.hidden() - goal).squaredNorm()),
             double(goal.size())};
}

Matrix<float> PulseProgrammer::read(WriteTime& time) {
  double verify_s = 0;
  Matrix<float> found = array_.verify(verify_s);
  time += {verify_s, verify_s};
  return found;
}

WriteTime PulseProgrammer::change(const Matrix<float>& change, int threads) {
  if (exact() || learning_.update == Update::ideal) {
    array_.add(change, threads);
    return {};
  }
  WriteTime time;
  if (spec_.update_rounds > 0) {
    // What is read before and after are codes. A pulse that takes a weight over the edge of one seems to move it by all
    // of a code; the estimate knows better, as it has the pulses.
    Matrix<float> goal = read(time);
    WriteEstimate estimate(array_.model(), goal, spec_.most_pulses);
    const Matrix<float>& counts = account_.take(change, threads);
    goal += float(array_.model().spec().device.dw_min) * counts;
    time += {array_.pulse(counts, threads), 0};
    estimate.note(counts);
    estimate.correct(read(time));
    mend(goal, estimate, int(spec_.update_rounds), threads, time);
  } else {
    time += {array_.pulse(account_.take(change, threads), threads), 0};
  }
  refresh_pairs(1, threads, time);
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
    sent_ += pre.cols();
    saturated_ += trains_.saturated();
  }
  const std::uint64_t before = applied_;
  applied_ += std::uint64_t(pre.cols());
  refresh_pairs(std::uint64_t(pre.cols()), threads, time);
  const auto every = std::uint64_t(learning_.transfer_every);
  if (fast_ != nullptr && before / every != applied_ / every) time.seconds += transfer(threads);
  return time;
}

// Devices of a one-sided pair climb both until neither can: now and then they are read, those that are nearly full are
// reset, and their difference is written again.
void PulseProgrammer::refresh_pairs(std::uint64_t updates, int threads, WriteTime& time) {
  const ArraySpec& spec = array_.model().spec();
  if (spec.device.one_sided == 0 || !has_two_devices(spec.mapping)) return;
  const std::uint64_t before = updates_, every = std::uint64_t(spec_.refresh_every);
  updates_ += updates;
  if (before / every == updates_ / every) return;
  Matrix<float> goal, which;
  double read_s = 0;
  const double reset_s = array_.reset_full_pairs(spec_.refresh_margin, goal, which, read_s, threads);
  time += {read_s + reset_s, read_s};
  if (reset_s == 0) return;
  // the others stay as they are found, with their drift: a pulse would begin that anew
  const Matrix<float> found = read(time);
  goal = (which.array() == 0).select(found, goal);
  WriteEstimate estimate(array_.model(), found, spec_.most_pulses);
  mend(goal, estimate, int(spec_.initial_rounds), threads, time);
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
  archive.matrix("owed", account_.owed(), "weight", "changes below one pulse that each weight is owed");
  archive.count("applied", applied_);
  archive.count("transferred", transferred_);
  if (archive.keeps("updates")) archive.count("updates", updates_);
  if (!archive.complete()) return;
  archive.count("trains", sent_);
  archive.count("saturated_trains", saturated_);
  account_.visit_counts(archive);
  archive.number("written_apparent2", errors_.apparent2);
  archive.number("written_hidden2", errors_.hidden2);
  archive.number("written_weights", errors_.weights);
}

}  // namespace settle
