// Neither the size of blocks nor the number of threads changes a byte of what a chip learns, costs and takes.
#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

// What must be the same: what the chip has learned and how long it took, or what the books say.
enum class What { learned, booked };

class Digest {
 public:
  template <class T>
  void add(const T* values, Index count) {
    text_.append(reinterpret_cast<const char*>(values), std::size_t(count) * sizeof(T));
  }
  void add(const Score& score, What what) {
    if (what == What::learned) add(&score.hits, 1);
    if (what == What::booked) add(&score.loss, 1);
  }
  void add_learned(hw::Substrate& s) {
    for (std::size_t k = 0; k < s.spec().graph.projections.size(); ++k) {
      const Matrix<float>& state = s.array(k).model().programmed();
      add(state.data(), state.size());
    }
    for (const hw::SettlingCount& c : {s.free_count(), s.clamped_count()}) add(&c.steps, 1);
    add(s.gains().data(), Index(s.gains().size()));
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    add(&now, 1);
  }
  void add_booked(const Ledger& ledger) {
    for (const Ledger::Row& row : ledger.rows()) {
      add(row.component.data(), Index(row.component.size()));
      add(&row.count, 1);
      add(row.energy_j.data(), 3);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Two epochs of batches of `batch` samples, the last one of each epoch smaller, then a test. The first array has more
// cells than one thread works on at a time.
std::string train(What what, hw::SubstrateSpec spec, Index batch, Index count, Index block, int threads) {
  return from_child([&]() {
    spec.threads = threads;
    hw::HostSpec host;
    host.block = block;
    host.threads = threads;
    if (spec.graph.feedforward) host.learning.rule = Rule::bp;
    Digest bytes;
    run_chip(spec, host, [&](hw::Chip& chip) {
      const Samples data = random_samples(spec.graph.population(0).size, 4, count);
      sc_core::wait(chip.substrate.initialise());
      for (int epoch = 0; epoch < 2; ++epoch) {
        chip.host.measure_settling(data);
        for (Index first = 0; first < count; first += batch)
          bytes.add(chip.host.train(data, range(first, std::min(batch, count - first))), what);
      }
      Matrix<float> outputs;
      bytes.add(chip.host.infer(data, 0, count, outputs), what);
      bytes.add(outputs.data(), outputs.size());
      if (what == What::learned) bytes.add_learned(chip.substrate);
      if (what == What::booked) bytes.add_booked(chip.meter.ledger());
    });
    return bytes.text();
  });
}

struct Way {
  Index block;
  int threads;
};

void expect_same(What what, const hw::SubstrateSpec& spec, Index batch, Index count, const std::vector<Way>& ways) {
  const std::string expected = train(what, spec, batch, count, 0, 1);
  EXPECT_GT(expected.size(), 100u);
  for (const Way& way : ways)
    EXPECT_TRUE(train(what, spec, batch, count, way.block, way.threads) == expected)
        << "not the same in blocks of " << way.block << " on " << way.threads << " threads";
}

const std::vector<Way> ways = {{100, 1}, {150, 1}, {200, 2}, {0, 2}, {1, 3}, {0, 3}};

TEST(SameBytes, LearnedForAnyBlockAndThreads) {
  expect_same(What::learned, real_chip({200, 100, 12, 4}), 300, 700, ways);
}

TEST(SameBytes, BookedForAnyBlockAndThreads) {
  expect_same(What::booked, real_chip({200, 100, 12, 4}), 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockByBackPropagation) {
  hw::SubstrateSpec spec = real_chip({200, 100, 12, 4});
  spec.graph = without_feedback(spec.graph);
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyBlockWithReplicas) {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  spec.graph.replica = true;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyThreadsUpdatedInSitu) {
  hw::SubstrateSpec spec = real_chip({200, 100, 4});
  spec.learning.update = Update::in_situ;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 1, 10, {{0, 2}, {0, 3}});
}

// What passes with time passes between batches, whatever the blocks.
TEST(SameBytes, ForAnyBlockOfDevicesThatForget) {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  DevicePreset& device = spec.crossbar.device;
  device.leak_time_s = 1e-3;
  device.flicker = 0.02;
  device.drift_nu = 0.05;
  device.drift_time_s = 1e-6;
  spec.crossbar.wires.word_ohm = spec.crossbar.wires.bit_ohm = 10;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 700, ways);
}

// Converters, amplifiers and holds with errors, calibrated now and then.
hw::SubstrateSpec chip_with_read_out_errors() {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  spec.converter.dac = spec.converter.adc = {0.5, 0.01, 0.5, 0.5};
  spec.amplifier = {1024, 2e-3, 0.01, 1e-3, 2};
  spec.hold = {ThermalNoise::capacitor, 1e-9, 0.2, 1e-16, 0.2};
  return spec;
}

TEST(SameBytes, ForAnyBlockOfReadOutsWithErrors) {
  for (const What what : {What::learned, What::booked}) expect_same(what, chip_with_read_out_errors(), 300, 700, ways);
}

TEST(SameBytes, ForAnyBlockOfAbsoluteReadOutsWithErrors) {
  hw::SubstrateSpec spec = chip_with_read_out_errors();
  spec.converter.readout = Readout::absolute;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 700, {{100, 1}, {0, 3}});
}

TEST(SameBytes, OfReadOutsWithErrorsInATransient) {
  hw::SubstrateSpec spec = chip_with_read_out_errors();
  spec.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 400, {{100, 1}, {0, 3}});
}

TEST(SameBytes, ForAnyThreadsInATransient) {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  spec.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 400, {{0, 2}, {0, 3}});
}

TEST(SameBytes, ForAnyBlockInATransient) {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  spec.settling.analysis = Analysis::transient;
  for (const What what : {What::learned, What::booked}) expect_same(what, spec, 300, 400, {{100, 1}, {200, 1}});
}

TEST(SameBytes, NotForAnotherSeed) {
  hw::SubstrateSpec spec = real_chip({20, 12, 8, 4});
  for (const What what : {What::learned, What::booked}) {
    const std::string expected = train(what, spec, 30, 40, 0, 1);
    EXPECT_TRUE(train(what, spec, 30, 40, 0, 1) == expected);
    hw::SubstrateSpec other = spec;
    other.seed = 2;
    EXPECT_FALSE(train(what, other, 30, 40, 0, 1) == expected);
  }
}

}  // namespace
}  // namespace settle::test
