// Energy and time that a chip books, against sums by hand.
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::chip_costs_test {
namespace {

double relative(double a, double b) { return std::abs(a - b) / std::abs(b); }

double booked_j(const Ledger& ledger, const std::string& component, const Action& action) {
  double sum_j = 0;  // over phases
  for (const Ledger::Row& row : ledger.rows())
    if (row.component == component && row.action == &action) sum_j += row.energy.supplied;
  return sum_j;
}

// Trains and tests.
void do_everything(Chip& chip) {
  Host host({}, chip);
  const Samples data = random_samples(20, 4, 100);
  Matrix<float> outputs;
  chip.pass(chip.initialise());
  host.measure_settling(data);
  chip.meter().enter(Section::training);
  host.train(data, range(0, 50));
  chip.meter().enter(Section::inference);
  host.infer(data, 0, 100, outputs);
}

// Every row of what is booked must be sound, and all of them must add up. Returns the actions.
std::set<const Action*> booked_by(const char* preset, WriteScheme scheme, const ChipSpec& figures = {},
                                  ClampedLines lines = ClampedLines::states, Start start = Start::any) {
  ChipDesign design = real_chip({20, 16, 12, 4});
  design.learning.clamped_lines = lines;
  design.settling.start = start;
  design.crossbar.device = device_preset(preset);
  design.programming.scheme = scheme;
  design.chip = figures;
  Chip chip(design);
  do_everything(chip);
  const Ledger& ledger = chip.meter().ledger();
  Energy sum;
  std::set<const Action*> seen;
  for (const Ledger::Row& row : ledger.rows()) {
    sum = sum + row.energy;
    seen.insert(row.action);
    EXPECT_GE(row.energy.supplied, 0) << row.component << " " << row.action->name;
    EXPECT_LE(std::abs(row.energy.supplied - row.energy.dissipated - row.energy.stored), 1e-9 * row.energy.supplied)
        << row.component << " " << row.action->name;
  }
  EXPECT_LE(relative(sum.supplied, ledger.total().supplied), 1e-12);
  EXPECT_LE(relative(chip.meter().supplied_j(), sum.supplied), 1e-9);
  for (const Section section : {Section::programming, Section::training, Section::inference})
    EXPECT_GT(ledger.total(section).supplied, 0) << name(section);
  return seen;
}

TEST(ChipCosts, PartsSumToTheTotal) {
  std::set<const Action*> seen;
  for (const char* preset : {"ecram", "reram-sb"})
    for (const WriteScheme scheme : {WriteScheme::transistor, WriteScheme::half}) seen.merge(booked_by(preset, scheme));
  ChipSpec figures;
  figures.host_samples = SampleMemory::sram;
  figures.host_accumulate = Accumulate::factors;
  figures.adc_rate_hz = 1e5;  // slow enough for amplifiers at rest
  seen.merge(booked_by("ecram", WriteScheme::transistor, figures, ClampedLines::states, Start::previous));
  seen.merge(booked_by("ecram", WriteScheme::transistor, {}, ClampedLines::differences, Start::previous));
  for (const Action* a : actions()) EXPECT_EQ(seen.count(a), 1u) << a->name << " is not booked";
}

// The nominal value of a figure of a design, by the key under which actions depend on it.
std::map<std::string, double*> figures_of(ChipDesign& design) {
  std::map<std::string, double*> nominals;
  const auto add = [&](const std::string& section, const Parameters& rows) {
    for (const Parameter& row : rows)
      if (const auto* figure = std::get_if<EstimateValue>(&row.value))
        nominals[section + "." + row.name] = &(*figure->member)[1];
  };
  add("chip", parameters(design.chip));
  add("cost", parameters(design.cost));
  nominals["device.pulse_v"] = &design.crossbar.device.pulse_v[1];
  nominals["device.pulse_s"] = &design.crossbar.device.pulse_s[1];
  nominals["device.gate_capacitance_f"] = &design.crossbar.device.gate_capacitance_f[1];
  return nominals;
}

double area_of(const Chip& chip) {
  double area_m2 = 0;
  for (const AreaRow& row : chip.area()) area_m2 += row.area_m2;
  return area_m2;
}

// Every figure of the tables, one by one: a chip on which it is a tenth larger books, of each action, that factor to
// the power that the action declares for the figure, and exactly as much as before where it declares none.
TEST(ChipCosts, DependOnFiguresAsActionsDeclare) {
  constexpr double factor = 1.1;
  ChipDesign design = real_chip({20, 16, 12, 4});
  Chip nominal(design);
  do_everything(nominal);
  const std::vector<Ledger::Row>& before = nominal.meter().ledger().rows();
  const std::map<std::string, double*> figures = figures_of(design);
  EXPECT_EQ(figures.size(), nominal.meter().figures().all().size());
  for (const auto& [key, value] : figures) {
    EXPECT_EQ(nominal.meter().figures().all().count(key), 1u) << key << " is not among the chip's figures";
    const double as_it_was = *value;
    *value *= factor;
    Chip chip(design);
    *value = as_it_was;
    do_everything(chip);
    const std::vector<Ledger::Row>& after = chip.meter().ledger().rows();
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      const Action& action = *before[i].action;
      // longer pulses are more time, and time leaks
      if (key == "device.pulse_s" && (&action == &action::leakage || &action == &action::memory_leakage)) continue;
      double expected = 1;
      for (const Dependence& d : action.figures) {
        if (d.key == key) expected *= std::pow(factor, d.exponent);
        if (d.key == std::string(area_key)) expected *= std::pow(area_of(chip) / area_of(nominal), d.exponent);
      }
      EXPECT_LE(std::abs(after[i].energy.supplied - expected * before[i].energy.supplied),
                1e-9 * before[i].energy.supplied)
          << action.name << " of " << before[i].component << " and " << key;
    }
  }
}

// One batch on exact devices: what stands on the arrays and the neurons' bias, for the settling times measured.
TEST(ChipCosts, ArraysAndBiasAreEnergyOfPowerAndTime) {
  constexpr Index samples = 30;
  Chip chip(exact_chip({10, 8, 6, 3}));
  Host host({}, chip);
  const Samples data = random_samples(10, 3, samples);
  chip.initialise();
  host.measure_settling(data);
  const SettlingTimes times = chip.settling_times();
  ASSERT_GT(times.free_s, times.read_s);
  ASSERT_GT(times.clamped_s, 0);
  // a bank stands while it settles and while it is converted: the logits, then the differences
  const Costs& costs = chip.meter().costs();
  const double seconds = times.free_s + costs.adc_conversion_s(3) + times.clamped_s + costs.adc_conversion_s(8);
  const ArraySpec& crossbar = chip.array(0)->model().spec();
  const double span = crossbar.conductance_max_siemens - crossbar.conductance_min_siemens;
  const Matrix<double> w = chip.array(0)->model().weights().cast<double>();
  double watts = 0;  // V^2 G of each device and of its reference in the middle of the range
  for (Index c = 0; c < samples; ++c)
    for (Index j = 0; j < w.cols(); ++j)
      for (Index i = 0; i < w.rows(); ++i)
        watts += std::pow(0.2 * data.pixels(j, c) / 255.0, 2) *
                 (2 * crossbar.conductance_min_siemens + span * ((w(i, j) / crossbar.weight_at_bound + 1) / 2 + 0.5));
  host.train(data, range(0, samples));

  const Ledger& ledger = chip.meter().ledger();
  EXPECT_LE(relative(booked_j(ledger, "input_hidden1", action::array_read), watts * seconds), 1e-5);
  const double bias = chip.meter().costs().neuron_bias_w(chip.design().neuron.tau_s);
  EXPECT_LE(relative(booked_j(ledger, "hidden1", action::neuron_bias), bias * 8 * samples * seconds), 1e-7);
  EXPECT_LE(relative(booked_j(ledger, "hidden2", action::neuron_bias), bias * 6 * samples * seconds), 1e-7);
}

// A neuron's current is in proportion to its speed: those of a bank add up, one by one.
TEST(ChipCosts, BiasIsThatOfEachNeuron) {
  ChipDesign design = exact_chip({10, 40, 3});
  design.neuron.tau_mismatch = 0.5;
  Chip chip(design);
  Host host({}, chip);
  const Samples data = random_samples(10, 3, 5);
  chip.initialise();
  host.measure_settling(data);
  host.train(data, range(0, 5));
  double watts = 0;
  const Vector<float>& tau_s = chip.circuit().bank(1).tau_s;
  for (Index i = 0; i < tau_s.size(); ++i) watts += chip.meter().costs().neuron_bias_w(double(tau_s[i]));
  const Costs& costs = chip.meter().costs();
  const double seconds = chip.settling_times().free_s + costs.adc_conversion_s(3) + chip.settling_times().clamped_s +
                         costs.adc_conversion_s(40);
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1", action::neuron_bias), watts * 5 * seconds), 1e-6);
}

// Both phases of one sample.
void show(Chip& chip, const Matrix<float>& error) {
  const Samples data = random_samples(10, 3, 1);
  chip.initialise();
  chip.measure_settling(data.pixels, data.labels);
  chip.present({1, 1, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  chip.hold();
  chip.nudge(error);
  chip.settle_clamped(Sign::first);
}

// The error charges the lines that carry it back: C V V_dd for each of the two cells of each weight on them.
TEST(ChipCosts, TheNudgeChargesItsLines) {
  Chip chip(exact_chip({10, 40, 3}));
  Matrix<float> error(3, 1);
  error << 0.5f, -0.25f, -1.0f;
  show(chip, error);
  const ChipSpec& figures = chip.design().chip;
  const double expected = figures.wire_capacitance_f[1] * figures.read_v * figures.supply_v * 1.75 * (2 * 40);
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1_readout", action::line_charge), expected), 1e-6);
}

// Lines are charged from zero in each phase, as they were released in between, and give back what they have stored.
TEST(ChipCosts, EachPhaseChargesItsLines) {
  Chip chip(exact_chip({10, 40, 20, 3}));
  show(chip, Matrix<float>::Constant(3, 1, 0.5f));
  chip.go_idle();
  double swings = 0;  // of lines, times the cells on each: two for each weight
  for (const Index p : {1, 2}) {
    const BankState<float>& bank = chip.state().bank(p);
    const Matrix<float> clamped = bank.state + float(chip.circuit().scale(p)) * bank.difference;
    swings += (p == 1 ? 2 * 20 : 2 * 40) * double(bank.state.cwiseAbs().sum() + clamped.cwiseAbs().sum());
  }
  const ChipSpec& figures = chip.design().chip;
  const double expected = figures.wire_capacitance_f[1] * figures.read_v * figures.supply_v * swings;
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1_hidden2", action::line_charge), expected), 1e-6);
  double stored = 0, supplied = 0;
  for (const Ledger::Row& row : chip.meter().ledger().rows())
    if (row.action == &action::line_charge) stored += row.energy.stored, supplied += row.energy.supplied;
  EXPECT_LE(std::abs(stored), 1e-12 * supplied);
}

// Lines that are driven in pulses are charged once a pulse, for as long as they stand: the one that charged them when
// the phase began is the first of those of its settling, and of no later time.
TEST(ChipCosts, EachPulseChargesItsLinesOnce) {
  ChipDesign design = exact_chip({10, 40, 20, 3});
  design.crossbar.read_duty = 0.25;
  design.crossbar.read_period_s = 1e-9;
  Chip chip(design);
  const Samples data = random_samples(10, 3, 1);
  chip.initialise();
  chip.measure_settling(data.pixels, data.labels);
  chip.present({1, 1, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  Matrix<float> logits;
  chip.read_logits(logits);
  const double stands_s[] = {chip.settling_times().free_s, chip.meter().costs().adc_conversion_s(3)};
  ASSERT_GT(stands_s[1], 2e-9);
  // C V V_dd of the two cells of each of the forty weights on a line
  const double levels = data.pixels.cast<double>().sum() / 255.0;
  const ChipSpec& figures = chip.design().chip;
  const double of_a_pulse = figures.wire_capacitance_f[1] * figures.read_v * figures.supply_v * levels * (2 * 40);
  double booked[2] = {0, 0};
  for (const Ledger::Row& row : chip.meter().ledger().rows())
    if (row.component == "input_hidden1" && row.action == &action::line_charge)
      booked[row.phase == Phase::readout] += row.energy.supplied;
  for (const int i : {0, 1}) EXPECT_LE(relative(booked[i], of_a_pulse * stands_s[i] / 1e-9), 1e-5) << i;
}

// A transient books each of its steps: the sum must be the neurons' bias for all of the time.
TEST(ChipCosts, TransientBooksItsSteps) {
  ChipDesign design = exact_chip({10, 8, 6, 3});
  design.settling.analysis = Analysis::transient;
  Chip chip(design);
  Host host({}, chip);
  const Samples data = random_samples(10, 3, 1);
  chip.initialise();
  host.train(data, {0});
  const double steps = chip.free_count().steps + chip.clamped_count().steps;
  const double watts = chip.meter().costs().neuron_bias_w(chip.design().neuron.tau_s) * 8;
  const Costs& costs = chip.meter().costs();
  const double seconds =
      steps * chip.design().settling.time_step_s + costs.adc_conversion_s(3) + costs.adc_conversion_s(8);
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1", action::neuron_bias), watts * seconds),
            1e-7);  // the bank holds tau in a float
  EXPECT_GT(booked_j(chip.meter().ledger(), "hidden1_hidden2", action::array_read), 0);
}

// Sample after sample, whatever the block: conversions, settling and the host's arithmetic, then one update.
TEST(SimulatedTime, AddsUp) {
  for (const Index block : {0, 100}) {
    constexpr Index samples = 300;
    HostSpec host_spec;
    host_spec.block = block;
    Chip chip(exact_chip({10, 20, 6, 3}));
    Host host(host_spec, chip);
    const Samples data = random_samples(10, 3, samples);
    chip.initialise();
    host.measure_settling(data);
    const SettlingTimes times = chip.settling_times();
    const Costs& costs = chip.meter().costs();
    const double weights = 10 * 20 + 20 * 6 + 6 * 3;
    const double each = 2 * costs.dac_conversion_s() + times.free_s + times.clamped_s + costs.adc_conversion_s(3) +
                        2 * costs.adc_conversion_s(20) + costs.host_s(20 * 3) + costs.host_s(weights);
    const double start = chip.meter().now().to_seconds();
    host.train(data, range(0, samples));
    const double trained = chip.meter().now().to_seconds();
    EXPECT_LE(relative(trained - start, samples * each + costs.host_s(12 * weights)), 1e-6);

    Matrix<float> outputs;
    host.infer(data, 0, samples, outputs);
    const double read = costs.dac_conversion_s() + times.read_s + costs.adc_conversion_s(3) + costs.host_s(20 * 3);
    EXPECT_LE(relative(chip.meter().now().to_seconds() - trained, samples * read), 1e-6);
  }
}

// The samples of a block step together; the chip shows them one after the other.
TEST(SimulatedTime, OfATransientIsThatOfEachSample) {
  ChipDesign design = exact_chip({10, 8, 6, 3});
  design.settling.analysis = Analysis::transient;
  Chip chip(design);
  Host host({}, chip);
  chip.initialise();
  chip.meter().enter(Section::training);
  host.train(random_samples(10, 3, 5), range(0, 5));
  const auto seconds = [&](Phase phase) { return chip.meter().ledger().time(Section::training, phase).to_seconds(); };
  const double step_s = design.settling.time_step_s;
  EXPECT_EQ(chip.free_count().samples, 5);
  EXPECT_LE(relative(seconds(Phase::free), chip.free_count().steps * step_s), 1e-9);
  EXPECT_LE(relative(seconds(Phase::clamped), chip.clamped_count().steps * step_s), 1e-9);
}

// What is converted of one population alone, too, whatever phase comes before.
TEST(ChipCosts, ReadingOnePopulationIsPartOfTheContrast) {
  for (const bool held : {false, true}) {
    Chip chip(exact_chip({10, 8, 6, 3}));
    show(chip, Matrix<float>::Constant(3, 1, 0.5f));
    chip.go_idle();
    chip.meter().enter(Section::training);
    Matrix<float> converted;
    for (const Phase before : {Phase::clamped, Phase::host, Phase::readout}) {
      chip.pass(before, 1e-9);
      if (held)
        chip.read_held(1, converted);
      else
        chip.read_difference(1, converted);
    }
    int rows = 0;
    for (const Ledger::Row& row : chip.meter().ledger().rows()) {
      if (row.section != Section::training || row.action == &action::leakage) continue;
      EXPECT_EQ(row.phase, Phase::contrast) << row.action->name;
      ++rows;
    }
    EXPECT_GT(rows, 0);
  }
}

// A word line that goes through several tiles is selected in each of them; arrays of transfers have decoders, too.
TEST(ChipCosts, DecodersAreInEveryTile) {
  const auto decoders = [](const ChipDesign& design) {
    for (const AreaRow& row : Chip(design).area())
      if (row.component == "decoders") return row.count;
    return -1.0;
  };
  ChipDesign design = real_chip({20, 16, 12, 4});
  design.crossbar.mapping = Mapping::pair;
  EXPECT_EQ(decoders(design), 20 + 16 + 12);
  design.crossbar.tiling = {6, 8, Columns::interleaved};  // four weights side by side
  EXPECT_EQ(decoders(design), 4 * 20 + 3 * 16 + 1 * 12);
  design.learning.update = Update::in_situ;
  design.learning.transfer_every = 1;
  EXPECT_GT(decoders(design), 140);
}

// Energy and time of each action belong to the phase that it is part of, in every analysis and kind of update.
TEST(ChipCosts, BelongToTheirPhases) {
  const std::map<const Action*, std::set<Phase>> where = {
      {&action::input_conversion, {Phase::load, Phase::nudge}},
      {&action::line_charge, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::array_read, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::read_supply, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::neuron_bias, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::sense_bias, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::driver_bias, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::sample_hold, {Phase::hold, Phase::contrast}},
      {&action::amplifier_bandwidth, {Phase::contrast}},
      {&action::output_conversion, {Phase::readout, Phase::contrast}},
      {&action::thermal_conversion, {Phase::readout, Phase::contrast}},
      {&action::adc_reference, {Phase::readout, Phase::contrast}},
      {&action::dac_reference, {Phase::free, Phase::readout, Phase::clamped, Phase::contrast}},
      {&action::code_link, {Phase::load, Phase::readout, Phase::nudge, Phase::contrast}},
      {&action::decoder, {Phase::update}},
      {&action::gate_pulse, {Phase::update}},
      {&action::write_lines, {Phase::update}},
      {&action::select_gates, {Phase::update}},
      {&action::level_shifters, {Phase::update}},
      {&action::host_arithmetic, {Phase::host}},
      {&action::host_product, {Phase::host}},
      {&action::host_update, {Phase::host}},
      {&action::dram_fetch, {Phase::load}},
      {&action::converter_codes, {Phase::load, Phase::readout, Phase::nudge, Phase::contrast}},
      {&action::factor_codes, {Phase::host}},
      {&action::accumulation, {Phase::host}},
      {&action::optimizer_state, {Phase::host}},
  };
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient})
    for (const Update update : {Update::host, Update::in_situ}) {
      SCOPED_TRACE(std::to_string(int(analysis)) + " " + std::to_string(int(update)));
      ChipDesign design = real_chip({10, 8, 6, 3});
      design.settling.analysis = analysis;
      design.learning.update = update;
      design.programming.update_rounds = 1;  // of update host
      design.neuron.noise = 0;               // a transient ends by itself
      Chip chip(design);
      Host host({}, chip);
      chip.pass(chip.initialise());
      chip.meter().enter(Section::training);
      const Index samples = update == Update::in_situ ? 1 : 20;
      host.measure_settling(random_samples(10, 3, samples));
      host.train(random_samples(10, 3, samples), range(0, samples));

      const Ledger& ledger = chip.meter().ledger();
      std::map<const Action*, std::set<Phase>> seen;
      for (const Ledger::Row& row : ledger.rows())
        if (row.section == Section::training) seen[row.action].insert(row.phase);
      const std::set<const Action*> of_verifying = {
          &action::array_read,         &action::read_supply,   &action::output_conversion,
          &action::thermal_conversion, &action::adc_reference, &action::code_link,
          &action::converter_codes,    &action::line_charge,   &action::driver_bias,
          &action::sense_bias,         &action::decoder};
      for (const auto& [booked, phases] : seen) {
        if (booked == &action::leakage || booked == &action::memory_leakage) continue;  // at all times
        std::set<Phase> expected = where.at(booked);
        if (update == Update::host && of_verifying.count(booked) > 0) expected.insert(Phase::verify);
        EXPECT_EQ(phases, expected) << booked->name;
      }
      const auto time = [&](Phase phase) { return ledger.time(Section::training, phase); };
      const Time conversions = Time::seconds(chip.meter().costs().dac_conversion_s()) * samples;
      EXPECT_TRUE(time(Phase::load) == conversions);
      EXPECT_TRUE(time(Phase::nudge) == conversions);
      for (const Phase phase :
           {Phase::free, Phase::readout, Phase::host, Phase::clamped, Phase::contrast, Phase::update})
        EXPECT_GT(time(phase).femtoseconds(), 0u) << name(phase);
      EXPECT_EQ(time(Phase::verify).femtoseconds() > 0, update == Update::host);
      for (const Phase phase : {Phase::idle, Phase::hold, Phase::calibration})
        EXPECT_EQ(time(phase).femtoseconds(), 0u) << name(phase);
    }
}

}  // namespace
}  // namespace settle::test::chip_costs_test
