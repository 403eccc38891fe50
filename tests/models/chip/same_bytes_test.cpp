// Neither the size of blocks nor the number of threads changes a byte of what a chip learns, costs and takes.
#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "tests/models/chip/digest.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::same_bytes_test {
namespace {

// What must be the same: what the chip has learned and how long it took, or what the books say.
enum class What { learned, booked };

// Two epochs of batches of `batch` samples, the last one of each epoch smaller, then a test. The first array has more
// cells than one thread works on at a time.
std::string train(What what, ChipDesign design, Index batch, Index count, Index block, int threads) {
  design.threads = threads;
  HostSpec host_spec;
  host_spec.block = block;
  host_spec.threads = threads;
  if (design.graph.feedforward) host_spec.learning.rule = Rule::bp;
  Digest bytes;
  const auto add_score = [&](const Score& score) {
    if (what == What::learned) bytes.add(&score.hits, 1);
    if (what == What::booked) bytes.add(&score.loss, 1);
  };
  Chip chip(design);
  Host host(host_spec, chip);
  const Samples data = random_samples(design.graph.population(0).size, 4, count);
  chip.pass(chip.initialise());
  for (int epoch = 0; epoch < 2; ++epoch) {
    host.measure_settling(data);
    for (Index first = 0; first < count; first += batch)
      add_score(host.train(data, range(first, std::min(batch, count - first))));
  }
  Matrix<float> outputs;
  add_score(host.infer(data, 0, count, outputs));
  bytes.add(outputs.data(), outputs.size());
  if (what == What::learned) bytes.add_learned(chip);
  if (what == What::booked) bytes.add_booked(chip.meter().ledger());
  return bytes.text();
}

struct Way {
  Index block;
  int threads;
};

void expect_same(What what, const ChipDesign& design, Index batch, Index count, const std::vector<Way>& ways) {
  const std::string expected = train(what, design, batch, count, 0, 1);
  EXPECT_GT(expected.size(), 100u);
  for (const Way& way : ways)
    EXPECT_TRUE(train(what, design, batch, count, way.block, way.threads) == expected)
        << "not the same in blocks of " << way.block << " on " << way.threads << " threads";
}

const std::vector<Way> ways = {{100, 1}, {150, 1}, {200, 2}, {0, 2}, {1, 3}, {0, 3}};

TEST(SameBytes, LearnedForAnyBlockAndThreads) {
  expect_same(What::learned, real_chip({200, 100, 12, 4}), 300, 700, ways);
}

TEST(SameBytes, BookedForAnyBlockAndThreads) {
  expect_same(What::booked, real_chip({200, 100, 12, 4}), 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockOfDifferencesOnLines) {
  ChipDesign design = with_read_out_errors(buildable(real_chip({200, 100, 12, 4})));
  design.learning.clamped_lines = ClampedLines::differences;
  for (const What what : {What::learned, What::booked})
    expect_same(what, design, 300, 700, {{100, 1}, {200, 2}, {0, 3}});
}

TEST(SameBytes, ForAnyBlockOfRepeatedReadings) {
  ChipDesign repeated = with_read_out_errors(buildable(real_chip({200, 100, 12, 4})));
  repeated.learning.phase_nudges = {1, -0.5};
  repeated.learning.clamped_repeats = 2;
  ChipDesign integrated = with_read_out_errors(buildable(real_chip({200, 100, 12, 4})));
  integrated.learning.nudging = Nudging::lock_in;
  integrated.learning.lock_in_periods = 2;
  for (ChipDesign design : {repeated, integrated})
    for (const ClampedLines lines : {ClampedLines::states, ClampedLines::differences}) {
      design.learning.clamped_lines = lines;
      for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 400, {{100, 1}, {0, 3}});
    }
}

TEST(SameBytes, BookedForAnyBlockOfFactors) {
  ChipDesign design = real_chip({200, 100, 12, 4});
  design.chip.host_accumulate = Accumulate::factors;
  design.chip.host_samples = SampleMemory::sram;
  design.chip.host_lanes = 60;
  expect_same(What::booked, design, 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockByBackPropagation) {
  ChipDesign design = real_chip({200, 100, 12, 4});
  design.graph = without_feedback(design.graph);
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyBlockWithReplicas) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.graph.replica = true;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyThreadsUpdatedInSitu) {
  ChipDesign design = real_chip({200, 100, 4});
  design.learning.update = Update::in_situ;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 1, 10, {{0, 2}, {0, 3}});
}

// What passes with time passes between batches, whatever the blocks.
TEST(SameBytes, ForAnyBlockOfDevicesThatForget) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  DevicePreset& device = design.crossbar.device;
  device.leak_time_s = 1e-3;
  device.flicker = 0.02;
  device.drift_nu = 0.05;
  device.drift_time_s = 1e-6;
  design.crossbar.wires.word_ohm = design.crossbar.wires.bit_ohm = 10;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockOfReadOutsWithErrors) {
  for (const What what : {What::learned, What::booked})
    expect_same(what, with_read_out_errors(real_chip({20, 12, 8, 4})), 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockOfAbsoluteReadOutsWithErrors) {
  ChipDesign design = with_read_out_errors(real_chip({20, 12, 8, 4}));
  design.converter.readout = Readout::absolute;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, OfReadOutsWithErrorsInATransient) {
  ChipDesign design = with_read_out_errors(real_chip({20, 12, 8, 4}));
  design.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 400, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyThreadsInATransient) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 400, {{0, 2}, {0, 3}});
}

TEST(SameBytes, ForAnyBlockInATransient) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 400, {{100, 1}, {200, 1}});
}

TEST(SameBytes, OfAChipThatCouldBeBuilt) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    ChipDesign design = buildable(real_chip({40, 12, 8, 4}));
    design.settling.analysis = analysis;
    const bool in_time = analysis == Analysis::transient;
    for (const What what : {What::learned, What::booked})
      expect_same(what, design, 300, in_time ? 400 : 700, {{100, 1}, {0, 3}});
  }
}

// Strong feedback, with several equilibria that are followed, checked and counted.
TEST(SameBytes, WhereverTheFreePhaseStarts) {
  for (const Start start : {Start::any, Start::reset, Start::forward, Start::previous}) {
    ChipDesign design = real_chip({20, 12, 8, 8, 4});
    GraphSpec strong{20, {12, 8, 8}, 4};
    strong.beta = 1;
    design.graph = layered(strong);
    design.settling.start = start;
    for (const What what : {What::learned, What::booked}) expect_same(what, design, 300, 700, {{100, 1}, {0, 3}});
  }
}

TEST(SameBytes, NotForAnotherSeed) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  for (const What what : {What::learned, What::booked}) {
    const std::string expected = train(what, design, 30, 40, 0, 1);
    EXPECT_TRUE(train(what, design, 30, 40, 0, 1) == expected);
    ChipDesign other = design;
    other.seed = 2;
    EXPECT_FALSE(train(what, other, 30, 40, 0, 1) == expected);
  }
}

}  // namespace
}  // namespace settle::test::same_bytes_test
