// The memory that a configuration asks for.
#include "src/run/memory.h"

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/config/network_graph.h"

namespace settle::memory_test {
namespace {

Configuration with(std::vector<std::int64_t> hidden) {
  Configuration c;
  c.network.hidden = std::move(hidden);
  c.device.preset = "ecram";
  return c;
}

double needed(const Configuration& c) { return needed_bytes(c, build_graph(c, 784, 10)); }

// What `settle train` was seen to take at most: 332 MB with two layers of 1024, 818 MB with two of 2048, a thousand
// samples and 8 bits.
TEST(Memory, IsWhatRunsTake) {
  EXPECT_NEAR(needed(with({1024, 1024})) / 332e6, 1, 0.3);
  EXPECT_NEAR(needed(with({2048, 2048})) / 818e6, 1, 0.3);
}

TEST(Memory, GrowsWithTheBlock) {
  Configuration large = with({512}), small = large;
  large.run.batch = small.run.batch = 1000000;
  large.run.block = 1000000;
  EXPECT_GT(needed(large), 50e9);
  EXPECT_LT(needed(small), 1e9);
}

TEST(Memory, WhatDoesNotFitIsRefused) {
  const Configuration c = with({65536, 65536});
  try {
    expect_to_fit(c, build_graph(c, 784, 10), 16e9);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("network.hidden: needs about"), std::string::npos) << e.what();
  }
  EXPECT_NO_THROW(expect_to_fit(with({512}), build_graph(with({512}), 784, 10), 16e9));
  EXPECT_GT(machine_bytes(), 1e8);
}

}  // namespace
}  // namespace settle::memory_test
