#include "settle/models/chip/design_rules.h"

#include <algorithm>
#include <cmath>

#include "settle/models/crossbar/device_current.h"
#include "settle/models/device/pulse_train_block.h"

namespace settle {
namespace {

constexpr double reference_node = 32;  // of limits that follow the node

using Rules = std::vector<DesignRule>;

// A transistor's transit frequency follows the node.
double gbw_limit_hz(const Chip& chip) {
  return chip.design().rules.gbw_hz[1] * reference_node / double(chip.design().chip.node);
}

std::string sense_name(const Chip& chip, Index p) { return chip.design().graph.population(p).name + "_sense"; }

Rules bandwidth(const Chip& chip) {
  DesignRule rule{"gain-bandwidth product", "", "Hz", 0, gbw_limit_hz(chip), "rules.gbw_hz", ""};
  for (Index p = 1; p <= chip.circuit().readout(); ++p)
    for (const bool clamped : {false, true}) {
      const double gbw_hz = chip.sense(p, clamped && p < chip.circuit().readout()).largest_gbw_hz();
      if (gbw_hz <= rule.value) continue;
      rule.value = gbw_hz;
      rule.where = sense_name(chip, p);
    }
  rule.remedy =
      chip.design().sense.gbw_hz > 0
          ? "lower sense.gbw_hz"
          : "lower the noise gain (crossbar.mapping = \"proportional\", smaller tiles, a higher chip.read_v), "
            "raise conductances where capacitance of lines is what slows amplifiers, or raise neuron.tau_s";
  return {rule};
}

// One that is stated must do, within what the node gives.
Rules bandwidth_of_verifying(Chip& chip) {
  if (chip.design().crossbar.device.response == Response::exact) return {};  // written by no pulses, and not verified
  const double stated_hz = chip.design().sense.gbw_hz, limit_hz = gbw_limit_hz(chip);
  const bool by_stated = stated_hz > 0 && stated_hz < limit_hz;
  DesignRule rule{"gain-bandwidth product of amplifiers that verify", "", "Hz", 0, by_stated ? stated_hz : limit_hz,
                  by_stated ? "sense.gbw_hz" : "rules.gbw_hz",        ""};
  for (CrossbarMacro* array : chip.crossbars()) {
    const double needed_hz = array->verifying_gbw_hz(chip.design().threads);
    if (needed_hz <= rule.value) continue;
    rule.value = needed_hz;
    rule.where = array->name();
  }
  rule.remedy = "raise device.conductance_max_siemens, use smaller tiles, or lower chip.adc_rate_hz";
  return {rule};
}

// Behind the largest gain that was in use.
Rules bandwidth_of_differences(const Chip& chip) {
  if (!chip.circuit().has_neurons()) return {};
  DesignRule rule{
      "gain-bandwidth product of difference amplifiers", "", "Hz", 0, gbw_limit_hz(chip), "rules.gbw_hz", ""};
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    const double needed_hz = chip.difference_readout(p).largest_gbw_hz();
    if (needed_hz <= rule.value) continue;
    rule.value = needed_hz;
    rule.where = chip.design().graph.population(p).name + "_hold";
  }
  rule.remedy = "raise amplifier.settle_s, or lower amplifier.most_gain or chip.adc_rate_hz";
  return {rule};
}

// Difference amplifiers have the clamped phase to settle in, before their conversion, and no more.
Rules settling_of_differences(const Chip& chip) {
  const double settle_s = chip.design().amplifier.settle_s, clamped_s = chip.settling_times().clamped_s;
  if (settle_s == 0 || clamped_s == 0 || chip.design().converter.readout != Readout::difference) return {};
  return {{"settling of difference amplifiers", "holds", "of the clamped phase", settle_s / clamped_s, 1,
           "amplifier.settle_s", "lower amplifier.settle_s"}};
}

// An amplifier as wide as its line's two cells.
Rules pitch(const Chip& chip) {
  const double side_um = std::sqrt(chip.design().cost.cell_area_f2[1]) * double(chip.design().chip.node) * 1e-3;
  const double width_um = side_um * cells_per_weight(chip.design().crossbar.mapping);
  return {{"amplifiers on the pitch of their lines", "sense amplifiers", "um",
           chip.design().cost.sense_area_um2[1] / width_um, chip.design().rules.pitch_um[1], "rules.pitch_um",
           "a smaller cost.sense_area_um2, or larger cells (cost.cell_area_f2)"}};
}

Rules line_voltage(const Chip& chip) {
  return {{"voltage of driven lines", "line drivers", "V", chip.design().chip.read_v, chip.design().chip.supply_v / 2,
           "chip.supply_v", "lower chip.read_v: lines swing both ways from half of chip.supply_v"}};
}

// Where neurons clip, none is beyond.
Rules rails(const Chip& chip) {
  if (chip.design().neuron.clips || !chip.circuit().has_neurons()) return {};
  return {{"membranes beyond the rails", "neurons", "of all", chip.share_beyond_rails(),
           chip.design().rules.beyond_rails[1], "rules.beyond_rails",
           "set neuron.clips = true, which shows what that does, or lower chip.neuron_full_scale_v"}};
}

// A line's cross section follows the node.
Rules line_current(Chip& chip) {
  const ChipDesign& design = chip.design();
  DesignRule rule{"current of a line", "", "A", 0, 0, "rules.line_current_a", ""};
  rule.limit = design.rules.line_current_a[1] * std::pow(double(design.chip.node) / reference_node, 2);
  for (std::size_t i = 0; i < chip.circuit().reads().size(); ++i) {
    const Read<float>& read = chip.circuit().reads()[i];
    const Crossbar& model = chip.array_of_read(i).model();
    const bool words = read.side == Side::word_lines;
    const Vector<double> siemens =
        words ? model.word_line_conductance(design.threads) : model.bit_line_conductance(design.threads);
    const CrossbarSpec& spec = design.crossbar;
    // the arrays that a line goes through; what is subtracted lies on bit lines of its own
    const Index down =
        spec.tiling.word_lines > 0 ? std::min(Index(spec.tiling.word_lines), model.sources()) : model.sources();
    const Index across = weights_across(spec.mapping, spec.tiling, model.targets());
    const double arrays = words ? std::ceil(double(model.targets()) / double(across))
                                : cells_per_weight(spec.mapping) * std::ceil(double(model.sources()) / double(down));
    const double bend = full_scale_bend(double(model.curvature()));
    const double amperes = siemens.maxCoeff() / arrays * bend * design.chip.read_v;
    if (amperes <= rule.value) continue;
    rule.value = amperes;
    rule.where = chip.array_of_read(i).name();
  }
  rule.remedy = "lower device.conductance_max_siemens or chip.read_v, or smaller tiles";
  return {rule};
}

Rules power_density(const Chip& chip, double peak_w) {
  double area_mm2 = 0;
  for (const AreaRow& row : chip.area()) area_mm2 += row.area_m2 * 1e6;
  return {{"power for its area", "the analog part", "W/mm2", peak_w / area_mm2, chip.design().rules.power_w_per_mm2[1],
           "rules.power_w_per_mm2",
           "lower device.conductance_max_siemens or chip.read_v, raise neuron.tau_s or amplifier.settle_s"}};
}

// What a hold loses until it is converted, behind the amplifier, against half a code.
Rules droop(const Chip& chip) {
  const ChipDesign& design = chip.design();
  if (design.hold.leakage_a == 0 || !chip.circuit().has_neurons()) return {};
  const double volts = design.hold.leakage_a * chip.longest_hold_s() / design.chip.hold_capacitance_f;
  float gain = 1;
  for (Index p = 1; p < chip.circuit().readout(); ++p) gain = std::max(gain, chip.difference_readout(p).gain());
  const bool zeroed = design.amplifier.auto_zero > 0;  // what does not change from sample to sample is taken off
  const double spread = zeroed ? 0 : volts / design.chip.neuron_full_scale_v * double(gain);
  return {{"droop of held states", "holds", "of full scale", spread,
           std::exp2(-charged_bits(int(design.converter.adc_bits))), "converter.adc_bits",
           "set amplifier.auto_zero, a larger chip.hold_capacitance_f, or a smaller neuron.tau_s"}};
}

// Between hidden populations: the read-out's array is read one way for logits and the other way for the nudge.
Rules both_sides(const Chip& chip) {
  const ChipDesign& design = chip.design();
  const std::vector<Read<float>>& reads = chip.circuit().reads();
  const bool both = std::any_of(reads.begin(), reads.end(), [&](const Read<float>& read) {
    return read.role == Role::recurrent && read.side == Side::bit_lines &&
           design.graph.projections[read.projection].forward;
  });
  if (!both) return {};
  return {{"arrays read from both sides at once", "arrays", "", design.crossbar.turns == Turns::at_once ? 1.0 : 0.0, 0,
           "crossbar.turns", "set crossbar.turns = \"halves\" or \"twice\""}};
}

// A pulse has to be long enough for its amplifiers. Those without a GBW of their own are as fast as they have to be.
Rules pulse(const Chip& chip) {
  DesignRule rule{"settling of an amplifier in a read pulse", "", "of a pulse", 0, 1, "converter.adc_bits", ""};
  if (chip.design().sense.gbw_hz == 0) return {};
  const double taus = (charged_bits(int(chip.design().converter.adc_bits)) + 1) * std::log(2.0);
  for (Index p = 1; p < chip.circuit().readout(); ++p) {  // the read-out waits for its amplifiers
    const double taus_of_pulse = std::max(chip.sense(p).slowest_of_pulse(), chip.sense(p, true).slowest_of_pulse());
    if (taus * taus_of_pulse <= rule.value) continue;
    rule.value = taus * taus_of_pulse;
    rule.where = sense_name(chip, p);
  }
  rule.remedy =
      "raise sense.gbw_hz, crossbar.read_period_s or crossbar.read_duty, or conductances "
      "(device.conductance_max_siemens)";
  return {rule};
}

// Neurons must not follow single pulses.
Rules period(const Chip& chip) {
  const ChipDesign& design = chip.design();
  if (!chip.circuit().has_neurons() || (design.crossbar.turns == Turns::at_once && design.crossbar.read_duty == 1))
    return {};
  return {{"period of turns and pulses", "neurons", "of neuron.tau_s",
           chip.driven_reads().period_s() / design.neuron.tau_s, design.rules.period_taus[1], "rules.period_taus",
           "lower crossbar.read_period_s"}};
}

// Of what has been converted lately, where anything has.
Rules clipping(const Chip& chip) {
  Rules rules;
  const double limit = chip.design().rules.clipped[1];
  const auto add = [&](const char* name, const char* remedy) -> DesignRule& {
    rules.push_back({name, "", "of all", 0, limit, "rules.clipped", remedy});
    return rules.back();
  };
  if (chip.clipped_logits().codes > 0) {
    DesignRule& rule = add("clipped logits", "raise converter.logit_full_scale");
    rule.where = "logit_adc";
    rule.value = chip.clipped_logits().share();
  }
  const auto add_worst = [&](const Clipping& (DifferenceReadout::*of)() const, const char* name, const char* remedy) {
    Clipping worst;
    std::string where;
    for (Index p = 1; p < chip.circuit().readout(); ++p) {
      const Clipping& bank = (chip.difference_readout(p).*of)();
      if (bank.codes == 0 || bank.share() < worst.share()) continue;
      worst = bank;
      where = chip.design().graph.population(p).name + "_adc";
    }
    if (worst.codes == 0) return;
    DesignRule& rule = add(name, remedy);
    rule.where = where;
    rule.value = worst.share();
  };
  add_worst(&DifferenceReadout::clipped_states, "clipped states",
            "lower neuron.saturation_mismatch, neuron.noise or hold.injection_c");
  add_worst(&DifferenceReadout::clipped_differences, "clipped differences",
            chip.design().learning.clamped_lines == ClampedLines::states
                ? "raise amplifier.headroom, or lower learning.nudge"
                : "raise amplifier.headroom, or lower learning.difference_amplitude");
  return rules;
}

// Where arrays are written by pulses: what cannot be sent, or does not move a device. The worst array of each.
Rules writing(Chip& chip) {
  const ChipDesign& design = chip.design();
  if (design.crossbar.device.response == Response::exact) return {};
  const RuleLimits& limits = design.rules;
  DesignRule trains{
      "saturated pulse trains",
      "",
      "of updates",
      0,
      limits.cut_pulses[1],
      "rules.cut_pulses",
      "lower learning.learning_rate: an update in place has " + std::to_string(PulseTrainBlock::most_slots) + " slots"};
  DesignRule counters{"full pulse counters",
                      "",
                      "of changes",
                      0,
                      limits.cut_pulses[1],
                      "rules.cut_pulses",
                      "raise programming.most_pulses, or lower learning.learning_rate"};
  DesignRule bounds{"devices at a bound",
                    "",
                    "of all",
                    0,
                    limits.at_bounds[1],
                    "rules.at_bounds",
                    "raise device.weight_range, or lower learning.learning_rate"};
  DesignRule worn{"worn-out devices",
                  "",
                  "of all",
                  0,
                  limits.worn_out[1],
                  "rules.worn_out",
                  "raise device.endurance, or send fewer pulses: lower learning.learning_rate, or raise run.batch"};
  const auto note = [](DesignRule& rule, const std::string& where, double share) {
    if (!(share > rule.value)) return;
    rule.value = share;
    rule.where = where;
  };
  const auto note_programmer = [&](const std::string& name, const PulseProgrammer& programmer) {
    if (programmer.trains() > 0) note(trains, name, programmer.saturated_trains() / programmer.trains());
    const PulseAccount& account = programmer.account();
    if (account.changes() > 0) note(counters, name, account.full_counters() / account.changes());
  };
  for (std::size_t k = 0; k < design.graph.projections.size(); ++k) {
    if (!design.graph.projections[k].forward) continue;
    note_programmer(chip.array(k)->name(), chip.programmer(k));
    if (const PulseProgrammer* replica = chip.replica_programmer(k)) note_programmer(chip.array(k)->name(), *replica);
  }
  for (const CrossbarMacro* array : chip.crossbars()) {
    const bool pair = array->model().subtracted() != nullptr;  // whose devices rest at their lower bound
    for (const DeviceArray* devices : {&array->model().devices(), array->model().subtracted()}) {
      if (devices == nullptr) continue;
      const DeviceArray::Ends ends = devices->ends();
      if (ends.movable > 0) note(bounds, array->name(), (ends.at_upper + (pair ? 0 : ends.at_lower)) / ends.movable);
      note(worn, array->name(), ends.worn / ends.devices);
    }
  }
  Rules rules = {bounds};
  if (design.learning.update == Update::in_situ) rules.push_back(trains);
  if (design.learning.update == Update::host || design.learning.transfer_every > 0) rules.push_back(counters);
  if (design.crossbar.device.endurance > 0) rules.push_back(worn);
  return rules;
}

// What is converted to so many bits should be quieter than a code.
Rules noise(const Chip& chip) {
  if (!chip.circuit().has_neurons()) return {};
  const double code = std::exp2(1 - charged_bits(int(chip.design().converter.adc_bits)));
  DesignRule rule{"noise of a state, rms", "", "codes", 0, chip.design().rules.noise_codes[1], "rules.noise_codes", ""};
  for (const StateNoise& of : state_noise(chip))
    if (of.total() / code > rule.value) {
      rule.value = of.total() / code;
      rule.where = of.population;
    }
  rule.remedy =
      "raise chip.read_v, device.conductance_max_siemens, neuron.tau_s, sense.gbw_hz or capacitances, or lower "
      "converter.adc_bits";
  return {rule};
}

}  // namespace

std::vector<DesignRule> design_rules(Chip& chip, double peak_w) {
  std::vector<DesignRule> all;
  for (const Rules& rules :
       {bandwidth(chip), bandwidth_of_verifying(chip), bandwidth_of_differences(chip), settling_of_differences(chip),
        pitch(chip), line_voltage(chip), rails(chip), line_current(chip), power_density(chip, peak_w), droop(chip),
        both_sides(chip), pulse(chip), period(chip), noise(chip), clipping(chip), writing(chip)})
    all.insert(all.end(), rules.begin(), rules.end());
  return all;
}

double StateNoise::total() const { return std::sqrt(drive * drive + hold * hold + extra * extra + loop * loop); }

std::vector<StateNoise> state_noise(const Chip& chip) {
  std::vector<StateNoise> all;
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    const Vector<float>& drive = chip.circuit().bank(p).membrane_noise;
    all.push_back({chip.design().graph.population(p).name,
                   drive.size() > 0 ? std::sqrt(double(drive.cwiseAbs2().mean())) : 0.0,
                   chip.difference_readout(p).hold_noise(), chip.design().neuron.noise, chip.noise_at_rest(p).arrived});
  }
  return all;
}

double difference_noise(const Chip& chip, Index p) {
  const NoiseAtRest& states = chip.noise_at_rest(p);
  const double hold = chip.difference_readout(p).hold_noise(), amplifier = chip.difference_readout(p).amplifier_noise();
  const double lock_in = chip.difference_readout(p).lock_in_noise();
  const double clamped = states.clamped * states.clamped + hold * hold + amplifier * amplifier + lock_in * lock_in;
  const LearningSpec& learning = chip.design().learning;
  double nudges = 0, squares = 0;
  for (const double nudge : phase_nudges(learning)) {
    nudges += nudge;
    squares += nudge * nudge;
  }
  const double repeats = learning.nudging == Nudging::lock_in ? 1 : double(learning.clamped_repeats);
  const double held = (states.free * states.free + hold * hold) * nudges * nudges / squares;
  return std::sqrt((clamped / repeats + held) / squares);
}

}  // namespace settle
