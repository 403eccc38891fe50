// Sense amplifiers on a chip: what their arrays' conductances make of noise, speed, gain, offset and power.
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/chip/design_rules.h"
#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::sense_test {
namespace {

double drive_noise(const ChipDesign& design) {
  Chip chip(design);
  chip.initialise();
  return state_noise(chip).front().drive;
}

// Of the last hidden population, whose reads take turns with the feedback's.
double noise_of_turns(const ChipDesign& design) {
  Chip chip(design);
  chip.initialise();
  return state_noise(chip).back().drive;
}

// Johnson noise and that of a stated amplifier, line by line, by hand: without capacitance of lines, each amplifier is
// a lag of its noise gain / (2 pi GBW).
TEST(Sense, NoiseIsThatOfItsLines) {
  ChipDesign design = physical(exact_chip({30, 8, 5}));
  design.sense.noise_v_per_rthz = 5e-9;
  design.sense.gbw_hz = 1e12;
  design.chip.wire_capacitance_f = {0, 0, 0};
  Chip chip(design);
  chip.initialise();
  const Crossbar& input = chip.array(0)->model();
  const Crossbar& readout = chip.array(1)->model();
  const auto variance = [&](double siemens, double per_ampere, double tau_s) {
    const double ohm = 0.4 * per_ampere, on_line = siemens + 1 / ohm;
    const double per_hz = per_ampere * per_ampere * (4 * boltzmann * 300 * on_line + 25e-18 * on_line * on_line);
    return per_hz / (4 * (tau_s + (1 + ohm * siemens) / (2 * M_PI * 1e12)));
  };
  for (Index i = 0; i < 8; ++i) {
    const double tau_s = double(chip.circuit().bank(1).tau_s[i]);
    const double membrane = capacitor_noise_v(100e-15, 300) / 0.4;
    double siemens = 0, of_nudge = 0;
    for (Index j = 0; j < 30; ++j) siemens += input.siemens(i, j) + input.subtracted_siemens(i, j);
    for (Index k = 0; k < 5; ++k) of_nudge += readout.siemens(k, i) + readout.subtracted_siemens(k, i);
    // the nudge comes through the read-out's array, with its gains
    const double gain = chip.circuit().reads().back().gain * design.learning.nudge;
    const double sum = membrane * membrane + variance(siemens, input.weight_per_siemens() / 0.2, tau_s) +
                       variance(of_nudge, gain * readout.weight_per_siemens() / 0.2, tau_s);
    EXPECT_NEAR(chip.circuit().bank(1).membrane_noise[i] / std::sqrt(sum), 1, 1e-5) << i;
  }
}

// Lines have capacitance: amplifiers behind a larger one are slower and noisier, or, as fast as needed, take more bias.
TEST(Sense, CapacitanceOfLinesIsPaidFor) {
  ChipDesign light = physical(exact_chip({200, 20, 5})), heavy = light;
  for (double& figure : heavy.chip.wire_capacitance_f) figure *= 1000;
  const auto amplifiers = [](ChipDesign design, double gbw_hz) {
    design.sense.gbw_hz = gbw_hz;
    Chip chip(design);
    chip.initialise();
    return std::array<double, 3>{chip.sense(1).bias_a(), chip.sense(1).slowest_s(), state_noise(chip).front().drive};
  };
  EXPECT_GT(amplifiers(heavy, 0)[0], 3 * amplifiers(light, 0)[0]);
  EXPECT_GT(amplifiers(heavy, 1e10)[1], 3 * amplifiers(light, 1e10)[1]);
  EXPECT_GT(amplifiers(heavy, 1e10)[2], 1.2 * amplifiers(light, 1e10)[2]);
}

// Nothing is cheaper for nothing: a tenth of the read voltage, of the conductance, or of the time is noise.
TEST(Sense, NothingIsForFree) {
  const ChipDesign base = exact_chip({200, 20, 5});
  const double noise = drive_noise(physical(base));
  ChipDesign low = base;
  low.chip.read_v /= 10;
  EXPECT_GT(drive_noise(physical(low)), 4 * noise);
  ChipDesign faint = base;
  faint.crossbar.conductance_min_siemens /= 10;
  faint.crossbar.conductance_max_siemens /= 10;
  EXPECT_GT(drive_noise(physical(faint)), 1.2 * noise);
  ChipDesign fast = base;
  fast.neuron.tau_s /= 10;
  EXPECT_GT(drive_noise(physical(fast)), 1.2 * noise);
  ChipDesign cold = base;
  cold.chip.temperature_k = 75;
  EXPECT_LT(drive_noise(physical(cold)), 0.6 * noise);
}

// Turns and pulses take a share of the read energy, and pay in noise and in line charge.
TEST(Sense, TurnsAndPulsesPayInNoise) {
  ChipDesign base = physical(exact_chip({20, 16, 12, 4}));
  base.sense.gbw_hz = 2e10;
  ChipDesign turns = base, pulses = base;
  turns.crossbar.turns = Turns::halves;
  pulses.crossbar.read_duty = 0.25;
  EXPECT_GT(noise_of_turns(turns), noise_of_turns(base));
  EXPECT_GT(noise_of_turns(pulses), noise_of_turns(turns));
  const auto booked = [&](const ChipDesign& design, const Action& action, const char* component) {
    Chip chip(design);
    Host host({}, chip);
    chip.initialise();
    const Samples data = random_samples(20, 4, 10);
    host.measure_settling(data);
    host.train(data, range(0, 10));
    double sum = 0, seconds = 0;
    for (const Ledger::Row& row : chip.meter().ledger().rows())
      if (row.action == &action && row.component == component) sum += row.energy.supplied;
    seconds = chip.settling_times().free_s + chip.settling_times().clamped_s;
    return action.figures.empty() ? sum / seconds : sum;
  };
  const double alone = booked(base, action::read_supply, "hidden1_hidden2");
  EXPECT_LT(booked(turns, action::read_supply, "hidden1_hidden2"), 0.6 * alone);
  EXPECT_LT(booked(pulses, action::read_supply, "hidden1_hidden2"), 0.35 * alone);
  EXPECT_GT(booked(pulses, action::line_charge, "input_hidden1"),
            5 * booked(base, action::line_charge, "input_hidden1"));
}

// Logits wait for amplifiers that take longer than the sampling of the first one: settling to half a code is (8 + 1)
// ln 2 = 6.24 of their time constants. Those as fast as needed take the bias for a conversion's time instead.
TEST(Sense, LogitsWaitForTheirAmplifiers) {
  const auto read_out_s = [](double gbw_hz, double& bias_a) {
    ChipDesign design = exact_chip({20, 16, 4});
    design.sense.gbw_hz = gbw_hz;
    Chip chip(design);
    Host host({}, chip);
    chip.initialise();
    const Samples data = random_samples(20, 4, 3);
    host.measure_settling(data);
    Matrix<float> outputs;
    host.infer(data, 0, 3, outputs);
    bias_a = chip.sense(2).bias_a();
    const double settles_s = 9 * std::log(2.0) * chip.sense(2).slowest_s();
    double seconds = 0;
    for (const Section section : {Section::programming, Section::training, Section::inference})
      seconds += chip.meter().ledger().time(section, Phase::readout).to_seconds();
    return std::pair{seconds / 3, settles_s};
  };
  double slow_a = 0, fast_a = 0, needed_a = 0;
  const auto [fast_s, none_s] = read_out_s(1e12, fast_a);
  const auto [slow_s, settles_s] = read_out_s(1e8, slow_a);
  const auto [needed_s, unused_s] = read_out_s(0, needed_a);
  const double conversion_s = Costs(ChipSpec{}, {}).adc_conversion_s(1, 8);
  EXPECT_LT(none_s, conversion_s);
  EXPECT_GT(settles_s, conversion_s);
  EXPECT_NEAR(slow_s - fast_s, settles_s - conversion_s, 1e-12);
  EXPECT_NEAR(needed_s, fast_s, 1e-15);
  EXPECT_GT(needed_a, slow_a);
  EXPECT_NEAR(unused_s, conversion_s, 1e-12);
}

// Where directions take turns, amplifiers have a turn to settle in, whether or not neurons stand still meanwhile.
TEST(Sense, AmplifiersSettleInATurn) {
  const auto bias_a = [](Turns turns) {
    ChipDesign design = exact_chip({20, 16, 12, 4});
    design.crossbar.turns = turns;
    Chip chip(design);
    chip.initialise();
    return chip.sense(2).bias_a();
  };
  EXPECT_GT(bias_a(Turns::halves), 5 * bias_a(Turns::at_once));
  EXPECT_DOUBLE_EQ(bias_a(Turns::twice), bias_a(Turns::halves));
}

// As fast as needed, an amplifier takes no share of the noise: that of the array is what the membrane lets through.
TEST(Sense, AnAmplifierThatIsFastEnoughSparesNoNoise) {
  ChipDesign needed = physical(exact_chip({200, 20, 5}));
  needed.chip.wire_capacitance_f = {0, 0, 0};
  needed.sense.noise_v_per_rthz = 1e-12;
  ChipDesign endless = needed;
  endless.sense.gbw_hz = 1e13;
  EXPECT_NEAR(drive_noise(needed) / drive_noise(endless), 1, 1e-2);
}

// Lines of feedback at beta V draw beta of the current, and their amplifiers' noise counts in full.
TEST(Sense, ScaledDriveTradesEnergyForNoise) {
  ChipDesign full = physical(exact_chip({20, 16, 12, 4})), scaled = full;
  scaled.crossbar.weak_drive = WeakDrive::scaled;
  EXPECT_GT(drive_noise(scaled), drive_noise(full));
}

// A finite gain takes its share of the neuron's, an offset shifts it, and the circuit takes longer behind slow ones.
TEST(Sense, GainOffsetAndBandwidthReachTheCircuit) {
  ChipDesign design = exact_chip({30, 8, 5});
  Chip plain(design);
  design.chip.wire_capacitance_f = {0, 0, 0};  // so that time constants are noise gains
  design.sense.gain = 1000;
  design.sense.offset_v = 1e-3;
  design.sense.gbw_hz = 1e9;
  Chip chip(design);
  for (Chip* c : {&plain, &chip}) {
    c->initialise();
    const Samples data = random_samples(30, 5, 8);
    c->measure_settling(data.pixels, data.labels);
  }
  const SenseStage& sense = chip.sense(1);
  const Bank<float>& bank = chip.circuit().bank(1);
  EXPECT_GT(sense.largest_noise_gain(), 1);
  for (Index i = 0; i < 8; ++i) {
    EXPECT_NEAR(bank.gain[i], 1 / (1 + 2 * M_PI * 1e9 * sense.tau_s()[i] / 1000), 1e-6);
    EXPECT_NEAR(bank.shift[i], sense.offset()[i], 1e-6);
    EXPECT_NE(bank.shift[i], 0);
  }
  EXPECT_GT(chip.settling_times().read_s, plain.settling_times().read_s);
}

// What a transient, an operating point and a map book is supplied, dissipated and stored, component by component.
TEST(Sense, EnergyIsConservedInEveryAnalysis) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient})
    for (const int variant : {0, 1, 2}) {
      ChipDesign design = real_chip({10, 8, 6, 3});
      if (variant > 0) design = physical(design);
      if (variant > 1) design.learning.clamped_lines = ClampedLines::differences;
      design.settling.analysis = analysis;
      design.sense.gbw_hz = 2e9;
      Chip chip(design);
      Host host({}, chip);
      const Samples data = random_samples(10, 3, 20);
      chip.pass(chip.initialise());
      host.measure_settling(data);
      host.train(data, range(0, 20));
      std::map<std::string, Energy> by_component;
      for (const Ledger::Row& row : chip.meter().ledger().rows())
        by_component[row.component] = by_component[row.component] + row.energy;
      EXPECT_GT(by_component.size(), 10u);
      for (const auto& [component, energy] : by_component)
        EXPECT_NEAR(energy.supplied, energy.dissipated + energy.stored, 1e-6 * energy.supplied) << component;
    }
}

// Neurons beyond their rails stay there in every analysis, unless a nudge brings them back.
TEST(Rails, ATransientEndsAtTheOperatingPoint) {
  const auto differences = [](Analysis analysis) {
    ChipDesign design = exact_chip({20, 16, 12, 4});
    design.neuron.rail = 0.3;
    design.settling.analysis = analysis;
    design.settling.tolerance = 1e-6;
    Chip chip(design);
    chip.initialise();
    const Samples data = random_samples(20, 4, 6);
    chip.measure_settling(data.pixels, data.labels);
    chip.present({6, 6, 0, 1}, data.pixels);
    chip.settle_free(Use::learning);
    EXPECT_GT((chip.state().bank(1).drive.array().abs() >= 0.3f).count(), 10);
    chip.hold();
    chip.nudge(Matrix<float>::Constant(4, 6, 0.5f));
    chip.settle_clamped(Sign::first);
    std::vector<Matrix<float>> read;
    chip.read_differences(read);
    return read;
  };
  const std::vector<Matrix<float>> solved = differences(Analysis::operating_point),
                                   in_time = differences(Analysis::transient);
  for (const std::size_t p : {1u, 2u}) {
    const float largest = solved[p].cwiseAbs().maxCoeff();
    EXPECT_GT(largest, 0.0f);
    EXPECT_LT((solved[p] - in_time[p]).cwiseAbs().maxCoeff(), 2e-3f * largest);
  }
}

// The nudge's amplifiers are off until it comes, and so is its DAC.
TEST(Sense, AmplifiersOfTheNudgeAreOffInTheFreePhase) {
  ChipDesign design = exact_chip({20, 16, 12, 4});
  design.sense.gbw_hz = 1e9;
  Chip chip(design);
  Host host({}, chip);
  chip.initialise();
  const Samples data = random_samples(20, 4, 10);
  host.measure_settling(data);
  host.train(data, range(0, 10));
  const double each_w = sense_bias_a(design.sense, 1e9) * design.chip.supply_v;
  const auto watts = [&](Phase phase, const char* component, const Action& action) {
    for (const Ledger::Row& row : chip.meter().ledger().rows())
      if (row.phase == phase && row.component == component && row.action == &action)
        return row.energy.supplied / row.seconds;
    return 0.0;
  };
  // 12 lines from the first hidden layer, and 12 from the outputs
  EXPECT_NEAR(watts(Phase::free, "hidden2_sense", action::sense_bias), 12 * each_w, 1e-9 * each_w);
  EXPECT_NEAR(watts(Phase::clamped, "hidden2_sense", action::sense_bias), 24 * each_w, 1e-9 * each_w);
  EXPECT_NEAR(watts(Phase::free, "hidden1_sense", action::sense_bias), 32 * each_w, 1e-9 * each_w);
  EXPECT_NEAR(watts(Phase::clamped, "hidden1_sense", action::sense_bias), 32 * each_w, 1e-9 * each_w);
  EXPECT_EQ(chip.sense(2).nudge_amplifiers(), 12);
  const double dac_w = chip.meter().costs().dac_reference_w();
  EXPECT_NEAR(watts(Phase::free, "input_dac", action::dac_reference), 20 * dac_w, 1e-9 * dac_w);
  EXPECT_NEAR(watts(Phase::clamped, "input_dac", action::dac_reference), 20 * dac_w, 1e-9 * dac_w);
  EXPECT_EQ(watts(Phase::free, "nudge_dac", action::dac_reference), 0);
  EXPECT_NEAR(watts(Phase::clamped, "nudge_dac", action::dac_reference), 4 * dac_w, 1e-9 * dac_w);
}

// Rules name what is out of reach, and what to do.
TEST(DesignRules, NameWhatTheyFind) {
  const auto broken = [](const ChipDesign& design, const std::string& name) {
    Chip chip(design);
    chip.initialise();
    const Samples data = random_samples(20, 4, 8);
    chip.measure_settling(data.pixels, data.labels);
    for (const DesignRule& rule : design_rules(chip, 1e-3))
      if (rule.name == name) {
        EXPECT_FALSE(rule.remedy.empty() && rule.broken()) << name;
        return rule.broken();
      }
    ADD_FAILURE() << "no rule " << name;
    return false;
  };
  const ChipDesign base = exact_chip({20, 16, 12, 4});
  EXPECT_TRUE(broken(base, "arrays read from both sides at once"));
  ChipDesign turns = base;
  turns.crossbar.turns = Turns::halves;
  EXPECT_FALSE(broken(turns, "arrays read from both sides at once"));
  EXPECT_FALSE(broken(base, "gain-bandwidth product"));
  ChipDesign fast = base;
  fast.sense.gbw_hz = 1e11;
  EXPECT_TRUE(broken(fast, "gain-bandwidth product"));
  EXPECT_FALSE(broken(base, "voltage of driven lines"));
  ChipDesign high = base;
  high.chip.read_v = 0.6;
  EXPECT_TRUE(broken(high, "voltage of driven lines"));
  ChipDesign thick = base;
  thick.crossbar.conductance_max_siemens = 1e-3;
  EXPECT_TRUE(broken(thick, "current of a line"));
  ChipDesign narrow = base;
  narrow.chip.neuron_full_scale_v = 4;
  EXPECT_TRUE(broken(narrow, "membranes beyond the rails"));
  ChipDesign short_pulses = turns;
  short_pulses.sense.gbw_hz = 1e8;
  short_pulses.crossbar.read_duty = 0.01;
  EXPECT_TRUE(broken(short_pulses, "settling of an amplifier in a read pulse"));
  ChipDesign patient = base;
  patient.amplifier.settle_s = 1e-9;
  EXPECT_FALSE(broken(patient, "settling of difference amplifiers"));
  patient.amplifier.settle_s = 1e-3;
  EXPECT_TRUE(broken(patient, "settling of difference amplifiers"));
  EXPECT_FALSE(broken(base, "noise of a state, rms"));
  ChipDesign noisy = base;
  noisy.converter.adc_bits = 8;
  noisy.neuron.noise = 0.005;
  EXPECT_TRUE(broken(noisy, "noise of a state, rms"));
  noisy.converter.adc_bits = 7;
  EXPECT_FALSE(broken(noisy, "noise of a state, rms"));
}

std::vector<DesignRule> rules_of(const ChipDesign& design, const std::vector<float>& gains = {}) {
  Chip chip(design);
  Host host({}, chip);
  chip.initialise();
  const Samples data = random_samples(20, 4, 8);
  host.measure_settling(data);
  for (std::size_t p = 0; p < gains.size(); ++p) chip.difference_readout(Index(p) + 1).set_gain(gains[p]);
  host.train(data, range(0, 8));
  return design_rules(chip, 1e-3);
}

const DesignRule* rule_in(const std::vector<DesignRule>& rules, const std::string& name) {
  for (const DesignRule& rule : rules)
    if (rule.name == name) return &rule;
  return nullptr;
}

// What cannot be broken is not listed as kept.
TEST(DesignRules, ListsWhatApplies) {
  const ChipDesign base = exact_chip({20, 16, 12, 4});
  const char* conditional[] = {"membranes beyond the rails",
                               "droop of held states",
                               "arrays read from both sides at once",
                               "settling of an amplifier in a read pulse",
                               "period of turns and pulses",
                               "clipped logits",
                               "clipped states",
                               "clipped differences",
                               "gain-bandwidth product of amplifiers that verify",
                               "devices at a bound"};
  ChipDesign none = exact_chip({20, 16, 4});  // no array is read from both sides
  none.neuron.clips = true;
  none.converter.readout = Readout::absolute;
  ChipDesign with_all = base;
  with_all.hold.leakage_a = 1e-12;
  with_all.crossbar.turns = Turns::halves;
  with_all.sense.gbw_hz = 1e9;
  with_all.converter.adc_bits = 8;
  with_all.crossbar.device = device_preset("ecram");  // which is verified
  const std::vector<DesignRule> without = rules_of(none), with = rules_of(with_all);
  for (const char* name : conditional) {
    EXPECT_EQ(rule_in(without, name), nullptr) << name;
    EXPECT_NE(rule_in(with, name), nullptr) << name;
  }
  EXPECT_EQ(with.size(), without.size() + std::size(conditional));
  for (const DesignRule& rule : with) EXPECT_FALSE(rule.key.empty()) << rule.name;
}

// Difference amplifiers are held against the same limit as sense amplifiers, behind the largest gain in use: 64 in 10
// ns takes 6.4 GHz.
TEST(DesignRules, BandwidthOfDifferenceAmplifiers) {
  const char* name = "gain-bandwidth product of difference amplifiers";
  ChipDesign design = exact_chip({20, 16, 12, 4});
  design.amplifier.most_gain = 64;
  design.learning.nudge = 1e-4;  // differences that ask for all of it
  const std::vector<DesignRule> rules = rules_of(design);
  const DesignRule* rule = rule_in(rules, name);
  ASSERT_NE(rule, nullptr);
  EXPECT_NEAR(rule->value / (64 * 9 * std::log(2.0) / (2 * M_PI * 10e-9)), 1, 1e-6);
  EXPECT_EQ(rule->limit, 5e9);
  EXPECT_TRUE(rule->broken());
  EXPECT_EQ(rule->key, "rules.gbw_hz");
  ChipDesign patient = design, lenient = design;
  patient.amplifier.settle_s = 10e-9;
  EXPECT_FALSE(rule_in(rules_of(patient), name)->broken());
  lenient.rules.gbw_hz[1] = 7e9;
  EXPECT_FALSE(rule_in(rules_of(lenient), name)->broken());
  lenient.chip.node = 65;  // slower transistors
  lenient.chip.supply_v = 1.0;
  EXPECT_TRUE(rule_in(rules_of(lenient), name)->broken());
}

// Bent devices draw sinh(kappa) / kappa times the current at full scale.
TEST(DesignRules, CurrentOfBentDevices) {
  const char* name = "current of a line";
  ChipDesign design = exact_chip({20, 16, 12, 4});
  const auto amperes = [&] {
    Chip chip(design);
    chip.initialise();
    return rule_in(design_rules(chip, 1e-3), name)->value;
  };
  const double linear = amperes();
  design.crossbar.device.iv_v = 0.1;
  EXPECT_NEAR(amperes() / linear, std::sinh(2.0) / 2, 1e-6);  // 0.2 V over 0.1 V
}

// Amplifiers that verify are held against the same limit, or against the bandwidth that sense amplifiers have.
TEST(DesignRules, BandwidthOfAmplifiersThatVerify) {
  const char* name = "gain-bandwidth product of amplifiers that verify";
  ChipDesign design = real_chip({20, 16, 12, 4});
  const std::vector<DesignRule> rules = rules_of(design);
  const DesignRule* rule = rule_in(rules, name);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->limit, 5e9);
  EXPECT_EQ(rule->key, "rules.gbw_hz");
  EXPECT_FALSE(rule->broken());
  EXPECT_FALSE(rule->where.empty());
  ChipDesign slow = design;
  slow.sense.gbw_hz = 0.9 * rule->value;
  const std::vector<DesignRule> of_slow = rules_of(slow);
  EXPECT_TRUE(rule_in(of_slow, name)->broken());
  EXPECT_EQ(rule_in(of_slow, name)->limit, slow.sense.gbw_hz);
  EXPECT_EQ(rule_in(of_slow, name)->key, "sense.gbw_hz");
  ChipDesign hasty = design;
  hasty.chip.adc_columns = 1;
  hasty.chip.adc_rate_hz = 1e12;
  hasty.cost.adc_cycle_hz = 1e12;
  EXPECT_TRUE(rule_in(rules_of(hasty), name)->broken());
}

TEST(DesignRules, Clipping) {
  ChipDesign design = exact_chip({20, 16, 12, 4});
  design.converter.adc_bits = 8;
  EXPECT_FALSE(rule_in(rules_of(design), "clipped logits")->broken());
  EXPECT_TRUE(rule_in(rules_of(design, {1024, 1024}), "clipped differences")->broken());
  design.converter.logit_full_scale = 0.01;
  EXPECT_TRUE(rule_in(rules_of(design), "clipped logits")->broken());
  EXPECT_EQ(rule_in(rules_of(design), "clipped states")->value, 0);
}

// Each limit is a figure with its source.
TEST(DesignRules, LimitsSayWhereTheyComeFrom) {
  RuleLimits limits;
  for (const Parameter& row : parameters(limits)) {
    const auto* estimate = std::get_if<EstimateValue>(&row.value);
    ASSERT_NE(estimate, nullptr) << row.name;
    EXPECT_GT(estimate->provenance.source.size(), 10u) << row.name;
    EXPECT_FALSE(estimate->provenance.unit.empty()) << row.name;
  }
}

}  // namespace
}  // namespace settle::test::sense_test
