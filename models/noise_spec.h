// The section [noise]: whether a chip has the noise that its conductances, bandwidths and temperature make.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

struct NoiseSpec {
  bool physical = false;
};

inline Parameters parameters(NoiseSpec& s) {
  return {{"physical", FlagValue{&s.physical},
           "true: thermal noise of arrays, sense amplifiers, membranes and holds, from conductance, bandwidth and "
           "chip.temperature_k, in addition to neuron.noise."}};
}

}  // namespace settle
