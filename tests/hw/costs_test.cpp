// Energy and time that a chip books, against sums by hand.
#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

double relative(double a, double b) { return std::abs(a - b) / std::abs(b); }

double booked_j(const Ledger& ledger, const std::string& component, Action action) {
  for (const Ledger::Row& row : ledger.rows())
    if (row.component == component && row.action == action) return row.energy_j[1];
  return 0;
}

TEST(PowerMeter, PartsSumToTheTotal) {
  in_child([]() {
    run_chip(real_chip({20, 16, 12, 4}), {}, [](hw::Chip& chip) {
      const Samples data = random_samples(20, 4, 100);
      Matrix<float> outputs;
      sc_core::wait(chip.substrate.initialise());
      chip.host.measure_settling(data);
      chip.meter.enter(Section::training);
      chip.host.train(data, range(0, 50));
      chip.meter.enter(Section::inference);
      chip.host.infer(data, 0, 100, outputs);

      const Ledger& ledger = chip.meter.ledger();
      Estimate sum = {0, 0, 0};
      std::vector<bool> seen(actions().size(), false);
      for (const Ledger::Row& row : ledger.rows()) {
        sum = sum + row.energy_j;
        seen[std::size_t(row.action)] = true;
        EXPECT_GT(row.energy_j[0], 0) << row.component << " " << info(row.action).name;
        EXPECT_GE(row.energy_j[1], row.energy_j[0]) << row.component;
        EXPECT_GE(row.energy_j[2], row.energy_j[1]) << row.component;
      }
      for (const ActionInfo& a : actions()) EXPECT_TRUE(seen[std::size_t(a.action)]) << a.name << " is not booked";
      for (int i = 0; i < 3; ++i) EXPECT_LE(relative(sum[std::size_t(i)], ledger.total_j()[std::size_t(i)]), 1e-12);
      EXPECT_LE(relative(chip.meter.nominal_j(), sum[1]), 1e-9);
      for (const Section section : {Section::programming, Section::training, Section::inference})
        EXPECT_GT(ledger.total_j(section)[1], 0) << name(section);
    });
  });
}

// One batch on exact devices: what stands on the arrays and the neurons' bias, for the settling times measured.
TEST(PowerMeter, ArraysAndBiasAreEnergyOfPowerAndTime) {
  in_child([]() {
    constexpr Index samples = 30;
    run_chip(exact_chip({10, 8, 6, 3}), {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, samples);
      chip.substrate.initialise();
      chip.host.measure_settling(data);
      const SettlingTimes times = chip.substrate.settling_times();
      ASSERT_GT(times.free_s, times.read_s);
      ASSERT_GT(times.clamped_s, 0);
      const double seconds = times.free_s + times.clamped_s;
      const ArraySpec& crossbar = chip.substrate.array(0).model().spec();
      const double span = crossbar.conductance_max_siemens - crossbar.conductance_min_siemens;
      const Matrix<double> w = chip.substrate.array(0).model().weights().cast<double>();
      double watts = 0;  // V^2 G of each device and of its reference in the middle of the range
      for (Index c = 0; c < samples; ++c)
        for (Index j = 0; j < w.cols(); ++j)
          for (Index i = 0; i < w.rows(); ++i)
            watts +=
                std::pow(0.2 * data.pixels(j, c) / 255.0, 2) *
                (2 * crossbar.conductance_min_siemens + span * ((w(i, j) / crossbar.weight_at_bound + 1) / 2 + 0.5));
      chip.host.train(data, range(0, samples));

      const Ledger& ledger = chip.meter.ledger();
      EXPECT_LE(relative(booked_j(ledger, "input_hidden1", Action::array_read), watts * seconds), 1e-5);
      const double bias = chip.meter.costs().neuron_bias_w(chip.substrate.spec().neuron.tau_s)[1];
      EXPECT_LE(relative(booked_j(ledger, "hidden1", Action::neuron_bias), bias * 8 * samples * seconds), 1e-7);
      EXPECT_LE(relative(booked_j(ledger, "hidden2", Action::neuron_bias), bias * 6 * samples * seconds), 1e-7);
    });
  });
}

// A neuron's current is in proportion to its speed: those of a bank add up, one by one.
TEST(PowerMeter, BiasIsThatOfEachNeuron) {
  in_child([]() {
    hw::SubstrateSpec spec = exact_chip({10, 40, 3});
    spec.neuron.tau_mismatch = 0.5;
    run_chip(spec, {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, 5);
      chip.substrate.initialise();
      chip.host.measure_settling(data);
      chip.host.train(data, range(0, 5));
      double watts = 0;
      const Vector<float>& tau_s = chip.substrate.bank(1).model().tau_s;
      for (Index i = 0; i < tau_s.size(); ++i) watts += chip.meter.costs().neuron_bias_w(double(tau_s[i]))[1];
      const double seconds = chip.substrate.settling_times().free_s + chip.substrate.settling_times().clamped_s;
      EXPECT_LE(relative(booked_j(chip.meter.ledger(), "hidden1", Action::neuron_bias), watts * 5 * seconds), 1e-6);
    });
  });
}

// The error charges the lines that carry it back: C V V_dd for each of the two cells of each weight on them.
TEST(PowerMeter, TheNudgeChargesItsLines) {
  in_child([]() {
    run_chip(exact_chip({10, 40, 3}), {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, 1);
      chip.substrate.initialise();
      chip.host.measure_settling(data);
      sc_core::sc_time delay;
      Matrix<float> error(3, 1);
      error << 0.5f, -0.25f, -1.0f;
      chip.substrate.present({1, 1, 0, 1}, data.pixels, delay);
      chip.substrate.settle_free(/*for_training=*/true, delay);
      chip.substrate.nudge(error, delay);
      chip.substrate.settle_clamped(/*turned=*/false, delay);
      const ChipSpec& figures = chip.substrate.spec().chip;
      const double expected = figures.wire_capacitance_f[1] * figures.read_v[1] * figures.supply_v * 1.75 * (2 * 40);
      EXPECT_LE(relative(booked_j(chip.meter.ledger(), "hidden1_readout", Action::line_charge), expected), 1e-6);
    });
  });
}

// A transient books each of its steps: the sum must be the neurons' bias for all of the time.
TEST(PowerMeter, TransientBooksItsSteps) {
  in_child([]() {
    hw::SubstrateSpec spec = exact_chip({10, 8, 6, 3});
    spec.settling.analysis = Analysis::transient;
    run_chip(spec, {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, 1);
      chip.substrate.initialise();
      chip.host.train(data, {0});
      const double steps = chip.substrate.free_count().steps + chip.substrate.clamped_count().steps;
      const double watts = chip.meter.costs().neuron_bias_w(chip.substrate.spec().neuron.tau_s)[1] * 8;
      EXPECT_LE(relative(booked_j(chip.meter.ledger(), "hidden1", Action::neuron_bias),
                         watts * steps * chip.substrate.spec().settling.time_step_s),
                1e-7);  // the bank holds tau in a float
      EXPECT_GT(booked_j(chip.meter.ledger(), "hidden1_hidden2", Action::array_read), 0);
    });
  });
}

// Sample after sample, whatever the block: conversions, settling and the host's arithmetic, then one update.
TEST(SimulatedTime, AddsUp) {
  for (const Index block : {0, 100})
    in_child([block]() {
      constexpr Index samples = 300;
      hw::HostSpec host;
      host.block = block;
      run_chip(exact_chip({10, 20, 6, 3}), host, [](hw::Chip& chip) {
        const Samples data = random_samples(10, 3, samples);
        chip.substrate.initialise();
        chip.host.measure_settling(data);
        const SettlingTimes times = chip.substrate.settling_times();
        const Costs& costs = chip.meter.costs();
        const double weights = 10 * 20 + 20 * 6 + 6 * 3;
        const double each = 2 * costs.dac_conversion_s() + times.free_s + times.clamped_s + costs.adc_conversion_s(3) +
                            2 * costs.adc_conversion_s(20) + costs.host_s(20 * 3) + costs.host_s(weights);
        const double start = sc_core::sc_time_stamp().to_seconds();
        chip.host.train(data, range(0, samples));
        const double trained = sc_core::sc_time_stamp().to_seconds();
        EXPECT_LE(relative(trained - start, samples * each + costs.host_s(12 * weights)), 1e-6);

        Matrix<float> outputs;
        chip.host.infer(data, 0, samples, outputs);
        const double read = costs.dac_conversion_s() + times.read_s + costs.adc_conversion_s(3) + costs.host_s(20 * 3);
        EXPECT_LE(relative(sc_core::sc_time_stamp().to_seconds() - trained, samples * read), 1e-6);
      });
    });
}

// Lines are charged by what they change by: to the free state, and then by the clamped phase's difference.
TEST(PowerMeter, PhasesChargeLinesByWhatChanges) {
  in_child([]() {
    run_chip(exact_chip({10, 40, 20, 3}), {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, 1);
      chip.substrate.initialise();
      chip.host.measure_settling(data);
      sc_core::sc_time delay;
      Matrix<float> error = Matrix<float>::Constant(3, 1, 0.5f);
      chip.substrate.present({1, 1, 0, 1}, data.pixels, delay);
      chip.substrate.settle_free(/*for_training=*/true, delay);
      chip.substrate.nudge(error, delay);
      chip.substrate.settle_clamped(/*turned=*/false, delay);
      double swings = 0;  // of lines, times the cells on each: two for each weight
      for (const Index p : {1, 2}) {
        const BankState<float>& bank = chip.substrate.bank(p).state();
        const double cells = p == 1 ? 2 * 20 : 2 * 40;
        swings += cells * double(bank.state.cwiseAbs().sum());
        swings += cells * double(bank.difference.cwiseAbs().sum()) * chip.substrate.loop().scale[std::size_t(p)];
      }
      const ChipSpec& figures = chip.substrate.spec().chip;
      const double expected = figures.wire_capacitance_f[1] * figures.read_v[1] * figures.supply_v * swings;
      EXPECT_LE(relative(booked_j(chip.meter.ledger(), "hidden1_hidden2", Action::line_charge), expected), 1e-6);
    });
  });
}

}  // namespace
}  // namespace settle::test
