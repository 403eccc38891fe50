// Signals of the chip that a waveform can show, in volts, siemens, watts, joules and codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hw/power_meter.h"
#include "hw/substrate.h"

namespace settle::hw {

/// How a waveform viewer should show a signal: a bit, a curve, a whole number, a word.
enum class SignalKind { logic, analog, integer, word };

/// Of whole numbers and of words, as they are written: codes of the widest converter with their sign, 8 characters.
constexpr int integer_bits = 25, word_bits = 64;

struct Signal {
  std::string name;   // "hidden1.v0"; a glob chooses among these
  std::string group;  // what it belongs to: heads a part of the display
  SignalKind kind;
  std::function<double()> read;      // of a word: its place in `words`
  std::vector<std::string> words{};  // of ASCII characters
};

/// Signals that differ in an index alone: "hidden1.v3" is member 3 of the family "v" of part "hidden1", and
/// "hidden1_hidden2.g3_5" member (3, 5) of the family "g", a cell of an array: target 3, source 5.
struct SignalFamily {
  std::string part;
  std::string quantity;
  SignalKind kind;
  Index rows = 0;           // members; 0: one signal without an index
  Index columns = 0;        // 0: members have one index
  bool on_request = false;  // so many or so special that they are shown only to who asks for the quantity
  std::function<double(Index, Index)> read;
  std::vector<std::string> words{};

  Signal member(Index i = 0, Index j = 0) const;
};

/// All families of a chip: phase and sample; codes that DACs were given and ADCs returned, where they are not exact; of
/// each population the outputs and, in the clamped phase, their differences to the free state, and, on request,
/// the membranes; the logits; the nudge; power and energy; on request the conductances of each array's cells. Of the
/// block's first sample. They refer to the substrate and the meter.
std::vector<SignalFamily> signal_families(Substrate& substrate, const PowerMeter& meter);

/// Of each family, but those on request, the first `lines` members.
std::vector<Signal> chip_signals(Substrate& substrate, const PowerMeter& meter, Index lines);

}  // namespace settle::hw
