#include "settle/models/device/preset.h"

#include <stdexcept>

#include "settle/models/error.h"
#include "settle/models/numeric/expect.h"
#include "settle/models/parameter.h"

namespace settle {
namespace {

constexpr const char* reram_pulse = "estimate of this project; published: 2 V 10 ns, 1.75 V 8.5 us, 3.2 V 300 us";
constexpr const char* ecram_pulse =
    "estimate of this project; gate: some um^2 of a stack of 10 to 100 fF/um^2; 150 fF take 0.3 pC at 2 V, 1.9 million "
    "ions at one an electron";
constexpr const char* capacitor_pulse =
    "estimate of this project; gate: those of the transistors that pass the charge, a few um of width at 1 fF/um";
const Estimate reram_v = {1.5, 2.0, 3.2}, reram_s = {10e-9, 100e-9, 1e-6};
const Estimate ecram_v = {1.5, 2.0, 3.0}, ecram_s = {100e-9, 1e-6, 1e-3};
const Estimate ecram_gate_f = {15e-15, 150e-15, 1.5e-12}, capacitor_gate_f = {1e-15, 3e-15, 10e-15};

DevicePreset ideal() {
  DevicePreset p;
  p.name = "ideal";
  p.source = "exact mathematics: any change, no bounds, no spread, no pulses";
  p.pulse_source = "none";
  return p;
}

DevicePreset device(const char* name, Response response, double dw_min, double dtod, double ctoc, const char* source) {
  DevicePreset p;
  p.name = name;
  p.response = response;
  p.dw_min = dw_min;
  p.dtod = dtod;
  p.ctoc = ctoc;
  p.source = source;
  p.pulse_v = reram_v;
  p.pulse_s = reram_s;
  p.pulse_source = reram_pulse;
  return p;
}

DevicePreset& bounds(DevicePreset& p, double w_max, double w_min, double max_dtod, double min_dtod) {
  p.w_max = w_max;
  p.w_min = w_min;
  p.w_max_dtod = max_dtod;
  p.w_min_dtod = min_dtod;
  return p;
}

DevicePreset& ecram_pulses(DevicePreset& p) {
  p.pulse_v = ecram_v;
  p.pulse_s = ecram_s;
  p.written = Written::gate;
  p.gate_capacitance_f = ecram_gate_f;
  p.pulse_source = ecram_pulse;
  return p;
}

// Figures of the responses: parameters that a public simulator fits to the cited devices, in normalised units.
// NOLINTNEXTLINE(readability-function-size): a table
std::vector<DevicePreset> make_table() {
  std::vector<DevicePreset> table = {ideal()};

  DevicePreset reram_es =
      device("reram-es", Response::exponential, 0.00135, 0.2, 5.0, "RRAM, Gong et al., Nature Communications 2018");
  bounds(reram_es, 1, -1, 0.3, 0.3);
  reram_es.bias = 0.259359;
  reram_es.bias_dtod = 0.05;
  reram_es.a_up = -1.18445;
  reram_es.a_down = -0.081404;
  reram_es.gamma_up = reram_es.gamma_down = 5;
  reram_es.z_slope = reram_es.z_offset = -0.5;
  reram_es.write_noise = 75;
  table.push_back(reram_es);

  DevicePreset reram_sb = device("reram-sb", Response::soft_bounds, 0.002, 0.3, 3.75,
                                 "RRAM, Gong et al., Nature Communications 2018, a looser fit");
  bounds(reram_sb, 1.25, -0.75, 0.24, 0.4).bias_dtod = 0.01;
  reram_sb.ends_at_nominal = 1;
  reram_sb.ctoc_shrinks = 0;
  reram_sb.write_noise = 56;
  table.push_back(reram_sb);

  DevicePreset capacitor =
      device("capacitor", Response::linear, 0.005, 0.1, 0.3, "CMOS capacitor cell, Li et al., VLSI 2018");
  bounds(capacitor, 1, -1, 0.07, 0.07).bias_dtod = 0.06;
  capacitor.gamma_up = capacitor.gamma_down = 0.05;
  capacitor.gamma_dtod = 0.01;
  capacitor.ctoc_shrinks = 0;
  capacitor.pulse_v = {0.8, 0.9, 1.2};
  capacitor.pulse_s = {1e-9, 10e-9, 100e-9};
  capacitor.written = Written::gate;
  capacitor.gate_capacitance_f = capacitor_gate_f;
  capacitor.pulse_source = capacitor_pulse;
  capacitor.notes = "leaks, with a time constant that the design of the cell sets: device.leak_time_s";
  table.push_back(capacitor);

  DevicePreset ecram = device("ecram", Response::linear, 0.002, 0.1, 0.3, "ECRAM, Tang et al., IEDM 2018");
  bounds(ecram, 1.1724, -0.8276, 0.05, 0.05).bias_dtod = 0.01;
  ecram.gamma_up = 0.1153;
  ecram.gamma_down = 0.5085;
  ecram.gamma_dtod = 0.05;
  table.push_back(ecram_pulses(ecram));

  DevicePreset ecram_mo =
      device("ecram-mo", Response::linear, 2.8214e-4, 0.1, 2.0, "metal-oxide ECRAM, Kim et al., IEDM 2019");
  bounds(ecram_mo, 1.1714, -0.8286, 0.05, 0.05).bias_dtod = 0.01;
  ecram_mo.gamma_up = 0.4152;
  ecram_mo.gamma_down = 0.7342;
  ecram_mo.gamma_dtod = 0.05;
  table.push_back(ecram_pulses(ecram_mo));

  DevicePreset rpu =
      device("rpu-target", Response::constant, 0.0016, 0.3, 0.3,
             "specification of a resistive processing unit, Gokmen and Vlasov, Frontiers in Neuroscience 2016");
  bounds(rpu, 1, -1, 0.3, 0.3).bias_dtod = 0.01;
  // The specification supposes devices of two terminals, which are pulsed through their channel.
  rpu.pulse_source = "estimate of this project: those of RRAM";
  table.push_back(rpu);

  DevicePreset pcm = device("pcm-pair", Response::exponential, 0.01, 0.2, 0.6,
                            "phase-change memory, Nandakumar et al., Frontiers in Neuroscience 2020");
  bounds(pcm, 2, 0, 0.1, 0).bias_dtod = 0.05;
  pcm.one_sided = 1;
  pcm.a_up = -27.235;
  pcm.a_down = -2.235;
  pcm.gamma_up = pcm.gamma_down = 2.5;
  pcm.z_slope = -1;
  pcm.z_offset = 0;
  pcm.ctoc_add = 0.042;
  pcm.ctoc_slope = 0.108;
  pcm.reset = 0.01;
  pcm.reset_dtod = 0.02;
  pcm.drift_slope = -0.0155;
  pcm.drift_nu = 0.0244;
  pcm.drift_nu_low = 0.049;
  pcm.drift_nu_high = 0.1;
  pcm.drift_spread_slope = -0.0125;
  pcm.drift_spread = -0.0059;
  pcm.drift_spread_low = 0.008;
  pcm.drift_spread_high = 0.045;
  pcm.drift_time_s = pcm.flicker_time_s;  // from the first read on; published exponents are fitted from 20 s on
  pcm.flicker = 0.0088;
  pcm.flicker_exponent = 0.65;
  pcm.flicker_most = 0.2;
  pcm.pulse_v = {2.0, 2.5, 3.0};
  pcm.pulse_s = {20e-9, 50e-9, 100e-9};
  pcm.pulse_source = "estimate of this project";
  pcm.notes = "drift and 1/f noise as published for 25 uS devices; drift counts from the first read after the write";
  table.push_back(pcm);

  DevicePreset reram_om = device("reram-om", Response::soft_bounds, 0.0949, 0.7829, 0.4158,
                                 "RRAM, optimised material, Gong et al., IEDM 2022");
  bounds(reram_om, 1, -1, 0.35, 0.57).bias_dtod = 0.01;
  reram_om.dtod_lognormal = 1;
  reram_om.ctoc_shrinks = 0;
  reram_om.write_noise = 1.4113;
  reram_om.reference_error = 0.05;
  reram_om.dead = 0.135;
  table.push_back(reram_om);

  DevicePreset hfo2 =
      device("reram-hfo2", Response::soft_bounds, 0.4622, 0.7125, 0.2174, "HfO2 RRAM, Gong et al., IEDM 2022");
  bounds(hfo2, 1, -1, 0.43, 0.60).bias_dtod = 0.01;
  hfo2.dtod_lognormal = 1;
  hfo2.ctoc_shrinks = 0;
  hfo2.write_noise = 0.5841;
  hfo2.reference_error = 0.05;
  hfo2.dead = 0.098;
  table.push_back(hfo2);
  return table;
}

}  // namespace

const char* name(Response response) {
  switch (response) {
    case Response::exact:
      return "exact";
    case Response::constant:
      return "constant";
    case Response::linear:
      return "linear";
    case Response::soft_bounds:
      return "soft-bounds";
    case Response::exponential:
      return "exponential";
    case Response::power:
      return "power";
    case Response::table:
      return "table";
  }
  throw std::logic_error("a response without a name");
}

const char* name(Written written) {
  switch (written) {
    case Written::channel:
      return "channel";
    case Written::gate:
      return "gate";
  }
  throw std::logic_error("a way of writing without a name");
}

const std::vector<DeviceEstimate>& device_estimates() {
  using P = DevicePreset;
  static const std::vector<DeviceEstimate> table = {
      {"pulse_v", &P::pulse_v, 1e-3, 100, "Voltage of a write pulse, in volts."},
      {"pulse_s", &P::pulse_s, 1e-12, 1, "Length of a write pulse, in seconds."},
      {"gate_capacitance_f", &P::gate_capacitance_f, 1e-20, 1e-6,
       "What a pulse charges of a device that is written by its gate, in farads."},
  };
  return table;
}

const std::vector<DeviceParameter>& device_parameters() {
  using P = DevicePreset;
  static const std::vector<DeviceParameter> table = {
      {"dw_min", &P::dw_min, 1e-9, 10, "Mean step of one pulse, in units of the normalised state."},
      {"dtod", &P::dtod, 0, 10, "Spread of the step from device to device, relative."},
      {"dtod_lognormal", &P::dtod_lognormal, 0, 1, "1: that spread is normal in the step's logarithm; 0: in the step."},
      {"ctoc", &P::ctoc, 0, 100, "Spread of a step from pulse to pulse, in units of the device's step."},
      {"ctoc_shrinks", &P::ctoc_shrinks, 0, 1,
       "1: that spread falls with the step as a device nears its bound; 0: it is the same in every state."},
      {"ctoc_add", &P::ctoc_add, 0, 10, "What ctoc multiplies besides the step, in units of the normalised state."},
      {"ctoc_slope", &P::ctoc_slope, 0, 10, "What ctoc multiplies besides the step, as a share of the state."},
      {"write_noise", &P::write_noise, 0, 1e4,
       "Noise of what is read, in units of dw_min: drawn anew when a device is pulsed, standing until then."},
      {"w_max", &P::w_max, 1e-6, 100, "Upper nominal bound of the normalised state."},
      {"w_min", &P::w_min, -100, 0, "Lower nominal bound of the normalised state."},
      {"w_max_dtod", &P::w_max_dtod, 0, 10, "Spread of the upper bound from device to device, relative."},
      {"w_min_dtod", &P::w_min_dtod, 0, 10, "Spread of the lower bound from device to device, relative."},
      {"ends_at_nominal", &P::ends_at_nominal, 0, 1,
       "1: steps end at the nominal bounds; 0: at the device's own (response soft-bounds)."},
      {"bias", &P::bias, -1, 1, "Steps down are smaller by this share of dw_min (up, when negative)."},
      {"bias_dtod", &P::bias_dtod, 0, 1, "Spread of up against down from device to device, in units of dw_min."},
      {"gamma_up", &P::gamma_up, 0, 100, "Shape of the response to pulses up (responses linear, exponential, power)."},
      {"gamma_down", &P::gamma_down, 0, 100, "Shape of the response to pulses down."},
      {"gamma_dtod", &P::gamma_dtod, 0, 10, "Spread of gamma from device to device, absolute (response linear)."},
      {"a_up", &P::a_up, -1000, 1000, "A of the exponential response, up."},
      {"a_down", &P::a_down, -1000, 1000, "A of the exponential response, down."},
      {"z_slope", &P::z_slope, -100, 100, "a of the exponential response."},
      {"z_offset", &P::z_offset, -100, 100, "b of the exponential response."},
      {"one_sided", &P::one_sided, 0, 1,
       "1: pulses move a device up alone, as in PCM; for crossbar.mapping pair or proportional."},
      {"reset", &P::reset, 0, 100, "State after a reset, above the device's lower bound (one_sided)."},
      {"reset_dtod", &P::reset_dtod, 0, 100, "Spread of that state from device to device."},
      {"reference_error", &P::reference_error, 0, 1,
       "Spread of the fixed cells that devices are compared with, in units of w_max."},
      {"read_noise", &P::read_noise, 0, 1,
       "White noise of a cell's conductance at every read, rms as a fraction of the conductance range."},
      {"flicker", &P::flicker, 0, 1, "1/f noise Q at the highest conductance g = 1, relative; Q grows as g^-exponent."},
      {"flicker_exponent", &P::flicker_exponent, 0, 10, "Exponent of the 1/f noise's growth at low conductance."},
      {"flicker_most", &P::flicker_most, 0, 10, "Largest Q of the 1/f noise."},
      {"flicker_time_s", &P::flicker_time_s, 1e-15, 1, "Duration of a read in the 1/f noise's law, in seconds."},
      {"levels", &P::levels, 0, 1e6, "Number of conductance levels that a device can be read at; 0: a continuum."},
      {"iv_v", &P::iv_v, 0, 100, "Voltage v0 of the devices' current G v0 sinh(v / v0), in volts; 0: linear."},
      {"per_kelvin", &P::per_kelvin, -0.05, 0.05,
       "Change of every conductance with chip.temperature_k from 300 K, relative, per kelvin, of reference cells, too; "
       "0: none, or not published."},
      {"drift_nu", &P::drift_nu, 0, 1, "Exponent nu of the drift G (t / t0)^-nu at the highest conductance."},
      {"drift_slope", &P::drift_slope, -1, 1, "Change of nu with ln g, g the share of the highest conductance."},
      {"drift_nu_low", &P::drift_nu_low, 0, 1, "Smallest nu of a device."},
      {"drift_nu_high", &P::drift_nu_high, 0, 1, "Largest nu of a device; 0: no drift."},
      {"drift_dtod", &P::drift_dtod, 0, 10, "Spread of nu from device to device, relative."},
      {"drift_spread", &P::drift_spread, -1, 1,
       "Spread of nu from device to device at the highest conductance, absolute."},
      {"drift_spread_slope", &P::drift_spread_slope, -1, 1, "Change of that spread with ln g."},
      {"drift_spread_low", &P::drift_spread_low, 0, 1, "Smallest spread of nu."},
      {"drift_spread_high", &P::drift_spread_high, 0, 1, "Largest spread of nu."},
      {"drift_time_s", &P::drift_time_s, 1e-12, 1e9, "Time t0 after a write from which drift counts, in seconds."},
      {"leak_time_s", &P::leak_time_s, 0, 1e12,
       "Time constant with which a state decays to zero, in seconds; 0: none."},
      {"stuck_on", &P::stuck_on, 0, 1, "Fraction of devices stuck at their upper bound."},
      {"stuck_off", &P::stuck_off, 0, 1, "Fraction of devices stuck at their lower bound."},
      {"dead", &P::dead, 0, 1, "Fraction of devices stuck anywhere between their bounds."},
      {"endurance", &P::endurance, 0, 1e15,
       "Pulses, resets among them, after which a device no longer moves, median; 0: no end."},
      {"endurance_dtod", &P::endurance_dtod, 0, 10, "Spread of the logarithm of the endurance from device to device."},
  };
  return table;
}

const std::vector<DevicePreset>& device_presets() {
  static const std::vector<DevicePreset> table = make_table();
  return table;
}

const DevicePreset& device_preset(const std::string& name) {
  for (const DevicePreset& p : device_presets())
    if (p.name == name) return p;
  refuse_name("device", name, names_of(device_presets()));
}

void check(const DevicePreset& preset) {
  constexpr double most = 1e300;
  for (const DeviceParameter& p : device_parameters())
    expect_between("device." + p.name, p.low < 0 ? -most : 0, preset.*p.member, p.low >= 0 && p.high == 1 ? 1 : most);
  for (const DeviceEstimate& e : device_estimates())
    for (const double figure : preset.*e.member) expect_between("device." + e.name, 0, figure, most);
  if (!(preset.w_min < preset.w_max)) throw InputError("device.w_min: must be below device.w_max");
  if (preset.response != Response::exact && preset.response != Response::table && !(preset.dw_min > 0))
    throw InputError("device.dw_min: must be above 0, the mean step of a pulse");
  if (preset.response == Response::table) check(preset.table);
}

}  // namespace settle
