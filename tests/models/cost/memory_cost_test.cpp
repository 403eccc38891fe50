// The host's memory against published figures.
#include "settle/models/cost/memory_cost.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/cost/area.h"
#include "settle/models/cost/costs.h"

namespace settle::test::memory_cost_test {
namespace {

// Where the published figures are.
ChipSpec at_45_nm(std::int64_t bank_bytes = 1048576) {
  ChipSpec chip;
  chip.node = 45;
  chip.supply_v = 0.9;
  chip.host_bank_bytes = bank_bytes;
  return chip;
}

constexpr double megabyte = 1048576;

double access_j(const ChipSpec& chip, double bytes) { return Costs(chip).sram_access_j(bytes).supplied; }

TEST(Memory, AccessTakesWhatItsBankTakes) {
  EXPECT_NEAR(access_j(at_45_nm(8192), megabyte), 10e-12, 1e-20);
  EXPECT_NEAR(access_j(at_45_nm(32768), megabyte), 20e-12, 1e-20);
  EXPECT_NEAR(access_j(at_45_nm(1048576), megabyte), 100e-12, 1e-20);
  // between those, in the logarithms of both
  EXPECT_NEAR(access_j(at_45_nm(16384), megabyte), std::sqrt(10.0 * 20) * 1e-12, 1e-20);
  EXPECT_NEAR(access_j(at_45_nm(185364), megabyte), std::sqrt(20.0 * 100) * 1e-12, 1e-16);
}

TEST(Memory, BelowABankIsABankOfItsOwn) {
  EXPECT_NEAR(access_j(at_45_nm(), 32768), 20e-12, 1e-20);
  EXPECT_NEAR(access_j(at_45_nm(), 100), 10e-12, 1e-20);  // 8 KB is the least that there are figures for
  EXPECT_NEAR(access_j(at_45_nm(), 100 * megabyte), 100e-12, 1e-20);
}

TEST(Memory, AccessScalesWithTheNode) {
  ChipSpec chip = at_45_nm(8192);
  chip.node = 32;
  EXPECT_NEAR(access_j(chip, megabyte), 6.41e-12, 0.001e-12);
  EXPECT_EQ(Costs(chip).dram_access_j().supplied, Costs(at_45_nm()).dram_access_j().supplied);
}

TEST(Memory, LeaksByTheBitAndDoublesInTenKelvin) {
  ChipSpec chip = at_45_nm();
  chip.temperature_k = 300;
  EXPECT_NEAR(Costs(chip).sram_leakage_w(1000), 8000 * 45e-12, 1e-18);
  const double cold = Costs(chip).sram_leakage_w(1000);
  chip.temperature_k = 310;
  EXPECT_NEAR(Costs(chip).sram_leakage_w(1000), 2 * cold, 1e-18);
  chip.temperature_k = 285;
  EXPECT_NEAR(Costs(chip).sram_leakage_w(1000), cold / std::sqrt(8.0), 1e-18);
}

TEST(Memory, AreaIsThatOfItsBitsAndOfTheLanes) {
  const std::vector<AreaRow> at_45 = host_area(at_45_nm(), {}, 1000);
  ASSERT_EQ(at_45.size(), 2u);
  EXPECT_EQ(at_45[0].component, "host memory");
  EXPECT_EQ(at_45[0].count, 8000);
  EXPECT_NEAR(at_45[0].area_m2, 8000 * 0.53e-12, 1e-20);
  EXPECT_EQ(at_45[1].component, "host logic");
  EXPECT_EQ(at_45[1].count, 64);
  EXPECT_NEAR(at_45[1].area_m2, 64 * 12300e-12, 1e-18);
  ChipSpec finer = at_45_nm();
  finer.node = 32;
  EXPECT_NEAR(host_area(finer, {}, 1000)[0].area_m2, 0.46 * at_45[0].area_m2, 1e-20);
}

}  // namespace
}  // namespace settle::test::memory_cost_test
