// The modules inside a Substrate.
#pragma once

#include <memory>
#include <vector>

#include "hw/substrate.h"
#include "models/converter/difference_amplifier.h"

namespace settle::hw {

struct Substrate::Parts {
  struct Hidden {  // of one population
    std::unique_ptr<NeuronBank> bank;
    std::unique_ptr<StateChannel> state;
    std::unique_ptr<SampleHold> hold;
    std::unique_ptr<DifferenceAmplifier> amplifier;
    std::unique_ptr<Adc> adc;
  };

  std::vector<std::unique_ptr<Crossbar>> arrays;    // by projection
  std::vector<std::unique_ptr<Crossbar>> feedback;  // by projection; null where W's own array or nothing feeds back
  std::vector<std::unique_ptr<Crossbar>> fast;      // by projection; null where nothing is transferred
  std::vector<std::unique_ptr<PulseProgrammer>> programmers, feedback_programmers;  // of the arrays above
  std::vector<Hidden> hidden;  // by population; empty for the input and the read-out
  std::unique_ptr<Dac> input_dac, nudge_dac;
  std::unique_ptr<Adc> logit_adc;

  Hidden& at(Index p) { return hidden[std::size_t(p)]; }
};

}  // namespace settle::hw
