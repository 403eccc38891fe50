// The resistance of a crossbar's wires.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The section [wire].
struct WireSpec {
  double r_segment_ohm = 0;
  Estimate resistance_factor = {0.3, 1, 3};  // of r_segment_ohm
  double r_source_ohm = 0;
  double r_sense_ohm = 0;
  double per_kelvin = 0.00451;       // of metal lines, relative, above 300 K
  std::int64_t refresh_updates = 4;  // updates of the weights between two solutions of the wires
};

inline Parameters parameters(WireSpec& s) {
  return {{"r_segment_ohm", from(0, s.r_segment_ohm, 1e6),
           "Resistance of a word or bit line from cell to cell, in ohms at 300 K; 0: none. 1.5 at 32 nm; papers use "
           "0.15 to "
           "5."},
          {"resistance_factor",
           estimate(s.resistance_factor,
                    {"times wire.r_segment_ohm",
                     "estimate of this project; published resistances of a segment differ from 0.15 to 5 ohm",
                     Evidence::estimated, 32}),
           "Uncertain factor on wire.r_segment_ohm: what lines really have."},
          {"r_source_ohm", from(0, s.r_source_ohm, 1e6), "Resistance at the driven end of a word line, in ohms."},
          {"r_sense_ohm", from(0, s.r_sense_ohm, 1e6), "Resistance at the sensed end of a bit line, in ohms."},
          {"per_kelvin", from(0, s.per_kelvin, 0.1),
           "Growth of wire.r_segment_ohm with chip.temperature_k above 300 K, relative, per kelvin; of copper lines of "
           "some tens of nanometres."},
          {"refresh_updates", integer(s.refresh_updates, 1, million),
           "Updates of the weights after which the wires are solved anew; what they take is kept in between. With "
           "learning.update in-situ every sample is an update: some hundreds."}};
}

}  // namespace settle
