// The specification of a chip.
#pragma once

#include <cstdint>
#include <string>

#include "models/chip/rule_limits.h"
#include "models/converter/amplifier_spec.h"
#include "models/converter/converter_spec.h"
#include "models/converter/hold_spec.h"
#include "models/cost/chip_spec.h"
#include "models/cost/cost_spec.h"
#include "models/crossbar/crossbar.h"
#include "models/learning/learning_spec.h"
#include "models/learning/programming_spec.h"
#include "models/network/graph.h"
#include "models/network/network_spec.h"
#include "models/neuron/bank.h"
#include "models/noise_spec.h"
#include "models/sense/sense_amplifier.h"
#include "models/settling/settling_spec.h"

namespace settle {

/// The specification of a chip: sections of the configuration, and what is derived from them. ArraySpec and BankSpec
/// take what they need of other sections (thermal noise, slew limit, read voltage, wires) when they are made: to change
/// that, change the section, and make them anew from it.
struct ChipDesign {
  Graph graph;
  ArraySpec crossbar;  // weight_at_bound in units of each projection's Glorot limit
  BankSpec neuron;
  ConverterSpec converter;
  HoldSpec hold;
  AmplifierSpec amplifier;
  SenseSpec sense;
  NoiseSpec noise;
  std::string initial = NetworkSpec{}.initial;  // distribution of the weights, and of random feedback
  LearningSpec learning;
  SettlingSpec settling;
  ProgrammingSpec programming;
  ChipSpec chip;
  CostSpec cost;
  RuleLimits rules;
  std::uint64_t seed = 1;
  int threads = 1;
};

}  // namespace settle
