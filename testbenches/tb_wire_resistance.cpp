// The current that the resistance of the wires takes from a read, over array size and resistance: arrays of equal
// devices, all word lines driven, the column that loses most. Leaves tb_wire_resistance.vcd, in which a nanosecond is a
// step of the sweep, and tb_wire_resistance.csv, which docs/wires.md plots.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "settle/hw/testbench.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr double device_siemens = 10e-6;  // conductance of every device
constexpr Index sizes[] = {16, 32, 64, 128};
constexpr double ohms[] = {0.1, 0.2, 0.5, 1, 2, 5, 10};
constexpr double read_s = 10e-9;

// Devices without a reference, so that a weight is a conductance: 1 stands for device_siemens.
ArraySpec spec_of(double ohm) {
  ArraySpec spec;
  spec.device = device_preset("ideal");
  spec.mapping = Mapping::offset;
  spec.weight_at_bound = 1;
  spec.tiling = {0, 0, Columns::interleaved};
  spec.wire_refresh = 1;
  spec.conductance_min_siemens = 1e-9;
  spec.conductance_max_siemens = 2 * device_siemens - spec.conductance_min_siemens;
  spec.wires.word_ohm = spec.wires.bit_ohm = ohm;
  return spec;
}

// The share of the last column's current that n x n equal devices lose, to first order in r G: a voltage drop of r G V
// times m (m + 1) / 2 on the way along the word line, and on average (n + 1)(2 n + 1) / 6 on the way down.
double first_order(Index n, double ohm) {
  return ohm * device_siemens * double(n + 1) * (double(n) / 2 + double(2 * n + 1) / 6);
}

class Bench {
 public:
  Bench() {
    for (const double ohm : ohms)
      for (const Index n : sizes)
        arrays_.push_back(
            &bench_.crossbar("array" + std::to_string(n) + "_" + std::to_string(int(10 * ohm)), n, n, spec_of(ohm)));
    bench_.probe(&ohm_, "wires.segment_ohm");
    for (std::size_t k = 0; k < std::size(sizes); ++k) bench_.probe(&loss_[k], "wires.loss" + std::to_string(sizes[k]));
    bench_.probe("energy_j");
  }

  int run() {
    std::FILE* csv = std::fopen("tb_wire_resistance.csv", "w");
    if (csv == nullptr) {
      std::printf("tb_wire_resistance.csv cannot be written here\n");
      return 1;
    }
    std::fprintf(csv, "size,segment_ohm,loss,first_order\n");
    double smallest = 1, rises = 0, reciprocity = 0;
    double last[std::size(sizes)] = {};
    auto next = arrays_.begin();
    for (const double ohm : ohms) {
      for (std::size_t k = 0; k < std::size(sizes); ++k) {
        const Index n = sizes[k];
        CrossbarMacro& array = **next++;
        // states are zero half way between the bounds
        array.set_weights(Matrix<float>::Zero(n, n), /*threads=*/1);
        loss_[k] = loss_of(array, reciprocity);
        std::fprintf(csv, "%d,%g,%.6g,%.6g\n", int(n), ohm, loss_[k], first_order(n, ohm));
        // the second order is about the square of the first
        const double expected = first_order(n, ohm);
        if (expected > 0.005 && expected < 0.05)
          smallest = std::min(smallest, 1 - std::abs(loss_[k] / expected - 1) / (2 * expected));
        rises += loss_[k] > last[k] && (k == 0 || loss_[k] > loss_[k - 1]);
        last[k] = loss_[k];
      }
      ohm_ = ohm;
      bench_.pass(1e-9);
    }
    std::fclose(csv);
    checks_.at_least("small losses follow r G (n + 1)(n / 2 + (2 n + 1) / 6)", smallest, 0);
    checks_.near("points at which the loss rises with size and resistance", rises, double(arrays_.size()), 0);
    checks_.at_most("reciprocity: read against transposed read, relative", reciprocity, 1e-5);
    checks_.near("128 x 128, 10 uS, 1 ohm: share of the last column's current", loss_128_1ohm_, 0.122, 0.005);
    return checks_.status();
  }

 private:
  // The last column's loss: the effective minus the own conductance of each of its devices, as the sum that a read
  // gives. An offset is subtracted in both, so the read itself is the loss.
  double loss_of(CrossbarMacro& array, double& reciprocity) {
    const Index n = array.model().sources();
    const Block one_sample{1, 1, 0, 1};
    const Matrix<float> ones = Matrix<float>::Ones(n, 1);
    Matrix<float> sums, back;
    array.read(one_sample, Side::word_lines, ones, sums, read_s);
    array.read(one_sample, Side::bit_lines, ones, back, read_s);
    bench_.pass(read_s);
    const double forward = double(sums.sum()), transposed = double(back.sum());
    reciprocity = std::max(reciprocity, std::abs(forward / transposed - 1));
    const ArraySpec& spec = array.model().spec();
    const double siemens_per_weight = 0.5 * (spec.conductance_max_siemens - spec.conductance_min_siemens);
    const double lost = -double(sums(n - 1)) * siemens_per_weight / (double(n) * device_siemens);
    if (n == 128 && spec.wires.word_ohm == 1) loss_128_1ohm_ = lost;
    return lost;
  }

  testbench::Checks checks_;
  hw::Testbench bench_{"tb_wire_resistance"};
  std::vector<CrossbarMacro*> arrays_;  // resistance after resistance
  double ohm_ = 0, loss_128_1ohm_ = 0;
  double loss_[std::size(sizes)] = {};
};

}  // namespace

int sc_main(int, char**) { return Bench().run(); }
