// What the noise of the arrays' reads makes of held states and differences, against the sum of its parts by hand.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 200, neurons = 200;
constexpr double read_noise = 0.01;  // of the conductance's range, in each cell

// In the dark the input's arrays are silent; neurons whose offsets differ have states all the same.
hw::SubstrateSpec dark_chip(const std::vector<Index>& sizes) {
  hw::SubstrateSpec spec = exact_chip(sizes);
  spec.crossbar.device.read_noise = read_noise;
  spec.neuron.offset_mismatch = 0.5;
  return spec;
}

// The noise of one weight, a device and its reference cell.
double weight_noise(hw::Chip& chip, std::size_t k) {
  const settle::Crossbar& array = chip.substrate.array(k).model();
  const double range = array.spec().conductance_max_siemens - array.spec().conductance_min_siemens;
  return read_noise * range * std::sqrt(2.0) * array.weight_per_siemens();
}

void on_dark_chip(const hw::SubstrateSpec& spec, const std::function<void(hw::Chip&)>& body) {
  in_child([&]() {
    run_chip(spec, {}, [&](hw::Chip& chip) {
      const Index inputs = spec.graph.population(0).size;
      sc_core::wait(chip.substrate.initialise());
      chip.host.measure_settling(random_samples(inputs, 3, samples));
      sc_core::sc_time delay;
      chip.substrate.present({samples, samples, 0, 1}, Matrix<std::uint8_t>::Zero(inputs, samples), delay);
      chip.substrate.settle_free(/*for_training=*/true, delay);
      chip.substrate.hold(delay);
      body(chip);
    });
  });
}

// Of noise through tanh neurons, what it was before them; rms.
double before_neurons(const Matrix<double>& noise, const Matrix<float>& states) {
  const Matrix<double> slope = 1 - states.cast<double>().array().square();
  return std::sqrt((noise.array() / slope.array()).square().mean());
}

TEST(ReadNoise, OfFeedbackIsScaledByBeta) {
  on_dark_chip(dark_chip({4, neurons, 50, 3}), [](hw::Chip& chip) {
    sc_core::sc_time delay;
    Matrix<float> held;
    chip.substrate.read_held(1, held, delay);
    const Matrix<float>& states = chip.substrate.bank(1).state().state;
    const double beta = chip.substrate.spec().graph.projections[1].beta;
    const double expected = beta * weight_noise(chip, 1) * double(chip.substrate.bank(2).state().state.col(0).norm());
    ASSERT_GT(expected, 1e-4);
    EXPECT_NEAR(before_neurons((held - states).cast<double>(), states) / expected, 1, 0.02);
  });
}

// Nothing but the nudge is noisy here, and differences are in units of it.
TEST(ReadNoise, OfTheNudgeIsScaledLikeTheNudge) {
  on_dark_chip(dark_chip({4, neurons, 3}), [](hw::Chip& chip) {
    sc_core::sc_time delay;
    Matrix<float> error = Vector<float>(Vector<float>::LinSpaced(3, -1, 0.5f)).replicate(1, samples), difference;
    const double size = double(error.col(0).norm());
    chip.substrate.nudge(error, delay);
    chip.substrate.settle_clamped(/*turned=*/false, delay);
    chip.substrate.read_difference(1, difference, delay);
    ASSERT_NEAR(chip.substrate.loop().scale[1], chip.substrate.spec().nudge, 1e-12);
    const Matrix<double> seen = difference.cast<double>();
    const Matrix<double> noise = seen.colwise() - Vector<double>(seen.rowwise().mean());  // samples are alike otherwise
    const double expected = weight_noise(chip, 1) * size;
    EXPECT_NEAR(before_neurons(noise, chip.substrate.bank(1).state().state) / expected, 1, 0.02);
  });
}

// In time the membrane of the clamped phase, free one and difference together, has kT/C as that of the free one does.
TEST(MembraneNoise, IsTheSameInBothPhases) {
  constexpr double rms = 1e-3;
  hw::SubstrateSpec spec = exact_chip({4, neurons, 3});
  spec.analysis = Analysis::transient;
  spec.neuron.membrane_noise = rms;
  on_dark_chip(spec, [](hw::Chip& chip) {
    sc_core::sc_time delay;
    Matrix<float> error = Matrix<float>::Zero(3, samples);
    chip.substrate.nudge(error, delay);
    chip.substrate.settle_clamped(/*turned=*/false, delay);
    const BankState<float>& bank = chip.substrate.bank(1).state();
    const Matrix<double> free = bank.drive.cast<double>(), difference = bank.difference_drive.cast<double>();
    const Matrix<double> clamped = free + chip.substrate.loop().scale[1] * difference;
    for (const Matrix<double>* membrane : {&free, &clamped})
      EXPECT_NEAR(std::sqrt(membrane->array().square().mean()) / rms, 1, 0.02);
  });
}

}  // namespace
}  // namespace settle::test
