// Every uncertain figure says where it comes from.
#include "settle/models/cost/provenance.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/cost/meter.h"

namespace settle::test::provenance_test {
namespace {

TEST(Provenance, OfEveryFigureIsComplete) {
  const Meter meter(ChipSpec{});
  std::set<std::string> sections;
  for (const auto& [key, figure] : meter.figures().all()) {
    sections.insert(key.substr(0, key.find('.')));
    ASSERT_TRUE(figure.provenance) << key;
    const Provenance& p = *figure.provenance;
    EXPECT_FALSE(p.unit.empty()) << key;
    EXPECT_GT(p.source.size(), 10u) << key;
    EXPECT_FALSE(std::string(name(p.evidence)).empty()) << key;
    EXPECT_FALSE(std::string(name(p.distribution)).empty()) << key;
    EXPECT_GE(std::min({p.node_nm, p.supply_v, p.temperature_k}), 0) << key;
    // what is estimated says so, and what is not says whose it is
    const bool own = p.source.rfind("estimate of this project", 0) == 0;
    EXPECT_EQ(own, p.evidence == Evidence::estimated) << key << ": " << p.source;
    EXPECT_LT(figure.value[0], figure.value[2]) << key;
  }
  EXPECT_EQ(sections, (std::set<std::string>{"chip", "cost"}));
}

// An action that depends on a figure which nobody has would count as exact.
TEST(Provenance, ActionsDependOnFiguresThatExist) {
  const Meter meter(ChipSpec{});
  for (const Action* action : actions())
    for (const Dependence& d : action->figures) {
      const std::string key = d.key;
      const bool of_device = key.rfind("device.pulse_", 0) == 0 || key == "device.gate_capacitance_f";
      EXPECT_TRUE(of_device || key == area_key || meter.figures().all().count(key) == 1) << action->name << ": " << key;
    }
}

}  // namespace
}  // namespace settle::test::provenance_test
