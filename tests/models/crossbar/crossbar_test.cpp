// Crossbars: reads from both sides, weights on devices, conductances.
#include "settle/models/crossbar/crossbar.h"

#include <gtest/gtest.h>

namespace settle::test::crossbar_test {
namespace {

constexpr Index targets = 23, sources = 37, samples = 5;

Matrix<float> uniform(Index rows, Index cols, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

ConstView<float> all(const Matrix<float>& m) { return columns(m, 0, m.cols()); }
View<float> all(Matrix<float>& m) { return columns(m, 0, m.cols()); }

ArraySpec spec_of(const DevicePreset& preset) {
  ArraySpec spec;
  spec.device = preset;
  spec.weight_at_bound = 0.3;
  spec.tiling = {0, 0, Columns::interleaved};
  spec.wire_refresh = 1;
  return spec;
}

Crossbar crossbar_with_weights(const DevicePreset& preset) {
  Crossbar crossbar("crossbar", targets, sources, spec_of(preset), 1);
  crossbar.set_weights(0.1f * uniform(targets, sources, "weights"));
  return crossbar;
}

TEST(Crossbar, ReadsForward) {
  const Matrix<float> x = uniform(sources, samples, "x");
  for (const DevicePreset& p : device_presets()) {
    const Crossbar crossbar = crossbar_with_weights(p);
    const Matrix<float> w = crossbar.weights();
    Matrix<float> y(targets, samples);
    crossbar.read_forward(all(x), all(y));
    for (Index c = 0; c < samples; ++c) {
      for (Index i = 0; i < targets; ++i) {
        double sum = 0;
        for (Index j = 0; j < sources; ++j) sum += double(w(i, j)) * double(x(j, c));
        EXPECT_NEAR(double(y(i, c)), sum, 1e-6) << p.name;
      }
    }
  }
}

TEST(Crossbar, ReadsTransposed) {
  const Matrix<float> y = uniform(targets, samples, "y");
  for (const DevicePreset& p : device_presets()) {
    const Crossbar crossbar = crossbar_with_weights(p);
    const Matrix<float> w = crossbar.weights();
    Matrix<float> x(sources, samples);
    crossbar.read_transposed(all(y), all(x));
    for (Index c = 0; c < samples; ++c) {
      for (Index j = 0; j < sources; ++j) {
        double sum = 0;
        for (Index i = 0; i < targets; ++i) sum += double(w(i, j)) * double(y(i, c));
        EXPECT_NEAR(double(x(j, c)), sum, 1e-6) << p.name;
      }
    }
  }
}

// Metal conducts less when it is warm: 0.451 % for each kelvin.
TEST(Crossbar, WiresFollowTheTemperature) {
  WireSpec wire;
  wire.r_segment_ohm = 1.5;
  ChipSpec chip;
  chip.temperature_k = 340;
  EXPECT_NEAR(ArraySpec(device_preset("ecram"), {}, {}, wire, chip).wires.word_ohm, 1.5 * (1 + 0.00451 * 40), 1e-12);
  chip.temperature_k = 300;
  EXPECT_EQ(ArraySpec(device_preset("ecram"), {}, {}, wire, chip).wires.bit_ohm, 1.5);
}

// 0.4 % a kelvin, 50 K above 300 K: all that conducts, conducts 1.2 times as much, and every weight with it. At 300 K
// nothing changes, not even in the last bit.
TEST(Crossbar, DevicesFollowTheTemperature) {
  const Matrix<float> weights = 0.1f * uniform(targets, sources, "weights");
  const auto at = [&](Mapping mapping, double iv_v, double per_kelvin, double kelvin) {
    ArraySpec spec = spec_of(device_preset("ecram"));
    spec.mapping = mapping;
    spec.device.iv_v = iv_v;
    spec.device.read_noise = 0.01;
    spec.device.per_kelvin = per_kelvin;
    spec.temperature_k = kelvin;
    Crossbar crossbar("crossbar", targets, sources, spec, 1);
    crossbar.set_weights(weights);
    return crossbar;
  };
  const auto ratio = [](const auto& a, const auto& b) {
    const double mean = double((a.array() / b.array()).mean());
    EXPECT_LT(double((a - mean * b).cwiseAbs().maxCoeff()), 1e-5 * double(a.cwiseAbs().maxCoeff()));
    return mean;
  };
  for (const Mapping mapping :
       {Mapping::reference_array, Mapping::reference_column, Mapping::offset, Mapping::pair, Mapping::proportional}) {
    const Crossbar cold = at(mapping, 0, 0, 350), warm = at(mapping, 0, 0.004, 350), same = at(mapping, 0, 0.004, 300);
    EXPECT_TRUE(same.effective() == cold.effective());
    EXPECT_TRUE(same.word_line_conductance(1) == cold.word_line_conductance(1));
    EXPECT_TRUE(same.device_siemens() == cold.device_siemens());
    EXPECT_NEAR(double((warm.effective() - 1.2f * cold.effective()).cwiseAbs().maxCoeff()), 0, 1e-5);
    EXPECT_NEAR(ratio(warm.device_siemens(), cold.device_siemens()), 1.2, 1e-5);
    EXPECT_NEAR(ratio(warm.subtracted_siemens(), cold.subtracted_siemens()), 1.2, 1e-5);
    EXPECT_NEAR(ratio(warm.word_line_conductance(1), cold.word_line_conductance(1)), 1.2, 1e-5);
    EXPECT_NEAR(ratio(warm.bit_line_conductance(1), cold.bit_line_conductance(1)), 1.2, 1e-5);
    for (const Side driven : {Side::word_lines, Side::bit_lines})
      EXPECT_NEAR(ratio(warm.sensed_conductance(driven, 1), cold.sensed_conductance(driven, 1)), 1.2, 1e-5);
    EXPECT_NEAR(warm.siemens(3, 5) / cold.siemens(3, 5), 1.2, 1e-5);
    EXPECT_NEAR(warm.conductance(0.5) / cold.conductance(0.5), 1.2, 1e-12);
    EXPECT_NEAR(warm.read_noise() / cold.read_noise(), 1.2, 1e-12);
    EXPECT_EQ(warm.weight_per_siemens(), cold.weight_per_siemens());  // the amplifiers' resistors stay
    EXPECT_TRUE(warm.programmed() == cold.programmed());
  }
  EXPECT_EQ(at(Mapping::pair, 0, -0.05, 500).effective().cwiseAbs().maxCoeff(), 0);  // none conducts less than nothing
}

// A device read by itself conducts more than its state stands for: the two of a pair by as much as both warm up.
TEST(Crossbar, SingleDevicesAreFoundWarm) {
  ArraySpec spec = spec_of(device_preset("pcm-pair"));
  spec.mapping = Mapping::pair;
  spec.device.per_kelvin = 0.004;
  const auto found = [&](double kelvin, Matrix<float>& plus, Matrix<float>& minus) {
    spec.temperature_k = kelvin;
    Crossbar crossbar("crossbar", targets, sources, spec, 1);
    crossbar.set_weights(0.1f * uniform(targets, sources, "weights"));
    crossbar.found_pairs(0, plus, minus);
    return std::pair{crossbar.conductance(1) - crossbar.conductance(0), crossbar.conductance(0)};
  };
  Matrix<float> plus, minus, warm_plus, warm_minus;
  const auto [per_state, at_zero] = found(300, plus, minus);
  found(350, warm_plus, warm_minus);
  const Matrix<float> expected = (1.2f * plus.array() + float(0.2 * at_zero / per_state)).matrix();
  EXPECT_LT(double((warm_plus - expected).cwiseAbs().maxCoeff()), 1e-5);
  EXPECT_LT(double((warm_plus - warm_minus - 1.2f * (plus - minus)).cwiseAbs().maxCoeff()), 1e-5);
}

// y^T (W x) = (W^T y)^T x: one array, driven from either side.
TEST(Crossbar, IsReciprocal) {
  const Crossbar crossbar = crossbar_with_weights(device_preset("reram-es"));
  const Matrix<float> x = uniform(sources, samples, "x"), y = uniform(targets, samples, "y");
  Matrix<float> wx(targets, samples), wy(sources, samples);
  crossbar.read_forward(all(x), all(wx));
  crossbar.read_transposed(all(y), all(wy));
  const Matrix<double> one = y.cast<double>().transpose() * wx.cast<double>();
  const Matrix<double> other = wy.cast<double>().transpose() * x.cast<double>();
  EXPECT_LT((one - other).cwiseAbs().maxCoeff(), 1e-5);
}

TEST(Crossbar, WeightIsStateTimesScale) {
  for (const DevicePreset& p : device_presets()) {
    const Crossbar crossbar = crossbar_with_weights(p);
    const float scale = p.response == Response::exact ? 1.0f : float(0.3 / p.w_max);
    EXPECT_FLOAT_EQ(crossbar.weight_scale(), scale) << p.name;
    EXPECT_EQ(crossbar.weights(), scale * crossbar.programmed()) << p.name;
    EXPECT_NEAR(crossbar.weight_step(), p.dw_min * double(scale), 1e-9) << p.name;
  }
}

TEST(Crossbar, WritesWeightsThatItsDevicesCanHold) {
  const Matrix<float> wanted = 0.1f * uniform(targets, sources, "weights");
  for (const DevicePreset& p : device_presets()) {
    const Crossbar crossbar = crossbar_with_weights(p);
    const DeviceArray::Cells& cells = crossbar.devices().cells();
    for (Index i = 0; i < wanted.size(); ++i) {
      float expected = wanted(i);
      const float reference = crossbar.devices().state()(i) - crossbar.programmed()(i);  // where cells have an error
      if (p.response != Response::exact)
        expected = std::min(std::max(expected, (cells.lower(i) - reference) * crossbar.weight_scale()),
                            (cells.upper(i) - reference) * crossbar.weight_scale());
      EXPECT_NEAR(crossbar.weights()(i), expected, 2e-7f) << p.name;
    }
  }
}

TEST(Crossbar, AddsChangesOfWeights) {
  DevicePreset p = device_preset("ecram");
  p.w_max_dtod = p.w_min_dtod = 0;
  for (const DevicePreset& preset : {device_preset("ideal"), p}) {
    Crossbar crossbar = crossbar_with_weights(preset);
    const Matrix<float> before = crossbar.weights(), change = 0.05f * uniform(targets, sources, "change");
    crossbar.add(change, 2);
    EXPECT_LT((crossbar.weights() - before - change).cwiseAbs().maxCoeff(), 1e-7f) << preset.name;
  }
}

TEST(Crossbar, ConductanceSpansItsRangeOverTheNominalStates) {
  for (const DevicePreset& p : device_presets()) {
    const ArraySpec spec = spec_of(p);
    const Crossbar crossbar("crossbar", 2, 2, spec, 1);
    // states of the exact device are weights, and weight_at_bound is at the bound
    const double unit = p.response == Response::exact ? spec.weight_at_bound : 1;
    EXPECT_NEAR(crossbar.conductance(unit * p.w_min), spec.conductance_min_siemens, 1e-15) << p.name;
    EXPECT_NEAR(crossbar.conductance(unit * p.w_max), spec.conductance_max_siemens, 1e-15) << p.name;
    const double middle = crossbar.conductance(unit * (p.w_min + p.w_max) / 2);
    EXPECT_NEAR(middle, (spec.conductance_min_siemens + spec.conductance_max_siemens) / 2, 1e-15) << p.name;
  }
}

// Each weight is a device and a reference at the zero state; a read finds them with their noise.
TEST(Crossbar, LinesConductWhatTheirCellsDo) {
  for (const DevicePreset& p : device_presets()) {
    const Crossbar crossbar = crossbar_with_weights(p);
    Vector<double> word = Vector<double>::Zero(sources), bit = Vector<double>::Zero(targets);
    for (Index j = 0; j < sources; ++j) {
      for (Index i = 0; i < targets; ++i) {
        const double cell = crossbar.siemens(i, j) + crossbar.subtracted_siemens(i, j);
        word[j] += cell;
        bit[i] += cell;
      }
    }
    EXPECT_LT((crossbar.word_line_conductance(2) - word).cwiseAbs().maxCoeff(), 1e-6 * word.maxCoeff()) << p.name;
    EXPECT_LT((crossbar.bit_line_conductance(2) - bit).cwiseAbs().maxCoeff(), 1e-6 * bit.maxCoeff()) << p.name;
  }
}

}  // namespace
}  // namespace settle::test::crossbar_test
