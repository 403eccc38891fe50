// Which lines fire while counts are written, against counting by hand.
#include "settle/models/chip/write_lines.h"

#include <gtest/gtest.h>

namespace settle::test::write_lines_test {
namespace {

Matrix<float> counts() {
  Matrix<float> m(3, 4);
  m << 1, 0, 0, -2,  //
      3, 0, -1, -5,  //
      -2, 0, -4, -1;
  return m;
}

WriteLines lines(std::int64_t word_lines, std::int64_t bit_lines) {
  CrossbarSpec spec;
  spec.mapping = Mapping::proportional;
  spec.tiling.word_lines = word_lines;
  spec.tiling.bit_lines = bit_lines;
  return {spec, 3, 4};
}

// Up and down take turns on each word line; its bit lines are pulsed at once.
TEST(WriteLines, AWordLineFiresForItsLongestTrains) {
  const LineFirings fired = lines(0, 0).of_counts(counts(), 1);
  EXPECT_EQ(fired.slots, (3 + 2) + 0 + 4 + 5);
  EXPECT_EQ(fired.word_lines, fired.slots);
  EXPECT_EQ(fired.selections, fired.slots);
  EXPECT_EQ(fired.bit_lines, 6 + 0 + 5 + 8);
  EXPECT_EQ(fired.word_cells, 6 * fired.word_lines) << "two devices for each of three weights";
}

// Two tiles of two and one targets, times two of two word lines: each fires for its own part of a column.
TEST(WriteLines, TilesFireEachForItsOwnTrains) {
  const LineFirings fired = lines(2, 4).of_counts(counts(), 1);
  EXPECT_EQ(fired.slots, (3 + 2) + 0 + 4 + 5) << "tiles side by side are pulsed at the same time";
  EXPECT_EQ(fired.word_lines, (3 + 2) + (0 + 0) + (1 + 4) + (5 + 1));
  EXPECT_EQ(fired.bit_lines, 6 + 0 + 5 + 8);
}

TEST(WriteLines, DoNotDependOnThreads) {
  Matrix<float> many(3, 200);
  for (Index i = 0; i < many.size(); ++i) many(i) = float(i * 7 % 11 - 5);
  CrossbarSpec spec;
  const WriteLines all(spec, 3, 200);
  const LineFirings one = all.of_counts(many, 1), three = all.of_counts(many, 3);
  EXPECT_EQ(one.slots, three.slots);
  EXPECT_EQ(one.word_lines, three.word_lines);
  EXPECT_EQ(one.bit_lines, three.bit_lines);
  EXPECT_EQ(one.decoder_load, three.decoder_load);
  EXPECT_GT(one.slots, 0);
}

}  // namespace
}  // namespace settle::test::write_lines_test
