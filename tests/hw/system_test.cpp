// The same chip and host with SystemC and without it; and where SystemC's time goes.
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/run_system.h"
#include "tests/models/chip/digest.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::system_test {
namespace {

constexpr Index samples = 40, batch = 20;

// Two batches of training and a test. `clock` is what counts time.
std::string learn(Chip& chip, Host& host, const std::function<std::uint64_t()>& clock) {
  const Samples data = random_samples(chip.design().graph.population(0).size, 4, samples);
  Digest digest;
  Matrix<float> outputs;
  const auto look = [&] {
    EXPECT_EQ(clock(), chip.meter().now().femtoseconds());
    EXPECT_EQ(clock(), chip.meter().ledger().time().femtoseconds());
    const std::uint64_t now = clock();
    digest.add(&now, 1);
  };
  chip.pass(chip.initialise());
  look();
  host.measure_settling(data);
  chip.meter().enter(Section::training);
  const Index size = chip.design().learning.update == Update::in_situ ? 1 : batch;
  for (Index first = 0; first < 2 * size; first += size) {
    const Score score = host.train(data, range(first, size));
    digest.add(&score.loss, 1);
    look();
  }
  chip.meter().enter(Section::inference);
  const Score score = host.infer(data, 0, samples, outputs);
  digest.add(&score.loss, 1);
  digest.add(outputs.data(), outputs.size());
  look();
  digest.add_learned(chip);
  digest.add_booked(chip.meter().ledger());
  return digest.text();
}

void expect_same(const ChipDesign& design, const HostSpec& host_spec, const std::string& what) {
  Chip chip(design);
  Host host(host_spec, chip);
  const std::string without = learn(chip, host, [&] { return chip.meter().now().femtoseconds(); });
  const std::string with = from_child([&] {
    std::string text;
    run_system(design, host_spec, [&](hw::System& system) {
      text = learn(system.chip, system.host, [] { return std::uint64_t(sc_core::sc_time_stamp().value()); });
    });
    return text;
  });
  EXPECT_GT(without.size(), 1000u) << what;
  EXPECT_TRUE(with == without) << what;
}

const std::pair<Analysis, const char*> analyses[] = {
    {Analysis::operating_point, "operating point"}, {Analysis::map, "map"}, {Analysis::transient, "transient"}};

ChipDesign design_of(Analysis analysis, bool noisy) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.settling.analysis = analysis;
  design.neuron.noise = noisy ? 0.002 : 0;
  design.neuron.membrane_noise = noisy ? 0.001 : 0;
  design.crossbar.device.read_noise = noisy ? 0.01 : 0;
  return design;
}

TEST(System, IsTheSameChip) {
  for (const auto& [analysis, name] : analyses)
    for (const bool noisy : {false, true})
      expect_same(design_of(analysis, noisy), {}, std::string(name) + (noisy ? " with noise" : ""));
}

TEST(System, IsTheSameChipWithFeedbackOfItsOwn) {
  for (const bool replica : {false, true}) {
    ChipDesign design = design_of(Analysis::transient, true);
    design.graph.symmetric = replica;
    design.graph.replica = replica;
    expect_same(design, {}, replica ? "replica" : "random");
  }
}

TEST(System, IsTheSameChipWithDevicesThatAreNotLinearAndForget) {
  for (const auto& [analysis, name] : analyses) {
    ChipDesign design = design_of(analysis, true);
    design.crossbar.device.iv_v = 0.1;
    design.crossbar.device.leak_time_s = 1e-3;
    design.crossbar.device.flicker = 0.02;
    expect_same(design, {}, name);
    design.learning.update = Update::in_situ;
    expect_same(design, {}, std::string(name) + " in situ");
  }
}

TEST(System, IsTheSameChipWithRecomputedErrorsOfBothSigns) {
  HostSpec host;
  host.learning.error = ErrorMode::recomputed;
  host.settling.clamped_steps = 3;
  for (const auto& [analysis, name] : analyses) {
    ChipDesign design = with_read_out_errors(design_of(analysis, true));
    design.learning.nudging = Nudging::symmetric;
    expect_same(design, host, name);
  }
}

TEST(System, IsTheSameChipWhereverItsFreePhaseStarts) {
  for (const Start start : {Start::reset, Start::forward, Start::previous})
    for (const auto& [analysis, name] : analyses) {
      ChipDesign design = design_of(analysis, true);
      design.settling.start = start;
      expect_same(design, {}, name);
    }
}

TEST(System, IsTheSameChipInBlocksAndThreads) {
  HostSpec host;
  host.block = 10;
  host.threads = 3;
  for (const auto& [analysis, name] : analyses) {
    ChipDesign design = design_of(analysis, true);
    design.threads = 2;
    expect_same(design, host, name);
  }
}

// The whole of SystemC's time, and that of each section, is in the ledger's phases, to the femtosecond.
TEST(System, TimeIsThatOfThePhases) {
  for (const auto& [analysis, name] : analyses)
    in_child([analysis = analysis, name = name] {
      SCOPED_TRACE(name);
      run_system(with_read_out_errors(design_of(analysis, true)), {}, [](hw::System& system) {
        Chip& chip = system.chip;
        const Ledger& ledger = chip.meter().ledger();
        const Samples data = random_samples(20, 4, samples);
        Matrix<float> outputs;
        std::uint64_t counted = 0;
        const auto expect_whole = [&](Section section) {
          std::uint64_t of_phases = 0;
          for (const Phase phase : phases()) of_phases += ledger.time(section, phase).femtoseconds();
          EXPECT_EQ(of_phases, ledger.time(section).femtoseconds());
          counted += of_phases;
          EXPECT_EQ(counted, sc_core::sc_time_stamp().value()) << settle::name(section);
        };
        chip.pass(chip.initialise());
        system.host.measure_settling(data);
        expect_whole(Section::programming);
        chip.meter().enter(Section::training);
        system.host.train(data, range(0, samples));
        expect_whole(Section::training);
        chip.meter().enter(Section::inference);
        system.host.infer(data, 0, samples, outputs);
        expect_whole(Section::inference);
        EXPECT_EQ(ledger.time().femtoseconds(), sc_core::sc_time_stamp().value());
      });
    });
}

}  // namespace
}  // namespace settle::test::system_test
