// The specification of programming: how precisely, and with how many rounds, devices are written.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// What keeps the cells of an array that are not meant from being written.
enum class WriteScheme {
  transistor,  // 1T1R: their select transistors are off
  half,        // V/2: a word and a bit line give half of the voltage each; alone it does not write
  third        // V/3: all other lines are driven too, so that no other cell gets more than a third
};

/// The section [programming].
struct ProgrammingSpec {
  std::int64_t initial_rounds = 5;  // most rounds of writing and verifying initial weights
  std::int64_t update_rounds = 0;   // most rounds of verifying and mending an update; 0: open loop
  double tolerance_steps = 0.5;     // errors that verifying leaves alone, in mean steps of the device
  std::int64_t most_pulses = 8191;  // for one weight in one update or one round of verifying: a counter of 13 bits
  std::int64_t refresh_every = 16;  // updates after which one-sided pairs are looked at
  double refresh_margin = 0.2;      // what is left of the nominal range of a device when its pair is refreshed
  WriteScheme scheme = WriteScheme::transistor;
};

inline Parameters parameters(ProgrammingSpec& s) {
  return {
      {"initial_rounds", integer(s.initial_rounds, 1, 1000),
       "Most rounds of writing and verifying the initial weights."},
      {"update_rounds", integer(s.update_rounds, 0, 1000),
       "Most rounds of verifying and mending each update of update host; 0: open loop, by pulse count."},
      {"tolerance_steps", from(1e-6, s.tolerance_steps, 1e6),
       "How far a device may be from its goal for verifying to leave it alone, in its mean steps; half a code of the "
       "converter at least."},
      {"most_pulses", integer(s.most_pulses, 1, million),
       "Most pulses that a weight is sent in one update of update host, in one transfer or in one round of verifying, "
       "as the counter of a pulse generator holds; what is left is owed to the next one. Bounds the work of an update, "
       "too."},
      {"refresh_every", integer(s.refresh_every, 1, million),
       "Updates (samples, of update in-situ) after which pairs of devices that pulses move one way are read, reset and "
       "rewritten where they are nearly full (device.one_sided)."},
      {"refresh_margin", fraction(s.refresh_margin),
       "What is left of a device's nominal range when its pair is refreshed, as a share."},
      {"scheme",
       choice(s.scheme, {{"1T1R", WriteScheme::transistor}, {"V/2", WriteScheme::half}, {"V/3", WriteScheme::third}}),
       "What keeps other cells from being written: a transistor in each, or less voltage on them, which costs "
       "energy but does not move them."}};
}

}  // namespace settle
