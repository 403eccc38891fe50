// An ECRAM crossbar on its own: programmed to given weights by write and verify, read from both sides, and pulsed up
// and down. Leaves tb_crossbar.vcd: line voltages, sums, conductances (siemens) and energy (joules).
#include <cmath>
#include <string>
#include <vector>

#include "settle/hw/testbench.h"
#include "settle/models/chip/pulse_programmer.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr Index sources = 16, targets = 12;
constexpr double read_s = 10e-9;
constexpr double pi = 3.14159265358979;
ArraySpec ecram_array() {
  ArraySpec spec;
  spec.device = device_preset("ecram");
  spec.weight_at_bound = 1.5;
  return spec;
}
const ArraySpec ecram = ecram_array();
const Block one_sample{1, 1, 0, 1};

// Conductance of a device in this state, from its nominal range alone.
double conductance(double state) {
  const DevicePreset& d = ecram.device;
  return ecram.conductance_min_siemens +
         (ecram.conductance_max_siemens - ecram.conductance_min_siemens) * (state - d.w_min) / (d.w_max - d.w_min);
}

double nominal_j(const Ledger& ledger, const Action& action) {
  double sum = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.action == &action) sum += row.energy.supplied;
  return sum;
}

class Bench {
 public:
  Bench() {
    bench_.probe(&word_line_v_, "lines.word0_v");
    bench_.probe(&bit_line_v_, "lines.bit0_v");
    bench_.probe(&forward_, "sums.forward0");
    bench_.probe(&transposed_, "sums.transposed0");
    bench_.probe("array.g[0-3]_0");
    bench_.probe("energy_j");
  }

  int run() {
    program();
    read();
    pulse(+10);
    pulse(-10);
    return checks_.status();
  }

 private:
  void program() {
    Matrix<float> goal(targets, sources);
    for (Index i = 0; i < goal.size(); ++i) goal(i) = 0.8f * std::sin(float(i));
    const double seconds = programmer_.initialise(goal, 1).seconds;
    bench_.pass(seconds);
    const Matrix<float> off = (array_.model().weights() - goal) / float(array_.model().weight_step());
    checks_.at_most("programmed weights: rms error, steps of the device", off.norm() / std::sqrt(double(off.size())),
                    1);
    checks_.at_most("programmed weights: largest error, of a slow device", off.cwiseAbs().maxCoeff(), 6);
    checks_.at_least("programming took as many pulses as the weights are steps away", array_.pulses_total(),
                     0.9 * double(goal.cwiseAbs().sum()) / array_.model().weight_step());
    checks_.at_least("and time, in pulses of the device", seconds / ecram.device.pulse_s[1], 1.0);
  }

  // Sine waves on the word lines, then on the bit lines; each read against a plain sum over the devices' states.
  void read() {
    const Matrix<float> state = array_.model().programmed();
    const double weight_scale = ecram.weight_at_bound / ecram.device.w_max;
    const double booked = nominal_j(meter_.ledger(), action::array_read);
    double off = 0, by_hand = 0, reciprocity = 0;
    Matrix<float> x(sources, 1), y(targets, 1), word_sums, bit_sums;
    for (int n = 0; n < 100; ++n) {
      for (Index j = 0; j < sources; ++j) x(j) = float(std::sin(2 * pi * n * double(j + 1) / 100));
      for (Index i = 0; i < targets; ++i) y(i) = float(std::cos(2 * pi * n * double(i + 1) / 100));
      array_.read(one_sample, Side::word_lines, x, bit_sums, read_s);
      array_.read(one_sample, Side::bit_lines, y, word_sums, read_s);
      std::vector<double> forward(targets, 0.0), transposed(sources, 0.0);
      for (Index i = 0; i < targets; ++i) {
        for (Index j = 0; j < sources; ++j) {
          const double w = weight_scale * double(state(i, j));
          forward[std::size_t(i)] += w * double(x(j));
          transposed[std::size_t(j)] += w * double(y(i));
          // the device and its reference at state zero, driven from either side
          by_hand += (conductance(state(i, j)) + conductance(0)) * double(x(j) * x(j) + y(i) * y(i));
        }
      }
      for (Index i = 0; i < targets; ++i) off = std::max(off, std::abs(double(bit_sums(i)) - forward[std::size_t(i)]));
      for (Index j = 0; j < sources; ++j)
        off = std::max(off, std::abs(double(word_sums(j)) - transposed[std::size_t(j)]));
      reciprocity =
          std::max(reciprocity, double(std::abs(y.col(0).dot(bit_sums.col(0)) - word_sums.col(0).dot(x.col(0)))));
      show(x(0), y(0), bit_sums(0), word_sums(0));
      bench_.pass(2 * read_s);  // the two sides take turns
    }
    show(0, 0, 0, 0);
    const double volts = meter_.costs().chip().read_v;
    by_hand *= volts * volts * read_s;
    checks_.at_most("reads of either side: largest error against plain sums", off, 1e-5);
    checks_.at_most("reciprocity: y . (W x) - (W^T y) . x", reciprocity, 1e-5);
    checks_.near("energy of the reads over V^2 G t by hand",
                 (nominal_j(meter_.ledger(), action::array_read) - booked) / by_hand, 1, 1e-5);
  }

  // Pulses one by one on all devices. The mean over devices must be what the preset's response says.
  void pulse(int count) {
    const DevicePreset& d = ecram.device;
    const Matrix<float> before = array_.model().programmed();
    const double gates = nominal_j(meter_.ledger(), action::gate_pulse),
                 lines = nominal_j(meter_.ledger(), action::write_lines), pulses = array_.pulses_total();
    const float sign = count > 0 ? 1.0f : -1.0f;
    for (int n = 0; n < std::abs(count); ++n) {
      array_.pulse(Matrix<float>::Constant(targets, sources, sign), 1);
      bench_.pass(d.pulse_s[1]);
    }
    const Matrix<float> moved = array_.model().programmed() - before;
    double expected = 0;
    for (Index i = 0; i < before.size(); ++i) {
      const double w = before(i);
      const double slope = count > 0 ? d.gamma_up * w / d.w_max : d.gamma_down * w / d.w_min;
      expected += count * d.dw_min * (1 - slope) / double(before.size());
    }
    // from device to device, from side to side of one, and from pulse to pulse; 5 sigma of the mean, and 3 % for the
    // response changing on the way
    const double spread = std::sqrt(d.dtod * d.dtod + d.bias_dtod * d.bias_dtod + d.ctoc * d.ctoc / std::abs(count));
    const double sigma = std::abs(count) * d.dw_min * spread / std::sqrt(double(before.size()));
    const bool up = count > 0;
    checks_.near(up ? "pulses up: mean change of state" : "pulses down: mean change of state", moved.mean(), expected,
                 5 * sigma + 0.03 * std::abs(expected));
    checks_.at_least(
        up ? "pulses up: smallest change upwards, siemens" : "pulses down: smallest change downwards, siemens",
        (sign * moved).minCoeff() * (conductance(1) - conductance(0)), 1e-9);
    checks_.near("pulses counted", array_.pulses_total() - pulses, double(std::abs(count) * before.size()), 0);

    const Costs& costs = meter_.costs();
    const double sent = std::abs(count) * double(before.size());
    const double pumped = d.pulse_v[1] * d.pulse_v[1] / costs.cost().pump_efficiency[1];
    checks_.near("energy of the pulses over C V^2 of their gates by hand",
                 (nominal_j(meter_.ledger(), action::gate_pulse) - gates) / (pumped * sent * d.gate_capacitance_f[1]),
                 1, 1e-9);
    // the bit line of each pulse, and each word line with two cells a weight
    const double cells = sent * double(sources) + std::abs(count) * double(sources) * double(2 * targets);
    checks_.near("energy of their lines over C V^2 by hand",
                 (nominal_j(meter_.ledger(), action::write_lines) - lines) /
                     (pumped * cells * costs.chip().wire_capacitance_f[1]),
                 1, 1e-9);
  }

  void show(float word_line, float bit_line, float forward, float transposed) {
    const double volts = meter_.costs().chip().read_v;
    word_line_v_ = volts * double(word_line);
    bit_line_v_ = volts * double(bit_line);
    forward_ = double(forward);
    transposed_ = double(transposed);
  }

  testbench::Checks checks_;
  hw::Testbench bench_{"tb_crossbar", /*step_s=*/1e-9, /*seed=*/7};
  Meter& meter_ = bench_.meter();
  CrossbarMacro& array_ = bench_.crossbar("array", sources, targets, ecram);
  PulseProgrammer programmer_{array_, /*fast=*/nullptr, LearningSpec{}, ProgrammingSpec{}, "array", /*seed=*/7};
  double word_line_v_ = 0, bit_line_v_ = 0, forward_ = 0, transposed_ = 0;
};

}  // namespace

int sc_main(int, char**) { return Bench().run(); }
