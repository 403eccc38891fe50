#include "hw/probes.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

// In every analysis, times that are no whole picoseconds included: SystemC has nothing to warn of.
TEST(Probes, TraceEveryAnalysis) {
  const std::string folder = testing::TempDir() + "settle_probes_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    const std::string file = folder + "/" + std::to_string(int(analysis));
    in_child([&]() {
      hw::SubstrateSpec spec = real_chip({10, 8, 6, 3});
      spec.analysis = analysis;
      spec.time_step_s = 1e-9 / 3;
      hw::Chip* self = nullptr;
      const Samples data = random_samples(10, 3, 2);
      hw::Chip chip(spec, {}, [&](hw::HostController& host) {
        sc_core::wait(self->substrate.initialise());
        host.measure_settling(data);
        host.show(data, 1);
      });
      self = &chip;
      const hw::Probes probes("probes", chip.substrate, hw::chip_signals(chip.substrate, chip.meter, 2), file);
      chip.run();
    });
    std::ifstream in(file + ".vcd");
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_NE(text.find("hidden2"), std::string::npos);
    EXPECT_GT(std::count(text.begin(), text.end(), '#'), 3) << "times";
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace settle::test
