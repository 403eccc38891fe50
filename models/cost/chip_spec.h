// The reference chip: its technology, voltages, capacitances and rates, which decide how it behaves and how long it
// takes. Estimates of this project unless the source of an action says otherwise.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// Where the host adds up what its samples teach: `sram`, an accumulator for each weight, read and written for each
/// product of a sample; `factors`, the codes of a whole batch are kept, and each weight's sum is made of them once a
/// batch, in a register. Weights become the same. An update in-situ adds up in the array.
enum class Accumulate { sram, factors };

/// Where samples come from: a DRAM, an SRAM on the chip that holds all of them, or a stream that whoever sends it pays.
enum class SampleMemory { dram, sram, stream };

/// The section [chip].
struct ChipSpec {
  std::int64_t node = 32;  // nm
  double supply_v = 0.9;
  double temperature_k = 300;
  double read_v = 0.2;                                       // voltage of a full-scale state on a line
  Estimate wire_capacitance_f = {0.03e-15, 0.2e-15, 2e-15};  // of one cell's segment
  double neuron_capacitance_f = 100e-15;
  double neuron_full_scale_v = 0.4;  // voltage of a state of 1
  double hold_capacitance_f = 100e-15;
  double adc_rate_hz = 100e6;
  std::int64_t adc_columns = 8;  // columns that share one ADC
  double dac_rate_hz = 1e9;
  double host_clock_hz = 500e6;
  std::int64_t host_lanes = 64;
  std::int64_t host_bank_bytes = 1048576;
  Accumulate host_accumulate = Accumulate::sram;
  SampleMemory host_samples = SampleMemory::dram;
  double dram_bytes_per_s = 0;  // 0: samples arrive while others are computed
};

inline Parameters parameters(ChipSpec& s) {
  return {
      {"node", integer(s.node, 7, 65), "Technology, in nm; within the table by which digital parts scale."},
      {"supply_v", from(0.5, s.supply_v, 1.32),
       "Supply voltage, in volts; within the range of the node's digital parts."},
      {"temperature_k", from(1, s.temperature_k, 500), "Temperature, in kelvin."},
      {"read_v", from(1e-6, s.read_v, 10), "Full scale of a read, in volts."},
      {"wire_capacitance_f",
       estimate(s.wire_capacitance_f, {"F a cell",
                                       "estimate of this project for a pitch of 64 nm; published values differ "
                                       "from 0.03 to 2 fF a cell; Ho 2008: 0.25 to 0.35 fF a micrometre",
                                       Evidence::estimated, 32}),
       "Wire of one cell, in farads."},
      {"neuron_capacitance_f", from(1e-18, s.neuron_capacitance_f, 1e-6), "Membrane of a neuron, in farads."},
      {"neuron_full_scale_v", from(1e-6, s.neuron_full_scale_v, 10), "Full scale of a neuron, in volts."},
      {"hold_capacitance_f", from(1e-18, s.hold_capacitance_f, 1e-6), "Sample-and-hold, in farads."},
      {"adc_rate_hz", from(1, s.adc_rate_hz, 1e12), "Conversions a second of one ADC."},
      {"adc_columns", integer(s.adc_columns, 1, 65536), "Columns that share one ADC."},
      {"dac_rate_hz", from(1, s.dac_rate_hz, 1e12), "Conversions a second of one DAC."},
      {"host_clock_hz", from(1, s.host_clock_hz, 1e12), "Clock of the digital host, in hertz."},
      {"host_lanes", integer(s.host_lanes, 1, million), "Multiply-adds of the host in one clock cycle."},
      {"host_bank_bytes", integer(s.host_bank_bytes, 8192, 1048576),
       "Bank of the host's memory, in bytes: an access takes more energy in a larger one."},
      {"host_accumulate", choice(s.host_accumulate, {{"sram", Accumulate::sram}, {"factors", Accumulate::factors}}),
       "Gradients add up in SRAM for each product of a sample; or the factors of a whole batch are kept, and each "
       "weight's sum is made once a batch. Changes costs, never results."},
      {"host_samples",
       choice(s.host_samples,
              {{"dram", SampleMemory::dram}, {"sram", SampleMemory::sram}, {"stream", SampleMemory::stream}}),
       "Samples are fetched from a DRAM, or from SRAM on the chip that holds all of them; or they arrive as a stream "
       "that whoever sends it pays for."},
      {"dram_bytes_per_s", from(0, s.dram_bytes_per_s, 1e15),
       "Bytes a second that samples are fetched from the DRAM with, before each is loaded; 12.8e9 of a 64-bit channel "
       "at 1600 MT/s (DDR3-1600, JEDEC JESD79-3). 0: they are fetched while others are computed, and take no time."}};
}

}  // namespace settle
