// The generator against published answers, and the normal deviates made from it against the normal law.
#include "settle/models/numeric/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace settle::test::random_test {
namespace {

constexpr Index many = 1 << 20;
constexpr double sigmas = 5;

Stream stream_with_key(std::uint32_t k0, std::uint32_t k1) {
  Stream stream(1, "any", Purpose::test);
  stream.key[0] = k0;
  stream.key[1] = k1;
  return stream;
}

std::vector<float> normals(const Stream& stream, std::uint64_t sample = 0, std::uint32_t step = 0, Index n = many) {
  std::vector<float> xi(static_cast<std::size_t>(n));
  fill_normal(stream, sample, step, xi.data(), n);
  return xi;
}

// The first four moments' distances from those of the normal law, in standard deviations of their estimates.
std::array<double, 4> moments_off(const std::vector<float>& xi) {
  const double n = double(xi.size());
  std::array<double, 4> m = {};
  for (const float x : xi)
    for (int k = 0; k < 4; ++k) m[std::size_t(k)] += std::pow(double(x), k + 1) / n;
  // variances of x, x^2, x^3, x^4 of a standard normal x: 1, 2, 15, 96
  return {m[0] * std::sqrt(n), (m[1] - 1) * std::sqrt(n / 2), m[2] * std::sqrt(n / 15), (m[3] - 3) * std::sqrt(n / 96)};
}

// Kolmogorov and Smirnov's distance times sqrt(n); beyond 2.74 is as unlikely as five sigmas.
double kolmogorov_smirnov(std::vector<float> xi) {
  std::sort(xi.begin(), xi.end());
  const double n = double(xi.size());
  double distance = 0;
  for (std::size_t i = 0; i < xi.size(); ++i) {
    const double law = 0.5 * std::erfc(-double(xi[i]) / std::sqrt(2.0));
    distance = std::max({distance, std::abs(law - double(i) / n), std::abs(law - double(i + 1) / n)});
  }
  return distance * std::sqrt(n);
}

// The correlation of a and b, and that of their squares, in standard deviations: the larger.
double dependence(const float* a, const float* b, Index n) {
  double product = 0, of_squares = 0;
  for (Index i = 0; i < n; ++i) {
    const double x = double(a[i]), y = double(b[i]);
    product += x * y;
    of_squares += (x * x - 1) * (y * y - 1) / 2;
  }
  return std::max(std::abs(product), std::abs(of_squares)) / std::sqrt(double(n));
}
double dependence(const std::vector<float>& a, const std::vector<float>& b) {
  return dependence(a.data(), b.data(), Index(a.size()));
}

// Random123, tests/kat_vectors, "philox4x32 10".
TEST(Random, KnownAnswersOfPhilox) {
  struct Answer {
    std::uint32_t counter[4], key[2], expected[4];
  };
  const std::uint32_t ones = 0xffffffffu;
  const std::vector<Answer> answers = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{ones, ones, ones, ones}, {ones, ones}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Answer& a : answers) {
    const std::uint64_t sample = (std::uint64_t(a.counter[2]) << 32) | a.counter[1];
    const Words words = random_words(stream_with_key(a.key[0], a.key[1]), a.counter[0], sample, a.counter[3]);
    for (int k = 0; k < 4; ++k) EXPECT_EQ(words.w[k], a.expected[k]);
  }
}

TEST(Random, EngineGivesTheWordsInTurn) {
  const Stream stream(3, "engine", Purpose::test);
  Engine engine(stream, 5, 7);
  for (std::uint32_t element = 0; element < 10; ++element) {
    const Words words = random_words(stream, element, 5, 7);
    for (const std::uint32_t w : words.w) EXPECT_EQ(engine(), w);
  }
}

// Deviates 16 k + c of a tile come from word k of its counter c; a pair's radius from the upper 24 bits of one word.
TEST(Random, NormalsComeFromTheCountersTheyNameThemselves) {
  const Stream stream(1, "layout", Purpose::test);
  const std::uint64_t sample = (std::uint64_t(9) << 32) | 8;
  const std::vector<float> xi = normals(stream, sample, 7, 640);
  for (std::uint32_t counter = 0; counter < 160; ++counter) {
    const Words words = random_words(stream, counter, sample, 7);
    const std::size_t at = counter / 16 * 64 + counter % 16;
    for (const std::size_t pair : {0u, 1u}) {
      const double uniform = ((words.w[2 * pair] >> 8) + 0.5) * 0x1p-24;
      const double radius = std::hypot(double(xi[at + 32 * pair]), double(xi[at + 32 * pair + 16]));
      EXPECT_NEAR(radius, std::sqrt(-2 * std::log(uniform)), 1e-5);
    }
  }
}

TEST(Random, ShorterArraysArePrefixes) {
  const Stream stream(1, "prefix", Purpose::test);
  const std::vector<float> all = normals(stream, 2, 3, 300);
  for (const Index n : {1, 15, 16, 17, 63, 64, 65, 127, 128, 200, 299}) {
    const std::vector<float> xi = normals(stream, 2, 3, n);
    EXPECT_TRUE(std::equal(xi.begin(), xi.end(), all.begin())) << n;
  }
}

TEST(Random, FillWritesNothingBeyondItsEnd) {
  std::vector<float> xi(100, 42.0f);
  fill_normal(Stream(1, "end", Purpose::test), 0, 0, xi.data(), 70);
  EXPECT_TRUE(std::all_of(xi.begin() + 70, xi.end(), [](float x) { return x == 42.0f; }));
}

TEST(Random, MomentsAreNormal) {
  const std::vector<float> xi = normals(Stream(1, "moments", Purpose::test));
  for (const double off : moments_off(xi)) EXPECT_LT(std::abs(off), sigmas);
}

TEST(Random, MomentsWouldShowATenthMore) {
  std::vector<float> wider = normals(Stream(1, "moments", Purpose::test));
  for (float& x : wider) x *= 1.1f;
  EXPECT_GT(moments_off(wider)[1], sigmas);
  EXPECT_GT(moments_off(wider)[3], sigmas);
}

TEST(Random, DistributionIsNormal) {
  std::vector<float> xi = normals(Stream(1, "distribution", Purpose::test));
  EXPECT_LT(kolmogorov_smirnov(xi), 2.74);
  for (float& x : xi) x *= 1.1f;
  EXPECT_GT(kolmogorov_smirnov(xi), 2.74);
}

TEST(Random, TailsAreNormal) {
  constexpr Index n = 4 * many;
  const std::vector<float> xi = normals(Stream(1, "tails", Purpose::test), 0, 0, n);
  for (const double z : {1.0, 2.0, 3.0, 4.0}) {
    for (const double sign : {-1.0, 1.0}) {
      const double expected = double(n) * 0.5 * std::erfc(z / std::sqrt(2.0));
      const auto beyond = std::count_if(xi.begin(), xi.end(), [&](float x) { return sign * double(x) > z; });
      EXPECT_NEAR(double(beyond), expected, sigmas * std::sqrt(expected)) << sign * z;
    }
  }
}

TEST(Random, SamplesStepsAndStreamsAreIndependent) {
  const std::vector<float> xi = normals(Stream(1, "a", Purpose::test));
  const std::vector<std::vector<float>> others = {
      normals(Stream(1, "a", Purpose::test), 1),
      normals(Stream(1, "a", Purpose::test), std::uint64_t(1) << 32),
      normals(Stream(1, "a", Purpose::test), 0, 1),
      normals(Stream(2, "a", Purpose::test)),
      normals(Stream(std::uint64_t(1) << 32 | 1, "a", Purpose::test)),
      normals(Stream(1, "b", Purpose::test)),
      normals(Stream(1, "aa", Purpose::test)),
      normals(Stream(1, "a", Purpose::free_hold)),
  };
  for (std::size_t k = 0; k < others.size(); ++k) EXPECT_LT(dependence(xi, others[k]), sigmas) << k;
}

// Lags at which a deviate meets its partner of the transform (16), its counter's other pair (32) and the next tile
// (64).
TEST(Random, NeighboursAreIndependent) {
  const std::vector<float> xi = normals(Stream(1, "neighbours", Purpose::test));
  for (const Index lag : {1, 2, 4, 8, 15, 16, 32, 48, 64})
    EXPECT_LT(dependence(xi.data(), xi.data() + lag, many - lag), sigmas) << lag;
}

TEST(Random, DependenceWouldShowATenth) {
  const std::vector<float> a = normals(Stream(1, "a", Purpose::test));
  std::vector<float> b = normals(Stream(1, "b", Purpose::test));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] += 0.1f * a[i];
  EXPECT_GT(dependence(a, b), sigmas);
}

TEST(Random, AddNormalAddsTheSameDeviates) {
  const Stream stream(1, "add", Purpose::test);
  for (const Index n : {1, 64, 100, 1000}) {
    const std::vector<float> xi = normals(stream, 4, 5, n);
    std::vector<float> in(xi.size()), out(xi.size());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = float(i) * 0.01f;
    add_normal(stream, 4, 5, 0.25f, in.data(), out.data(), n);
    for (std::size_t i = 0; i < in.size(); ++i) EXPECT_NEAR(out[i], in[i] + 0.25f * xi[i], 2e-6f);
    add_normal(stream, 4, 5, 0.25f, in.data(), in.data(), n);
    EXPECT_EQ(in, out);
  }
}

}  // namespace
}  // namespace settle::test::random_test
