// A testbench of parts that are coupled by name.
#include "settle/hw/testbench.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_parts.h"

namespace settle::test::testbench_test {
namespace {

const double volts = ChipSpec{}.neuron_full_scale_v;

// In a folder of its own, for its waveform.
void in_folder(const std::function<void()>& body) {
  const std::string folder = testing::TempDir() + "settle_testbench_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  in_child([&] {
    std::filesystem::current_path(folder);
    body();
  });
  std::filesystem::remove_all(folder);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Testbench, EndsWhereTheCircuitDoes) {
  in_folder([] {
    hw::Testbench bench("bench");
    bench.source("input", 5, [](Index line, double) { return 0.2 * double(line) - 0.3; });
    CrossbarMacro& array = bench.crossbar("array", 5, 3, ecram());
    array.set_weights(some_weights(3, 5), 1);
    bench.bank("neurons", 3);
    bench.couple("input", "array", "neurons", 2);
    auto& first = bench.node("neurons.v0");
    auto& last = bench.node("neurons.v2");
    bench.run(20 * BankSpec().tau_s);
    Vector<float> x(5);
    for (Index i = 0; i < 5; ++i) x[i] = 0.2f * float(i) - 0.3f;
    const Vector<float> sums = 2 * array.model().weights() * x;
    EXPECT_NEAR(first.read(), volts * std::tanh(sums[0]), 1e-6);
    EXPECT_NEAR(last.read(), volts * std::tanh(sums[2]), 1e-6);
    EXPECT_GT(std::abs(last.read()), 1e-3 * volts);
  });
}

// x = tanh(W^T y), y = tanh(W x + input) through the same devices.
TEST(Testbench, ReadsTheSameDevicesBackwards) {
  in_folder([] {
    hw::Testbench bench("bench", BankSpec().tau_s / 20);
    CrossbarMacro& array = bench.crossbar("array", 4, 3, ecram());
    array.set_weights(some_weights(3, 4), 1);
    hw::Neurons& lower = bench.bank("lower", 4);
    hw::Neurons& upper = bench.bank("upper", 3);
    upper.now.external.setConstant(0.5f);
    bench.couple("lower", "array", "upper");
    bench.couple("upper", "array", "lower", 1, Side::bit_lines);
    bench.run(40 * BankSpec().tau_s);
    const Matrix<float> w = array.model().weights();
    const Matrix<float> x = lower.now.state, y = upper.now.state;
    EXPECT_LT((x - Matrix<float>((w.transpose() * y).array().tanh())).cwiseAbs().maxCoeff(), 1e-5f);
    EXPECT_LT((y - Matrix<float>(((w * x).array() + 0.5f).tanh())).cwiseAbs().maxCoeff(), 1e-5f);
    EXPECT_GT(x.cwiseAbs().maxCoeff(), 0.01f);
  });
}

TEST(Testbench, SourcesFollowTheirWaveforms) {
  in_folder([] {
    hw::Testbench bench("bench");
    bench.source("sine", 2, hw::sine(1e7, 0.5, 0.1, 0.4));
    bench.source("line", 1, hw::piecewise_linear({{10e-9, 0}, {20e-9, 1}, {40e-9, -1}}));
    bench.source("picture", 3, hw::sample({0, 51, 255}));
    auto &sine = bench.node("sine.v1"), &line = bench.node("line.v0"), &pixel = bench.node("picture.v1");
    const auto at = [](double s) { return s < 10e-9 ? 0 : s < 20e-9 ? (s - 10e-9) / 10e-9 : 1 - (s - 20e-9) / 10e-9; };
    for (int step = 1; step <= 35; ++step) {
      bench.run(1e-9);
      const double s = (step - 1) * 1e-9;  // written after the step before
      EXPECT_NEAR(sine.read(), volts * (0.1 + 0.5 * std::sin(2e7 * M_PI * s + 0.4)), 1e-7) << step;
      EXPECT_NEAR(line.read(), volts * at(s), 1e-7) << step;
    }
    EXPECT_NEAR(pixel.read(), volts * 0.2, 1e-7);
  });
}

TEST(Testbench, ASignalOfOnesOwnDrivesALine) {
  in_folder([] {
    hw::Testbench bench("bench");
    sc_core::sc_signal<double> mine("mine", 0.03);
    bench.source("dac", {&mine});
    bench.crossbar("array", 1, 1, ecram()).set_weights(Matrix<float>::Constant(1, 1, 0.5f), 1);
    bench.bank("neuron", 1);
    bench.couple("dac", "array", "neuron");
    auto& output = bench.node("neuron.v0");
    bench.run(20 * BankSpec().tau_s);
    EXPECT_NEAR(output.read(), volts * std::tanh(0.5 * 0.03 / volts), 1e-4 * volts);
  });
}

// V^2 G t over the devices and their references, by hand.
TEST(Testbench, BooksWhatTheArraysConduct) {
  in_folder([] {
    constexpr double seconds = 1e-6;
    hw::Testbench bench("bench");
    bench.source("input", 4, hw::constant(0.5));
    CrossbarMacro& array = bench.crossbar("array", 4, 3, ecram());
    array.set_weights(some_weights(3, 4), 1);
    bench.bank("neurons", 3);
    bench.couple("input", "array", "neurons");
    bench.run(seconds);
    double conducted = 0, booked = 0;
    const Crossbar& model = array.model();
    for (Index i = 0; i < 12; ++i) conducted += model.conductance(model.programmed()(i)) + model.conductance(0);
    for (const Ledger::Row& row : bench.meter().ledger().rows())
      if (row.action == &action::array_read) booked += row.energy.supplied;
    const double read_v = bench.meter().costs().chip().read_v;
    EXPECT_NEAR(booked / (conducted * 0.25 * read_v * read_v * seconds), 1, 2e-3);  // a step of 1000 more or less
  });
}

// The lines of an array are driven once, though two banks have its sums.
TEST(Testbench, BooksADrivenLineOnce) {
  in_folder([] {
    hw::Testbench bench("bench");
    bench.source("input", 4, hw::constant(0.5));
    bench.crossbar("array", 4, 3, ecram());
    bench.crossbar("same", 4, 3, ecram());
    for (const char* bank : {"first", "second"}) {
      bench.bank(bank, 3);
      bench.couple("input", "array", bank);
    }
    bench.couple("input", "same", "first");
    bench.run(1e-7);
    double of_array = 0, of_same = 0;
    for (const Ledger::Row& row : bench.meter().ledger().rows())
      (row.component == "array" ? of_array : of_same) += row.energy.supplied;
    EXPECT_GT(of_array, 0);
    EXPECT_NEAR(of_array / of_same, 1, 1e-6);
  });
}

// A source that moves and a bank that follows stand still while time passes, and go on, or start anew.
TEST(Testbench, PassesTimeAndStartsAnew) {
  in_folder([] {
    hw::Testbench bench("bench");
    bench.source("input", 1, hw::sine(1e7, 0.5));
    bench.crossbar("array", 1, 1, ecram()).set_weights(Matrix<float>::Constant(1, 1, 0.5f), 1);
    hw::Neurons& neuron = bench.bank("neuron", 1);
    bench.couple("input", "array", "neuron");
    auto& line = bench.node("input.v0");
    std::vector<float> at_once, in_parts, anew;
    for (int step = 0; step < 40; ++step) {
      bench.run(1e-9);
      at_once.push_back(neuron.now.state(0));
    }
    bench.restart();
    for (int step = 0; step < 40; ++step) {
      bench.run(1e-9);
      in_parts.push_back(neuron.now.state(0));
      if (step != 20) continue;
      bench.pass(1e-6);
      EXPECT_EQ(neuron.now.state(0), in_parts.back());
      EXPECT_NEAR(line.read(), volts * 0.5 * std::sin(2e7 * M_PI * 21e-9), 1e-6 * volts) << "where the step has led";
    }
    EXPECT_EQ(in_parts, at_once);
    const double seconds = 2 * 40e-9 + 1e-6;
    EXPECT_NEAR(bench.meter().now().to_seconds(), seconds, 1e-15);
    EXPECT_NEAR(sc_core::sc_time_stamp().to_seconds(), seconds, 1e-15);
    bench.restart(1e-9 / 3);  // of 333333 femtoseconds
    for (int step = 0; step < 40; ++step) {
      bench.run(1e-9);
      anew.push_back(neuron.now.state(0));
    }
    EXPECT_NEAR(anew[39], at_once[39], 2e-3);
    EXPECT_NE(anew[39], at_once[39]);
    bench.restart(1e-9);
    bench.run(1e-9);
    EXPECT_EQ(neuron.now.state(0), at_once[0]);
  });
}

TEST(Testbench, WritesAnArrangedWaveform) {
  in_folder([] {
    sc_core::sc_signal<int> code("code");
    auto made = std::make_unique<hw::Testbench>("bench");
    hw::Testbench& bench = *made;
    bench.source("input", 2, hw::sine(1e7, 0.5));
    bench.crossbar("array", 2, 2, ecram());
    bench.bank("neurons", 2);
    bench.couple("input", "array", "neurons");
    bench.probe("neurons.*");
    bench.probe("array.g1_0");
    bench.probe(code, "adc.code");
    const double loss = 0.7;
    const int count = 3;
    const bool flag = true;
    bench.probe(&loss, "mine.loss");
    bench.probe(&count, "mine.count");
    bench.probe(&flag, "mine.flag");
    bench.run(1e-7);
    made.reset();  // closes the waveform
    const std::string save = text_of("bench.gtkw"), waveform = text_of("bench.vcd");
    for (const char* name :
         {"neurons.v0", "neurons.v1", "array.g1_0", "adc.code", "mine.loss", "mine.count", "mine.flag"}) {
      EXPECT_NE(save.find(std::string("SystemC.") + name), std::string::npos) << name;
    }
    EXPECT_EQ(save.find("input.v0"), std::string::npos) << "was not asked for";
    EXPECT_NE(waveform.find("neurons"), std::string::npos);
    for (const char* value : {"r0.7 ", "b11 ", "\n1a"}) EXPECT_NE(waveform.find(value), std::string::npos) << value;
    EXPECT_NE(save.find("-neurons\n"), std::string::npos) << "a heading for each part";
  });
}

// A bench without banks and sources lets time pass, and one that runs without an end runs until it is stopped.
TEST(Testbench, RunsUntilAModuleOfOnesOwnStopsIt) {
  in_folder([] {
    hw::Testbench bench("bench");
    sc_core::sc_signal<double> mine("mine");
    bench.probe(mine, "mine.level");
    sc_core::sc_spawn([&] {
      sc_core::wait(1, sc_core::SC_SEC);  // far more nanoseconds than there is time for
      mine.write(0.5);
      sc_core::wait(1, sc_core::SC_SEC);
      sc_core::sc_stop();
    });
    bench.run(0.5);
    EXPECT_NEAR(bench.meter().now().to_seconds(), 0.5, 1e-12);
    EXPECT_EQ(mine.read(), 0);
    bench.run();
    EXPECT_NEAR(sc_core::sc_time_stamp().to_seconds(), 2, 1e-12);
    EXPECT_EQ(mine.read(), 0.5);
  });
}

// One value, behind no process and behind one: a source has what both are when a step begins.
struct Followed : sc_core::sc_module {
  sc_core::sc_signal<double> at_once{"at_once"}, behind{"behind"};
  SC_HAS_PROCESS(Followed);
  explicit Followed(sc_core::sc_module_name name) : sc_module(name) {
    SC_THREAD(count);
    SC_METHOD(copy);
    sensitive << at_once;
  }
  void count() {
    for (int k = 0;; ++k) {
      at_once = 1e-3 * k;
      wait(1, sc_core::SC_NS);
    }
  }
  void copy() { behind = at_once; }
};

TEST(Testbench, ASignalIsTakenAsItIsWhenAStepBegins) {
  in_folder([] {
    hw::Testbench bench("bench");
    Followed values("values");
    bench.source("in", {&values.at_once, &values.behind});
    bench.bank("neurons", 2);
    const auto &first = bench.node("in.v0"), &second = bench.node("in.v1");
    bench.run(20e-9);
    EXPECT_EQ(first.read(), second.read());
    EXPECT_GT(first.read(), 0.015);
  });
}

// Whatever `act` does ends in SystemC's report of an error with this text.
void expect_report(const std::function<void()>& act, const std::string& text) {
  try {
    act();
    ADD_FAILURE() << "accepted: " << text;
  } catch (const sc_core::sc_report& report) {
    EXPECT_NE(std::string(report.get_msg()).find(text), std::string::npos) << report.get_msg();
  }
}

// What is wrong, where, and what there is.
TEST(Testbench, RefusesWhatCannotBe) {
  in_folder([] {
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("bench");
    bench.source("input", 4, hw::constant(1));
    bench.crossbar("array", 4, 3, ecram());
    bench.bank("neurons", 3);
    bench.bank("other", 4);
    const auto expect = [](const std::string& text, const std::function<void()>& act) {
      try {
        act();
        ADD_FAILURE() << "accepted: " << text;
      } catch (const sc_core::sc_report& report) {
        EXPECT_NE(std::string(report.get_msg()).find("bench: "), std::string::npos) << report.get_msg();
        EXPECT_NE(std::string(report.get_msg()).find(text), std::string::npos) << report.get_msg();
      }
    };
    expect("there is a part of this name", [&] { bench.bank("array", 3); });
    expect("a part's name is letters", [&] { bench.bank("my bank", 3); });
    expect("a part's name is letters", [&] { bench.bank("", 3); });
    expect("at least one neuron", [&] { bench.bank("none", 0); });
    expect("at least one source", [&] { bench.crossbar("flat", 0, 3); });
    expect("at least one source", [&] { bench.crossbar("negative", 3, -1); });
    expect("needs a waveform", [&] { bench.source("still", 3, nullptr); });
    expect("no signal (nullptr)", [&] { bench.source("wires", {nullptr}); });
    // what is refused has not taken its name
    bench.bank("none", 1);
    bench.crossbar("flat", 2, 3);
    bench.source("still", 3, hw::constant(0));
    expect("other: has 4 neurons, and array gives 3 sums", [&] { bench.couple("input", "array", "other"); });
    expect("neurons: has 3 lines, and drives 4 of array", [&] { bench.couple("neurons", "array", "neurons"); });
    expect(
        "inpt: there is no bank or source of this name; the parts are input, array, neurons, other, none, flat, still",
        [&] { bench.couple("inpt", "array", "neurons"); });
    expect("aray: there is no crossbar", [&] { bench.couple("input", "aray", "neurons"); });
    expect("input: there is no bank", [&] { bench.couple("input", "array", "input"); });
    expect("gain must be finite", [&] { bench.couple("input", "array", "neurons", std::nan("")); });
    expect("neurons.v3: there is no such node", [&] { bench.node("neurons.v3"); });
    expect("*.q: matches no node", [&] { bench.probe("*.q"); });
    expect("mine.x: there is no number (nullptr)", [&] { bench.probe(static_cast<const double*>(nullptr), "mine.x"); });
    expect("seconds above 0", [&] { bench.run(0); });
    expect("no less than 0", [&] { bench.pass(-1); });
    expect("step_s must be at least 1e-15 s", [&] { bench.restart(std::nan("")); });
    const auto bad_array = [&] {
      ArraySpec spec = ecram();
      spec.weight_at_bound = 0;
      bench.crossbar("wrong", 2, 2, spec);
    };
    const auto bad_bank = [&] {
      BankSpec spec;
      spec.tau_s = -1;
      bench.bank("wrong", 2, spec);
    };
    expect("wrong: weight_at_bound: must be from", bad_array);
    expect("wrong: neuron.tau_s = -1", bad_bank);
    bench.couple("input", "array", "neurons");
    expect("driven by another part already", [&] { bench.couple("other", "array", "neurons"); });
    bench.node("neurons.v0");
    bench.run(1e-9);
    bench.node("neurons.v0");
    expect("nodes are asked for before run()", [&] { bench.node("array.g0_0"); });
    expect("parts are made before run()", [&] { bench.bank("late", 3); });
    expect("are coupled before run()", [&] { bench.couple("input", "array", "neurons"); });
    expect("before run()", [&] { bench.probe("*.v*"); });
  });
}

TEST(Testbench, AWaveformThatIsNotANumberEndsTheRun) {
  in_folder([] {
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("bench");
    bench.source("input", 1, [](Index, double s) { return s > 5e-9 ? std::nan("") : 0.0; });
    expect_report([&] { bench.run(1e-7); }, "bench: input.v0: its waveform is not a number");
  });
}

TEST(Testbench, ADriveFromOutsideThatIsNotANumberEndsTheRun) {
  in_folder([] {
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("bench");
    bench.bank("neurons", 2).now.external(1) = std::numeric_limits<float>::quiet_NaN();
    expect_report([&] { bench.run(1e-7); }, "bench: neurons: its drive from outside");
  });
}

}  // namespace
}  // namespace settle::test::testbench_test
