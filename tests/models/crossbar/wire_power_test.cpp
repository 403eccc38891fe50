// The power of reads: against figures found elsewhere, and what the sources supply against where it goes.
#include "settle/models/crossbar/wire_power.h"

#include <gtest/gtest.h>

#include "settle/models/crossbar/crossbar.h"
#include "settle/models/error.h"
#include "settle/models/numeric/random.h"

namespace settle::test::wire_power_test {
namespace {

constexpr double siemens = 10.6381e-6, volts = 0.2;

WirePower of_equal_devices(Index lines, double ohm) {
  return wire_power(Matrix<double>::Constant(lines, lines, siemens), {ohm, ohm, 0, 0},
                    Vector<double>::Constant(lines, volts));
}

TEST(CircuitCheck, C2PowerOfAnArrayWithWires) {
  const WirePower wired = of_equal_devices(128, 1.5);
  EXPECT_NEAR(wired.supply / 5.94048e-3, 1, 1e-5);
  EXPECT_NEAR(wired.devices / 5.07424e-3, 1, 1e-5);
  EXPECT_NEAR(wired.word_lines / 0.433119e-3, 1, 1e-5);
  EXPECT_NEAR(wired.bit_lines / 0.433119e-3, 1, 1e-5);
  EXPECT_NEAR(of_equal_devices(128, 0).supply / 6.97179e-3, 1, 1e-5);
  EXPECT_NEAR(of_equal_devices(4, 1.5).supply / 6.806755e-6, 1, 1e-6);
}

// The same array as weights of one device each, by the conductance of its lines: without the adder of the inputs.
TEST(CircuitCheck, C2PowerOfAnArrayByItsLines) {
  for (const auto& [ohm, watts] : {std::pair{1.5, 5.94048e-3}, {0.0, 6.97179e-3}}) {
    ArraySpec spec;
    spec.device = device_preset("ideal");
    spec.mapping = Mapping::offset;
    spec.wires.word_ohm = spec.wires.bit_ohm = ohm;
    spec.conductance_min_siemens = 0.5 * siemens;
    spec.conductance_max_siemens = 1.5 * siemens;  // zero is half way
    spec.tiling = {128, 128, Columns::interleaved};
    const Crossbar crossbar("array", 128, 128, spec, 1);
    const double adder = 128 * crossbar.conductance(0);
    for (const Vector<double>& lines : {crossbar.word_line_conductance(1), crossbar.bit_line_conductance(1)})
      EXPECT_NEAR(volts * volts * (lines.sum() - adder) / watts, 1, 1e-5) << ohm;
  }
}

Matrix<double> uniform(Index rows, Index cols, double low, double high, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<double>::NullaryExpr(rows, cols,
                                     [&](Index, Index) { return low + (high - low) * double(engine()) * 0x1p-32; });
}

TEST(WirePower, SourcesSupplyWhatIsDissipated) {
  const std::pair<Index, Index> shapes[] = {{1, 1}, {1, 40}, {40, 1}, {60, 45}, {33, 90}};
  const Wires kinds[] = {{2, 3, 0, 0}, {1, 1, 50, 20}, {30, 10, 5, 0}, {0, 10, 100, 0}, {10, 0, 0, 100}, {}};
  for (const auto& [rows, cols] : shapes) {
    for (const Wires& wires : kinds) {
      const Matrix<double> g = uniform(rows, cols, 1e-6, 100e-6, "conductance");
      const Vector<double> v = uniform(rows, 1, -0.3, 0.3, "voltage");
      const WirePower power = wire_power(g, wires, v);
      EXPECT_NEAR((power.devices + power.word_lines + power.bit_lines) / power.supply, 1, 1e-9)
          << rows << " x " << cols << ", word " << wires.word_ohm << " ohm";
      EXPECT_EQ(power.word_lines > 0, wires.word_ohm > 0 || wires.source_ohm > 0);
      EXPECT_EQ(power.bit_lines > 0, wires.bit_ohm > 0 || wires.sense_ohm > 0);
    }
  }
}

TEST(WirePower, OneDeviceIsInSeriesWithItsWires) {
  const WirePower power = wire_power(Matrix<double>::Constant(1, 1, 1e-3), {10, 20, 3, 4}, Vector<double>::Ones(1));
  const double squared = 1 / (1037.0 * 1037.0);
  EXPECT_NEAR(power.supply, 1 / 1037.0, 1e-14);
  EXPECT_NEAR(power.devices, 1e3 * squared, 1e-14);
  EXPECT_NEAR(power.word_lines, 13 * squared, 1e-14);
  EXPECT_NEAR(power.bit_lines, 24 * squared, 1e-14);
}

TEST(WirePower, RefusesWhatTheSolverRefuses) {
  const Vector<double> v = Vector<double>::Ones(1);
  EXPECT_THROW(wire_power(Matrix<double>::Constant(1, 1, -1), {}, v), InputError);
  EXPECT_THROW(wire_power(Matrix<double>::Ones(1, 1), {-1, 0, 0, 0}, v), InputError);
}

}  // namespace
}  // namespace settle::test::wire_power_test
