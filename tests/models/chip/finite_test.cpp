// Numbers that are not finite end a run where they first appear.
#include "settle/models/chip/finite.h"

#include <limits>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/memory_archive.h"

namespace settle::test::finite_test {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();

template <class Body>
void expect_message(const Body& body, const std::vector<std::string>& parts) {
  try {
    body();
    FAIL() << "nothing was thrown";
  } catch (const NotFinite& e) {
    for (const std::string& part : parts) EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

// A state of a device that is not a number, as an archive may have it: weights that are none are refused.
class Spoilt : public MemoryArchive {
 public:
  using MemoryArchive::matrix;
  void matrix(const std::string& name, Matrix<float>& value) override {
    MemoryArchive::matrix(name, value);
    if (loading() && name == "state") value(2, 3) = nan;
  }
};

// One weight that is not a number, to neuron 2 of the second layer.
void spoil(Chip& chip) {
  Spoilt archive;
  chip.array(1)->visit_state(archive);
  archive.rewind();
  chip.array(1)->visit_state(archive);
}

TEST(Finite, StatesAreNamedByLayerPhaseAndSample) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    ChipDesign design = exact_chip({6, 7, 5, 4});
    design.settling.analysis = analysis;
    Chip chip(design);
    chip.pass(chip.initialise());
    spoil(chip);
    const Samples data = random_samples(6, 4, 3);
    chip.present({3, 3, 40, 1}, data.pixels);
    expect_message([&] { chip.settle_free(Use::learning); }, {"free phase", "nan", "hidden", "sample 41", "in step "});
  }
}

TEST(Finite, TrainingStopsAtWeightsThatAreNot) {
  Chip chip(exact_chip({6, 7, 5, 4}));
  HostSpec spec;
  spec.learning.optimizer = "sgd";
  spec.learning.learning_rate = 1;
  Host host(spec, chip);
  chip.pass(chip.initialise());
  host.learner().set_rate_share(std::numeric_limits<double>::infinity());
  const Samples data = random_samples(6, 4, 8);
  expect_message([&] { host.train(data, {0, 1, 2, 3, 4, 5, 6, 7}); }, {"the change of weights of input_hidden1"});
}

TEST(Finite, TimingStopsAtStatesThatAreNot) {
  Chip chip(exact_chip({6, 7, 5, 4}));
  chip.pass(chip.initialise());
  spoil(chip);
  const Samples data = random_samples(6, 4, 8);
  expect_message([&] { chip.measure_settling(data.pixels, data.labels); },
                 {"nan", "hidden", "sample 1 of those by which phases are timed"});
}

TEST(Finite, FindsOneInAMatrix) {
  Matrix<float> weights = Matrix<float>::Constant(40, 30, 1e38f);
  EXPECT_NO_THROW(expect_finite(weights, "a weight"));
  for (const float value : {nan, infinite, -infinite}) {
    weights(7, 11) = value;
    expect_message([&] { expect_finite(weights, "a weight"); }, {"a weight is", "row 7", "column 11"});
  }
}

// What stands in the padding of a block is nobody's sample.
TEST(Finite, PaddingIsNoSample) {
  const Graph graph = exact_chip({6, 7, 5, 4}).graph;
  std::vector<Matrix<float>> read(4);
  read[1] = Matrix<float>::Zero(7, 8);
  read[1](0, 6) = nan;
  const Block block{5, 8, 0, 1};
  EXPECT_NO_THROW(expect_finite(graph, read, block, "the difference"));
  read[1](3, 4) = infinite;
  expect_message([&] { expect_finite(graph, read, block, "the difference"); },
                 {"the difference of hidden1", "neuron 3", "sample 5"});
}

}  // namespace
}  // namespace settle::test::finite_test
