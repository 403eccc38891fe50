// How ngspice is to compute a transient, and the commands that it carries out.
#pragma once

#include <string>
#include <vector>

#include "settle/models/netlist/cards.h"

namespace settle::spice {

/// ngspice's own error must be far below what is compared. It chooses its steps by their truncation error, which these
/// options hold to some 1e-4 of full scale (chgtol is a charge, of membranes that hold 1e-14 coulomb); no step is
/// longer than tau / 10, between whose ends a straight line is good. Gear's method: lines' capacitances hang on
/// sources, and trapezoids would let their currents ring for ever.
constexpr const char* options = ".options reltol=1e-6 vntol=1e-12 abstol=1e-18 chgtol=1e-20 trtol=1 method=gear";
constexpr double steps_per_tau = 10;

/// Begins the commands: data is written with 15 digits, under a line of names. end_commands ends them and the deck;
/// ngspice leaves where it runs without a window.
void begin_commands(Cards& cards);
void end_commands(Cards& cards);

/// A command that writes what has been computed for these vectors: a column of the scale, then one for each of them.
void write_data(Cards& cards, const std::string& file, const std::vector<std::string>& vectors);

}  // namespace settle::spice
