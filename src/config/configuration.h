// The configuration of a run: every setting a user can change, with its default.
//
// A section is the struct of the model that it describes, and a key a member of that struct, which has its default, its
// unit in its name and, beside it, a row that says what it may hold and what it means (models/parameter.h).
#pragma once

#include "settle/models/chip/rule_limits.h"
#include "settle/models/converter/amplifier_spec.h"
#include "settle/models/converter/converter_spec.h"
#include "settle/models/converter/hold_spec.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/cost_spec.h"
#include "settle/models/crossbar/crossbar_spec.h"
#include "settle/models/crossbar/wire_spec.h"
#include "settle/models/device/device_spec.h"
#include "settle/models/learning/learning_spec.h"
#include "settle/models/learning/programming_spec.h"
#include "settle/models/network/network_spec.h"
#include "settle/models/neuron/neuron_spec.h"
#include "settle/models/noise_spec.h"
#include "settle/models/sense/sense_amplifier.h"
#include "settle/models/settling/settling_spec.h"
#include "src/data/data_spec.h"
#include "src/run/run_spec.h"
#include "src/trace/trace_spec.h"

namespace settle {

struct Configuration {
  RunSpec run;
  DataSpec data;
  NetworkSpec network;
  LearningSpec learning;
  SettlingSpec settling;
  DeviceSpec device;
  CrossbarSpec crossbar;
  WireSpec wire;
  ProgrammingSpec programming;
  ConverterSpec converter;
  AmplifierSpec amplifier;
  HoldSpec hold;
  SenseSpec sense;
  NoiseSpec noise;
  NeuronSpec neuron;
  ChipSpec chip;
  CostSpec cost;
  RuleLimits rules;
  TraceSpec trace;
};

}  // namespace settle
