// Histograms of a run's weights and times.
#include "src/run/histograms.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/src/temporary_folder.h"

namespace settle::histograms_test {
namespace {

std::int64_t all_of(const Histogram& h) { return std::accumulate(h.counts.begin(), h.counts.end(), std::int64_t(0)); }

TEST(Histograms, CountEachValueInItsBin) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(0.37 + 0.011 * i);
  const Histogram h = histogram_of(values);
  EXPECT_EQ(std::exp2(std::round(std::log2(h.width))), h.width) << "a power of two";
  EXPECT_GE(h.counts.size(), 24u);
  EXPECT_LE(h.counts.size(), 50u);
  EXPECT_EQ(h.first / h.width, std::floor(h.first / h.width));
  for (std::size_t k = 0; k < h.counts.size(); ++k) {
    const double low = h.first + double(k) * h.width;
    std::int64_t inside = 0;
    for (const double value : values) inside += value >= low && value < low + h.width ? 1 : 0;
    EXPECT_EQ(h.counts[k], inside) << k;
  }
  EXPECT_EQ(all_of(h), 1000);
}

TEST(Histograms, LeaveOutWhatIsNotKnown) {
  const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(all_of(histogram_of({nan, 1, 2, infinite})), 2);
  EXPECT_TRUE(histogram_of({nan}).counts.empty());
  EXPECT_TRUE(histogram_of({}).counts.empty());
}

TEST(Histograms, OfEqualValuesHaveOneOrTwoBins) {
  for (const double value : {0.0, 1.0, -2.5e-6, 3e8}) {
    const Histogram h = histogram_of({value, value, value});
    EXPECT_LE(h.counts.size(), 2u) << value;
    EXPECT_EQ(all_of(h), 3) << value;
    EXPECT_GT(h.width, 0) << value;
  }
}

// A run that goes on knows no longer what it began with: its file does.
TEST(Histograms, KeepWhatWasWrittenBeforeTraining) {
  const TemporaryFolder folder;
  Histogram before = histogram_of({0.25, 0.5}), after = histogram_of({0.75});
  before.quantity = after.quantity = "weight";
  before.where = after.where = "input_hidden1";
  before.when = "initial";
  after.when = "final";
  const std::string file = folder.write("histograms.csv", histograms_csv({before}));
  const std::string both = histograms_csv({after}, file);
  EXPECT_EQ(both.substr(0, histograms_csv({before}).size()), histograms_csv({before}));
  EXPECT_NE(both.find("weight,input_hidden1,final,,0.75,"), std::string::npos) << both;
  folder.write("histograms.csv", both);
  EXPECT_EQ(histograms_csv({after}, file), both) << "written again, it is the same";
}

}  // namespace
}  // namespace settle::histograms_test
