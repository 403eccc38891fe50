// What the noise of the arrays' reads makes of held states and differences, against the sum of its parts by hand.
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "tests/models/chip/small_chip.h"

namespace settle::test::read_noise_test {
namespace {

constexpr Index samples = 200, neurons = 200;
constexpr double read_noise = 0.01;  // of the conductance's range, in each cell

// In the dark the input's arrays are silent; neurons whose offsets differ have states all the same.
ChipDesign dark_chip(const std::vector<Index>& sizes) {
  ChipDesign design = exact_chip(sizes);
  design.crossbar.device.read_noise = read_noise;
  design.neuron.offset_mismatch = 0.5;
  return design;
}

// The noise of one weight, a device and its reference cell.
double weight_noise(Chip& chip, std::size_t k) {
  const Crossbar& array = chip.array(k)->model();
  const double range = array.spec().conductance_max_siemens - array.spec().conductance_min_siemens;
  return read_noise * range * std::sqrt(2.0) * array.weight_per_siemens();
}

void on_dark_chip(const ChipDesign& design, const std::function<void(Chip&)>& body) {
  Chip chip(design);
  const Index inputs = design.graph.population(0).size;
  const Samples data = random_samples(inputs, 3, samples);
  chip.pass(chip.initialise());
  chip.measure_settling(data.pixels, data.labels);
  chip.present({samples, samples, 0, 1}, Matrix<std::uint8_t>::Zero(inputs, samples));
  chip.settle_free(Use::learning);
  chip.hold();
  body(chip);
}

// Of noise through tanh neurons, what it was before them; rms.
double before_neurons(const Matrix<double>& noise, const Matrix<float>& states) {
  const Matrix<double> slope = 1 - states.cast<double>().array().square();
  return std::sqrt((noise.array() / slope.array()).square().mean());
}

// What reads of the feedback add, and what comes through it: half of the variance of the second layer's states, which
// have passed one pole and pass another.
TEST(ReadNoise, OfFeedbackIsScaledByBeta) {
  on_dark_chip(dark_chip({4, neurons, 50, 3}), [](Chip& chip) {
    std::vector<Matrix<float>> held;
    chip.read_held(held);
    const Matrix<float>& states = chip.state().bank(1).state;
    const double beta = chip.design().graph.projections[1].beta;
    const Matrix<double> first = states.col(0).cast<double>(),
                         second = chip.state().bank(2).state.col(0).cast<double>();
    const double own = beta * weight_noise(chip, 1) * second.norm();
    const Matrix<double> slope = 1 - second.array().square();
    const Matrix<double> through = chip.array(1)->model().weights().transpose().cast<double>() * slope.asDiagonal();
    const double arrives = beta * weight_noise(chip, 1) * first.norm() * through.norm() / std::sqrt(2.0 * neurons);
    ASSERT_GT(own, 1e-4);
    ASSERT_GT(arrives, own / 3);
    EXPECT_NEAR(before_neurons((held[1] - states).cast<double>(), states) / std::hypot(own, arrives), 1, 0.04);
  });
}

// Nothing but the nudge is noisy here, and differences are in units of it.
TEST(ReadNoise, OfTheNudgeIsScaledLikeTheNudge) {
  on_dark_chip(dark_chip({4, neurons, 3}), [](Chip& chip) {
    const Matrix<float> error = Vector<float>(Vector<float>::LinSpaced(3, -1, 0.5f)).replicate(1, samples);
    std::vector<Matrix<float>> differences;
    chip.nudge(error);
    chip.settle_clamped(Sign::first);
    chip.read_differences(differences);
    ASSERT_NEAR(chip.circuit().scale(1), chip.design().learning.nudge, 1e-12);
    const Matrix<double> seen = differences[1].cast<double>();
    const Matrix<double> noise = seen.colwise() - Vector<double>(seen.rowwise().mean());  // samples are alike otherwise
    const double expected = weight_noise(chip, 1) * double(error.col(0).norm());
    EXPECT_NEAR(before_neurons(noise, chip.state().bank(1).state) / expected, 1, 0.02);
  });
}

// In time the membrane of the clamped phase, free one and difference together, has kT/C as that of the free one does.
TEST(MembraneNoise, IsTheSameInBothPhases) {
  constexpr double rms = 1e-3;
  ChipDesign design = exact_chip({4, neurons, 3});
  design.settling.analysis = Analysis::transient;
  design.neuron.membrane_noise = rms;
  on_dark_chip(design, [](Chip& chip) {
    chip.nudge(Matrix<float>::Zero(3, samples));
    chip.settle_clamped(Sign::first);
    const BankState<float>& bank = chip.state().bank(1);
    const Matrix<double> free = bank.drive.cast<double>(), difference = bank.difference_drive.cast<double>();
    const Matrix<double> clamped = free + chip.circuit().scale(1) * difference;
    for (const Matrix<double>* membrane : {&free, &clamped})
      EXPECT_NEAR(std::sqrt(membrane->array().square().mean()) / rms, 1, 0.02);
  });
}

}  // namespace
}  // namespace settle::test::read_noise_test
