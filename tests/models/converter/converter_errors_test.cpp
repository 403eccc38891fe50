// Converters with errors: against a reference that compares with every transition, and their statistics.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/converter/adc_bank.h"
#include "settle/models/converter/dac_bank.h"
#include "settle/models/error.h"

namespace settle::test::converter_errors_test {
namespace {

constexpr Index instances = 5000;
const Stream stream(1, "adc", Purpose::converter_errors);

// The mean square of n draws of a standard normal is within five standard errors of 1, times `off` squared.
void expect_deviation(double sum_of_squares, double n, double deviation) {
  const double ratio = sum_of_squares / n / (deviation * deviation);
  EXPECT_LT(std::abs(ratio - 1), 5 * std::sqrt(2 / n));
  EXPECT_GT(std::abs(ratio / 1.21 - 1), 5 * std::sqrt(2 / n)) << "n is too small to see that it is 10 % off";
}

TEST(TransferCurve, OffsetAndGainHaveTheirDeviation) {
  const ConverterErrors errors{0.7, 0.02, 0, 0};
  double offset = 0, gain = 0;
  for (Index i = 0; i < instances; ++i) {
    const TransferCurve c = draw_curve(errors, 255, stream, i);
    offset += c.offset_lsb * c.offset_lsb;
    gain += (c.gain - 1) * (c.gain - 1);
    EXPECT_TRUE(c.inl_lsb.isZero(0));
  }
  expect_deviation(offset, instances, 0.7);
  expect_deviation(gain, instances, 0.02);
}

TEST(TransferCurve, BowIsAParabolaBetweenTheEnds) {
  double peak = 0;
  for (Index i = 0; i < instances; ++i) {
    const Vector<double> inl = draw_curve({0, 0, 1.5, 0}, 255, stream, i).inl_lsb;
    peak += inl[127] * inl[127];
    EXPECT_NEAR(inl[0], 0, 1e-12);
    EXPECT_NEAR(inl[254], 0, 1e-12);
    EXPECT_NEAR(inl[63], (1 - 64.0 * 64 / (127 * 127)) * inl[127], 1e-12 * std::abs(inl[127]));
  }
  expect_deviation(peak, instances, 1.5);
}

// Steps have their deviation, less the part that the line through the ends takes; their sum is a Brownian bridge.
TEST(TransferCurve, WidthsAndTheirSumHaveTheirDeviation) {
  constexpr Index points = 255;
  constexpr double dnl = 0.3, steps = points - 1;
  double widths = 0, middle = 0, quarter = 0;
  for (Index i = 0; i < instances; ++i) {
    const Vector<double> inl = draw_curve({0, 0, 0, dnl}, points, stream, i).inl_lsb;
    widths += (inl.tail(points - 1) - inl.head(points - 1)).squaredNorm();
    middle += inl[127] * inl[127];
    quarter += inl[63] * inl[63];
    EXPECT_NEAR(inl[points - 1], 0, 1e-12);
  }
  expect_deviation(widths, instances * (steps - 1), dnl);
  expect_deviation(middle, instances, dnl * std::sqrt(127 * (1 - 127 / steps)));
  expect_deviation(quarter, instances, dnl * std::sqrt(63 * (1 - 63 / steps)));
}

TEST(TransferCurve, OfFewPointsHasNoInl) {
  for (const Index points : {1, 2}) {
    const TransferCurve c = draw_curve({1, 0.1, 1, 1}, points, stream, 0);
    EXPECT_EQ(c.inl_lsb.size(), points);
    EXPECT_TRUE(c.inl_lsb.isZero(1e-12));
  }
}

Matrix<float> uniform(Index rows, Index cols, float reach) {
  Engine engine(Stream(1, "uniform", Purpose::test));
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index) { return reach * float(double(engine()) * 0x1p-31 - 1); });
}
Matrix<float> converted(const AdcBank& bank, Matrix<float> values, float gain = 1.0f) {
  bank.convert(columns(values, 0, values.cols()), gain);
  return values;
}

constexpr Index lines = 20, lines_per_adc = 8;
const ConverterErrors all_errors{3.0, 0.05, 4.0, 0.8};

// Counts transitions one by one, as a flash converter does.
float reference(const AdcBank& bank, Index line, float value, float gain) {
  const Converter& c = bank.nominal();
  const float x = value * (gain / c.lsb());
  int code = -(1 << (c.bits - 1));
  for (Index k = 0; k < (Index(1) << c.bits) - 1; ++k) code += x >= bank.transition(k, line) ? 1 : 0;
  return float(code) * (c.lsb() / gain);
}

TEST(AdcBank, CountsTheTransitionsBelowTheInput) {
  for (const int bits : {1, 2, 5, 8, 12})
    for (const float gain : {1.0f, 32.0f}) {
      const AdcBank bank({bits, 0.7f}, all_errors, lines, lines_per_adc, "adc", 1);
      const Matrix<float> values = uniform(lines, 200, 1.2f / gain);
      const Matrix<float> codes = converted(bank, values, gain);
      for (Index c = 0; c < values.cols(); ++c)
        for (Index line = 0; line < lines; ++line)
          ASSERT_EQ(codes(line, c), reference(bank, line, values(line, c), gain)) << bits << " bits, line " << line;
    }
}

TEST(AdcBank, TransitionsAreWhereTheCurveHasThem) {
  const AdcBank bank({8, 1.0f}, {3.0, 0.05, 4.0, 0.0}, lines, lines_per_adc, "adc", 1);
  for (const Index line : {0, 9, 19}) {
    const TransferCurve curve = draw_curve({3.0, 0.05, 4.0, 0.0}, 255, stream, line / lines_per_adc);
    for (Index k = 0; k < 255; ++k)
      ASSERT_NEAR(bank.transition(k, line), curve.offset_lsb + curve.gain * (double(k) - 127 - 0.5 + curve.inl_lsb[k]),
                  1e-4);
  }
}

TEST(AdcBank, IsMonotonicAndHasNarrowCodes) {
  const AdcBank bank({8, 1.0f}, {0, 0, 0, 0.8}, lines, lines_per_adc, "adc", 1);
  constexpr float per_lsb = 200;
  const Matrix<float> ramp =
      Matrix<float>::NullaryExpr(lines, 60001, [](Index, Index c) { return float(c - 30000) / (128 * per_lsb); });
  const Matrix<float> codes = converted(bank, ramp) * 128;
  int narrow = 0;  // than a tenth of an LSB
  for (Index line = 0; line < lines; ++line) {
    std::vector<int> width(256);
    for (Index c = 0; c < ramp.cols(); ++c) ++width[std::size_t(codes(line, c) + 128)];
    for (Index c = 1; c < ramp.cols(); ++c) ASSERT_GE(codes(line, c), codes(line, c - 1));
    for (const int w : width) narrow += float(w) < 0.1f * per_lsb ? 1 : 0;
    EXPECT_EQ(codes(line, 0), -128);
    EXPECT_EQ(codes(line, ramp.cols() - 1), 127);
  }
  EXPECT_GT(narrow, 10 * lines);
}

TEST(AdcBank, NeighboursShareAConverter) {
  const AdcBank bank({8, 1.0f}, all_errors, lines, lines_per_adc, "adc", 1);
  const Matrix<float> ramp = Matrix<float>::NullaryExpr(lines, 1000, [](Index, Index c) { return float(c) / 500 - 1; });
  const Matrix<float> codes = converted(bank, ramp);
  for (Index line = 0; line < lines; ++line)
    for (Index other = 0; other < lines; ++other)
      EXPECT_EQ(codes.row(line) == codes.row(other), line / lines_per_adc == other / lines_per_adc) << line << other;
}

TEST(AdcBank, WithoutErrorsIsNominal) {
  for (const int bits : {0, 8}) {
    const Converter nominal{bits, 0.5f};
    Matrix<float> expected = uniform(lines, 100, 1.0f);
    const Matrix<float> values = expected;
    nominal.convert(columns(expected, 0, 100), 4.0f);
    EXPECT_EQ(converted(AdcBank(nominal, {}, lines, lines_per_adc, "adc", 1), values, 4.0f), expected);
  }
}

TEST(AdcBank, ClipsAndKeepsWhatIsNotANumber) {
  const AdcBank bank({8, 1.0f}, all_errors, 1, 1, "adc", 1);
  Matrix<float> values(1, 5);
  values << -1e9f, 1e9f, -INFINITY, INFINITY, NAN;
  const Matrix<float> codes = converted(bank, values);
  EXPECT_EQ(codes(0), -1.0f);
  EXPECT_EQ(codes(1), 127.0f / 128);
  EXPECT_EQ(codes(2), -1.0f);
  EXPECT_EQ(codes(3), 127.0f / 128);
  EXPECT_TRUE(std::isnan(codes(4)));
  EXPECT_TRUE(converted(bank, values.leftCols(2), 1e-31f).isZero(0));
}

TEST(Banks, RefuseErrorsWithoutATable) {
  for (const int bits : {0, 15}) {
    EXPECT_THROW(AdcBank({bits, 1.0f}, all_errors, 1, 1, "adc", 1), InputError);
    EXPECT_THROW(DacBank({bits, 1.0f}, DacBank::Codes::bipolar, all_errors, 1, "dac", 1), InputError);
    EXPECT_NO_THROW(AdcBank({bits, 1.0f}, {}, 1, 1, "adc", 1));
  }
}

TEST(DacBank, LevelsAreThoseOfTheCurve) {
  const DacBank bank({6, 0.5f}, DacBank::Codes::bipolar, all_errors, lines, "dac", 1);
  Matrix<float> values = Matrix<float>::NullaryExpr(lines, 64, [](Index, Index c) { return float(c - 32) / 64; });
  bank.convert(columns(values, 0, 64));
  const Stream of_dac(1, "dac", Purpose::converter_errors);
  for (Index line = 0; line < lines; ++line) {
    const TransferCurve curve = draw_curve(all_errors, 64, of_dac, line);
    for (Index k = 0; k < 64; ++k)
      EXPECT_NEAR(values(line, k), (curve.offset_lsb + curve.gain * (double(k) - 32 + curve.inl_lsb[k])) * 0.5 / 32,
                  1e-6);
  }
}

TEST(DacBank, LevelsOfPixelsAreThoseOfTheCurve) {
  const Matrix<std::uint8_t> pixels =
      Matrix<std::uint8_t>::NullaryExpr(lines, 300, [](Index line, Index c) { return std::uint8_t(c + line); });
  const Stream of_dac(1, "dac", Purpose::converter_errors);
  for (const int bits : {1, 4, 8, 10}) {
    const DacBank bank({bits, 1.0f}, DacBank::Codes::pixels, all_errors, lines, "dac", 1);
    Matrix<float> out(lines, 260);
    bank.convert_pixels(pixels, 40, columns(out, 0, 260));
    const Index most = (Index(1) << bits) - 1;
    for (Index line = 0; line < lines; ++line) {
      const TransferCurve curve = draw_curve(all_errors, most + 1, of_dac, line);
      for (Index c = 0; c < 260; ++c) {
        const double exact = double(pixels(line, 40 + c)) / 255 * double(most);
        const Index code = Index(std::lround(exact));
        const double at = bits > 8 ? exact : double(code);  // of pixels the upper bits are the whole code
        EXPECT_NEAR(
            out(line, c),
            (curve.offset_lsb + (curve.gain - 1) * double(code) + curve.gain * curve.inl_lsb[code] + at) / double(most),
            1e-5)
            << bits << " bits, pixel " << int(pixels(line, 40 + c));
      }
    }
  }
}

TEST(DacBank, WithoutErrorsIsNominal) {
  const Converter nominal{5, 1.0f};
  const DacBank bank(nominal, DacBank::Codes::bipolar, {}, lines, "dac", 1);
  Matrix<float> values = uniform(lines, 100, 1.0f), expected = values;
  bank.convert(columns(values, 0, 100));
  nominal.convert(columns(expected, 0, 100));
  EXPECT_EQ(values, expected);
}

}  // namespace
}  // namespace settle::test::converter_errors_test
