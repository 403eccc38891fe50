// Where the free phase starts: what that does to equilibria, times and energies, in all analyses.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "settle/models/settling/coupling.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/memory_archive.h"

namespace settle::test::start_test {
namespace {

// Five residual layers with feedback so strong that there are several equilibria.
ChipDesign strongly_coupled() {
  ChipDesign design = exact_chip({30, 20, 20, 20, 20, 20, 4});
  GraphSpec graph{30, {20, 20, 20, 20, 20}, 4};
  graph.beta = 0.3;
  design.graph = residual(graph);
  design.settling.free_steps = design.settling.clamped_steps = 1000;
  design.settling.tolerance = 1e-5;
  design.learning.optimizer = "sgd";
  design.learning.learning_rate = 1e-3;
  return design;
}

struct Trained {
  std::vector<Matrix<float>> changes;  // by projection
  SettlingCount count;
  double coupling;
};

Trained one_batch(const ChipDesign& design, Index samples) {
  const Samples data = random_samples(30, 4, samples);
  HostSpec spec;
  spec.learning = design.learning;
  spec.settling = design.settling;
  Chip chip(design);
  Host host(spec, chip);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  std::vector<Matrix<float>> before;
  const auto weights = [&](std::size_t k) {
    return Matrix<float>(chip.array(k)->model().weight_scale() * chip.array(k)->model().effective());
  };
  for (std::size_t k = 0; k < design.graph.projections.size(); ++k) before.push_back(weights(k));
  host.train(data, range(0, samples));
  Trained trained{{}, chip.free_count(), chip.coupling()};
  for (std::size_t k = 0; k < before.size(); ++k) trained.changes.push_back(weights(k) - before[k]);
  return trained;
}

double largest_share_off(const Trained& a, const Trained& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.changes.size(); ++k)
    most = std::max(most, double((a.changes[k] - b.changes[k]).norm() / b.changes[k].norm()));
  return most;
}

// The updates of an operating point that is followed are those of the transient; those of one that is not are off.
TEST(Start, AnOperatingPointThatIsFollowedLearnsAsTheTransient) {
  constexpr Index samples = 60;
  ChipDesign design = strongly_coupled();
  const Trained any = one_batch(design, samples);
  design.settling.start = Start::reset;
  const Trained followed = one_batch(design, samples);
  design.settling.start = Start::any;
  design.settling.analysis = Analysis::transient;
  const Trained in_time = one_batch(design, samples);
  EXPECT_GT(any.coupling, 1);
  EXPECT_GT(largest_share_off(any, in_time), 0.05);
  EXPECT_LT(largest_share_off(followed, in_time), 0.01);
  EXPECT_EQ(any.count.checked, 1);  // of the first 256 numbers
  EXPECT_EQ(followed.count.checked, 0);
}

// Where there is one equilibrium, it is solved for as fast as without a start.
TEST(Start, ALoopWithOneEquilibriumIsNotFollowed) {
  ChipDesign design = strongly_coupled();
  design.graph = layered(GraphSpec{30, {20, 20}, 4});
  const Trained any = one_batch(design, 20);
  design.settling.start = Start::reset;
  const Trained reset = one_batch(design, 20);
  ASSERT_LT(any.coupling, certain_coupling);
  EXPECT_EQ(any.count.checked, 0);
  EXPECT_EQ(reset.count.steps, any.count.steps);
  for (std::size_t k = 0; k < any.changes.size(); ++k) EXPECT_EQ(reset.changes[k], any.changes[k]);
}

double row_of(const Ledger& ledger, const std::string& component, const Action& action, Section section, Phase phase,
              double Ledger::Row::*member) {
  double sum = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.component == component && row.action == &action && row.section == section && row.phase == phase)
      sum += row.*member;
  return sum;
}

constexpr Index few = 12;

// Three epochs of one batch and a test on a chip with codes.
Ledger books(ChipDesign design, SettlingTimes& times, std::vector<double>* free_s = nullptr) {
  const Samples data = random_samples(20, 4, few);
  HostSpec spec;
  spec.learning = design.learning;
  spec.settling = design.settling;
  spec.samples = few;
  Chip chip(design);
  Host host(spec, chip);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  for (int epoch = 0; epoch < 3; ++epoch) {
    chip.meter().enter(Section::training);
    if (epoch == 2) times = chip.settling_times();
    const double before = chip.meter().ledger().time(Section::training, Phase::free).to_seconds();
    host.train(data, range(0, few));
    if (free_s != nullptr)
      free_s->push_back(chip.meter().ledger().time(Section::training, Phase::free).to_seconds() - before);
    host.measure_settling(data);
  }
  Matrix<float> outputs;
  chip.meter().enter(Section::inference);
  host.infer(data, 0, few, outputs);
  return chip.meter().ledger();
}

ChipDesign small(Start start) {
  ChipDesign design = exact_chip({20, 12, 8, 4});
  design.converter.dac_bits = design.converter.adc_bits = 8;
  design.settling.start = start;
  return design;
}

// What comes back is read from when feedback is driven, and what goes forward from the start.
TEST(Start, AForwardPassTakesTimeAndLeavesFeedbackOff) {
  SettlingTimes times;
  std::vector<double> free_s;
  const Ledger ledger = books(small(Start::forward), times, &free_s);
  EXPECT_GT(times.forward_s, 10e-9);
  // the first layer alone comes to 1/16 of full scale in ln 16 time constants at most, the second in a few more
  EXPECT_LT(times.forward_s, 60e-9);
  EXPECT_NEAR(free_s[2] / (few * (times.forward_s + times.free_s)), 1, 1e-6);
  const double read_s =
      row_of(ledger, "hidden1_hidden2", action::array_read, Section::inference, Phase::free, &Ledger::Row::seconds);
  const double phase_s = ledger.time(Section::inference, Phase::free).to_seconds();
  const double forward_s = 2 * phase_s - read_s;  // of both reads of the array, one has no part in the pass
  EXPECT_GT(forward_s, 10e-9 * few);
  EXPECT_LT(forward_s, 60e-9 * few);
}

// A pass that is right to nothing is none, and one that is right to more takes longer.
TEST(Start, AForwardPassIsAsLongAsItsAccuracySays) {
  double last_s = -1;
  for (const double accuracy : {1.0, 0.25, 0.0625, 0.004}) {
    ChipDesign design = small(Start::forward);
    design.settling.forward_accuracy = accuracy;
    SettlingTimes times;
    books(design, times);
    EXPECT_GT(times.forward_s, last_s);
    last_s = times.forward_s;
  }
}

TEST(Start, TheTransientMakesTheSameForwardPass) {
  SettlingTimes times, in_time;
  ChipDesign design = small(Start::forward);
  const Ledger solved = books(design, times);
  design.settling.analysis = Analysis::transient;
  design.settling.time_step_s = 1e-10;
  design.settling.tolerance = 1e-4;
  const Ledger stepped = books(design, in_time);
  EXPECT_NEAR(in_time.forward_s / times.forward_s, 1, 0.05);
  // a circuit in time settles by its own tolerance: what both share is how long feedback is off
  const auto off_s = [](const Ledger& ledger) {
    return 2 * ledger.time(Section::inference, Phase::free).to_seconds() -
           row_of(ledger, "hidden1_hidden2", action::array_read, Section::inference, Phase::free,
                  &Ledger::Row::seconds);
  };
  EXPECT_NEAR(off_s(stepped) / off_s(solved), 1, 0.05);
}

// A pass costs what it books: nothing is supplied that is neither lost nor stored.
TEST(Start, EnergyIsConserved) {
  for (const Start start : {Start::forward, Start::previous})
    for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
      ChipDesign design = small(start);
      design.settling.analysis = analysis;
      SettlingTimes times;
      const Energy total = books(design, times).total();
      EXPECT_NEAR((total.dissipated + total.stored) / total.supplied, 1, 1e-6);
    }
}

// A sample that is learned from again starts from where it was, which is near where it ends.
TEST(Start, PreviousStatesSettleFaster) {
  SettlingTimes reset_times, times;
  std::vector<double> reset_s, free_s;
  ChipDesign design = small(Start::reset);
  design.learning.clamped_lines = ClampedLines::differences;
  books(design, reset_times, &reset_s);
  design.settling.start = Start::previous;
  books(design, times, &free_s);
  EXPECT_EQ(free_s[0], reset_s[0]);  // the first time there are none
  EXPECT_LT(times.free_s, 0.6 * reset_times.free_s);
  EXPECT_LT(free_s[2], 0.6 * reset_s[2]);
  EXPECT_NEAR(times.read_s / reset_times.read_s, 1, 0.02) << "an inference starts from a reset";
}

// The dark state that a calibration holds is no sample's: its free phase begins at a reset, and is given the time for
// it, however short those of samples that go on from their last states have become.
TEST(Start, ACalibrationWaitsAsLongAsFromAReset) {
  ChipDesign design = small(Start::previous);
  design.learning.clamped_lines = ClampedLines::differences;  // which need no more time than readings of logits
  design.amplifier.auto_zero = 1;
  const Samples data = random_samples(20, 4, few);
  HostSpec spec;
  spec.learning = design.learning;
  Chip chip(design);
  Host host(spec, chip);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  const double clamped_s = chip.settling_times().clamped_s;
  host.train(data, range(0, few));
  host.measure_settling(data);
  const SettlingTimes times = chip.settling_times();
  ASSERT_LT(times.free_s, 0.8 * times.read_s);
  const double before_s = chip.meter().now().to_seconds();
  ASSERT_TRUE(chip.auto_zero());
  const Costs& costs = chip.meter().costs();
  // zeros are read as long after the hold as the batch's differences were
  const double each = 2 * costs.dac_conversion_s() + times.read_s + clamped_s + costs.adc_conversion_s(12);
  constexpr double readings = 32;
  EXPECT_NEAR((chip.meter().now().to_seconds() - before_s) / (readings * each), 1, 1e-6);
}

// Whether an operating point is followed is decided for the free phase, with the gains of the amplifiers that it has,
// which are others than those of the clamped phase that a batch ends with.
TEST(Start, CouplingIsLookedAtWithTheFreePhasesAmplifiers) {
  ChipDesign design = strongly_coupled();
  design.settling.start = Start::reset;
  design.learning.clamped_lines = ClampedLines::differences;
  design.learning.difference_amplitude = 0.125;  // a new one would bring the amplifiers up to date
  design.sense.gain = 30;                        // so low that large noise gains take much of the signal
  const Samples data = random_samples(30, 4, few);
  HostSpec spec;
  spec.learning = design.learning;
  spec.settling = design.settling;
  Chip chip(design);
  Host host(spec, chip);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  host.train(data, range(0, few));
  const double after_batch = chip.coupling();
  chip.present({few, few, 0, 1}, data.pixels);
  chip.settle_free(Use::inference);
  EXPECT_EQ(after_batch, coupling_bound(chip.circuit()));
  chip.hold();
  chip.nudge(Matrix<float>::Zero(4, few));
  chip.settle_clamped(Sign::first);
  EXPECT_GT(std::abs(after_batch / coupling_bound(chip.circuit()) - 1), 1e-3);
}

// Codes of each neuron are read and written in the samples' memory, a DAC sets each membrane, and none of it in
// inference, the same in every analysis.
TEST(Start, PreviousStatesAreBooked) {
  for (const SampleMemory memory : {SampleMemory::dram, SampleMemory::sram})
    for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
      ChipDesign design = small(Start::previous);
      design.settling.analysis = analysis;
      design.chip.host_samples = memory;
      SettlingTimes times;
      const Ledger ledger = books(design, times);
      const Action& action = memory == SampleMemory::dram ? action::dram_states : action::stored_states;
      const double words = 2 * 3 * few * (12 + 8) / 8.0;  // read and written in three epochs, a byte a neuron
      EXPECT_NEAR(row_of(ledger, "host memory", action, Section::training, Phase::load, &Ledger::Row::count), words,
                  1e-9);
      for (const auto& [name, neurons] : {std::pair{"hidden1_preset_dac", 12}, {"hidden2_preset_dac", 8}}) {
        EXPECT_EQ(row_of(ledger, name, action::input_conversion, Section::training, Phase::load, &Ledger::Row::count),
                  3 * few * neurons);
        EXPECT_GT(row_of(ledger, name, action::membrane_preset, Section::training, Phase::load, &Ledger::Row::count),
                  0);
        EXPECT_EQ(row_of(ledger, name, action::input_conversion, Section::inference, Phase::load, &Ledger::Row::count),
                  0);
      }
    }
}

// They are part of what learning leaves.
TEST(Start, PreviousStatesAreKeptInACheckpoint) {
  ChipDesign design = small(Start::previous);
  design.settling.analysis = Analysis::map;  // in so few steps that the start shows in what is learned
  design.settling.free_steps = 2;
  const Samples data = random_samples(20, 4, few);
  const auto trained = [&](bool interrupted) {
    HostSpec spec;
    spec.learning = design.learning;
    auto chip = std::make_unique<Chip>(design);
    auto host = std::make_unique<Host>(spec, *chip);
    chip->pass(chip->initialise());
    host->measure_settling(data);
    host->train(data, range(0, few));
    host->measure_settling(data);
    if (interrupted) {
      MemoryArchive archive;
      chip->visit_state(archive);
      archive.group("host", [&] { host->visit_state(archive); });
      host.reset();
      chip = std::make_unique<Chip>(design);
      host = std::make_unique<Host>(spec, *chip);
      archive.rewind();
      chip->visit_state(archive);
      archive.group("host", [&] { host->visit_state(archive); });
    }
    host->measure_settling(data);
    host->train(data, range(0, few));
    const Matrix<float> weights = chip->array(1)->model().weights();
    return std::pair{chip->settling_times().free_s, weights};
  };
  const auto whole = trained(false), resumed = trained(true);
  EXPECT_EQ(whole.first, resumed.first);
  EXPECT_EQ(whole.second, resumed.second);
}

TEST(Start, WhatCannotBeKeptIsRefused) {
  ChipDesign design = small(Start::previous);
  design.converter.adc_bits = 0;
  EXPECT_THROW(Chip{design}, InputError);
  design = small(Start::previous);
  design.chip.host_samples = SampleMemory::stream;
  EXPECT_THROW(Chip{design}, InputError);
}

// The area has a DAC for each neuron that is preset.
TEST(Start, PresetsTakeArea) {
  const auto dacs = [](Start start) {
    const Chip chip(small(start));
    for (const AreaRow& row : chip.area())
      if (row.component == "DACs") return row.count;
    return 0.0;
  };
  EXPECT_EQ(dacs(Start::previous), dacs(Start::any) + 20);
}

}  // namespace
}  // namespace settle::test::start_test
