// Checks of the reference chip (tests/data/reference-chip.toml), on Fashion-MNIST where that is installed.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/chip_spec.h"
#include "src/run/device_spec.h"

namespace settle::test::reference_chip_test {
namespace {

Configuration reference_chip(const std::vector<std::string>& overrides = {}) {
  return read_configuration(std::string(SETTLE_TEST_DATA) + "/reference-chip.toml", overrides);
}

// Zero weights: every device of both arrays 10.6381 uS.
TEST(CircuitCheck, C3InputArray) {
  const Configuration c = reference_chip();
  Dataset data;
  try {
    data = load_dataset(c.data);
  } catch (const std::exception& e) {
    GTEST_SKIP() << e.what();
  }
  constexpr Index images = 1000;
  const Matrix<float> x = data.test.pixels.leftCols(images).cast<float>() / 255.0f;
  EXPECT_NEAR(x.cast<double>().squaredNorm() / images, 164.7016, 1e-3);
  EXPECT_NEAR(x.cast<double>().sum() / images, 227.5849, 1e-3);
  Meter meter(c.chip, c.cost);
  const Graph graph = build_chip(c, 784, 10).graph;
  CrossbarMacro array("input_hidden1", graph.connection(graph.projections.front()), build_crossbar(c), 1, meter);
  EXPECT_NEAR(array.model().siemens(3, 5), 10.6381e-6, 1e-10);
  const Block block{images, images, 0, 1};
  array.book_read(block, array.sums_of(block, Side::word_lines, x), 1.0, 1.0);
  double devices = 0, all = 0;
  for (const Ledger::Row& row : meter.ledger().rows()) {
    if (row.action == &action::array_read) devices += row.energy.supplied / images;
    all += row.energy.supplied / images;
  }
  EXPECT_NEAR(devices, 71.77e-3, 0.005e-3);
  EXPECT_NEAR(all, 446.3e-3, 0.05e-3);
}

// A bank stands until what is read of it has been converted.
TEST(CircuitCheck, C9BiasStandsWhileLogitsAreConverted) {
  const Configuration c = reference_chip({"data.train_limit=1000", "data.test_limit=100"});
  Dataset data;
  try {
    data = load_dataset(c.data);
  } catch (const std::exception& e) {
    GTEST_SKIP() << e.what();
  }
  Chip chip(build_chip(c, 784, 10));
  Host host(build_host(c), chip);
  chip.pass(chip.initialise());
  host.measure_settling(data.train);
  chip.meter().enter(Section::inference);
  Matrix<float> outputs;
  host.infer(data.test, 0, 100, outputs);
  double seconds = 0;
  for (const Ledger::Row& row : chip.meter().ledger().rows())
    if (row.section == Section::inference && row.component == "hidden1" && row.action == &action::neuron_bias)
      seconds += row.seconds / 100;
  EXPECT_NEAR(seconds, chip.settling_times().read_s + 80e-9, 1e-15);
}

}  // namespace
}  // namespace settle::test::reference_chip_test
