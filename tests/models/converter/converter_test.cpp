// Converters: codes, clipping, gain, and the noise of quantisation.
#include "settle/models/converter/converter.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "settle/models/numeric/random.h"

namespace settle::test::converter_test {
namespace {

Matrix<float> converted(const Converter& converter, Matrix<float> values, float gain = 1.0f) {
  converter.convert(columns(values, 0, values.cols()), gain);
  return values;
}
float converted(const Converter& converter, float value, float gain = 1.0f) {
  return converted(converter, Matrix<float>::Constant(1, 1, value), gain)(0);
}

Matrix<float> uniform(Index n, float reach) {
  Engine engine(Stream(1, "uniform", Purpose::test));
  return Matrix<float>::NullaryExpr(1, n, [&](Index) { return reach * float(double(engine()) * 0x1p-31 - 1); });
}

TEST(Converter, LeastSignificantBit) {
  EXPECT_EQ((Converter{8, 1.0f}.lsb()), 1.0f / 128);
  EXPECT_EQ((Converter{1, 1.0f}.lsb()), 1.0f);
  EXPECT_EQ((Converter{12, 0.5f}.lsb()), 0.5f / 2048);
}

TEST(Converter, RoundsToTheNearestCode) {
  const Converter c{8, 1.0f};
  EXPECT_EQ(converted(c, 0.0f), 0.0f);
  EXPECT_EQ(converted(c, 0.4f / 128), 0.0f);
  EXPECT_EQ(converted(c, 0.6f / 128), 1.0f / 128);
  EXPECT_EQ(converted(c, -0.6f / 128), -1.0f / 128);
  EXPECT_EQ(converted(c, 100.0f / 128), 100.0f / 128);
}

TEST(Converter, Clips) {
  const Converter c{8, 1.0f};
  EXPECT_EQ(converted(c, 1.0f), 127.0f / 128);
  EXPECT_EQ(converted(c, 1e9f), 127.0f / 128);
  EXPECT_EQ(converted(c, -1.0f), -1.0f);
  EXPECT_EQ(converted(c, -7.0f), -1.0f);
}

TEST(Converter, HasAsManyCodesAsItsBits) {
  for (const int bits : {1, 2, 4, 8}) {
    const Matrix<float> values = converted(Converter{bits, 0.5f}, uniform(20000, 1.0f));
    const std::set<float> codes(values.data(), values.data() + values.size());
    EXPECT_EQ(codes.size(), std::size_t(1) << bits);
  }
}

TEST(Converter, GainRefinesTheStepAndNarrowsTheRange) {
  const Converter c{8, 1.0f};
  EXPECT_EQ(converted(c, 3.0f / 1024, 8.0f), 3.0f / 1024);
  EXPECT_EQ(converted(c, 3.4f / 1024, 8.0f), 3.0f / 1024);
  EXPECT_EQ(converted(c, 0.5f, 8.0f), 127.0f / 1024);
  EXPECT_EQ(converted(c, -0.5f, 8.0f), -1.0f / 8);
}

TEST(Converter, IsExactWithoutBits) {
  const Matrix<float> values = uniform(1000, 100.0f);
  EXPECT_EQ(converted(Converter{0, 1.0f}, values), values);
  EXPECT_EQ(converted(Converter{0, 1.0f}, values, 16.0f), values);
}

// The mean square of what conversion changes, in units of a claimed LSB^2 / 12, less one, in standard deviations.
double noise_off(const Converter& converter, float claimed_lsb) {
  constexpr Index n = 200000;
  const Matrix<float> values = uniform(n, converter.full_scale - converter.lsb());  // a whole number of steps
  const Matrix<double> error = (converted(converter, values) - values).cast<double>();
  const double law = double(claimed_lsb) * double(claimed_lsb) / 12;
  // the variance of the square of a uniform error is 4/5 of its mean's square
  return (error.squaredNorm() / n / law - 1) / std::sqrt(0.8 / n);
}

TEST(Converter, QuantisationNoise) {
  for (const int bits : {4, 8, 12}) {
    const Converter c{bits, 0.7f};
    EXPECT_LT(std::abs(noise_off(c, c.lsb())), 5) << bits;
    EXPECT_LT(noise_off(c, 1.1f * c.lsb()), -5) << bits;
  }
}

Matrix<std::uint8_t> all_pixels() {
  return Matrix<std::uint8_t>::NullaryExpr(1, 256, [](Index i) { return std::uint8_t(i); });
}

Matrix<float> pixels_at(int bits) {
  Matrix<float> out(1, 256);
  convert_pixels(bits, all_pixels(), 0, columns(out, 0, 256));
  return out;
}

TEST(Pixels, AreCodesOverTheLargestCode) {
  for (const int bits : {0, 8, 12})
    for (Index code = 0; code < 256; ++code) EXPECT_EQ(pixels_at(bits)(code), float(code) / 255.0f);
}

TEST(Pixels, OfFewerBitsAreTheNearestLevels) {
  for (const int bits : {1, 2, 4, 7}) {
    const Matrix<float> p = pixels_at(bits);
    const int levels = (1 << bits) - 1;
    EXPECT_EQ(p(0), 0.0f);
    EXPECT_EQ(p(255), 1.0f);
    EXPECT_EQ(std::set<float>(p.data(), p.data() + 256).size(), std::size_t(levels) + 1);
    for (Index code = 0; code < 256; ++code) EXPECT_NEAR(p(code), float(code) / 255.0f, 0.501f / float(levels));
  }
}

TEST(Pixels, OfABlockBeginAtItsFirstSample) {
  Matrix<float> out(1, 3);
  convert_pixels(8, all_pixels(), 51, columns(out, 0, 3));
  EXPECT_EQ(out(0), 0.2f);
  EXPECT_EQ(out(2), 53.0f / 255.0f);
}

TEST(RangingGain, IsTheLargestOctaveThatFits) {
  for (float peak = 0.001f; peak < 1.0f; peak *= 1.13f) {
    const float gain = ranging_gain(peak, 1.0f, 1024.0f);
    EXPECT_EQ(std::exp2(std::round(std::log2(gain))), gain);
    EXPECT_LE(gain * peak, 1.0f);
    EXPECT_GT(2 * gain * peak, 1.0f);
  }
}

TEST(RangingGain, StaysInItsRange) {
  EXPECT_EQ(ranging_gain(5.0f, 1.0f, 1024.0f), 1.0f);
  EXPECT_EQ(ranging_gain(1e-9f, 1.0f, 1024.0f), 1024.0f);
  EXPECT_EQ(ranging_gain(0.0f, 1.0f, 1024.0f), 1.0f);
  EXPECT_EQ(ranging_gain(std::nanf(""), 1.0f, 1024.0f), 1.0f);
}

}  // namespace
}  // namespace settle::test::converter_test
