#include "models/device/preset.h"

#include <stdexcept>

namespace settle {
namespace {

constexpr const char* reram_pulse = "estimate of this project; published: 2 V 10 ns, 1.75 V 8.5 us, 3.2 V 300 us";
constexpr const char* ecram_pulse = "estimate of this project";
constexpr const char* capacitor_pulse = "estimate of this project";
const Estimate reram_v = {1.5, 2.0, 3.2}, reram_s = {10e-9, 100e-9, 1e-6};
const Estimate ecram_v = {1.5, 2.0, 3.0}, ecram_s = {100e-9, 1e-6, 1e-3};

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
  p.pulse_source = ecram_pulse;
  return p;
}

// Figures of the responses: parameters that a public simulator fits to the cited devices, in normalised units.
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
  table.push_back(reram_es);

  DevicePreset reram_sb = device("reram-sb", Response::soft_bounds, 0.002, 0.3, 3.75,
                                 "RRAM, Gong et al., Nature Communications 2018, a looser fit");
  bounds(reram_sb, 1.25, -0.75, 0.24, 0.4).bias_dtod = 0.01;
  table.push_back(reram_sb);

  DevicePreset capacitor =
      device("capacitor", Response::linear, 0.005, 0.1, 0.3, "CMOS capacitor cell, Li et al., VLSI 2018");
  bounds(capacitor, 1, -1, 0.07, 0.07).bias_dtod = 0.06;
  capacitor.gamma_up = capacitor.gamma_down = 0.05;
  capacitor.gamma_dtod = 0.01;
  capacitor.pulse_v = {0.8, 0.9, 1.2};
  capacitor.pulse_s = {1e-9, 10e-9, 100e-9};
  capacitor.pulse_source = capacitor_pulse;
  table.push_back(capacitor);

  DevicePreset ecram = device("ecram", Response::linear, 0.002, 0.1, 0.3, "ECRAM, Tang et al., IEDM 2018");
  bounds(ecram, 1.1724, -0.8276, 0.05, 0.05).bias_dtod = 0.01;
  ecram.gamma_up = 0.1153;
  ecram.gamma_down = 0.5085;
  table.push_back(ecram_pulses(ecram));

  DevicePreset ecram_mo =
      device("ecram-mo", Response::linear, 2.8214e-4, 0.1, 2.0, "metal-oxide ECRAM, Kim et al., IEDM 2019");
  bounds(ecram_mo, 1.1714, -0.8286, 0.05, 0.05).bias_dtod = 0.01;
  ecram_mo.gamma_up = 0.4152;
  ecram_mo.gamma_down = 0.7342;
  table.push_back(ecram_pulses(ecram_mo));

  DevicePreset rpu =
      device("rpu-target", Response::constant, 0.0016, 0.3, 0.3,
             "specification of a resistive processing unit, Gokmen and Vlasov, Frontiers in Neuroscience 2016");
  bounds(rpu, 1, -1, 0.3, 0.3).bias_dtod = 0.01;
  table.push_back(rpu);

  DevicePreset reram_om = device("reram-om", Response::soft_bounds, 0.0949, 0.7829, 0.4158,
                                 "RRAM, optimised material, Gong et al., IEDM 2022");
  bounds(reram_om, 1, -1, 0.35, 0.57).bias_dtod = 0.01;
  reram_om.dtod_lognormal = true;
  table.push_back(reram_om);

  DevicePreset hfo2 =
      device("reram-hfo2", Response::soft_bounds, 0.4622, 0.7125, 0.2174, "HfO2 RRAM, Gong et al., IEDM 2022");
  bounds(hfo2, 1, -1, 0.43, 0.60).bias_dtod = 0.01;
  hfo2.dtod_lognormal = true;
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
      return "soft bounds";
    case Response::exponential:
      return "exponential";
  }
  throw std::logic_error("a response without a name");
}

const std::vector<DevicePreset>& device_presets() {
  static const std::vector<DevicePreset> table = make_table();
  return table;
}

const DevicePreset& device_preset(const std::string& name) {
  for (const DevicePreset& p : device_presets())
    if (p.name == name) return p;
  throw std::logic_error("no device is called " + name);
}

}  // namespace settle
