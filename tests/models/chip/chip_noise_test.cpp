// Noise is the same in every analysis: what a chip reads of states that are solved for, and of states in time. All
// samples are alike, so that whatever differs between them is noise.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/models/chip/small_chip.h"

namespace settle::test::chip_noise_test {
namespace {

constexpr Index samples = 200;

struct Readings {
  std::vector<Matrix<float>> held, differences;
  Matrix<float> logits;
};

Samples one_sample() {
  Samples data = random_samples(6, 5, samples);
  data.pixels = data.pixels.col(0).eval().replicate(1, samples);
  data.labels.setConstant(data.labels[0]);
  return data;
}

Readings read(ChipDesign design, Analysis analysis) {
  design.settling.analysis = analysis;
  design.learning.difference = DifferenceMode::plain;
  Chip chip(design);
  const Samples data = one_sample();
  chip.pass(chip.initialise());
  chip.measure_settling(data.pixels, data.labels);
  Readings readings;
  chip.present({samples, samples, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  chip.read_logits(readings.logits);
  chip.hold();
  Matrix<float> error = Matrix<float>::Zero(5, samples);
  error.row(0).setConstant(0.5f);
  chip.nudge(error);
  chip.settle_clamped(Sign::first);
  chip.read_differences(readings.differences);
  chip.read_held(readings.held);
  return readings;
}

// rms of what differs between samples.
double spread(const Matrix<float>& m) {
  const Matrix<double> all = m.cast<double>();
  const Matrix<double> off = all.colwise() - Vector<double>(all.rowwise().mean());
  return off.norm() / std::sqrt(double(m.rows() * (m.cols() - 1)));
}

ChipDesign deep_chip(Index layers, Index neurons, double beta, bool skips = false) {
  std::vector<Index> sizes(std::size_t(layers) + 2, neurons);
  sizes.front() = 6;
  sizes.back() = 5;
  ChipDesign design = exact_chip(sizes);
  if (skips) design.graph = residual({sizes.front(), {sizes.begin() + 1, sizes.end() - 1}, sizes.back()});
  for (Projection& p : design.graph.projections)
    if (design.graph.is_hidden(p.source) && design.graph.is_hidden(p.target)) p.beta = beta;
  return design;
}

// Of everything that is read, within 10 %.
void expect_as_in_time(const Readings& in_time, const Readings& at_once, const Graph& graph, const std::string& what) {
  for (Index p = 1; p < graph.readout(); ++p) {
    const auto i = std::size_t(p);
    EXPECT_GT(spread(at_once.held[i]), 1e-5);
    EXPECT_NEAR(spread(at_once.held[i]) / spread(in_time.held[i]), 1, 0.1) << what << ", state of population " << p;
    EXPECT_NEAR(spread(at_once.differences[i]) / spread(in_time.differences[i]), 1, 0.1)
        << what << ", difference of population " << p;
  }
  EXPECT_NEAR(spread(at_once.logits) / spread(in_time.logits), 1, 0.1) << what << ", logits";
}

void expect_the_same(ChipDesign design, const std::string& what) {
  design.settling.free_steps = design.settling.clamped_steps = 40;  // of map: as settled as the others are
  const Readings in_time = read(design, Analysis::transient);
  expect_as_in_time(in_time, read(design, Analysis::operating_point), design.graph, what + ", operating point");
  expect_as_in_time(in_time, read(design, Analysis::map), design.graph, what + ", map");
}

struct Case {
  const char* name;
  Index layers, neurons;
  double beta;
  bool skips = false;
};

const Case cases[] = {{"two layers", 2, 30, 0.1},
                      {"three layers", 3, 30, 0.5},
                      {"ten layers", 10, 20, 0.1},
                      {"ten residual layers", 10, 20, 0.1, true}};

TEST(ChipNoise, OfOutputsIsTheSameInTime) {
  for (const Case& c : cases) {
    ChipDesign design = deep_chip(c.layers, c.neurons, c.beta, c.skips);
    design.neuron.noise = 2e-3;
    expect_the_same(design, c.name);
  }
}

TEST(ChipNoise, OfMembranesIsTheSameInTime) {
  for (const Case& c : cases) {
    ChipDesign design = deep_chip(c.layers, c.neurons, c.beta, c.skips);
    design.neuron.membrane_noise = 2e-3;
    expect_the_same(design, c.name);
  }
}

TEST(ChipNoise, OfReadsIsTheSameInTime) {
  for (const Case& c : cases) {
    ChipDesign design = deep_chip(c.layers, c.neurons, c.beta, c.skips);
    design.crossbar.device.read_noise = 2e-3;
    expect_the_same(design, c.name);
  }
}

// Behind amplifiers that are half as slow as membranes, of which noise has passed a pole more.
TEST(ChipNoise, BehindAmplifiersIsTheSameInTime) {
  ChipDesign design = deep_chip(3, 30, 0.2);
  design.sense.gbw_hz = 2e9;
  design.neuron.noise = 2e-3;
  expect_the_same(design, "amplifiers");
}

// The same in each phase of a reading, and another in the next phase.
TEST(ChipNoise, IsOfAPhase) {
  ChipDesign design = deep_chip(2, 30, 0.1);
  design.neuron.noise = 2e-3;
  Chip chip(design);
  chip.pass(chip.initialise());
  const Samples data = random_samples(6, 5, samples);
  chip.present({samples, samples, 0, 1}, data.pixels);
  EXPECT_EQ(chip.output_noise(1).size(), 0);
  chip.settle_free(Use::learning);
  const Matrix<float> free = chip.output_noise(1);
  Matrix<float> logits;
  chip.read_logits(logits);
  chip.hold();
  EXPECT_TRUE(chip.output_noise(1) == free);
  chip.nudge(Matrix<float>::Zero(5, samples));
  chip.settle_clamped(Sign::first);
  const Matrix<float>& clamped = chip.output_noise(1);
  EXPECT_LE(std::abs(double(free.cwiseProduct(clamped).sum()) / double(free.norm() * clamped.norm())),
            5 / std::sqrt(30.0 * samples));
}

}  // namespace
}  // namespace settle::test::chip_noise_test
