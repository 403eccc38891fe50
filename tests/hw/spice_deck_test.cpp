// The deck of a testbench's parts: ngspice finds the voltages that the bench has had.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "settle/hw/testbench.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_parts.h"

namespace settle::test::spice_deck_test {
namespace {

constexpr double run_s = 100e-9;
const double volts = ChipSpec{}.neuron_full_scale_v;

bool has_ngspice() { return std::system("ngspice --version > /dev/null 2>&1") == 0; }

BankSpec neurons() {
  BankSpec spec;
  spec.gain_mismatch = spec.offset_mismatch = 0.05;
  return spec;
}

// The rows of numbers that ngspice has written: time, then a voltage for each name.
struct Written {
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
};

Written written(const std::string& path) {
  std::ifstream file(path);
  Written data;
  std::string line;
  for (bool is_first = true; std::getline(file, line); is_first = false) {
    std::istringstream words(line);
    if (!is_first) data.rows.emplace_back();
    for (std::string word; words >> word;) {
      if (is_first)
        data.names.push_back(word);
      else
        data.rows.back().push_back(std::strtod(word.c_str(), nullptr));
    }
  }
  return data;
}

std::size_t column_of(const Written& data, std::string node) {
  node.replace(node.find('.'), 1, "_");
  for (std::size_t k = 0; k < data.names.size(); ++k)
    if (data.names[k] == "v(" + node + ")") return k;
  ADD_FAILURE() << node << " is not written";
  return 0;
}

// Runs a bench for run_s, each run of a step, so that signals show each; then its deck. Returns what ngspice finds for
// `nodes`, and what the bench has had, in full scales: for each node, for each step, both.
std::string both(hw::Testbench& bench, const std::vector<std::string>& nodes, double step_s) {
  std::vector<const sc_core::sc_signal<double>*> signals;
  for (const std::string& node : nodes) signals.push_back(&bench.node(node));
  const auto steps = std::size_t(std::lround(run_s / step_s));
  std::vector<std::vector<double>> had(steps);
  for (std::vector<double>& values : had) {
    bench.run(step_s);  // a signal is written after the step before
    for (const auto* signal : signals) values.push_back(signal->read() / volts);
  }
  bench.write_deck();
  EXPECT_EQ(std::system("ngspice -n -b bench.cir > log.txt 2>&1"), 0);
  const Written spice = written("bench_spice.txt");
  EXPECT_EQ(spice.rows.size(), steps + 1);
  if (spice.rows.size() != steps + 1) return "";
  std::ostringstream text;
  text.precision(9);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t column = column_of(spice, nodes[i]);
    for (std::size_t k = 0; k < steps; ++k) {
      EXPECT_NEAR(spice.rows[k][0], double(k) * step_s, 1e-3 * step_s);
      text << spice.rows[k][column] / volts << " " << had[k][i] << " ";
    }
  }
  return text.str();
}

struct Compared {
  std::vector<double> spice, bench;  // in full scales
};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) largest = std::max(largest, std::abs(a[k] - b[k]));
  return largest;
}

using Make = std::function<void(hw::Testbench&)>;

Compared compared(const Make& make, const std::vector<std::string>& nodes, double step_s = 1e-9) {
  const std::string folder = testing::TempDir() + "settle_spice_deck_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  std::istringstream found(from_child([&] {
    std::filesystem::current_path(folder);
    hw::Testbench bench("bench", step_s);
    make(bench);
    return both(bench, nodes, step_s);
  }));
  std::filesystem::remove_all(folder);
  Compared result;
  for (double of_spice, of_bench; found >> of_spice >> of_bench;) {
    result.spice.push_back(of_spice);
    result.bench.push_back(of_bench);
  }
  const auto size = [](double a, double b) { return std::abs(a) < std::abs(b); };
  EXPECT_TRUE(!result.bench.empty() &&
              std::abs(*std::max_element(result.bench.begin(), result.bench.end(), size)) > 0.05)
      << "there is something to compare";
  return result;
}

double difference(const Make& make, const std::vector<std::string>& nodes, double step_s = 1e-9) {
  const Compared result = compared(make, nodes, step_s);
  return largest_difference(result.spice, result.bench);
}

// A sine drives 8 neurons through 16 x 8 devices, which drive 8 others, coupled back through the bit lines.
void make_loop(hw::Testbench& bench, const ArraySpec& spec = ecram(), const BankSpec& of_neurons = neurons()) {
  bench.source("input", 16, hw::sine(1e7, 0.5, 0.2, 0.4));
  bench.crossbar("array", 16, 8, spec).set_weights(some_weights(8, 16), 1);
  bench.crossbar("inner", 8, 6, spec).set_weights(some_weights(6, 8), 1);
  bench.bank("lower", 8, of_neurons);
  bench.bank("upper", 6, of_neurons);
  bench.couple("input", "array", "lower", 0.7);
  bench.couple("lower", "inner", "upper");
  bench.couple("upper", "inner", "lower", 0.5, Side::bit_lines);
}
const std::vector<std::string> loop_nodes = {"input.v3", "lower.v0", "lower.v7", "upper.v0", "upper.v5"};

#define NEEDS_NGSPICE() \
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not there: apt install ngspice"

// The bench's steps are of the second order, and ngspice's error is far below theirs.
TEST(SpiceDeck, NgspiceFindsTheBenchsVoltages) {
  NEEDS_NGSPICE();
  const Make make = [](hw::Testbench& bench) { make_loop(bench); };
  const double coarse = difference(make, loop_nodes, 1e-9), fine = difference(make, loop_nodes, 0.5e-9);
  EXPECT_LE(coarse, 1e-3);
  EXPECT_NEAR(coarse / fine, 4, 0.4) << coarse << " and " << fine;
}

// What each kind changes in the bench is far more than what the deck differs by.
TEST(SpiceDeck, HasWhatArraysAndNeuronsAre) {
  NEEDS_NGSPICE();
  struct Case {
    const char* what;
    bool shows;  // in voltages
    std::function<void(ArraySpec&, BankSpec&)> change;
  };
  const Case cases[] = {
      {"wires", true,
       [](ArraySpec& a, BankSpec&) {
         a.wires.word_ohm = a.wires.bit_ohm = 100;
         a.wires.source_ohm = 5000;
       }},
      {"reference column", false, [](ArraySpec& a, BankSpec&) { a.mapping = Mapping::reference_column; }},
      {"pair", false, [](ArraySpec& a, BankSpec&) { a.mapping = Mapping::pair; }},
      {"offset", false, [](ArraySpec& a, BankSpec&) { a.mapping = Mapping::offset; }},
      {"tiles", false,
       [](ArraySpec& a, BankSpec&) {
         a.tiling = {4, 4, Columns::separate};
       }},
      {"devices that are not linear", true, [](ArraySpec& a, BankSpec&) { a.device.iv_v = 0.1; }},
      {"spread of tau", true, [](ArraySpec&, BankSpec& b) { b.tau_mismatch = 0.5; }},
      {"spread of amplitudes", true, [](ArraySpec&, BankSpec& b) { b.saturation_mismatch = 0.3; }},
      {"slew", true, [](ArraySpec&, BankSpec& b) { b.slew = 2e6; }},
      {"rail", true, [](ArraySpec&, BankSpec& b) { b.rail = 0.1; }},
      {"sigmoid", true, [](ArraySpec&, BankSpec& b) { b.activation = "sigmoid"; }},
      {"table", true,
       [](ArraySpec&, BankSpec& b) {
         b.activation = "table";
         b.curve = {{-1, -0.8}, {0, 0}, {0.5, 0.6}, {1, 0.8}};
       }},
  };
  const Compared plain = compared([](hw::Testbench& bench) { make_loop(bench); }, loop_nodes);
  for (const Case& each : cases) {
    const auto make = [&](hw::Testbench& bench) {
      ArraySpec array = ecram();
      BankSpec bank = neurons();
      each.change(array, bank);
      make_loop(bench, array, bank);
    };
    const Compared found = compared(make, loop_nodes);
    EXPECT_LE(largest_difference(found.spice, found.bench), 1.5e-3) << each.what;
    if (each.shows)
      EXPECT_GE(largest_difference(found.bench, plain.bench), 1.5e-2) << each.what;
    else
      EXPECT_LE(largest_difference(found.bench, plain.bench), 1e-6) << each.what;
  }
}

TEST(SpiceDeck, HasDrivesFromOutsideAndBanksOfAllKinds) {
  NEEDS_NGSPICE();
  const auto make = [](hw::Testbench& bench) {
    BankSpec slow, hard;
    slow.tau_s = 50e-9;
    hard.activation = "hard-tanh";
    hard.slew = 2e7;
    bench.source("input", 4, hw::constant(0.5));
    bench.crossbar("array", 4, 3, ecram()).set_weights(some_weights(3, 4), 1);
    bench.bank("slow", 3, slow).now.external.setConstant(0.2f);
    bench.bank("hard", 3, hard).now.external.setConstant(-0.4f);
    bench.couple("input", "array", "slow");
    bench.couple("input", "array", "hard", 2);  // the same sums
  };
  EXPECT_LE(difference(make, {"slow.v0", "slow.v2", "hard.v0", "hard.v2"}), 1e-3);
}

// Steps its output as a converter does.
struct Dac : sc_core::sc_module {
  sc_core::sc_signal<double> output{"output"};
  explicit Dac(sc_core::sc_module_name name) : sc_module(name) {
    SC_HAS_PROCESS(Dac);
    SC_THREAD(step);
  }
  void step() {
    for (int code = 0;; code = (code + 5) % 16) {
      output = 0.01 * code;
      wait(25, sc_core::SC_NS);
    }
  }
};

TEST(SpiceDeck, HasSourcesOfEachKind) {
  NEEDS_NGSPICE();
  std::unique_ptr<Dac> dac;
  const auto make_with = [](const std::function<void(hw::Testbench&)>& source) {
    return [source](hw::Testbench& bench) {
      source(bench);
      bench.crossbar("array", 2, 2, ecram()).set_weights(some_weights(2, 2), 1);
      bench.bank("neurons", 2);
      bench.couple("input", "array", "neurons", 2);
    };
  };
  const std::vector<std::string> nodes = {"input.v0", "input.v1", "neurons.v0", "neurons.v1"};
  const auto of = [](const hw::Waveform& waveform) {
    return [waveform](hw::Testbench& bench) { bench.source("input", 2, waveform); };
  };
  const std::pair<const char*, std::function<void(hw::Testbench&)>> kinds[] = {
      {"constant", of(hw::constant(0.4))},
      {"sine", of(hw::sine(-2e7, 0.4, 0.1, 1))},
      {"sine of no frequency", of(hw::sine(0, 0.4, 0.1, 1))},
      {"piecewise linear", of(hw::piecewise_linear({{-20e-9, 0}, {20e-9, 0.8}, {120e-9, -0.5}}))},
      {"one point", of(hw::piecewise_linear({{20e-9, 0.8}}))},
      {"sample", of(hw::sample({51, 204}))},
      {"function", of([](Index line, double s) { return 0.5 * std::sin(2e14 * s * s + double(line)); })},
  };
  for (const auto& [what, source] : kinds) {
    EXPECT_LE(difference(make_with(source), nodes), 1e-3) << what;
  }
  // a jump lasts a step in the deck, half of which shows until the bench has made the next one
  const auto converter = [&](hw::Testbench& bench) {
    dac = std::make_unique<Dac>("dac");
    bench.source("input", {&dac->output, &dac->output});
  };
  EXPECT_LE(difference(make_with(converter), nodes), 3e-3);
}

// A deck is of the last start, with the step since then.
TEST(SpiceDeck, BeginsWhereTheBenchHasStartedLast) {
  NEEDS_NGSPICE();
  const auto make = [](hw::Testbench& bench) {
    make_loop(bench);
    bench.node("lower.v0");
    bench.run(33e-9);
    bench.pass(1e-6);
    bench.restart();
  };
  EXPECT_LE(difference(make, {"lower.v0"}), 1e-3);
}

void expect_refused(hw::Testbench& bench, const std::string& text) {
  try {
    bench.write_deck();
    ADD_FAILURE() << "accepted: " << text;
  } catch (const sc_core::sc_report& report) {
    EXPECT_NE(std::string(report.get_msg()).find(text), std::string::npos) << report.get_msg();
  }
}

TEST(SpiceDeck, RefusesWhatItCannotSay) {
  in_child([] {
    std::filesystem::current_path(testing::TempDir());
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("refused_deck");
    const auto expect = [&](const std::string& text) { expect_refused(bench, text); };
    bench.bank("neurons", 2);
    bench.source("Neurons", 2, hw::constant(0.1));
    expect("call write_deck() after run()");
    bench.pass(1e-9);
    expect("call write_deck() after run()");
    bench.run(1e-9);
    expect("neurons and Neurons are one name to SPICE");
    bench.pass(1e-9);
    bench.run(1e-9);
    expect("call restart() after pass()");
    bench.restart(2e-9);
    expect("call write_deck() after run()");
    bench.run(2e-9);
    expect("one name to SPICE");
  });
  EXPECT_FALSE(std::filesystem::exists(testing::TempDir() + "refused_deck.cir"));
  for (const char* file : {"refused_deck.vcd", "refused_deck.gtkw"}) std::filesystem::remove(testing::TempDir() + file);
}

// Of these, the deck would be another circuit, or longer than anybody's disk.
TEST(SpiceDeck, RefusesReadsAndRecordsThatItDoesNotHave) {
  in_child([] {
    std::filesystem::current_path(testing::TempDir());
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("refused_reads");
    ArraySpec spec = ecram();
    spec.device.iv_v = 0.1;
    spec.mapping = Mapping::reference_column;
    bench.crossbar("array", 3, 4, spec).set_weights(some_weights(4, 3), 1);
    bench.source("lines", 4, hw::constant(0.5));
    bench.bank("neurons", 3);
    bench.couple("lines", "array", "neurons", 1, Side::bit_lines);
    bench.run(2e-9);
    expect_refused(bench, "lines: drives the bit lines of a reference column");
  });
  in_child([] {
    std::filesystem::current_path(testing::TempDir());
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    hw::Testbench bench("refused_record");
    bench.source("lines", 100000, [](Index line, double s) { return 1e-6 * double(line) + s; });
    bench.probe("lines.v0");
    bench.run(170e-9);
    expect_refused(bench, "has had more than 16000000 levels");
  });
  for (const char* file : {"refused_reads", "refused_record"})
    for (const char* end : {".vcd", ".gtkw", ".cir"}) std::filesystem::remove(testing::TempDir() + file + end);
}

}  // namespace
}  // namespace settle::test::spice_deck_test
