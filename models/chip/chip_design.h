// The specification of a chip.
#pragma once

#include <cstdint>
#include <string>

#include "settle/models/chip/rule_limits.h"
#include "settle/models/converter/amplifier_spec.h"
#include "settle/models/converter/converter_spec.h"
#include "settle/models/converter/hold_spec.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/cost_spec.h"
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/learning/learning_spec.h"
#include "settle/models/learning/programming_spec.h"
#include "settle/models/network/graph.h"
#include "settle/models/network/network_spec.h"
#include "settle/models/neuron/bank.h"
#include "settle/models/noise_spec.h"
#include "settle/models/sense/sense_amplifier.h"
#include "settle/models/settling/settling_spec.h"

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
