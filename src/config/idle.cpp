#include "src/config/idle.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "settle/models/crossbar/mapping.h"
#include "settle/models/device/retention.h"
#include "settle/models/error.h"
#include "settle/models/learning/optimizer.h"
#include "src/config/keys.h"
#include "src/data/device_file.h"

namespace settle {
namespace {

using Keys = std::vector<std::string>;

/// What the rules ask about: the configuration, and the device that its keys make together.
struct Facts {
  const Configuration& c;
  DevicePreset device;  // of a table, without its steps

  bool exact() const { return device.response == Response::exact; }
  bool responds(Response response) const { return device.response == response; }
};

/// Keys, what makes them idle, and why: the causes' part of the message, empty where the keys have an effect.
struct IdleRule {
  Keys keys, causes;
  std::function<std::string(const Facts&)> why;
  bool refused = true;
};

const Keys device_keys = {"device.preset", "device.table", "device.file"};

Keys device_numbers() {
  Keys keys = {"device.written"};
  for (const DeviceParameter& p : device_parameters())
    if (p.name != "read_noise" && p.name != "iv_v" && p.name != "levels" && p.name != "per_kelvin")
      keys.push_back("device." + p.name);
  for (const DeviceEstimate& p : device_estimates()) keys.push_back("device." + p.name);
  return keys;
}

/// The text where the condition holds.
std::string when(bool idle, const std::string& why) { return idle ? why : ""; }

// NOLINTNEXTLINE(readability-function-size): a table
void add_device_rules(std::vector<IdleRule>& rules) {
  rules.push_back(
      {{"device.preset", "device.table", "device.conductance_min_siemens", "device.conductance_max_siemens"},
       {"device.file"},
       [](const Facts& f) {
         return when(!f.c.device.file.empty(), "has no effect beside device.file, which states the device");
       }});
  rules.push_back(
      {{"device.conductance_min_siemens", "device.conductance_max_siemens"}, {"device.table"}, [](const Facts& f) {
         return when(!f.c.device.table.empty(), "has no effect beside device.table, whose states are the conductances");
       }});
  rules.push_back({{"device.reference_error"}, {"crossbar.mapping"}, [](const Facts& f) {
                     const Mapping mapping = f.c.crossbar.mapping;
                     return when(has_two_devices(mapping) || mapping == Mapping::offset,
                                 "has no effect without reference cells: set crossbar.mapping");
                   }});
  rules.push_back({{"device.dw_min", "device.ctoc", "device.ctoc_shrinks", "device.ctoc_add", "device.ctoc_slope"},
                   {"device.table", "device.file"},
                   [](const Facts& f) {
                     return when(f.responds(Response::table),
                                 "has no effect beside a table, whose steps have a mean and a deviation of their own");
                   }});
  rules.push_back({device_numbers(), device_keys, [](const Facts& f) {
                     return when(f.exact(), "means nothing for the exact device: set device.preset");
                   }});
  rules.push_back(
      {{"programming.scheme", "programming.initial_rounds", "programming.update_rounds", "programming.tolerance_steps",
        "programming.most_pulses"},
       device_keys,
       [](const Facts& f) { return when(f.exact(), "means nothing for the exact device: set device.preset"); }});
  const auto of_response = [&rules](const Keys& keys, const std::vector<Response>& having) {
    rules.push_back({keys, device_keys, [having](const Facts& f) {
                       const bool has = std::find(having.begin(), having.end(), f.device.response) != having.end();
                       return when(!has && !f.exact(), fmt::format("has no effect on {}, whose response is {}",
                                                                   f.device.name, name(f.device.response)));
                     }});
  };
  of_response({"device.gamma_up", "device.gamma_down"}, {Response::linear, Response::exponential, Response::power});
  of_response({"device.gamma_dtod"}, {Response::linear});
  of_response({"device.a_up", "device.a_down", "device.z_slope", "device.z_offset"}, {Response::exponential});

  rules.push_back({{"device.dtod_lognormal"}, {"device.dtod", "device.preset", "device.file"}, [](const Facts& f) {
                     return when(f.device.dtod == 0, "has no effect without a spread: set device.dtod");
                   }});
  rules.push_back({{"device.endurance_dtod"}, {"device.endurance", "device.preset", "device.file"}, [](const Facts& f) {
                     return when(f.device.endurance == 0, "has no effect without an end: set device.endurance");
                   }});
  rules.push_back({{"run.rest_s"}, {"device.preset", "device.file"}, [](const Facts& f) {
                     return when(!remembers_time(f.device) && f.device.leak_time_s == 0,
                                 "has no effect, as nothing of this device changes with time: choose another "
                                 "device.preset, or set device.drift_nu or device.leak_time_s");
                   }});
  rules.push_back({{"device.flicker_exponent", "device.flicker_most", "device.flicker_time_s"},
                   {"device.flicker", "device.preset", "device.file"},
                   [](const Facts& f) {
                     return when(f.device.flicker == 0, "has no effect without 1/f noise: set device.flicker");
                   }});
  rules.push_back({{"device.drift_dtod", "device.drift_time_s", "device.drift_spread", "device.drift_spread_slope",
                    "device.drift_spread_low", "device.drift_spread_high"},
                   {"device.drift_nu", "device.drift_nu_high", "device.drift_slope", "device.drift_nu_low",
                    "device.preset", "device.file"},
                   [](const Facts& f) {
                     const DevicePreset& d = f.device;
                     const bool none =
                         d.drift_nu_high == 0 || (d.drift_nu == 0 && d.drift_slope == 0 && d.drift_nu_low == 0);
                     return when(none, "has no effect without drift: set device.drift_nu");
                   }});
  rules.push_back({{"device.drift_spread", "device.drift_spread_slope", "device.drift_spread_low"},
                   {"device.drift_spread_high", "device.preset", "device.file"},
                   [](const Facts& f) {
                     return when(f.device.drift_spread_high == 0,
                                 "has no effect as device.drift_spread_high = 0: no spread");
                   }});
  rules.push_back({{"device.drift_nu", "device.drift_slope", "device.drift_nu_low"},
                   {"device.drift_nu_high", "device.preset", "device.file"},
                   [](const Facts& f) {
                     return when(f.device.drift_nu_high == 0, "has no effect as device.drift_nu_high = 0: no drift");
                   }});
  rules.push_back({{"device.reset", "device.reset_dtod", "programming.refresh_every", "programming.refresh_margin"},
                   device_keys,
                   [](const Facts& f) {
                     return when(f.device.one_sided == 0 && !f.exact(),
                                 fmt::format("has no effect on {}, whose pulses go both ways: set device.preset = "
                                             "\"pcm-pair\" or device.one_sided",
                                             f.device.name));
                   }});
  rules.push_back({{"programming.refresh_every", "programming.refresh_margin"}, device_keys, [](const Facts& f) {
                     return when(f.exact(), "means nothing for the exact device: set device.preset");
                   }});
  rules.push_back(
      {{"device.ends_at_nominal"}, device_keys, [](const Facts& f) {
         return when(!f.responds(Response::soft_bounds) && !f.exact(),
                     fmt::format("has no effect on {}, whose response is {}", f.device.name, name(f.device.response)));
       }});
  rules.push_back(
      {{"device.gate_capacitance_f"}, {"device.written", "device.preset", "device.file"}, [](const Facts& f) {
         return when(f.device.written == Written::channel,
                     fmt::format("has no effect, as {} is written through its channel: set device.written "
                                 "= \"gate\"",
                                 f.device.name));
       }});
}

void add_network_rules(std::vector<IdleRule>& rules) {
  rules.push_back(
      {{"network.topology", "network.agt_probability", "network.skips"}, {"network.edges"}, [](const Facts& f) {
         return when(!f.c.network.edges.empty(), "has no effect beside network.edges, which lists all projections");
       }});
  rules.push_back({{"network.agt_probability"}, {"network.topology"}, [](const Facts& f) {
                     return when(f.c.network.topology != "agt",
                                 "has no effect on another topology: set network.topology = \"agt\"");
                   }});
  rules.push_back({{"network.skips"}, {"network.topology"}, [](const Facts& f) {
                     return when(f.c.network.topology != "residual",
                                 "has no effect on another topology: set network.topology = \"residual\"");
                   }});
  rules.push_back({{"network.alpha", "network.beta"}, {"network.hidden"}, [](const Facts& f) {
                     return when(f.c.network.hidden.size() < 2,
                                 "has no effect, as there are no two hidden layers: set network.hidden");
                   }});
  rules.push_back({{"network.beta"}, {"learning.rule"}, [](const Facts& f) {
                     return when(f.c.learning.rule != Rule::ep,
                                 "has no effect without feedback: set learning.rule = \"ep\"");
                   }});
  rules.push_back({{"neuron.kappa"}, {"network.activation"}, [](const Facts& f) {
                     return when(f.c.network.activation != "ota",
                                 "has no effect on another activation: set network.activation = \"ota\"");
                   }});
  rules.push_back({{"neuron.table"}, {"network.activation"}, [](const Facts& f) {
                     return when(f.c.network.activation != "table",
                                 "has no effect on another activation: set network.activation = \"table\"");
                   }});
}

// A perceptron has no neurons, nothing that settles or is nudged, and no differences that are held and amplified.
void add_rules_of_a_perceptron(std::vector<IdleRule>& rules) {
  constexpr const char* why = "has no effect, as there is no hidden layer: set network.hidden";
  Keys without_neurons = {"network.activation",     "network.topology",
                          "learning.nudge",         "learning.nudge_course",
                          "learning.nudging",       "learning.lock_in_periods",
                          "learning.phase_nudges",  "learning.clamped_repeats",
                          "learning.error",         "cost.lock_in_area_um2",
                          "learning.difference",    "learning.contrast",
                          "learning.clamped_lines", "learning.difference_amplitude",
                          "converter.readout",      "crossbar.read_duty",
                          "crossbar.weak_drive"};
  Configuration any;
  for (const Key& key : keys(any))
    for (const char* section : {"settling.", "amplifier.", "hold.", "neuron."})
      if (key.name.rfind(section, 0) == 0) without_neurons.push_back(key.name);
  rules.push_back(
      {without_neurons, {"network.hidden"}, [](const Facts& f) { return when(f.c.network.hidden.empty(), why); }});
  // feedback alignment is by definition of random feedback, with or without hidden layers
  rules.push_back({{"network.feedback"}, {"network.hidden"}, [](const Facts& f) {
                     return when(f.c.network.hidden.empty() && f.c.learning.rule != Rule::fa, why);
                   }});
}

void add_learning_rules(std::vector<IdleRule>& rules) {
  for (const OptimizerFamily& family : optimizers()) {
    Keys keys;
    for (const OptimizerNumber& number : family.numbers) keys.push_back("learning." + number.name);
    rules.push_back({keys, {"learning.optimizer"}, [name = family.name](const Facts& f) {
                       return when(
                           f.c.learning.optimizer != name,
                           fmt::format("has no effect with optimizer {}: set learning.optimizer = \"{}\", or leave "
                                       "it out",
                                       f.c.learning.optimizer, name));
                     }});
  }
  rules.push_back({{"learning.pulse_coding"}, {"learning.update"}, [](const Facts& f) {
                     return when(f.c.learning.update != Update::in_situ,
                                 "has no effect without pulse trains: set learning.update = \"in-situ\"");
                   }});
  rules.push_back({{"learning.transfer_rate"}, {"learning.transfer_every"}, [](const Facts& f) {
                     return when(f.c.learning.transfer_every == 0,
                                 "has no effect without a fast array: set learning.transfer_every");
                   }});
  rules.push_back({{"programming.update_rounds"}, {"learning.update"}, [](const Facts& f) {
                     return when(
                         f.c.learning.update != Update::host,
                         "has no effect on updates that the host does not write: set learning.update = \"host\"");
                   }});
  rules.push_back({{"chip.host_accumulate"}, {"learning.update"}, [](const Facts& f) {
                     return when(f.c.learning.update == Update::in_situ,
                                 "has no effect with update in-situ, which adds up in the array: leave it out");
                   }});
}

// What back-propagation and feedback alignment leave out: the clamped phase, and the read-out of differences.
void add_rules_of_the_clamped_phase(std::vector<IdleRule>& rules) {
  rules.push_back({{"learning.nudging", "learning.lock_in_periods", "learning.phase_nudges", "learning.clamped_repeats",
                    "learning.error", "learning.difference", "learning.contrast", "learning.clamped_lines",
                    "learning.difference_amplitude", "converter.readout", "amplifier.offset", "amplifier.noise",
                    "amplifier.gain_error", "amplifier.most_gain", "amplifier.headroom", "amplifier.auto_zero"},
                   {"learning.rule"},
                   [](const Facts& f) {
                     return when(f.c.learning.rule != Rule::ep,
                                 "has no effect without a clamped phase: set learning.rule = \"ep\"");
                   }});
  rules.push_back({{"learning.difference_amplitude", "cost.subtractor_current_a", "cost.subtractor_area_um2"},
                   {"learning.clamped_lines"},
                   [](const Facts& f) {
                     return when(f.c.learning.clamped_lines == ClampedLines::states,
                                 "has no effect where lines carry states: set learning.clamped_lines = "
                                 "\"differences\"");
                   }});
  rules.push_back({{"learning.nudge"},
                   {"learning.clamped_lines"},
                   [](const Facts& f) {
                     return when(f.c.learning.clamped_lines == ClampedLines::differences,
                                 "has no say where lines carry differences, whose size is "
                                 "learning.difference_amplitude");
                   },
                   /*refused=*/false});
  rules.push_back({{"learning.lock_in_periods", "cost.lock_in_area_um2"}, {"learning.nudging"}, [](const Facts& f) {
                     return when(f.c.learning.nudging != Nudging::lock_in,
                                 "has no effect where nothing is integrated: set learning.nudging = \"lock-in\"");
                   }});
  rules.push_back({{"learning.lock_in_periods"}, {"learning.phase_nudges"}, [](const Facts& f) {
                     return when(!f.c.learning.phase_nudges.empty(),
                                 "has no effect beside learning.phase_nudges, which lists all phases");
                   }});
  rules.push_back({{"learning.clamped_repeats"}, {"learning.nudging"}, [](const Facts& f) {
                     return when(f.c.learning.nudging == Nudging::lock_in,
                                 "has no effect on phases that are integrated and converted once: set "
                                 "learning.lock_in_periods");
                   }});
  rules.push_back({{"learning.optimizer"}, {"learning.update"}, [](const Facts& f) {
                     return when(
                         f.c.learning.update == Update::in_situ,
                         "has no effect with update in-situ, which applies each sample's product: leave it out");
                   }});
  rules.push_back({{"hold.thermal_noise", "neuron.thermal_noise"}, {"noise.physical"}, [](const Facts& f) {
                     return when(f.c.noise.physical,
                                 "has no effect beside noise.physical = true, which has it already");
                   }});
}

void add_settling_rules(std::vector<IdleRule>& rules) {
  rules.push_back({{"settling.forward_accuracy"}, {"settling.start"}, [](const Facts& f) {
                     return when(f.c.settling.start != Start::forward,
                                 "has no effect without a forward pass: set settling.start = \"forward\"");
                   }});
  rules.push_back({{"settling.forward_accuracy"}, {"settling.analysis"}, [](const Facts& f) {
                     return when(f.c.settling.analysis == Analysis::map,
                                 "has no effect in a map, where a forward pass takes a step for each hidden layer");
                   }});
  rules.push_back({{"amplifier.headroom"}, {"converter.readout"}, [](const Facts& f) {
                     return when(f.c.converter.readout == Readout::absolute,
                                 "has no effect on states at full scale: set converter.readout = \"difference\"");
                   }});
  rules.push_back({{"settling.start"}, {"network.hidden"}, [](const Facts& f) {
                     return when(f.c.settling.start == Start::reset && f.c.network.hidden.size() < 2,
                                 "has no effect without two hidden layers, between which something feeds back");
                   }});
  rules.push_back({{"settling.start"}, {"settling.analysis"}, [](const Facts& f) {
                     return when(
                         f.c.settling.start == Start::reset && f.c.settling.analysis != Analysis::operating_point,
                         "has no effect, as transient and map start from a reset by themselves: leave it out");
                   }});
  rules.push_back({{"settling.start"}, {"learning.rule", "network.beta"}, [](const Facts& f) {
                     const bool feeds_back = f.c.learning.rule == Rule::ep;
                     return when(!feeds_back && f.c.settling.start != Start::any,
                                 "has no effect without feedback, where a circuit has one equilibrium, which its "
                                 "signal goes to once: set learning.rule = \"ep\"");
                   }});
}

void add_circuit_rules(std::vector<IdleRule>& rules) {
  rules.push_back({{"crossbar.read_period_s"}, {"crossbar.turns", "crossbar.read_duty"}, [](const Facts& f) {
                     return when(f.c.crossbar.turns == Turns::at_once && f.c.crossbar.read_duty == 1,
                                 "has no effect where lines are driven all the time: set crossbar.turns or "
                                 "crossbar.read_duty");
                   }});
  rules.push_back({{"sense.noise_v_per_rthz", "sense.noise_factor"}, {"noise.physical"}, [](const Facts& f) {
                     return when(!f.c.noise.physical, "has no effect: set noise.physical = true");
                   }});
  rules.push_back({{"sense.noise_factor"}, {"sense.noise_v_per_rthz"}, [](const Facts& f) {
                     return when(f.c.sense.noise_v_per_rthz > 0,
                                 "has no effect beside sense.noise_v_per_rthz, which is all of the noise");
                   }});
  rules.push_back(
      {{"wire.refresh_updates"}, {"wire.r_segment_ohm", "wire.r_source_ohm", "wire.r_sense_ohm"}, [](const Facts& f) {
         const WireSpec& w = f.c.wire;
         return when(w.r_segment_ohm == 0 && w.r_source_ohm == 0 && w.r_sense_ohm == 0,
                     "has no effect on wires without resistance: set wire.r_segment_ohm");
       }});
  rules.push_back({{"wire.per_kelvin"}, {"wire.r_segment_ohm", "chip.temperature_k"}, [](const Facts& f) {
                     return when(f.c.wire.r_segment_ohm == 0 || f.c.chip.temperature_k == 300,
                                 "has no effect: set wire.r_segment_ohm, and chip.temperature_k other than 300");
                   }});
  rules.push_back({{"wire.resistance_factor"}, {"wire.r_segment_ohm"}, [](const Facts& f) {
                     return when(f.c.wire.r_segment_ohm == 0,
                                 "has no effect on lines without resistance: set wire.r_segment_ohm");
                   }});
  rules.push_back({{"chip.dram_bytes_per_s"}, {"chip.host_samples"}, [](const Facts& f) {
                     return when(
                         f.c.chip.host_samples != SampleMemory::dram,
                         "has no effect on samples that do not come from a DRAM: set chip.host_samples = \"dram\"");
                   }});
  rules.push_back({{"device.per_kelvin"}, {"chip.temperature_k"}, [](const Facts& f) {
                     return when(f.c.chip.temperature_k == 300, "has no effect at 300 K: set chip.temperature_k");
                   }});
  rules.push_back({{"rules.worn_out"}, {"device.endurance", "device.preset", "device.file"}, [](const Facts& f) {
                     return when(f.device.endurance == 0, "has no effect without an end: set device.endurance");
                   }});
  rules.push_back({{"rules.cut_pulses", "rules.at_bounds"}, {"device.preset", "device.file"}, [](const Facts& f) {
                     return when(f.device.response == Response::exact,
                                 "has no effect on exact devices: set device.preset");
                   }});
  rules.push_back({{"rules.period_taus"}, {"crossbar.turns", "crossbar.read_duty"}, [](const Facts& f) {
                     return when(f.c.crossbar.turns == Turns::at_once && f.c.crossbar.read_duty == 1,
                                 "has no effect where lines are driven all the time: set crossbar.turns or "
                                 "crossbar.read_duty");
                   }});
  rules.push_back({{"hold.leakage_mismatch"}, {"hold.leakage_a"}, [](const Facts& f) {
                     return when(f.c.hold.leakage_a == 0, "has no effect without a leakage: set hold.leakage_a");
                   }});
  rules.push_back({{"hold.injection_mismatch"}, {"hold.injection_c"}, [](const Facts& f) {
                     return when(f.c.hold.injection_c == 0, "has no effect without a charge: set hold.injection_c");
                   }});
}

const std::vector<IdleRule>& rules() {
  static const std::vector<IdleRule> table = [] {
    std::vector<IdleRule> list;
    add_device_rules(list);
    add_network_rules(list);
    add_rules_of_a_perceptron(list);
    add_learning_rules(list);
    add_rules_of_the_clamped_phase(list);
    add_settling_rules(list);
    add_circuit_rules(list);
    return list;
  }();
  return table;
}

}  // namespace

std::vector<IdleKey> idle_keys(const Configuration& c) {
  DevicePreset device;
  try {
    device = stated_device(c.device);
  } catch (const InputError&) {
    return {};  // whoever builds the device says what is wrong with its file
  }
  const Facts facts{c, device};
  std::vector<IdleKey> idle;
  for (const IdleRule& rule : rules()) {
    const std::string why = rule.why(facts);
    if (why.empty()) continue;
    for (const std::string& key : rule.keys) idle.push_back({key, rule.causes, why, rule.refused});
  }
  return idle;
}

bool changes_no_result(const std::string& key) {
  return key == "run.block" || key == "run.threads" || key == "run.checkpoint_minutes" || key.rfind("trace.", 0) == 0;
}

}  // namespace settle
