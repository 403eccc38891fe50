// All keys that the program lists, and the settings that each needs beside it to have an effect.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace settle {

using Settings = std::vector<std::string>;

/// A key's value, and the settings beside it that it needs to have an effect; both empty: as the others.
struct Effect {
  const char* key;
  const char* value;
  Settings beside;
};

inline const Settings common = {"run.epochs=1",         "data.train_limit=40", "data.test_limit=20",
                                "network.hidden=[6,5]", "neuron.noise=5e-4",   "noise.physical=true"};
inline const Settings in_situ_settings = {"run.batch=1", "learning.update=in-situ"};
inline const Settings reram = {"device.preset=reram-es"};
inline const Settings drifting = {"device.drift_nu=0.1", "device.drift_time_s=1e-9", "device.drift_spread=0.02",
                                  "device.drift_spread_high=0.1"};
inline const Settings pcm = {"device.preset=pcm-pair",  "crossbar.mapping=pair",      "run.batch=1",
                             "learning.update=in-situ", "learning.learning_rate=0.1", "programming.refresh_every=2"};

inline const Effect effects[] = {
    {"data.name", "other", {}},
    {"data.path", "copy", {}},
    {"data.downsample", "2", {}},
    {"network.hidden", "[6]", {}},
    {"network.topology", "residual", {"network.hidden=[6,5,5,5,5]"}},
    {"network.edges", R"(["input -> hidden1", "input -> hidden2", "hidden1 <-> readout", "hidden2 <-> readout"])", {}},
    {"network.agt_probability",
     "0.9",
     {"network.topology=agt", "network.feedback=random", "network.hidden=[6,5,5,5,5]"}},
    {"network.skips", "random", {"network.topology=residual", "network.hidden=[6,5,5,5,5,5,5]"}},
    {"network.projection_alpha", "{hidden1_hidden2=0.5}", {}},
    {"network.projection_beta", "{hidden1_hidden2=0.5}", {}},
    {"learning.difference_amplitude", "0.01", {"learning.clamped_lines=differences"}},
    {"learning.lock_in_periods", "2", {"learning.nudging=lock-in"}},
    {"learning.phase_nudges", "[1,-0.5]", {}},
    {"cost.lock_in_area_um2", "[100, 300, 900]", {"learning.nudging=lock-in"}},
    {"cost.subtractor_current_a", "[1e-6, 2e-6, 3e-6]", {"learning.clamped_lines=differences"}},
    {"cost.subtractor_area_um2", "[100, 300, 900]", {"learning.clamped_lines=differences"}},
    {"learning.nudge_course", "ramped", {"settling.analysis=map"}},
    {"learning.projection_rate", "{input_hidden1=0.3}", {}},
    {"learning.momentum", "0.3", {"learning.optimizer=momentum", "learning.learning_rate=0.1"}},
    {"learning.pulse_coding", "deterministic", in_situ_settings},
    {"learning.transfer_every", "2", in_situ_settings},
    {"learning.transfer_rate", "9", {"run.batch=1", "learning.update=in-situ", "learning.transfer_every=1"}},
    {"settling.free_steps", "5", {"settling.analysis=map"}},
    {"settling.clamped_steps", "5", {"settling.analysis=map"}},
    {"settling.tolerance", "0.3", {}},
    {"settling.time_step_s", "3e-9", {"settling.analysis=transient"}},
    {"settling.start", "previous", {}},
    {"settling.forward_accuracy", "0.01", {"settling.start=forward"}},
    {"device.file", "own.toml", {"device.preset=ideal"}},
    {"device.table", SETTLE_SOURCE "/docs/my-device.csv", {}},
    {"device.dtod_lognormal", "1", {}},
    {"device.w_max_dtod", "0.3", {}},
    {"device.w_min_dtod", "0.3", {}},
    {"device.a_up", "-2", reram},
    {"device.a_down", "-2", reram},
    {"device.z_slope", "-1", reram},
    {"device.z_offset", "-0.9", reram},
    {"device.one_sided", "1", {"crossbar.mapping=pair"}},
    {"device.flicker", "0.1", {}},
    {"device.flicker_exponent", "1", {"device.flicker=0.1"}},
    {"device.flicker_most", "0.01", {"device.flicker=0.1"}},
    {"device.flicker_time_s", "1e-3", {"device.flicker=0.1"}},
    {"device.levels", "9", {}},
    {"device.drift_nu", "0.1", {"device.drift_time_s=1e-9", "device.drift_slope=-0.01"}},
    {"device.drift_slope", "-0.1", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_nu_low", "0.2", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_nu_high", "0.05", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_dtod", "0.5", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_time_s", "1e-9", {"device.drift_nu=0.1"}},
    {"device.drift_spread", "0.05", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_spread_slope", "-0.05", drifting},
    {"device.drift_spread_low", "0.05", drifting},
    {"device.drift_spread_high", "0.01", drifting},
    {"device.gamma_dtod", "0.5", {}},
    {"device.ctoc_shrinks", "0", {}},
    {"device.ends_at_nominal", "0", {"device.preset=reram-sb"}},
    {"device.reset", "0.3", pcm},
    {"device.reset_dtod", "0.3", pcm},
    {"programming.initial_rounds", "1", {}},
    {"programming.tolerance_steps", "20", {}},
    {"programming.refresh_every", "1", pcm},
    {"programming.refresh_margin", "0.6", pcm},
    {"device.per_kelvin", "0.005", {"chip.temperature_k=350"}},
    {"wire.resistance_factor", "2", {"wire.r_segment_ohm=50"}},
    {"chip.dram_bytes_per_s", "1e9", {}},
    {"run.accuracy_draws", "2", {}},
    {"run.rest_s", "1e5", pcm},
    {"wire.per_kelvin", "0.02", {"wire.r_segment_ohm=50", "chip.temperature_k=350"}},
    {"rules.period_taus", "[0.75,1.5,3]", {"crossbar.turns=halves"}},
    {"rules.worn_out", "[0.1,0.2,0.3]", {"device.endurance=30"}},
    {"cost.adc_cycle_hz", "4e9", {"chip.adc_rate_hz=1e9"}},
    {"cost.capacitor_share", "0.75", {"converter.adc_bits=6"}},
    {"cost.hold_current_a", "[1e-6,3e-6,6e-6]", {"amplifier.settle_s=1e-4"}},
    {"device.leak_time_s", "1e-4", {}},
    {"device.endurance", "5", {}},
    {"device.endurance_dtod", "1", {"device.endurance=5"}},
    {"device.written", "channel", {}},
    {"device.pulse_v", "1.5", {}},
    {"device.pulse_s", "1e-7", {}},
    {"device.gate_capacitance_f", "1e-14", {}},
    {"crossbar.reference", "symmetry-point", {}},
    {"crossbar.tile_word_lines", "4", {}},
    {"crossbar.tile_bit_lines", "4", {}},
    {"crossbar.read_period_s", "2e-8", {"crossbar.turns=halves"}},
    {"wire.r_segment_ohm", "50", {}},
    {"wire.r_source_ohm", "500", {}},
    {"wire.r_sense_ohm", "500", {}},
    {"wire.refresh_updates", "1", {"wire.r_segment_ohm=500"}},
    {"programming.update_rounds", "2", {}},
    {"programming.most_pulses", "1", {}},
    {"converter.adc_bits", "5", {}},
    {"amplifier.most_gain", "1", {}},
    {"amplifier.headroom", "32", {}},
    {"amplifier.gain_error", "0.3", {"learning.optimizer=sgd", "learning.learning_rate=0.1", "data.train_limit=200"}},
    {"amplifier.auto_zero", "1", {"amplifier.offset=0.01"}},
    {"hold.thermal_noise", "kT/C", {"noise.physical=false"}},
    {"hold.leakage_a", "1e-9", {}},
    {"hold.leakage_mismatch", "0.9", {"hold.leakage_a=1e-9"}},
    {"hold.injection_c", "1e-14", {}},
    {"hold.injection_mismatch", "0.9", {"hold.injection_c=1e-14"}},
    {"neuron.thermal_noise", "kT/C", {"noise.physical=false", "settling.analysis=transient"}},
    {"noise.physical", "false", {}},
    {"neuron.gain_mismatch", "0.5", {}},
    {"neuron.kappa", "0.3", {"network.activation=ota"}},
    {"neuron.table", "curve.csv", {"network.activation=table", "neuron.table=" SETTLE_SOURCE "/docs/my-neuron.csv"}},
    {"neuron.slew_v_per_s", "1e5", {"settling.analysis=transient"}},
    {"sense.gain", "100", {}},
    {"sense.gbw_hz", "1e7", {}},
    {"sense.noise_v_per_rthz", "1e-7", {}},
    {"chip.adc_columns", "1", {}},
    {"chip.host_bank_bytes", "8192", {"network.hidden=[300,300]"}},
    {"cost.leakage_doubling_k", "40", {"chip.temperature_k=350"}},
};

/// The row of a key; null where the common context is enough.
inline const Effect* effect_of(const std::string& key) {
  const auto* found =
      std::find_if(std::begin(effects), std::end(effects), [&](const Effect& e) { return e.key == key; });
  return found != std::end(effects) ? found : nullptr;
}

/// A key with its default and the line that says what is allowed.
struct ListedKey {
  std::string name, standard, allowed;
};

/// Those that `settle config` prints.
inline std::vector<ListedKey> listed_keys(const std::string& config) {
  std::vector<ListedKey> keys;
  std::istringstream lines(config);
  std::string section, allowed;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.rfind("# ", 0) == 0) {
      allowed = line.substr(2);
    } else if (line[0] == '[') {
      section = line.substr(1, line.size() - 2);
    } else if (equals != line.npos) {
      keys.push_back({section + "." + line.substr(0, equals), line.substr(equals + 3), allowed});
    }
  }
  return keys;
}

}  // namespace settle
