// Turns what the learning asks for into pulses on a crossbar: the one place from which devices are changed.
#pragma once

#include <systemc>

#include "hw/crossbar.h"
#include "models/learning/learning_spec.h"
#include "models/learning/programming_spec.h"
#include "models/learning/pulse_count.h"
#include "models/learning/pulse_trains.h"

namespace settle::hw {

class PulseProgrammer : public sc_core::sc_module {
 public:
  /// Programs `array`; `projection` and `seed` name the random stream of its trains. With a `fast` array (or null),
  /// updates in place go there, and word line after word line of it is transferred to `array` (Gokmen and Haensch,
  /// Frontiers in Neuroscience 2020: Tiki-Taka).
  PulseProgrammer(sc_core::sc_module_name name, Crossbar& array, Crossbar* fast, const LearningSpec& learning,
                  const ProgrammingSpec& programming, const std::string& projection, std::uint64_t seed);

  /// Programs initial weights by writing and verifying: the pulses that a nominal device takes, a read of all devices,
  /// and again for what is off, a few rounds at most. Returns the time, in seconds; exact devices are set, which takes
  /// none.
  double initialise(const Matrix<float>& weights, int threads);
  /// Changes weights as the host wants (update ideal or host). Returns the time.
  double change(const Matrix<float>& change, int threads);
  /// Applies rate post pre^T by coincident pulse trains on all lines at once (update in-situ). Returns the time.
  double apply(ConstView<float> pre, ConstView<float> post, double rate, int threads);

  /// What the controller still owes each device.
  Matrix<float>& owed() { return account_.owed(); }
  Crossbar* fast() { return fast_; }

 private:
  bool exact() const { return array_.model().spec().device.response == Response::exact; }
  double slot_s() const { return array_.model().spec().device.pulse_s[1]; }
  double write_and_verify(const Matrix<float>& goal, int rounds, int threads);
  double relieve_pairs(int threads);
  double transfer(int threads);

  Crossbar& array_;
  Crossbar* fast_;
  LearningSpec learning_;
  ProgrammingSpec spec_;
  PulseAccount account_;
  PulseTrains trains_;
  Matrix<float> counts_;
  std::uint64_t applied_ = 0;
  Index transferred_ = 0;  // word lines so far
};

}  // namespace settle::hw
