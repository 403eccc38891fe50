#include "src/config/keys.h"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <utility>

#include "models/device/preset.h"

namespace settle {
namespace {

// Ranges are wide: they refuse what cannot be meant or cannot be computed, not what is unusual.
constexpr std::int64_t largest_seed = std::int64_t{1} << 53;  // exact in every reader of summary.json
constexpr std::int64_t million = 1000000;
constexpr double longest_trace_s = 9000;  // simulated time ends at 5 h

IntegerValue integer(std::int64_t& member, std::int64_t low, std::int64_t high) { return {&member, low, high}; }
NumberValue from(double low, double& member, double high) { return {&member, low, high, false}; }
NumberValue above(double low, double& member, double high) { return {&member, low, high, true}; }
NumberValue fraction(double& member) { return from(0, member, 1); }
ReplacingValue replacing(std::map<std::string, double>& members, const DeviceParameter& p) {
  return {&members, p.name, p.low, p.high};
}
ByProjectionValue by_projection(double low, ByProjection& member, double high, bool above_low = false) {
  return {&member, low, high, above_low};
}
TextValue text(std::string& member, std::vector<std::string> choices = {}) { return {&member, std::move(choices)}; }
EstimateValue estimate(Estimate& member) { return {&member}; }

template <class Enum>
ChoiceValue choice(Enum& member, std::initializer_list<std::pair<const char*, Enum>> options) {
  std::vector<std::string> names;
  std::vector<Enum> values;
  for (const auto& [name, value] : options) {
    names.emplace_back(name);
    values.push_back(value);
  }
  const auto get = [&member, values] {
    const auto found = std::find(values.begin(), values.end(), member);
    if (found == values.end()) throw std::logic_error("an enumerator has no name in keys.cpp");
    return static_cast<std::size_t>(found - values.begin());
  };
  return {names, get, [&member, values](std::size_t index) { member = values.at(index); }};
}

}  // namespace

std::vector<Key> keys(Configuration& c, const Families& families) {
  std::vector<Key> list = {
      {"run.seed", integer(c.run.seed, 0, largest_seed), "Seed of every random number. The same seed, the same bytes."},
      {"run.epochs", integer(c.run.epochs, 1, 100000), "Passes over the training set."},
      {"run.batch", integer(c.run.batch, 1, million), "Samples between two updates of the weights."},
      {"run.block", integer(c.run.block, 0, million),
       "Samples that travel in one transaction, rounded up to whole chunks of at most 128; 0: a whole batch. Changes "
       "speed "
       "and memory, never results."},
      {"run.threads", integer(c.run.threads, 0, 4096), "Threads; 0: one for each core. Never changes results."},

      {"data.name", text(c.data.name), "Data set: fashion-mnist, mnist, or any name together with data.path."},
      {"data.path", text(c.data.path), "Folder of the four IDX files, plain or gzip; empty: where they usually lie."},
      {"data.train_limit", integer(c.data.train_limit, 0, 1000 * million), "First training samples to use; 0: all."},
      {"data.test_limit", integer(c.data.test_limit, 0, 1000 * million), "First test samples to use; 0: all."},
      {"data.downsample", integer(c.data.downsample, 1, 65536),
       "Averages blocks of so many by so many pixels into one; must divide both sides of the image. 7 makes 28 x 28 "
       "pixels 4 x 4."},

      {"network.topology",
       choice(c.network.topology,
              {{"layered", Topology::layered}, {"residual", Topology::residual}, {"agt", Topology::agt}}),
       "Chain of layers; chain with skips 1-4, 4-7, ...; or chain with random extra edges (arbitrary graph)."},
      {"network.hidden", WidthsValue{&c.network.hidden, 65536}, "Nodes of each hidden layer, from the input on."},
      {"network.activation", text(c.network.activation, families.activations), "Activation of the hidden neurons."},
      {"network.feedback",
       choice(c.network.feedback,
              {{"symmetric", Feedback::symmetric}, {"replica", Feedback::replica}, {"random", Feedback::random}}),
       "Feedback weights: the transposed forward weights, by reading the same devices; those, programmed into second "
       "arrays at each update; or random ones that are never trained."},
      {"network.alpha", above(0, c.network.alpha, 100), "Gain of the forward projections between hidden layers."},
      {"network.beta", above(0, c.network.beta, 100),
       "Gain of the feedback projections. Small: settles fast, weak signal in the first layers."},
      {"network.agt_probability", fraction(c.network.agt_probability),
       "Probability of each extra edge between two hidden populations; topology agt only."},
      {"network.skips", choice(c.network.skips, {{"structured", Skips::structured}, {"random", Skips::random}}),
       "Skips of topology residual: 1-4, 4-7, ...; or as many other pairs of hidden layers, drawn from the seed."},
      {"network.projection_alpha", by_projection(0, c.network.projection_alpha, 100, /*above_low=*/true),
       "Gains of single projections in place of alpha, as { \"hidden1-hidden2\" = 0.5, \"hidden2-*\" = 2.0 }; a name "
       "comes before globs."},
      {"network.projection_beta", by_projection(0, c.network.projection_beta, 100, /*above_low=*/true),
       "Gains of single feedback projections in place of beta, by the names of the forward ones, likewise."},
      {"network.initial", text(c.network.initial, families.initials),
       "Initial weights and random feedback: uniform of variance 2 / (sources + targets) or (he) 2 / sources; or "
       "orthonormal rows or columns."},

      {"learning.rule", choice(c.learning.rule, {{"ep", Rule::ep}, {"bp", Rule::bp}, {"fa", Rule::fa}}),
       "Equilibrium propagation; or, on the same network without feedback, as the host computes them for reference: "
       "back-propagation, feedback alignment."},
      {"learning.nudge", above(0, c.learning.nudge, 100), "Gain of the error's drive in the clamped phase."},
      {"learning.nudge_course",
       choice(c.learning.nudge_course, {{"constant", NudgeCourse::constant}, {"ramped", NudgeCourse::ramped}}),
       "ramped: the nudge is added again in each clamped step of map, K times in step K, as in the published residual "
       "and AGT nets. Its cost is booked as that of a constant one."},
      {"learning.nudging",
       choice(c.learning.nudging, {{"one-sided", Nudging::one_sided}, {"symmetric", Nudging::symmetric}}),
       "One clamped phase, or a second one with the error's negative: twice the time, without the bias of a strong "
       "nudge."},
      {"learning.error", choice(c.learning.error, {{"held", ErrorMode::held}, {"recomputed", ErrorMode::recomputed}}),
       "Error of the clamped phase: the free state's, held (one trip to the host), or recomputed at each step."},
      {"learning.difference",
       choice(c.learning.difference,
              {{"layer-scaled", DifferenceMode::layer_scaled}, {"plain", DifferenceMode::plain}}),
       "What the update sees of clamped - free: over each layer's path gain, or as it is (as published)."},
      {"learning.contrast", choice(c.learning.contrast, {{"post", ContrastTerms::post}, {"both", ContrastTerms::both}}),
       "What the update multiplies: what the nudge changes at the target with the source's free state (post, as "
       "published), and also the target's free state with what it changes at the source (both), which is the gradient "
       "for strong feedback too."},
      {"learning.optimizer", text(c.learning.optimizer, families.optimizers), "Optimiser of the weight updates."},
      {"learning.learning_rate", from(0, c.learning.learning_rate, 100), "Step size of the optimiser."},
      {"learning.projection_rate", by_projection(0, c.learning.projection_rate, 1e6),
       "Factors on the learning rate of single projections, as { \"input-hidden1\" = 0.5, \"*-readout\" = 2.0 }."},
      {"learning.momentum", from(0, c.learning.momentum, 0.9999),
       "Share of its last velocity that optimizer momentum keeps in each step."},
      {"learning.final_rate_share", fraction(c.learning.final_rate_share),
       "Share of the learning rate that is left at the end of the run; it falls linearly. 1: constant."},
      {"learning.update",
       choice(c.learning.update, {{"ideal", Update::ideal}, {"host", Update::host}, {"in-situ", Update::in_situ}}),
       "Weights change exactly; by pulses once a batch; or by pulses on the array after each sample (run.batch = 1)."},
      {"learning.pulse_coding",
       choice(c.learning.pulse_coding,
              {{"stochastic", PulseCoding::stochastic}, {"deterministic", PulseCoding::deterministic}}),
       "Trains of an update in-situ: slots drawn by chance, or evenly spaced."},
      {"learning.transfer_every", integer(c.learning.transfer_every, 0, million),
       "Samples after which one more word line of a fast array is transferred to the weights (Tiki-Taka; update "
       "in-situ only); 0: updates go to the weights."},
      {"learning.transfer_rate", above(0, c.learning.transfer_rate, 1000),
       "Share of what the fast array has collected that a transfer adds to the weights."},

      {"settling.analysis",
       choice(c.settling.analysis, {{"operating-point", Analysis::operating_point},
                                    {"map", Analysis::map},
                                    {"transient", Analysis::transient}}),
       "Solve for the equilibrium; iterate the synchronous map; or integrate over time with noise."},
      {"settling.free_steps", integer(c.settling.free_steps, 1, million),
       "Steps of the free phase: all of map, the most sweeps of operating-point."},
      {"settling.clamped_steps", integer(c.settling.clamped_steps, 1, million), "The same of the clamped phase."},
      {"settling.tolerance", above(0, c.settling.tolerance, 1),
       "Accuracy: a fraction of full scale (free), of the largest difference (clamped)."},
      {"settling.time_step_s", from(1e-15, c.settling.time_step_s, 1),
       "Time step of transient, in seconds; simulated time counts femtoseconds."},

      {"device.preset", text(c.device.preset, families.presets), "Synaptic device; `settle presets` lists them."},
      {"device.weight_range", above(0, c.device.weight_range, 1000),
       "Weight at the device's upper bound, in limits of the Glorot distribution."},
      {"device.conductance_min_siemens", above(0, c.device.conductance_min_siemens, 1),
       "Lowest conductance, in siemens. Published arrays: 0.5e-6 to 1e-6."},
      {"device.conductance_max_siemens", above(0, c.device.conductance_max_siemens, 1),
       "Highest conductance, in siemens. Published arrays: 25e-6 (PCM, 2020), 39e-6 (RRAM, 2022)."},

      {"device.table", text(c.device.table),
       "CSV file of measured steps (polarity,state_s,mean_s,deviation_s), in siemens; empty: the preset's response."},

      {"crossbar.mapping",
       choice(c.crossbar.mapping, {{"reference-array", Mapping::reference_array},
                                   {"reference-column", Mapping::reference_column},
                                   {"offset", Mapping::offset},
                                   {"pair", Mapping::pair}}),
       "What a weight's device is compared with: a fixed cell of its own, a column of fixed cells, a share of the sum "
       "of the inputs, or a second device."},
      {"crossbar.reference",
       choice(c.crossbar.reference, {{"zero", Reference::zero}, {"symmetry-point", Reference::symmetry_point}}),
       "State of the fixed cells: zero, or each device's symmetry point (reference-array)."},
      {"crossbar.tile_word_lines", integer(c.crossbar.tile_word_lines, 0, 65536),
       "Most word lines of one array; 0: as many as there are."},
      {"crossbar.tile_bit_lines", integer(c.crossbar.tile_bit_lines, 0, 65536),
       "Most bit lines of one array; 0: as many as there are."},
      {"crossbar.columns",
       choice(c.crossbar.columns, {{"interleaved", Columns::interleaved}, {"separate", Columns::separate}}),
       "Columns that are subtracted alternate with the others, or lie in arrays of their own."},

      {"wire.r_segment_ohm", from(0, c.wire.r_segment_ohm, 1e6),
       "Resistance of a word or bit line from cell to cell, in ohms; 0: none. 1.5 at 32 nm; papers use 0.15 to 5."},
      {"wire.r_source_ohm", from(0, c.wire.r_source_ohm, 1e6), "Resistance at the driven end of a word line, in ohms."},
      {"wire.r_sense_ohm", from(0, c.wire.r_sense_ohm, 1e6), "Resistance at the sensed end of a bit line, in ohms."},
      {"wire.refresh_updates", integer(c.wire.refresh_updates, 1, million),
       "Updates of the weights after which the wires are solved anew; what they take is kept in between. With "
       "learning.update in-situ every sample is an update: some hundreds."},

      {"programming.initial_rounds", integer(c.programming.initial_rounds, 1, 1000),
       "Most rounds of writing and verifying the initial weights."},
      {"programming.update_rounds", integer(c.programming.update_rounds, 0, 1000),
       "Most rounds of verifying and mending each update of update host; 0: open loop, by pulse count."},
      {"programming.tolerance_steps", above(0, c.programming.tolerance_steps, 1e6),
       "What verifying leaves as it is, in mean steps of the device."},

      {"converter.dac_bits", integer(c.converter.dac_bits, 0, 24), "Bits of the input and nudge DACs; 0: exact."},
      {"converter.adc_bits", integer(c.converter.adc_bits, 0, 24), "Bits of the ADCs; 0: exact."},
      {"converter.readout",
       choice(c.converter.readout, {{"difference", Readout::difference}, {"absolute", Readout::absolute}}),
       "Subtract the held state before converting, or convert both states at full scale."},
      {"converter.logit_full_scale", above(0, c.converter.logit_full_scale, 1e6),
       "Largest logit that the read-out converts, in units of the SoftMax's argument."},
      {"converter.dac_offset_lsb", from(0, c.converter.dac.offset_lsb, 1000),
       "Offset of each DAC, standard deviation in LSB. Needs 1 to 14 bits, like the next three keys."},
      {"converter.dac_gain_error", from(0, c.converter.dac.gain_error, 0.1),
       "Gain error of each DAC, standard deviation, relative."},
      {"converter.dac_inl_lsb", from(0, c.converter.dac.inl_lsb, 1000),
       "Bow of each DAC's curve between its ends, standard deviation of its peak in LSB."},
      {"converter.dac_dnl_lsb", from(0, c.converter.dac.dnl_lsb, 100),
       "Error of the width of each code of each DAC, standard deviation in LSB; it adds up to an INL of its own."},
      {"converter.adc_offset_lsb", from(0, c.converter.adc.offset_lsb, 1000),
       "Offset of each ADC, standard deviation in LSB. Needs 1 to 14 bits, like the next three keys."},
      {"converter.adc_gain_error", from(0, c.converter.adc.gain_error, 0.1),
       "Gain error of each ADC, standard deviation, relative."},
      {"converter.adc_inl_lsb", from(0, c.converter.adc.inl_lsb, 1000),
       "Bow of each ADC's curve between its ends, standard deviation of its peak in LSB."},
      {"converter.adc_dnl_lsb", from(0, c.converter.adc.dnl_lsb, 100),
       "Error of the width of each code of each ADC, standard deviation in LSB; it adds up to an INL of its own."},

      {"amplifier.most_gain", from(1, c.amplifier.most_gain, 1048576),
       "Largest gain of the difference amplifiers; it is set for each bank after each batch, in octaves from 1."},
      {"amplifier.offset", fraction(c.amplifier.offset),
       "Offset of each difference amplifier at its input, standard deviation as a fraction of full scale."},
      {"amplifier.gain_error", fraction(c.amplifier.gain_error),
       "Gain error of each difference amplifier, standard deviation, relative."},
      {"amplifier.noise", fraction(c.amplifier.noise),
       "Noise of each reading at the amplifier's input, rms as a fraction of full scale."},
      {"amplifier.auto_zero", integer(c.amplifier.auto_zero, 0, million),
       "Batches between two calibrations of what a difference of zero reads as, which is then taken off (a new gain "
       "calls for one too); 0: never, as ideal amplifiers need none."},

      {"hold.thermal_noise",
       choice(c.hold.thermal_noise, {{"none", ThermalNoise::none}, {"kT/C", ThermalNoise::capacitor}}),
       "Noise of each sampling on top of neuron.noise: none, or kT/C of cost.hold_capacitance_f at "
       "cost.temperature_k."},
      {"hold.leakage_a", from(0, c.hold.leakage_a, 1),
       "Leakage of each hold capacitor to ground, in amperes: held states fall until they are converted."},
      {"hold.leakage_mismatch", fraction(c.hold.leakage_mismatch),
       "Spread of the leakages, standard deviation of their logarithm."},
      {"hold.injection_c", from(-1e-9, c.hold.injection_c, 1e-9),
       "Charge that the opening switch puts on each hold capacitor, in coulombs; negative lowers the state."},
      {"hold.injection_mismatch", fraction(c.hold.injection_mismatch),
       "Spread of that charge, standard deviation, relative."},

      {"neuron.tau_s", from(1e-12, c.neuron.tau_s, 1), "Time constant of the membrane, in seconds."},
      {"neuron.gain_mismatch", fraction(c.neuron.gain_mismatch), "Standard deviation of the gain, relative."},
      {"neuron.offset_mismatch", fraction(c.neuron.offset_mismatch),
       "Standard deviation of the offset, as a fraction of full scale."},
      {"neuron.noise", fraction(c.neuron.noise),
       "Noise on a state when it is sampled and held, rms as a fraction of full scale; in transient a process in "
       "time."},
      {"neuron.tau_mismatch", fraction(c.neuron.tau_mismatch),
       "Spread of the time constants, standard deviation of their logarithm."},
      {"neuron.saturation_mismatch", fraction(c.neuron.saturation_mismatch),
       "Spread of the largest outputs, standard deviation of their logarithm."},
      {"neuron.thermal_noise",
       choice(c.neuron.thermal_noise, {{"none", ThermalNoise::none}, {"kT/C", ThermalNoise::capacitor}}),
       "Noise of the membranes: rms sqrt(kT/C) of cost.neuron_capacitance_f at cost.temperature_k."},
      {"neuron.slew_v_per_s", from(0, c.neuron.slew_v_per_s, 1e15),
       "Fastest change of a membrane, in volts per second; 0: no limit. In transient and in settling times."},
      {"neuron.kappa", from(0.1, c.neuron.kappa, 1),
       "Coupling of gate to channel of activation ota: tanh(kappa V / 2 U_T) at cost.temperature_k."},
      {"neuron.table", text(c.neuron.table),
       "CSV file of activation table (input,output): a measured curve, output in fractions of full scale."},

      {"cost.node", integer(c.cost.node, 14, 65), "Technology, in nm; within the wire and digital tables."},
      {"cost.supply_v", above(0, c.cost.supply_v, 10), "Supply voltage, in volts."},
      {"cost.temperature_k", above(0, c.cost.temperature_k, 500), "Temperature, in kelvin."},
      {"cost.read_v", estimate(c.cost.read_v), "Full scale of a read, in volts."},
      {"cost.wire_capacitance_f", estimate(c.cost.wire_capacitance_f), "Wire of one cell, in farads."},
      {"cost.cell_area_f2", estimate(c.cost.cell_area_f2), "Area of a cell, in squares of the node."},
      {"cost.neuron_capacitance_f", estimate(c.cost.neuron_capacitance_f), "Membrane of a neuron, in farads."},
      {"cost.neuron_full_scale_v", above(0, c.cost.neuron_full_scale_v, 10), "Full scale of a neuron, in volts."},
      {"cost.neuron_area_um2", estimate(c.cost.neuron_area_um2), "Area of a neuron, in square micrometres."},
      {"cost.hold_capacitance_f", estimate(c.cost.hold_capacitance_f), "Sample-and-hold, in farads."},
      {"cost.hold_current_a", estimate(c.cost.hold_current_a), "Difference amplifier while on, in amperes."},
      {"cost.hold_area_um2", estimate(c.cost.hold_area_um2),
       "Area of a sample-and-hold with its difference amplifier, in square micrometres."},
      {"cost.adc_energy_per_step_j", estimate(c.cost.adc_energy_per_step_j),
       "ADC, in joules a conversion-step; p10, median, p90 of SAR ADCs since 2019 (Murmann's survey)."},
      {"cost.adc_rate_hz", from(1, c.cost.adc_rate_hz, 1e12), "Conversions a second of one ADC."},
      {"cost.adc_columns", integer(c.cost.adc_columns, 1, 65536), "Columns that share one ADC."},
      {"cost.adc_area_um2", estimate(c.cost.adc_area_um2), "Area of an ADC, in square micrometres."},
      {"cost.dac_capacitance_f", estimate(c.cost.dac_capacitance_f), "Capacitors of a DAC in all, in farads."},
      {"cost.dac_activity", fraction(c.cost.dac_activity), "Share of a DAC's capacitance that switches."},
      {"cost.dac_rate_hz", from(1, c.cost.dac_rate_hz, 1e12), "Conversions a second of one DAC."},
      {"cost.dac_area_um2", estimate(c.cost.dac_area_um2), "Area of a DAC, in square micrometres."},
      {"cost.host_clock_hz", from(1, c.cost.host_clock_hz, 1e12), "Clock of the digital host, in hertz."},
      {"cost.host_lanes", integer(c.cost.host_lanes, 1, million), "Multiply-adds of the host in one clock cycle."},

      {"trace.samples", integer(c.trace.samples, 0, million), "Samples in the waveforms of `settle train`; 0: none."},
      {"trace.signals", TextListValue{&c.trace.signals},
       "Signals in the waveforms: globs over their names, such as hidden1.v*, *.code* or hidden1_hidden2.g3_5 "
       "(docs/waveforms.md). Membranes (u) and conductances (g, gsub) only by a glob like *.g* that asks for them."},
      {"trace.neurons", integer(c.trace.neurons, 1, 65536),
       "Neurons, converters and cells of each kind that globs find, the first ones; a name finds any."},
      {"trace.start_s", from(0, c.trace.start_s, longest_trace_s),
       "Simulated time at which the waveforms begin, in seconds."},
      {"trace.end_s", from(0, c.trace.end_s, longest_trace_s),
       "Time at which they end, in seconds; 0: with the last sample."},
      {"trace.every", integer(c.trace.every, 1, million),
       "Steps of a phase from one entry of the waveforms to the next; the phase's start and end always are entries."},
  };
  std::vector<Key> device;
  for (const DeviceParameter& p : device_parameters())
    device.push_back({"device." + p.name, replacing(c.device.replace, p), p.meaning});
  const auto after = std::find_if(list.begin(), list.end(), [](const Key& key) { return key.name == "device.table"; });
  list.insert(after + 1, device.begin(), device.end());
  return list;
}

std::string section_of(const Key& key) { return key.name.substr(0, key.name.find('.')); }

std::string name_in_section(const Key& key) { return key.name.substr(key.name.find('.') + 1); }

}  // namespace settle
