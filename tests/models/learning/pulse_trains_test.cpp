// Pulse trains: what their coincidences add up to.
#include "settle/models/learning/pulse_trains.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test::pulse_trains_test {
namespace {

constexpr double weight_step = 0.002;

Vector<float> values(Index n, float largest) {
  Vector<float> v(n);
  for (Index i = 0; i < n; ++i) v[i] = largest * float(i + 1) / float(n) * (i % 3 ? 1.0f : -1.0f);
  return v;
}
const Vector<float> pre = values(20, 0.8f), post = values(15, 0.05f);

PulseTrains trains() { return PulseTrains(Stream(1, "trains", Purpose::pulse_trains)); }

// The rate at which the largest elements ask for k pulses.
double rate_for(double k) { return k * weight_step / (0.8 * 0.05); }

// The sum of counts along rate post pre^T over what it should be, its mean over samples and the mean's deviation.
struct Ratio {
  double mean, error;
};
Ratio ratio_of(double k, double claimed_k, Index samples) {
  constexpr Index block = 1000;
  const Matrix<double> wanted =
      rate_for(claimed_k) / weight_step * post.cast<double>() * pre.cast<double>().transpose();
  const Matrix<double> weight = wanted / wanted.squaredNorm();
  const Matrix<float> x = pre.replicate(1, block), d = post.replicate(1, block);
  PulseTrains generator = trains();
  double sum = 0, squares = 0;
  for (Index first = 0; first < samples; first += block) {
    const PulseTrainBlock& t =
        generator.generate(columns(x, 0, block), columns(d, 0, block), rate_for(k), weight_step, std::uint64_t(first));
    for (Index s = 0; s < block; ++s) {
      double r = 0;
      for (Index j = 0; j < pre.size(); ++j) {
        for (Index i = 0; i < post.size(); ++i) {
          const std::uint32_t word = t.words(s, j), bit = t.bits(i, s), sign = PulseTrainBlock::train_sign;
          const double hits = __builtin_popcount(word & bit & ~sign);
          r += (((word ^ bit) & sign) != 0 ? -hits : hits) * weight(i, j);
        }
      }
      sum += r;
      squares += r * r;
    }
  }
  const double mean = sum / double(samples);
  return {mean, std::sqrt((squares / double(samples) - mean * mean) / double(samples))};
}

TEST(PulseTrains, AddUpToTheOuterProduct) {
  const std::pair<double, Index> cases[] = {{0.3, 120000}, {1.0, 40000}, {5.5, 10000}, {30.9, 5000}};
  for (const auto& [k, samples] : cases) {
    const Ratio ratio = ratio_of(k, k, samples);
    EXPECT_LT(5 * ratio.error, 0.01) << "too few samples to tell: a bias of one per cent must show";
    EXPECT_NEAR(ratio.mean, 1, 5 * ratio.error) << k;
  }
}

TEST(PulseTrains, APerCentMoreWouldShow) {
  const Ratio ratio = ratio_of(5.5, 5.5 / 1.01, 10000);
  EXPECT_GT(ratio.mean - 1, 5 * ratio.error);
}

// Small probabilities are not rounded away: a slot compares 16 bits.
TEST(PulseTrains, OfSmallValuesFireAsOftenAsTheyShould) {
  constexpr Index lines = 64, samples = 8000;
  Matrix<float> x = Matrix<float>::Constant(lines, samples, 0.003f);
  x.row(0).setOnes();
  const Matrix<float> d = Matrix<float>::Ones(1, samples);
  PulseTrains generator = trains();
  const PulseTrainBlock& t =
      generator.generate(columns(std::as_const(x), 0, samples), columns(d, 0, samples), 31.0, 1.0, 0);
  double fired = 0;
  for (Index j = 1; j < lines; ++j)
    for (Index s = 0; s < samples; ++s) fired += __builtin_popcount(t.words(s, j));
  const double expected = double((lines - 1) * samples) * 31 * 0.003;
  EXPECT_LT(5 / std::sqrt(expected), 0.025) << "too few to tell: 16 bits without rounding by chance are 3 per cent off";
  EXPECT_NEAR(fired / expected, 1, 5 / std::sqrt(expected));
  EXPECT_EQ(__builtin_popcount(t.words(0, 0)), 31);
}

TEST(PulseTrains, EachDeviceHasItsOwnMean) {
  constexpr int samples = 20000;
  const double k = 5.5;
  Matrix<double> sum = Matrix<double>::Zero(post.size(), pre.size());
  Matrix<float> counts;
  for (int s = 0; s < samples; ++s) {
    trains().coincide(pre, post, rate_for(k), weight_step, std::uint64_t(s), counts);
    sum += counts.cast<double>();
  }
  const Matrix<double> wanted = rate_for(k) / weight_step * post.cast<double>() * pre.cast<double>().transpose();
  for (Index i = 0; i < sum.size(); ++i)  // counts are binomial: their variance is below their mean
    EXPECT_NEAR(sum(i) / samples, wanted(i), 5 * std::sqrt(std::abs(wanted(i)) / samples)) << i;
}

TEST(PulseTrains, HaveTheSignOfTheProduct) {
  Matrix<float> counts;
  trains().coincide(pre, post, rate_for(30), weight_step, 0, counts);
  EXPECT_GE((counts.array() * (post * pre.transpose()).array()).minCoeff(), 0.0f);
  EXPECT_LT(counts.minCoeff(), 0.0f);
  EXPECT_GT(counts.maxCoeff(), 0.0f);
}

TEST(PulseTrains, TakeAsManySlotsAsTheyNeed) {
  Matrix<float> counts;
  const auto slots = [&](double k) { return trains().coincide(pre, post, rate_for(k), weight_step, 0, counts); };
  EXPECT_EQ(slots(0.1), 1);
  EXPECT_EQ(slots(4.5), 5);
  EXPECT_EQ(slots(30.5), 31);
  EXPECT_EQ(slots(100), 31);
  EXPECT_LE(counts.cwiseAbs().maxCoeff(), 31.0f);
}

// Beyond 31 pulses the largest elements fire in every slot.
TEST(PulseTrains, Saturate) {
  Matrix<float> counts;
  trains().coincide(pre, post, rate_for(32), weight_step, 0, counts);
  EXPECT_EQ(std::abs(counts(post.size() - 1, pre.size() - 1)), 31.0f);
}

TEST(PulseTrains, GiveTheSameBitsOnAnyNumberOfThreadsAndInAnyBlocks) {
  const Matrix<float> x = pre * Vector<float>::LinSpaced(100, -1, 1).transpose();
  const Matrix<float> d = post.replicate(1, 100);
  PulseTrains one = trains(), many = trains(), cut = trains();
  const auto generate = [&](PulseTrains& t, Index first, Index count, int threads) -> const PulseTrainBlock& {
    return t.generate(columns(x, first, count), columns(d, first, count), rate_for(20), weight_step,
                      std::uint64_t(first), threads);
  };
  const PulseTrainBlock &whole = generate(one, 0, 100, 1), &other = generate(many, 0, 100, 3),
                        &part = generate(cut, 33, 40, 1);
  EXPECT_EQ(whole.words, other.words);
  EXPECT_EQ(whole.bits, other.bits);
  EXPECT_EQ(whole.words.middleRows(33, 40), part.words);
  EXPECT_EQ(whole.bits.middleCols(33, 40), part.bits);
  EXPECT_EQ(whole.slots[40], part.slots[7]);
}

// A train of n_x firings and one of n_d meet rint(n_x n_d / BL) times.
TEST(DeterministicTrains, MeetAsOftenAsTheProductSays) {
  for (const int slots : {1, 7, 10, 31}) {
    Vector<float> steps(slots + 1);
    for (int n = 0; n <= slots; ++n) steps[n] = (n % 2 ? -1.0f : 1.0f) * float(n) / float(slots);
    PulseTrains generator(Stream(1, "trains", Purpose::pulse_trains), PulseCoding::deterministic);
    Matrix<float> counts;
    EXPECT_EQ(generator.coincide(steps, steps, double(slots), 1.0, 0, counts), slots);
    for (int x = 0; x <= slots; ++x) {
      for (int d = 0; d <= slots; ++d) {
        const double product = (x % 2 == d % 2 ? 1.0 : -1.0) * x * d / slots;
        EXPECT_LE(std::abs(double(counts(d, x)) - product), 0.5) << slots << " " << x << " " << d;
      }
    }
  }
}

TEST(DeterministicTrains, AreTheSameInEverySample) {
  PulseTrains generator(Stream(1, "trains", Purpose::pulse_trains), PulseCoding::deterministic);
  Matrix<float> first, other;
  generator.coincide(pre, post, rate_for(20), weight_step, 0, first);
  generator.coincide(pre, post, rate_for(20), weight_step, 9, other);
  EXPECT_EQ(first, other);
  // within one pulse of the outer product, of which rounding either factor takes half a firing
  const Matrix<float> wanted = float(rate_for(20) / weight_step) * post * pre.transpose();
  EXPECT_LT((first - wanted).cwiseAbs().maxCoeff(), 1.6f);
}

TEST(PulseTrains, OfNothingAreNothing) {
  Matrix<float> counts;
  EXPECT_EQ(trains().coincide(Vector<float>::Zero(3), post, 1.0, weight_step, 0, counts), 0);
  EXPECT_EQ(counts, (Matrix<float>::Zero(post.size(), 3)));
  EXPECT_EQ(trains().coincide(pre, Vector<float>::Zero(2), 1.0, weight_step, 0, counts), 0);
  EXPECT_EQ(counts, (Matrix<float>::Zero(2, pre.size())));
}

TEST(PulseTrains, FollowTheSampleAlone) {
  Matrix<float> first, again, other;
  trains().coincide(pre, post, rate_for(10), weight_step, 7, first);
  trains().coincide(pre, post, rate_for(10), weight_step, 7, again);
  trains().coincide(pre, post, rate_for(10), weight_step, 8, other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace settle::test::pulse_trains_test
