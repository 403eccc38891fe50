// Energy and time that a chip books, against sums by hand.
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "models/learning/host.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test {
namespace {

double relative(double a, double b) { return std::abs(a - b) / std::abs(b); }

double booked_j(const Ledger& ledger, const std::string& component, const Action& action) {
  double sum_j = 0;  // over phases
  for (const Ledger::Row& row : ledger.rows())
    if (row.component == component && row.action == &action) sum_j += row.energy_j[1];
  return sum_j;
}

TEST(ChipCosts, PartsSumToTheTotal) {
  Chip chip(real_chip({20, 16, 12, 4}));
  Host host({}, chip);
  const Samples data = random_samples(20, 4, 100);
  Matrix<float> outputs;
  chip.pass(Phase::update, chip.initialise());
  host.measure_settling(data);
  chip.meter().enter(Section::training);
  host.train(data, range(0, 50));
  chip.meter().enter(Section::inference);
  host.infer(data, 0, 100, outputs);

  const Ledger& ledger = chip.meter().ledger();
  Estimate sum = {0, 0, 0};
  std::set<const Action*> seen;
  for (const Ledger::Row& row : ledger.rows()) {
    sum = sum + row.energy_j;
    seen.insert(row.action);
    EXPECT_GT(row.energy_j[0], 0) << row.component << " " << row.action->name;
    EXPECT_GE(row.energy_j[1], row.energy_j[0]) << row.component;
    EXPECT_GE(row.energy_j[2], row.energy_j[1]) << row.component;
  }
  for (const Action* a : actions()) EXPECT_EQ(seen.count(a), 1u) << a->name << " is not booked";
  for (int i = 0; i < 3; ++i) EXPECT_LE(relative(sum[std::size_t(i)], ledger.total_j()[std::size_t(i)]), 1e-12);
  EXPECT_LE(relative(chip.meter().nominal_j(), sum[1]), 1e-9);
  for (const Section section : {Section::programming, Section::training, Section::inference})
    EXPECT_GT(ledger.total_j(section)[1], 0) << name(section);
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
  const double seconds = times.free_s + times.clamped_s;
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
  const double bias = chip.meter().costs().neuron_bias_w(chip.design().neuron.tau_s)[1];
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
  for (Index i = 0; i < tau_s.size(); ++i) watts += chip.meter().costs().neuron_bias_w(double(tau_s[i]))[1];
  const double seconds = chip.settling_times().free_s + chip.settling_times().clamped_s;
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
  const double expected = figures.wire_capacitance_f[1] * figures.read_v[1] * figures.supply_v * 1.75 * (2 * 40);
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1_readout", action::line_charge), expected), 1e-6);
}

// Lines are charged by what they change by: to the free state, and then by the clamped phase's difference.
TEST(ChipCosts, PhasesChargeLinesByWhatChanges) {
  Chip chip(exact_chip({10, 40, 20, 3}));
  show(chip, Matrix<float>::Constant(3, 1, 0.5f));
  double swings = 0;  // of lines, times the cells on each: two for each weight
  for (const Index p : {1, 2}) {
    const BankState<float>& bank = chip.state().bank(p);
    const double cells = p == 1 ? 2 * 20 : 2 * 40;
    swings += cells * double(bank.state.cwiseAbs().sum());
    swings += cells * double(bank.difference.cwiseAbs().sum()) * chip.circuit().scale(p);
  }
  const ChipSpec& figures = chip.design().chip;
  const double expected = figures.wire_capacitance_f[1] * figures.read_v[1] * figures.supply_v * swings;
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1_hidden2", action::line_charge), expected), 1e-6);
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
  const double watts = chip.meter().costs().neuron_bias_w(chip.design().neuron.tau_s)[1] * 8;
  EXPECT_LE(relative(booked_j(chip.meter().ledger(), "hidden1", action::neuron_bias),
                     watts * steps * chip.design().settling.time_step_s),
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
      if (row.section != Section::training) continue;
      EXPECT_EQ(row.phase, Phase::contrast) << row.action->name;
      ++rows;
    }
    EXPECT_GT(rows, 0);
  }
}

// Energy and time of each action belong to the phase that it is part of, in every analysis and kind of update.
TEST(ChipCosts, BelongToTheirPhases) {
  const std::map<const Action*, std::set<Phase>> where = {
      {&action::input_conversion, {Phase::load, Phase::nudge}},
      {&action::line_charge, {Phase::free, Phase::readout, Phase::clamped}},
      {&action::array_read, {Phase::free, Phase::readout, Phase::clamped}},
      {&action::neuron_bias, {Phase::free, Phase::clamped}},
      {&action::sample_hold, {Phase::hold, Phase::contrast}},
      {&action::difference_amplifier, {Phase::contrast}},
      {&action::output_conversion, {Phase::readout, Phase::contrast}},
      {&action::write_pulse, {Phase::update}},
      {&action::host_arithmetic, {Phase::host}},
      {&action::host_update, {Phase::host}},
  };
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient})
    for (const Update update : {Update::host, Update::in_situ}) {
      SCOPED_TRACE(std::to_string(int(analysis)) + " " + std::to_string(int(update)));
      ChipDesign design = real_chip({10, 8, 6, 3});
      design.settling.analysis = analysis;
      design.learning.update = update;
      design.neuron.noise = 0;  // a transient ends by itself
      Chip chip(design);
      Host host({}, chip);
      chip.pass(Phase::update, chip.initialise());
      chip.meter().enter(Section::training);
      const Index samples = update == Update::in_situ ? 1 : 20;
      host.measure_settling(random_samples(10, 3, samples));
      host.train(random_samples(10, 3, samples), range(0, samples));

      const Ledger& ledger = chip.meter().ledger();
      std::map<const Action*, std::set<Phase>> seen;
      for (const Ledger::Row& row : ledger.rows())
        if (row.section == Section::training) seen[row.action].insert(row.phase);
      for (const auto& [booked, phases] : seen) EXPECT_EQ(phases, where.at(booked)) << booked->name;
      const auto time = [&](Phase phase) { return ledger.time(Section::training, phase); };
      const Time conversions = Time::seconds(chip.meter().costs().dac_conversion_s()) * samples;
      EXPECT_TRUE(time(Phase::load) == conversions);
      EXPECT_TRUE(time(Phase::nudge) == conversions);
      for (const Phase phase :
           {Phase::free, Phase::readout, Phase::host, Phase::clamped, Phase::contrast, Phase::update})
        EXPECT_GT(time(phase).femtoseconds(), 0u) << name(phase);
      for (const Phase phase : {Phase::idle, Phase::hold, Phase::calibration})
        EXPECT_EQ(time(phase).femtoseconds(), 0u) << name(phase);
    }
}

}  // namespace
}  // namespace settle::test
