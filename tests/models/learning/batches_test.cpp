#include "settle/models/learning/batches.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace settle::batches_test {
namespace {

// So that a run that goes on in a later epoch has the order of one that went through all of them.
TEST(Batches, OrderIsAFunctionOfTheEpoch) {
  Batches one_after_another(100, 7, 3);
  std::vector<std::vector<std::vector<Index>>> orders;
  for (int epoch = 1; epoch <= 5; ++epoch) orders.push_back(one_after_another.for_epoch(epoch));
  Batches any(100, 7, 3);
  for (const int epoch : {4, 4, 1, 5, 2, 3}) EXPECT_EQ(any.for_epoch(epoch), orders[std::size_t(epoch - 1)]) << epoch;
}

TEST(Batches, AreTheSameInAnotherOrder) {
  Batches batches(100, 7, 3);
  auto first = batches.for_epoch(1), second = batches.for_epoch(2);
  EXPECT_NE(first, second);
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace settle::batches_test
