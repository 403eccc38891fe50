// Turns what the learning asks for into pulses on a crossbar: the one place from which devices are changed.
#pragma once

#include <systemc>

#include "hw/crossbar.h"
#include "models/learning/protocol.h"
#include "models/learning/pulse_count.h"

namespace settle::hw {

class PulseProgrammer : public sc_core::sc_module {
 public:
  /// Programs `array`; `projection` and `seed` name the random stream of its trains.
  PulseProgrammer(sc_core::sc_module_name name, Crossbar& array, Update update, const std::string& projection,
                  std::uint64_t seed);

  /// Programs initial weights by writing and verifying: pulses as the preset says they take, a read of all devices, and
  /// again for what is off by more than half a step, a few rounds at most. Returns the time, in seconds; exact devices
  /// are set, which takes none.
  double initialise(const Matrix<float>& weights, int threads);
  /// Changes weights as the host wants (update ideal or host). Returns the time.
  double change(const Matrix<float>& change, int threads);
  /// Applies rate post pre^T by coincident pulse trains on all lines at once (update in_situ). Returns the time.
  double apply(const Vector<float>& pre, const Vector<float>& post, double rate, int threads);

  /// What the controller still owes each device.
  Matrix<float>& owed() { return account_.owed(); }

 private:
  bool exact() const { return array_.model().spec().device.response == Response::exact; }
  double slot_s() const { return array_.model().spec().device.pulse_s[1]; }

  Crossbar& array_;
  Update update_;
  PulseAccount account_;
  PulseTrains trains_;
  Matrix<float> counts_;
  std::uint64_t applied_ = 0;
};

}  // namespace settle::hw
