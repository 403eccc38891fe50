// The programmer of a crossbar: turns wanted changes of weights into pulses. It is the one place from which a chip's
// devices are changed.
#pragma once

#include <cmath>
#include <string>

#include "settle/models/archive.h"
#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/learning/learning_spec.h"
#include "settle/models/learning/programming_spec.h"
#include "settle/models/learning/pulse_count.h"
#include "settle/models/learning/pulse_trains.h"

namespace settle {

/// The time that writing takes, in seconds, and the part of it in which what was written is read back.
struct WriteTime {
  double seconds = 0;
  double verify_s = 0;

  WriteTime& operator+=(const WriteTime& more) {
    seconds += more.seconds;
    verify_s += more.verify_s;
    return *this;
  }
};

/// How far weights are from what they were written to be, in units of the normalised state: what a read finds, and the
/// hidden state that pulses move (WriteNoise). A verify that sees a noisy state stops at lucky draws: the first error
/// is smaller than when devices are pulsed again, which is when its square is that of the second plus sigma^2.
struct WriteErrors {
  double apparent2 = 0, hidden2 = 0;  // sums of squares over the weights
  double weights = 0;

  WriteErrors& operator+=(const WriteErrors& more) {
    apparent2 += more.apparent2;
    hidden2 += more.hidden2;
    weights += more.weights;
    return *this;
  }
  double apparent_rms() const { return weights > 0 ? std::sqrt(apparent2 / weights) : 0; }
  double hidden_rms() const { return weights > 0 ? std::sqrt(hidden2 / weights) : 0; }
};

/// Of arrays that are written at the same time: that of the one that takes longest.
inline WriteTime longer(const WriteTime& a, const WriteTime& b) { return b.seconds > a.seconds ? b : a; }

class WriteEstimate;

class PulseProgrammer {
 public:
  /// A programmer of `array`; `projection` and `seed` name the random stream of its trains. With a `fast` array,
  /// updates in place go to that one, and its word lines are transferred to `array` one after another (Tiki-Taka:
  /// Gokmen and Haensch, Frontiers in Neuroscience 2020). Null: no fast array.
  PulseProgrammer(CrossbarMacro& array, CrossbarMacro* fast, const LearningSpec& learning,
                  const ProgrammingSpec& programming, const std::string& projection, std::uint64_t seed);

  /// Programs the initial weights by write and verify: reads all devices, sends the pulses that nominal devices would
  /// need, and repeats that for those that are off, by what each device's own step has shown to be (WriteEstimate),
  /// `initial_rounds` times at most. Exact devices are set at once, in no time.
  WriteTime initialise(const Matrix<float>& weights, int threads);
  /// Changes the weights as the host wants (update ideal or host).
  WriteTime change(const Matrix<float>& change, int threads);
  /// Applies rate post pre^T by coincident pulse trains on all lines at once (update in-situ). What a transfer reads of
  /// the fast array is part of writing, not of verifying.
  WriteTime apply(ConstView<float> pre, ConstView<float> post, double rate, int threads);

  /// How far the weights are from what was last written and verified; empty before.
  const WriteErrors& write_errors() const { return errors_; }
  /// Updates in place so far, one a sample, and how many of them the trains could not hold (PulseTrains::saturated).
  double trains() const { return double(sent_); }
  double saturated_trains() const { return double(saturated_); }
  /// The same of counts of pulses, one a weight and change.
  const PulseAccount& account() const { return account_; }

  void visit_state(Archive& archive);
  CrossbarMacro* fast() { return fast_; }

 private:
  bool exact() const { return array_.model().spec().device.response == Response::exact; }
  void write_and_verify(const Matrix<float>& goal, int rounds, int threads, WriteTime& time);
  void mend(const Matrix<float>& goal, WriteEstimate& estimate, int rounds, int threads, WriteTime& time);
  Matrix<float> read(WriteTime& time);
  void refresh_pairs(std::uint64_t updates, int threads, WriteTime& time);
  double transfer(int threads);

  CrossbarMacro& array_;
  CrossbarMacro* fast_;
  LearningSpec learning_;
  ProgrammingSpec spec_;
  PulseAccount account_;
  PulseTrains trains_;
  Matrix<float> counts_;
  WriteErrors errors_;
  std::uint64_t applied_ = 0;
  std::uint64_t updates_ = 0;  // that may have filled one-sided pairs
  Index sent_ = 0, saturated_ = 0;
  Index transferred_ = 0;  // word lines transferred so far
};

}  // namespace settle
