// Getting to a place: decoders that select a word line, and the links on which codes travel between converters and
// host.
#pragma once

#include <cmath>
#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action decoder{
    "decoders",
    "line selections",
    Rail::analog,
    {{"cost.decoder_f", 1}},
    "C V_dd^2 / 4 of each address wire along an array's word lines, from V_dd: half of the bits "
    "change, half of those rise; 0.2 fF a line an estimate"};
inline const Action code_link{"links of codes",
                              "bits",
                              Rail::digital,
                              {{"cost.link_j_per_bit_mm", 1}, {area_key, 0.5}},
                              "a bit and millimetre, over three quarters of the side of the analog part; 0.1 pJ an "
                              "estimate"};

}  // namespace action

struct LinkCost {
  Estimate decoder_f = {0.05e-15, 0.2e-15, 1e-15};
  Estimate decoder_area_um2 = {1, 3, 10};
  Estimate link_j_per_bit_mm = {0.05e-12, 0.1e-12, 0.25e-12};  // at 0.9 V
  Estimate link_area_um2 = {3, 10, 30};

  static std::vector<const Action*> actions() { return {&action::decoder, &action::code_link}; }
};

inline Parameters parameters(LinkCost& s) {
  return {
      {"decoder_f",
       estimate(s.decoder_f,
                {"F a line and address bit", "estimate of this project: 64 nm of wire and a share of the gates on it",
                 Evidence::estimated, 32}),
       "What an address wire of a decoder has for each word line that it passes, in farads."},
      {"decoder_area_um2",
       estimate(s.decoder_area_um2, {"um^2 a line", "estimate of this project", Evidence::estimated, 32}),
       "Area of a decoder for each word line, in square micrometres."},
      {"link_j_per_bit_mm",
       estimate(s.link_j_per_bit_mm,
                {"J a bit and mm",
                 "estimate of this project: 0.25 to 0.35 fF/um of wire (Ho 2008) and as much again in repeaters, a bit "
                 "in two changing, from 0.9 V",
                 Evidence::estimated, 32, 0.9}),
       "Carrying a code's bit over a millimetre, in joules at 0.9 V; grows as V^2."},
      {"link_area_um2", estimate(s.link_area_um2, {"um^2 a bit", "estimate of this project", Evidence::estimated, 32}),
       "Area of the register and the repeaters of a converter's link for each of its bits, in square micrometres."}};
}

/// Address wires along `lines` word lines, times those lines: what a selection of one of them drives.
inline double decoder_load(double lines) { return lines > 1 ? lines * std::ceil(std::log2(lines)) : 0; }

/// Selections whose decoder_load() adds up to `load`.
inline Energy decoder_j(const ChipSpec& chip, const LinkCost& cost, double load) {
  return heat(load * cost.decoder_f[1] * chip.supply_v * chip.supply_v / 4);
}

/// The mean distance, along x and y, from the middle of a side of a square of this area to a point in it, in mm.
inline double link_mm(double area_m2) { return 0.75 * std::sqrt(area_m2) * 1e3; }

/// So many bits, carried this far at the chip's voltage.
inline Energy link_j(const ChipSpec& chip, const LinkCost& cost, double bits, double mm) {
  const double volts = chip.supply_v / 0.9;
  return heat(bits * mm * cost.link_j_per_bit_mm[1] * volts * volts);
}

}  // namespace settle
