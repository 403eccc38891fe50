// What neurons hold where the clamped phase's lines carry differences (ClampedLines::differences): sample-and-hold
// circuits of each drive and state, and the subtractor that makes of an output what lines carry.
//
// v(holding) is 0 in the free phase and 1 in the clamped one. While it is 0, a hold follows its neuron; then it keeps
// what it has, the held drive is added to the neuron's, the held state is taken off its output, and the reads' gains
// are those of the clamped phase.
#pragma once

#include <string>

#include "settle/models/chip/chip.h"
#include "settle/models/netlist/cards.h"

namespace settle {

/// Writes the switch, which turns within `rise_s` at `begin_s`, and the subcircuit of a hold, which follows its input
/// with the time constant `track_s`.
void write_holding(spice::Cards& cards, const ChipSpec& chip, double begin_s, double rise_s, double track_s);

/// Neuron i of a population: the holds of its membrane, NAME_held_uI, and of its output NAME_oI, NAME_heldI; and the
/// subtractor, NAME_vI: the output in the free phase, and what is beyond the held one in the clamped phase.
void write_held_neuron(spice::Cards& cards, const std::string& population, Index i);

/// What the sum that is a neuron's drive has of the held drive; `share` of the sum is what amplifiers leave.
std::string held_drive(const std::string& population, Index i, double share);

/// Commands after the operating point of the free phase and after the transient: holds have no memory in an operating
/// point, so that a source in series with each gives what that one has found; and the switch turns.
void keep_operating_point(spice::Cards& cards, const std::string& population, Index i);
void hold_operating_point(spice::Cards& cards);

/// The value of something that differs between the phases.
std::string in_phase(double free, double clamped);

}  // namespace settle
