#include "settle/hw/probes.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/run_system.h"
#include "tests/models/chip/small_chip.h"
#include "tests/program/waveform.h"

namespace settle::test::probes_test {
namespace {

// The signal of this name, of any that a chip has.
hw::Signal signal(hw::System& system, const std::string& part, const std::string& quantity, Index i = 0, Index j = 0) {
  for (const hw::SignalFamily& f : hw::signal_families(system.chip_module))
    if (f.part == part && f.quantity == quantity) return f.member(i, j);
  ADD_FAILURE() << "no " << part << "." << quantity;
  return {};
}

class Probes : public testing::Test {
 protected:
  Probes() : folder_(testing::TempDir() + "settle_probes_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Probes() override { std::filesystem::remove_all(folder_); }

  // In a child: shows samples of a chip and writes chip_signals of `lines` members each; `at_step` may look whenever
  // the probes do, `after` at the end.
  void trace(const ChipDesign& design, const hw::ProbeWindow& window, Index samples, Index lines,
             const std::function<void(Chip&)>& after = {}, const std::function<void(Chip&)>& at_step = {}) const {
    hw::System* self = nullptr;
    const Samples data = random_samples(10, 3, samples);
    hw::System system(design, {}, [&](Host& host) {
      self->chip.initialise();
      if (at_step)
        sc_core::sc_spawn([&] {
          while (true) {
            sc_core::wait(self->chip_module.stepped());
            at_step(self->chip);
          }
        });
      self->chip.meter().enter(Section::training);
      self->chip_module.start_meter();
      host.measure_settling(data);
      for (Index i = 0; i < samples; ++i) host.show(data, i);
      if (after) after(self->chip);
      sc_core::wait(1, sc_core::SC_FS);
    });
    self = &system;
    const hw::Probes probes("probes", system.chip_module, hw::chip_signals(system.chip_module, lines), file(), window);
    system.run();
  }

  std::string file() const { return folder_ + "/trace"; }
  std::string vcd() const {
    std::ifstream in(file() + ".vcd");
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }

  std::string folder_;
};

ChipDesign transient_chip() {
  ChipDesign design = real_chip({10, 8, 6, 3});
  design.settling.analysis = Analysis::transient;
  return design;
}

// In every analysis, times that are no whole picoseconds included: SystemC has nothing to warn of.
TEST_F(Probes, TraceEveryAnalysis) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    in_child([&]() {
      ChipDesign design = transient_chip();
      design.settling.analysis = analysis;
      design.settling.time_step_s = 1e-9 / 3;
      trace(design, {}, 1, 2);
    });
    const auto changes = vcd_changes(vcd());
    EXPECT_EQ(changes.count("SystemC.hidden2.v1"), 1u);
    EXPECT_GT(vcd_times(vcd()).size(), 3u);
    std::vector<std::string> phases;
    for (const auto& [time, bits] : changes.at("SystemC.phase.now[63:0]")) phases.push_back(as_text(bits));
    EXPECT_EQ(phases, (std::vector<std::string>{"idle", "free", "idle", "clamped", "idle"}));
  }
}

TEST_F(Probes, WriteWhatTheModelsHold) {
  in_child([&]() {
    Matrix<float> difference;  // when the chip goes idle in the moment of a step, that one is not seen
    const auto keep_difference = [&](Chip& chip) {
      if (chip.driven_phase() == Phase::clamped) difference = chip.state().bank(1).difference;
    };
    const auto expect_last = [&](Chip& chip) {
      // what the last entry has to show; the file is complete when the chip is gone
      std::ofstream expected(folder_ + "/expected");
      expected.precision(17);
      const BankState<float>& state = chip.state().bank(1);
      const Matrix<float>& noise = chip.transient().bank(1).noise();
      for (Index i = 0; i < 6; ++i) expected << 0.4 * double(state.state(i, 0) + noise(i, 0)) << " ";
      const double scale = chip.circuit().scale(1);
      for (Index i = 0; i < 6; ++i) expected << 0.4 * scale * double(difference(i, 0)) << " ";
      Matrix<float> logits = chip.array(2)->model().weights() * chip.state().bank(2).state;
      for (Index i = 0; i < 3; ++i) expected << double(logits(i)) << " ";
      for (Index i = 0; i < 3; ++i) expected << 0.4 * double(chip.nudged_error()(i, 0)) << " ";
      expected << chip.meter().ledger().total(Section::training).supplied;
    };
    trace(transient_chip(), {}, 2, 6, expect_last, keep_difference);
  });
  const auto changes = vcd_changes(vcd());
  std::ifstream expected(folder_ + "/expected");
  const auto next = [&]() {
    double value = std::nan("");
    expected >> value;
    return value;
  };
  const auto last = [&](const std::string& name) { return std::stod(changes.at("SystemC." + name).back().second); };
  // of what is zero in the end: the last value but that
  const auto last_in_phase = [&](const std::string& name) {
    const Changes& c = changes.at("SystemC." + name);
    return std::stod(c.size() < 2 ? c.back().second : c[c.size() - 2].second);
  };
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(last("hidden1.v" + std::to_string(i)), next(), 1e-8);
  for (int i = 0; i < 6; ++i) {
    const double value = next();
    EXPECT_NEAR(last_in_phase("hidden1.dv" + std::to_string(i)), value, 1e-7 * std::abs(value));
    EXPECT_NE(value, 0);
  }
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(last("readout.logit" + std::to_string(i)), next(), 1e-6);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(last_in_phase("nudge.v" + std::to_string(i)), next(), 1e-8);
  EXPECT_EQ(as_number(changes.at("SystemC.phase.sample[24:0]").back().second, 25), 1);
  const double energy = next();
  EXPECT_NEAR(last("meter.energy_j"), energy, 1e-6 * energy);
}

// Every conversion of a sample, in the order of the protocol, against the values that the host was given.
TEST_F(Probes, CodesAreWhatConvertersWereGivenAndReturned) {
  for (const int bits : {8, 5}) {
    in_child([&]() {
      ChipDesign design = real_chip({10, 8, 6, 3});
      design.converter.dac_bits = design.converter.adc_bits = bits;
      const Samples data = random_samples(10, 3, 1);
      run_system(design, {}, [&](hw::System& system) {
        Chip& chip = system.chip;
        chip.initialise();
        const auto code = [&](const char* part, Index i) { return signal(system, part, "code", i).read(); };
        const double codes = std::exp2(bits - 1);
        chip.present({1, 1, 0, 1}, data.pixels);
        for (Index i = 0; i < 10; ++i)
          EXPECT_EQ(code("input_dac", i), std::rint(data.pixels(i) * (bits == 8 ? 1.0 : 31.0 / 255))) << i;
        chip.settle_free(Use::learning);
        Matrix<float> values;
        double at_first = -1;
        sc_core::sc_spawn([&] {
          sc_core::wait(1, sc_core::SC_FS);
          at_first = code("logit_adc", 0);
        });
        chip.read_logits(values);
        EXPECT_EQ(at_first, 0) << "before the conversion has ended";
        for (Index i = 0; i < 3; ++i) EXPECT_EQ(code("logit_adc", i) * 16 / codes, values(i)) << i;
        EXPECT_GT(values.cwiseAbs().maxCoeff(), 0);
        chip.hold();
        chip.nudge(Matrix<float>::Random(3, 1));
        for (Index i = 0; i < 3; ++i) EXPECT_EQ(code("nudge_dac", i) / codes, chip.nudged_error()(i)) << i;
        EXPECT_GT(chip.nudged_error().cwiseAbs().minCoeff(), 0);
        chip.settle_clamped(Sign::first);
        Matrix<float> held, difference;
        chip.pass(Phase::contrast, chip.read_held(2, held));
        for (Index i = 0; i < 6; ++i) EXPECT_EQ(code("hidden2_adc", i) / codes, held(i)) << i;
        const double conversion_s = chip.read_difference(2, difference);
        for (Index i = 0; i < 6; ++i) EXPECT_EQ(code("hidden2_adc", i) / codes, held(i)) << "not there yet";
        chip.pass(Phase::contrast, conversion_s);
        const double gain = double(chip.difference_readout(2).gain()) * chip.circuit().scale(2);
        for (Index i = 0; i < 6; ++i) EXPECT_NEAR(code("hidden2_adc", i) / codes / gain, difference(i), 1e-6) << i;
        EXPECT_GT(difference.cwiseAbs().maxCoeff(), 0);
      });
    });
  }
}

// Where the error is not recomputed, nobody reads them then, but they are there to see.
TEST_F(Probes, LogitsMoveWithTheNudge) {
  in_child([&]() {
    run_system(exact_chip({10, 8, 6, 3}), {}, [&](hw::System& system) {
      Chip& chip = system.chip;
      chip.initialise();
      chip.present({1, 1, 0, 1}, random_samples(10, 3, 1).pixels);
      chip.settle_free(Use::learning);
      chip.nudge(Matrix<float>::Constant(3, 1, 0.5f));
      chip.settle_clamped(Sign::first);
      const BankState<float>& bank = chip.state().bank(2);
      const Matrix<float> change = float(chip.circuit().scale(2)) * bank.difference;
      const Matrix<float> logits = chip.array(2)->model().weights() * (bank.state + change);
      EXPECT_GT(change.norm(), 0.01f);
      for (Index i = 0; i < 3; ++i) EXPECT_NEAR(signal(system, "readout", "logit", i).read(), logits(i), 1e-6) << i;
    });
  });
}

TEST_F(Probes, ExactConvertersHaveNoCodes) {
  in_child([&]() {
    ChipDesign design = real_chip({10, 8, 6, 3});
    design.converter.adc_bits = 0;
    run_system(design, {}, [&](hw::System& system) {
      std::set<std::string> with_codes;
      for (const hw::SignalFamily& f : hw::signal_families(system.chip_module))
        if (f.quantity == "code") with_codes.insert(f.part);
      EXPECT_EQ(with_codes, (std::set<std::string>{"input_dac", "nudge_dac"}));
    });
  });
}

// A weight is the difference of two conductances, in units of the range that stands for the largest weight.
TEST_F(Probes, ConductancesMakeTheWeights) {
  for (const char* preset : {"ecram", "pcm-pair"}) {
    for (const Mapping mapping : {Mapping::reference_array, Mapping::pair, Mapping::proportional}) {
      if (preset == std::string("pcm-pair") && !has_two_devices(mapping)) continue;
      in_child([&]() {
        ChipDesign design = real_chip({10, 8, 6, 3});
        design.crossbar.device = device_preset(preset);
        design.crossbar.mapping = mapping;
        run_system(design, {}, [&](hw::System& system) {
          system.chip.initialise();
          const Crossbar& model = system.chip.array(1)->model();
          const Matrix<float> weights = model.effective() * model.weight_scale();
          const DevicePreset& d = model.spec().device;
          const double full = has_two_devices(mapping) ? d.w_max - d.w_min : d.w_max;
          const double siemens_per_weight =
              (25e-6 - 0.5e-6) / (d.w_max - d.w_min) / (model.spec().weight_at_bound / full);
          for (Index i = 0; i < 6; ++i) {
            for (Index j = 0; j < 8; ++j) {
              const double g = signal(system, "hidden1_hidden2", "g", i, j).read();
              const double subtracted = signal(system, "hidden1_hidden2", "gsub", i, j).read();
              EXPECT_NEAR(g - subtracted, siemens_per_weight * double(weights(i, j)), 25e-6 * 1e-5) << i << " " << j;
              EXPECT_GE(g, 0);
            }
          }
        });
      });
    }
  }
}

TEST_F(Probes, WriteInTheirWindowAndAtItsEndsAlone) {
  ChipDesign design = transient_chip();
  in_child([&]() { trace(design, {20e-9, 60e-9, 1}, 1, 1); });
  const std::vector<long long> times = vcd_times(vcd());
  const auto changes = vcd_changes(vcd());
  EXPECT_GE(changes.at("SystemC.hidden1.v0").front().first, 0);
  EXPECT_NE(vcd().find("at time 2e-08 sec"), std::string::npos) << "of the first values";
  EXPECT_NE(changes.at("SystemC.hidden1.v0").front().second, "0");
  EXPECT_EQ(times.front(), 21000000);
  EXPECT_EQ(times[times.size() - 2], 60000000);
  EXPECT_EQ(times.back(), 60000001) << "closed";
}

TEST_F(Probes, WriteOneStepInSoManyAndEveryPhase) {
  ChipDesign design = transient_chip();
  in_child([&]() { trace(design, {}, 1, 1); });
  const auto all = vcd_changes(vcd());
  in_child([&]() { trace(design, {0, 0, 7}, 1, 1); });
  const auto some = vcd_changes(vcd());
  EXPECT_EQ(some.at("SystemC.phase.now[63:0]"), all.at("SystemC.phase.now[63:0]"));
  EXPECT_EQ(some.at("SystemC.hidden1_adc.code0[24:0]"), all.at("SystemC.hidden1_adc.code0[24:0]"));
  const Changes& dense = all.at("SystemC.hidden1.v0");
  const Changes& sparse = some.at("SystemC.hidden1.v0");
  ASSERT_GT(dense.size(), 20u);
  EXPECT_LT(sparse.size(), dense.size() / 5);
  const long long begin = all.at("SystemC.phase.free")[1].first, end = all.at("SystemC.phase.free")[2].first;
  for (const auto& change : sparse) {
    const bool boundary = change.first <= begin || change.first >= end;
    EXPECT_TRUE(boundary || (change.first - begin) % 7000000 == 0) << change.first;
    EXPECT_TRUE(change.first >= end || std::find(dense.begin(), dense.end(), change) != dense.end()) << change.first;
  }
}

TEST_F(Probes, AWindowWithoutAStepLeavesNoFile) {
  in_child([&]() { trace(transient_chip(), {1.0, 0, 1}, 1, 1); });
  EXPECT_EQ(vcd(), "");
}

// What a conversion takes is drawn evenly while it lasts.
TEST(ChipModule, SpreadsWhatIsBookedAtOnce) {
  in_child([]() {
    ChipDesign design = exact_chip({4, 3, 2});
    // memory and silicon draw next to nothing
    design.cost.sram_leakage_w = design.cost.leakage_w_per_mm2 = exactly(1e-30);
    run_system(design, {}, [](hw::System& system) {
      hw::ChipModule& module = system.chip_module;
      Meter& meter = system.chip.meter();
      module.start_meter();
      meter.book("x", action::host_arithmetic, 1, heat(2e-9));
      EXPECT_EQ(module.even_w(), 0);
      EXPECT_NEAR(module.drawn_j(), 2e-9, 1e-24);
      system.chip.pass(Phase::host, 1e-9);
      meter.book("x", action::host_arithmetic, 1, heat(6e-9));
      int looks = 0;
      sc_core::sc_spawn([&] {
        EXPECT_NEAR(module.even_w(), 1.5, 1e-9);
        EXPECT_NEAR(module.drawn_j(), 2e-9, 1e-18);
        sc_core::wait(1, sc_core::SC_NS);
        EXPECT_NEAR(module.drawn_j(), 3.5e-9, 1e-18);
        ++looks;
      });
      system.chip.pass(Phase::host, 4e-9);
      EXPECT_EQ(looks, 1);
      EXPECT_EQ(module.even_w(), 0);
      EXPECT_NEAR(module.drawn_j(), 8e-9, 1e-18);
      module.start_meter();
      EXPECT_EQ(module.drawn_j(), 0);
    });
  });
}

// Pulses and the reads that verify them are booked before time has passed for any of them, and each is drawn in its
// own.
TEST(ChipModule, DrawsPulsesAndVerifyingInTheirOwnTime) {
  in_child([]() {
    ChipDesign design = exact_chip({4, 3, 2});
    design.cost.sram_leakage_w = design.cost.leakage_w_per_mm2 = exactly(1e-30);
    run_system(design, {}, [](hw::System& system) {
      hw::ChipModule& module = system.chip_module;
      Meter& meter = system.chip.meter();
      module.start_meter();
      meter.enter(Phase::update);
      meter.book("x", action::gate_pulse, 1, heat(8e-9));
      meter.enter(Phase::verify);
      meter.book("x", action::array_read, 1, heat(6e-9));
      meter.enter(Phase::host);
      meter.book("x", action::host_update, 1, heat(1e-9));
      std::vector<double> watts, joules;
      sc_core::sc_spawn([&] {  // looks in the middle of each
        for (const double wait_ns : {0.5, 2.5, 3.0}) {
          sc_core::wait(wait_ns, sc_core::SC_NS);
          watts.push_back(module.even_w());
          joules.push_back(module.drawn_j());
        }
      });
      system.chip.pass(Phase::host, 1e-9);
      system.chip.pass(WriteTime{6e-9, 2e-9});
      ASSERT_EQ(watts.size(), 3u);
      EXPECT_NEAR(watts[0], 1, 1e-9);
      EXPECT_NEAR(joules[0], 0.5e-9, 1e-18);
      EXPECT_NEAR(watts[1], 2, 1e-9);
      EXPECT_NEAR(joules[1], 5e-9, 1e-18);
      EXPECT_NEAR(watts[2], 3, 1e-9);
      EXPECT_NEAR(joules[2], 12e-9, 1e-18);
      EXPECT_NEAR(module.drawn_j(), 15e-9, 1e-18);
    });
  });
}

}  // namespace
}  // namespace settle::test::probes_test
