// What the host's memory holds, and what its accesses and its leakage come to, by hand.
#include "settle/models/learning/host_memory.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/learning/host.h"
#include "settle/models/learning/optimizer.h"
#include "tests/models/chip/digest.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::host_memory_test {
namespace {

constexpr double weights_of_default = 784 * 512 + 512 * 512 + 512 * 10;

HostMemory memory_of(const ChipDesign& design, const std::string& optimizer = "adam", Index batch = 500,
                     Index samples = 0) {
  LearningSpec learning = design.learning;
  learning.optimizer = optimizer;
  return host_memory(design, learning, batch, samples);
}

// An accumulator, two moments and what is owed, of 32 bits each: 10.7 MB.
TEST(HostMemory, OfTheDefaultNetwork) {
  const HostMemory memory = memory_of(real_chip({784, 512, 512, 10}));
  EXPECT_EQ(memory.of_learning(), 16 * weights_of_default);
  EXPECT_NEAR(memory.of_learning(), 10.7e6, 0.05e6);
  EXPECT_EQ(memory.updated(), memory.of_learning());
  EXPECT_EQ(memory.codes, 784 + 4 * 512 + 10);
  EXPECT_EQ(memory.samples, 0);
}

TEST(HostMemory, IsThatOfTheOptimizer) {
  for (const OptimizerFamily& family : optimizers()) {
    const auto made = family.make(3, 4, {0.1});
    EXPECT_EQ(family.moments, int(made->state().matrices.size())) << family.name;
    const HostMemory memory = memory_of(real_chip({20, 10, 4}), family.name);
    EXPECT_EQ(memory.moments, family.moments * 4 * 240) << family.name;
  }
}

TEST(HostMemory, HoldsFactorsOfABatchInsteadOfAccumulators) {
  ChipDesign design = real_chip({20, 10, 4});
  design.chip.host_accumulate = Accumulate::factors;
  EXPECT_EQ(memory_of(design, "adam", 50).accumulators, 0);
  EXPECT_EQ(memory_of(design, "adam", 50).factors, 50 * (20 + 2 * 10 + 4));
  EXPECT_EQ(memory_of(design, "adam", 100).factors, 2 * memory_of(design, "adam", 50).factors);
}

TEST(HostMemory, HoldsWhatThisUpdateNeeds) {
  ChipDesign design = real_chip({20, 10, 4});
  design.graph.replica = true;
  EXPECT_EQ(memory_of(design).owed, 2 * 4 * 240);
  design.graph.replica = false;
  design.learning.update = Update::ideal;
  EXPECT_EQ(memory_of(design).owed, 0);
  design.learning.update = Update::in_situ;
  EXPECT_EQ(memory_of(design).of_learning(), 0);
  design.learning.transfer_every = 1;
  EXPECT_EQ(memory_of(design).of_learning(), 4 * 240);
}

TEST(HostMemory, HoldsAllSamplesWhereTheyLieOnTheChip) {
  ChipDesign design = real_chip({20, 10, 4});
  design.chip.host_samples = SampleMemory::sram;
  EXPECT_EQ(memory_of(design, "adam", 500, 1000).samples, 20 * 1000);
}

// Of one sample of the default network at 32 nm: 4.3 uJ in banks of 8 KB, 43 uJ in banks of 1 MB.
TEST(HostMemory, AccumulatorsTakeMicrojoulesASample) {
  ChipSpec chip;
  chip.node = 32;
  chip.supply_v = 0.9;
  const double words = 2 * 4 * weights_of_default / word_bytes;
  chip.host_bank_bytes = 8192;
  EXPECT_NEAR(words * Costs(chip).sram_access_j(10.7e6).supplied, 4.3e-6, 0.02e-6);
  chip.host_bank_bytes = 1048576;
  EXPECT_NEAR(words * Costs(chip).sram_access_j(10.7e6).supplied, 43e-6, 0.2e-6);
}

struct Trained {
  Ledger ledger;
  HostMemory memory;
  std::string learned;
};

HostSpec with_batch(Index batch, const std::string& optimizer = "adam") {
  HostSpec spec;
  spec.batch = batch;
  spec.learning.optimizer = optimizer;
  return spec;
}

// `batches` batches of `batch` samples, then an inference of one batch.
Trained train(const ChipDesign& design, Index batch, Index batches, HostSpec spec = {}) {
  spec.batch = batch;
  spec.samples = 1000;
  Chip chip(design);
  Host host(spec, chip);
  const Samples data = random_samples(design.graph.population(0).size, 4, batch);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  chip.meter().enter(Section::training);
  for (Index b = 0; b < batches; ++b) host.train(data, range(0, batch));
  chip.meter().enter(Section::inference);
  Matrix<float> outputs;
  host.infer(data, 0, batch, outputs);
  Digest digest;
  digest.add_learned(chip);
  return {chip.meter().ledger(), host.memory(), digest.text()};
}

double sum(const Ledger& ledger, Section section, const Action& action, double Ledger::Row::*member) {
  double all = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.section == section && row.action == &action) {
      EXPECT_EQ(row.component, "host memory") << action.name;
      all += row.*member;
    }
  return all;
}
double words(const Ledger& ledger, Section section, const Action& action) {
  return sum(ledger, section, action, &Ledger::Row::count);
}
double joules(const Ledger& ledger, Section section, const Action& action) {
  double all = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.section == section && row.action == &action) all += row.energy.supplied;
  return all;
}

constexpr double weights = 20 * 12 + 12 * 8 + 8 * 4;
constexpr Index batch = 30;

TEST(HostMemory, BooksWhatEachSampleAccesses) {
  const ChipDesign design = real_chip({20, 12, 8, 4});
  const Trained t = train(design, batch, 2);
  const Costs costs(design.chip);
  const double samples = 2 * batch;
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::dram_fetch), samples * 20 / 8);
  EXPECT_NEAR(joules(t.ledger, Section::training, action::dram_fetch), samples * 20 / 8 * 1.95e-9, 1e-15);
  // pixels stored and sent; logits, held states and differences stored; errors sent
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::converter_codes),
                   samples * (2 * 20 + 4 + 2 * (12 + 8) + 4) / 8);
  EXPECT_NEAR(joules(t.ledger, Section::training, action::converter_codes),
              samples * 88 / 8 * costs.sram_access_j(t.memory.codes).supplied, 1e-15);
  // 64 lanes: a tile of 8 x 8 products
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::factor_codes), samples * weights * 2 / 8 / 8);
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::accumulation), samples * weights);
  EXPECT_NEAR(joules(t.ledger, Section::training, action::accumulation),
              samples * weights * costs.sram_access_j(16 * weights).supplied, 1e-15);
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::inference, action::dram_fetch), batch * 20 / 8.0);
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::inference, action::converter_codes), batch * (2 * 20 + 4) / 8.0);
  for (const Action* learning : {&action::factor_codes, &action::accumulation, &action::optimizer_state})
    EXPECT_EQ(words(t.ledger, Section::inference, *learning), 0) << learning->name;
}

// Once a batch, whatever its size: all that is kept of each weight, read and written.
TEST(HostMemory, BooksTheStateOnceABatch) {
  const std::pair<const char*, double> bytes[] = {{"adam", 16}, {"momentum", 12}, {"sgd", 8}};
  const std::pair<const char*, double> operations[] = {{"adam", 12}, {"momentum", 3}, {"sgd", 1}};
  for (std::size_t k = 0; k < 3; ++k) {
    for (const Index size : {Index(10), batch}) {
      const ChipDesign design = real_chip({20, 12, 8, 4});
      const Trained t = train(design, size, 3, with_batch(size, bytes[k].first));
      EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::optimizer_state),
                       3 * 2 * bytes[k].second * weights / 8);
      EXPECT_NEAR(joules(t.ledger, Section::training, action::host_update),
                  3 * weights * operations[k].second * Costs(design.chip).host_operation_j().supplied, 1e-18);
    }
  }
}

TEST(HostMemory, FetchesFromWhereSamplesAre) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.chip.host_samples = SampleMemory::sram;
  const Trained sram = train(design, batch, 1);
  EXPECT_DOUBLE_EQ(words(sram.ledger, Section::training, action::sram_fetch), batch * 20 / 8.0);
  EXPECT_NEAR(joules(sram.ledger, Section::training, action::sram_fetch),
              batch * 20 / 8.0 * Costs(design.chip).sram_access_j(20 * 1000).supplied, 1e-15);
  EXPECT_EQ(words(sram.ledger, Section::training, action::dram_fetch), 0);
  design.chip.host_samples = SampleMemory::stream;
  const Trained stream = train(design, batch, 1);
  EXPECT_EQ(words(stream.ledger, Section::training, action::dram_fetch), 0);
  EXPECT_EQ(words(stream.ledger, Section::training, action::sram_fetch), 0);
}

// 20 bytes at 1 GB/s take 20 ns of each sample's load, and cost the same.
TEST(HostMemory, FetchesTakeTheTimeOfTheirBytes) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  const Trained at_once = train(design, batch, 2);
  design.chip.dram_bytes_per_s = 1e9;
  const Trained in_time = train(design, batch, 2);
  const auto load = [](const Trained& t, Section section) { return t.ledger.time(section, Phase::load); };
  const Time fetch = Time::seconds(20e-9);
  EXPECT_TRUE(load(in_time, Section::training) == load(at_once, Section::training) + fetch * (2 * batch));
  EXPECT_TRUE(load(in_time, Section::inference) == load(at_once, Section::inference) + fetch * batch);
  EXPECT_EQ(joules(in_time.ledger, Section::training, action::dram_fetch),
            joules(at_once.ledger, Section::training, action::dram_fetch));
  design.chip.host_samples = SampleMemory::stream;
  EXPECT_TRUE(load(train(design, batch, 2), Section::training) == load(at_once, Section::training));
}

// The same sums another way: weights and times are the same, accumulators are not accessed, and the state that an
// update reads and writes is without them.
TEST(HostMemory, FactorsTeachTheSame) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  const Trained sram = train(design, batch, 2);
  design.chip.host_accumulate = Accumulate::factors;
  const Trained factors = train(design, batch, 2);
  EXPECT_TRUE(factors.learned == sram.learned);
  EXPECT_TRUE(factors.ledger.time() == sram.ledger.time());
  EXPECT_EQ(words(factors.ledger, Section::training, action::accumulation), 0);
  // the sample's codes are stored for the batch, too
  EXPECT_DOUBLE_EQ(words(factors.ledger, Section::training, action::factor_codes),
                   words(sram.ledger, Section::training, action::factor_codes) + 2 * batch * (20 + 2 * 20 + 4) / 8.0);
  EXPECT_DOUBLE_EQ(words(factors.ledger, Section::training, action::optimizer_state), 2 * 2 * 12 * weights / 8);
}

TEST(HostMemory, RefusesABatchThatItsFactorsDoNotFit) {
  ChipDesign design = real_chip({20, 12, 4});
  design.chip.host_accumulate = Accumulate::factors;
  Chip chip(design);
  Host host(with_batch(10), chip);
  chip.initialise();
  const Samples data = random_samples(20, 4, 11);
  host.measure_settling(data);
  EXPECT_NO_THROW(host.train(data, range(0, 10)));
  EXPECT_THROW(host.train(data, range(0, 11)), InputError);
}

// All memory leaks while the chip learns; what only learning needs is off otherwise.
TEST(HostMemory, LeaksForAllTheTimeThatPasses) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    ChipDesign design = real_chip({20, 12, 8, 4});
    design.settling.analysis = analysis;
    design.neuron.noise = 0;
    const Trained t = train(design, batch, 2);
    const Costs costs(design.chip);
    for (const Section section : {Section::programming, Section::training, Section::inference}) {
      const double bytes = section == Section::training ? t.memory.all() : t.memory.always();
      const double seconds = t.ledger.time(section).to_seconds();
      EXPECT_NEAR(joules(t.ledger, section, action::memory_leakage) / (costs.sram_leakage_w(bytes) * seconds), 1, 1e-9)
          << name(section);
      EXPECT_NEAR(words(t.ledger, section, action::memory_leakage) / seconds, 1, 1e-9) << name(section);
    }
    for (const Ledger::Row& row : t.ledger.rows()) {
      if (row.action != &action::memory_leakage) continue;
      EXPECT_NEAR(row.seconds / t.ledger.time(row.section, row.phase).to_seconds(), 1, 1e-12) << name(row.phase);
    }
  }
}

// Trains of pulses get their lines' codes; nothing is accumulated.
TEST(HostMemory, OfAnUpdateInPlace) {
  ChipDesign design = real_chip({20, 12, 8, 4});
  design.learning.update = Update::in_situ;
  const Trained t = train(design, 1, 3);
  EXPECT_EQ(words(t.ledger, Section::training, action::accumulation), 0);
  EXPECT_EQ(words(t.ledger, Section::training, action::optimizer_state), 0);
  EXPECT_DOUBLE_EQ(words(t.ledger, Section::training, action::factor_codes), 3 * (20 + 12 + 12 + 8 + 8 + 4) / 8.0);
}

// A host whose logic cannot be had refuses, as the program does.
TEST(HostMemory, IsOfANodeThatThereIs) {
  ChipDesign design = real_chip({20, 12, 4});
  design.chip.supply_v = 2;
  EXPECT_THROW(Chip{design}, InputError);
}

}  // namespace
}  // namespace settle::test::host_memory_test
