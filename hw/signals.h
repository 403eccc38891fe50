// Signals of the chip that a waveform can show, in volts, siemens, watts, joules and codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "settle/hw/chip_module.h"

namespace settle::hw {

/// The form in which a waveform viewer should show a signal: a bit, a curve, a whole number, a word.
enum class SignalKind { logic, analog, integer, word };

/// The bits of whole numbers and of words as they are written: codes of the widest converter with their sign, 8
/// characters.
constexpr int integer_bits = 25;
constexpr int word_bits = 64;

/// A signal of a waveform.
struct Signal {
  std::string name;   // "hidden1.v0"; a glob chooses among these
  std::string group;  // the part that it belongs to, which heads it in the display
  SignalKind kind;
  std::function<double()> read;      // value; for a word, its place in `words`
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
  bool on_request = false;  // shown only to who asks for the quantity: so many members, or so special
  std::function<double(Index, Index)> read;
  std::vector<std::string> words{};

  Signal member(Index i = 0, Index j = 0) const;
};

/// All families of a chip, for its block's first sample: phase and number of the sample; codes that DACs were given and
/// ADCs returned, where they are not exact; for each population the outputs and, in the clamped phase, their
/// differences to the free state, and, on request, the membranes; the logits; the nudge; power and energy; on request
/// the conductances of each array's cells. They refer to the module.
std::vector<SignalFamily> signal_families(ChipModule& module);

/// The first `lines` members of each family, without those that are shown on request.
std::vector<Signal> chip_signals(ChipModule& module, Index lines);

}  // namespace settle::hw
