// The reference chip: its technology, voltages, capacitances and rates, which decide how it behaves and how long it
// takes. Estimates of this project unless the source of an action says otherwise.
#pragma once

#include "models/parameter.h"

namespace settle {

/// The section [chip].
struct ChipSpec {
  std::int64_t node = 32;  // nm
  double supply_v = 0.9;
  double temperature_k = 300;
  Estimate read_v = {0.1, 0.2, 0.4};                         // voltage of a full-scale state on a line
  Estimate wire_capacitance_f = {0.03e-15, 0.2e-15, 2e-15};  // of one cell's segment
  Estimate neuron_capacitance_f = {20e-15, 100e-15, 1000e-15};
  double neuron_full_scale_v = 0.4;  // voltage of a state of 1
  Estimate hold_capacitance_f = {50e-15, 100e-15, 200e-15};
  double adc_rate_hz = 100e6;
  std::int64_t adc_columns = 8;  // columns that share one ADC
  double dac_rate_hz = 1e9;
  double host_clock_hz = 500e6;
  std::int64_t host_lanes = 64;
};

inline Parameters parameters(ChipSpec& s) {
  return {{"node", integer(s.node, 14, 65), "Technology, in nm; within the wire and digital tables."},
          {"supply_v", above(0, s.supply_v, 10), "Supply voltage, in volts."},
          {"temperature_k", above(0, s.temperature_k, 500), "Temperature, in kelvin."},
          {"read_v", estimate(s.read_v), "Full scale of a read, in volts."},
          {"wire_capacitance_f", estimate(s.wire_capacitance_f), "Wire of one cell, in farads."},
          {"neuron_capacitance_f", estimate(s.neuron_capacitance_f), "Membrane of a neuron, in farads."},
          {"neuron_full_scale_v", above(0, s.neuron_full_scale_v, 10), "Full scale of a neuron, in volts."},
          {"hold_capacitance_f", estimate(s.hold_capacitance_f), "Sample-and-hold, in farads."},
          {"adc_rate_hz", from(1, s.adc_rate_hz, 1e12), "Conversions a second of one ADC."},
          {"adc_columns", integer(s.adc_columns, 1, 65536), "Columns that share one ADC."},
          {"dac_rate_hz", from(1, s.dac_rate_hz, 1e12), "Conversions a second of one DAC."},
          {"host_clock_hz", from(1, s.host_clock_hz, 1e12), "Clock of the digital host, in hertz."},
          {"host_lanes", integer(s.host_lanes, 1, million), "Multiply-adds of the host in one clock cycle."}};
}

}  // namespace settle
