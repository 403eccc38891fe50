// Figures of circuits that anyone can work out by hand.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/cost/costs.h"

namespace settle::test::circuit_checks_test {
namespace {

TEST(CircuitCheck, C1LineChargedFromARail) {
  const Energy own = charge_j(204.8e-15, 0, 0.2, 0.2);
  EXPECT_NEAR(own.supplied, 8.192e-15, 1e-21);
  EXPECT_NEAR(own.dissipated, 4.096e-15, 1e-21);
  EXPECT_NEAR(own.stored, 4.096e-15, 1e-21);
  const Energy rail = charge_j(204.8e-15, 0, 0.2, 0.9);
  EXPECT_NEAR(rail.supplied, 36.864e-15, 1e-21);
  EXPECT_NEAR(rail.supplied - rail.dissipated - rail.stored, 0, 1e-27);
  // the chip's own line: 1024 cells of 0.2 fF at a full-scale state
  const Energy line = Costs(ChipSpec{}).line_charge_j(1, 1, 1024);
  EXPECT_NEAR(line.supplied, 36.864e-15, 1e-21);
  EXPECT_NEAR(line.stored, 4.096e-15, 1e-21);
}

double supplied_j(const Meter& meter, const Action& action) {
  double sum = 0;
  for (const Ledger::Row& row : meter.ledger().rows())
    if (row.action == &action) sum += row.energy.supplied;
  return sum;
}

// One pulse on one device of 128 x 128 at state zero.
double one_pulse_j(const ArraySpec& spec, const WriteSpec& write, Meter& meter) {
  CrossbarMacro array("array", dense(128, 128), spec, 1, meter, write);
  Matrix<float> counts = Matrix<float>::Zero(128, 128);
  counts(5, 7) = 1;
  array.pulse(counts, 1);
  return meter.supplied_j();
}

// 2 V for 100 ns on devices of 10.6381 uS: V^2 G t, and a quarter of it in each cell that shares a line.
TEST(CircuitCheck, C7HalfSelectedCells) {
  ArraySpec spec;
  spec.mapping = Mapping::offset;
  spec.device = device_preset("ecram");  // whose state zero stands at 10.6381 uS
  spec.device.written = Written::channel;
  spec.device.pulse_s = exactly(100e-9);
  spec.device.dw_min = 1e-9;
  CostSpec cost;
  for (const double efficiency : {1.0, 0.4}) {
    cost.pump_efficiency = exactly(efficiency);
    Meter meter(ChipSpec{}, cost);
    one_pulse_j(spec, {WriteScheme::half}, meter);
    const double pulse_j = efficiency * supplied_j(meter, action::write_pulse),
                 others_j = efficiency * supplied_j(meter, action::half_selected);
    EXPECT_NEAR(pulse_j, 4.255e-12, 0.0005e-12);
    EXPECT_NEAR(others_j, 254 * 1.0638e-12, 254 * 0.00005e-12);
    EXPECT_NEAR(pulse_j + others_j, 274.5e-12, 0.05e-12);
  }
  // V/3: 16,383 cells at a ninth
  Meter meter(ChipSpec{}, cost);
  one_pulse_j(spec, {WriteScheme::third}, meter);
  EXPECT_NEAR(0.4 * supplied_j(meter, action::half_selected), 16383 * 4.25524e-12 / 9, 1e-12);
}

// A gate is charged, whatever the channel conducts.
TEST(CircuitCheck, C8PulsesOfAGateDoNotDependOnConductance) {
  for (const WriteScheme scheme : {WriteScheme::transistor, WriteScheme::half, WriteScheme::third}) {
    ArraySpec spec;
    spec.device = device_preset("ecram");
    Meter meter{ChipSpec{}}, shrunk{ChipSpec{}};
    const double pulse_j = one_pulse_j(spec, {scheme}, meter);
    EXPECT_NEAR(supplied_j(meter, action::gate_pulse), 0.6e-12 / 0.4, 1e-15);
    spec.conductance_min_siemens /= 1000;
    spec.conductance_max_siemens /= 1000;
    EXPECT_NEAR(one_pulse_j(spec, {scheme}, shrunk) / pulse_j, 1, 0.01);
  }
}

TEST(CircuitCheck, C10DigitalScaleFrom45Nanometres) {
  const auto at = [](std::int64_t node) {
    ChipSpec chip;
    chip.node = node;
    chip.supply_v = 0.9;
    return digital_scale(chip);
  };
  EXPECT_NEAR(at(65), 1.2535, 5e-5);
  EXPECT_DOUBLE_EQ(at(45), 1);
  EXPECT_NEAR(at(32), 0.6410, 5e-5);
  EXPECT_NEAR(at(20), 0.2378, 5e-5);
  EXPECT_NEAR(at(16), 0.1873, 5e-5);
  EXPECT_NEAR(at(14), 0.1501, 5e-5);
}

}  // namespace
}  // namespace settle::test::circuit_checks_test
