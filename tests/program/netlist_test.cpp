// settle netlist: the deck, and ngspice's verdict on it.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include <sys/stat.h>

#include "tests/program/refusal.h"

namespace settle::netlist_test {
namespace {

// 16 inputs from images of 8 x 8 pixels, and four classes.
constexpr const char* small_net = R"([data]
name = "four"
path = "data"
downsample = 2

[network]
hidden = [12, 8]
activation = "ota"
beta = 0.05

[learning]
nudge = 0.5

[settling]
time_step_s = 1e-10
tolerance = 1e-4

[device]
preset = "ecram"

[neuron]
gain_mismatch = 0.05
offset_mismatch = 0.02
tau_mismatch = 0.1
saturation_mismatch = 0.05
noise = 5e-4

[converter]
dac_bits = 6
adc_bits = 6
)";

const std::vector<std::string> wires = {"wire.r_segment_ohm=2", "wire.r_source_ohm=150", "wire.r_sense_ohm=80"};

const std::string differences = "learning.clamped_lines=differences";

const std::vector<std::string> amplifiers = {"sense.gbw_hz=5e9", "sense.gain=2000", "sense.offset_v=2e-5"};

/// The differences that a check prints, as fractions, and the ratios of energies: ngspice's over the ledger's.
struct Checked {
  double free, clamped, free_transient, clamped_transient, signal, last_line;
  double currents, in_arrays, charges, energy;

  double equilibrium() const { return std::max(free, clamped); }
  double transient() const { return std::max(free_transient, clamped_transient); }
};

Checked checked(const std::string& out) {
  const auto after = [&](const std::string& words) {
    const std::size_t at = out.find(words);
    EXPECT_NE(at, std::string::npos) << words << " is not in\n" << out;
    return at == std::string::npos ? std::nan("") : std::strtod(out.c_str() + at + words.size(), nullptr);
  };
  const auto ends = [&](const std::string& words) {
    const std::size_t at = out.find(words), end = out.find('\n', at);
    EXPECT_NE(at, std::string::npos) << words << " is not in\n" << out;
    return at == std::string::npos ? std::nan("") : std::strtod(out.c_str() + out.rfind(' ', end), nullptr);
  };
  return {after("  free equilibrium"),   after("  clamped equilibrium"),        after("  free transient"),
          after("  clamped transient"),  after("  clamped - free equilibrium"), after("\nlargest difference"),
          ends("  array currents"),      ends("    of it in the arrays"),       ends("  line charges"),
          after(" by the ledger, ratio")};
}

// The last column of the table of energies, with the name of its row.
std::vector<std::pair<std::string, double>> ratios_of_energies(const std::string& out) {
  std::vector<std::pair<std::string, double>> ratios;
  std::istringstream lines(out.substr(std::min(out.size(), out.find("energy of both phases"))));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.rfind("  ", 0) == 0)
    ratios.emplace_back(line.substr(2, line.find("  ", 4) - 2), std::strtod(line.c_str() + line.rfind(' '), nullptr));
  return ratios;
}

class Netlist : public RefusalTest {
 protected:
  Netlist() {
    write("net.toml", small_net);
    for (const auto& [prefix, samples, seed] : {std::tuple{"train", 40u, 1u}, {"t10k", 8u, 2u}}) {
      const std::string name = prefix;
      std::string labels;
      for (std::uint32_t i = 0; i < samples; ++i) labels += static_cast<char>(i % 4);
      write("data/" + name + "-images-idx3-ubyte", tiny_half(samples, seed).images);
      write("data/" + name + "-labels-idx1-ubyte", idx_bytes({samples}, labels));
    }
  }

  Finished netlist(const Words& more, const Words& settings = {}, const Words& environment = {}) const {
    Words words = {"netlist", "net.toml", "--out", "out"};
    words.insert(words.end(), more.begin(), more.end());
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    return settle(words, environment);
  }

  std::size_t lines_of(const std::string& name) const {
    const std::string text = read(name);
    return std::size_t(std::count(text.begin(), text.end(), '\n'));
  }
  /// Puts an ngspice first in the PATH that runs sed on the deck, then the real one.
  Words with_deck_changed_by(const std::string& sed) const {
    std::filesystem::create_directory(path("bin"));
    write("bin/ngspice", "#!/bin/sh\nPATH=" + real_path() + "\n[ -f netlist.cir ] && sed -i '" + sed +
                             "' netlist.cir\nexec ngspice \"$@\"\n");
    ::chmod(path("bin/ngspice").c_str(), 0755);
    return {"PATH=" + path("bin") + ":" + real_path()};
  }
  static std::string real_path() { return std::getenv("PATH"); }
};

/// A kind of circuit that ngspice has to agree with.
struct Kind {
  const char* name;
  std::vector<std::string> settings;
  bool wired = false, amplified = false;
};
std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

const Kind kinds[] = {
    {"the_net_of_the_figures", {}, true},
    {"slew_limit", {"neuron.slew_v_per_s=1e7"}, true},
    {"symmetric_nudging", {"learning.nudging=symmetric"}, true},
    {"lock_in", {"learning.nudging=lock-in"}},
    {"listed_nudges", {"learning.phase_nudges=[-0.5,1]"}},
    {"tanh", {"network.activation=tanh"}},
    {"sigmoid", {"network.activation=sigmoid"}},
    {"hard_sigmoid", {"network.activation=hard-sigmoid"}},
    {"clipped_relu", {"network.activation=clipped-relu", "device.weight_range=2"}},
    {"hard_tanh", {"network.activation=hard-tanh"}},
    {"table", {"network.activation=table", "neuron.table=neuron.csv"}},
    {"ideal_devices", {"device.preset=ideal"}},
    {"separate_tiles", {"crossbar.columns=separate", "crossbar.tile_word_lines=5", "crossbar.tile_bit_lines=6"}, true},
    {"symmetry_point", {"crossbar.reference=symmetry-point", "crossbar.tile_bit_lines=6"}},
    {"pair", {"crossbar.mapping=pair", "crossbar.tile_word_lines=7", "crossbar.tile_bit_lines=5"}, true},
    {"proportional",
     {"crossbar.mapping=proportional", "crossbar.tile_word_lines=7", "crossbar.tile_bit_lines=5"},
     true},
    {"proportional_ideal_devices", {"crossbar.mapping=proportional", "device.preset=ideal"}},
    {"one_sided_pair", {"crossbar.mapping=pair", "device.preset=pcm-pair"}},
    {"reference_column",
     {"crossbar.mapping=reference-column", "crossbar.tile_word_lines=6", "crossbar.tile_bit_lines=5"},
     true},
    {"offset", {"crossbar.mapping=offset", "crossbar.tile_word_lines=9", "crossbar.tile_bit_lines=5"}, true},
    {"only_segments", {"wire.r_segment_ohm=5", "crossbar.tile_word_lines=6"}},
    {"only_terminals", {"wire.r_source_ohm=300", "wire.r_sense_ohm=200"}},
    {"random_feedback", {"network.feedback=random", "crossbar.tile_bit_lines=8"}, true},
    {"residual", {"network.topology=residual", "network.hidden=[6, 5, 4, 6, 5]"}},
    {"arbitrary", {"network.topology=agt", "network.feedback=random", "network.hidden=[6, 5, 4]", "run.seed=3"}},
    {"bent_devices", {"device.iv_v=0.15"}},
    {"bent_devices_offset", {"device.iv_v=0.15", "crossbar.mapping=offset"}},
    {"warm_devices", {"device.per_kelvin=-0.004", "chip.temperature_k=350"}, true, true},
    {"warm_devices_offset", {"device.per_kelvin=0.004", "chip.temperature_k=350", "crossbar.mapping=offset"}, true},
    {"recomputed_error", {"learning.error=recomputed"}},
    {"plain_differences", {"learning.difference=plain"}},
    {"amplifiers", {}, false, true},
    {"amplifiers_and_wires", {}, true, true},
    {"amplifiers_pair", {"crossbar.mapping=pair"}, true, true},
    {"amplifiers_proportional", {"crossbar.mapping=proportional"}, true, true},
    {"amplifiers_of_tiles", {"crossbar.tile_word_lines=5", "crossbar.tile_bit_lines=6"}, true, true},
    {"amplifiers_lag", {"sense.gbw_hz=2e9"}},
    {"amplifiers_offset_and_gain", {"sense.gain=500", "sense.offset_v=1e-4", "network.activation=tanh"}},
    {"differences", {differences}, true},
    {"differences_amplifiers", {differences}, true, true},
    {"differences_amplifiers_of_tiles",
     {differences, "crossbar.tile_word_lines=5", "crossbar.tile_bit_lines=6"},
     true,
     true},
    {"differences_amplifiers_lag", {differences, "sense.gbw_hz=2e9"}},
    {"differences_amplifiers_kinks", {differences, "sense.gain=500", "network.activation=hard-tanh"}},
    {"differences_replica", {differences, "network.feedback=replica"}, true},
    {"differences_random_feedback", {differences, "network.feedback=random"}, true, true},
    {"differences_residual", {differences, "network.topology=residual", "network.hidden=[6, 5, 4, 6, 5]"}},
    {"differences_reference_column",
     {differences, "crossbar.mapping=reference-column", "crossbar.tile_word_lines=6", "crossbar.tile_bit_lines=5"},
     true},
    {"differences_offset", {differences, "crossbar.mapping=offset"}},
    {"differences_large", {differences, "learning.difference_amplitude=1", "network.activation=tanh"}},
    {"differences_bent_devices", {differences, "device.iv_v=0.15"}},
    {"differences_slew_limit", {differences, "neuron.slew_v_per_s=1e7"}},
    {"differences_rails", {differences, "neuron.clips=true", "network.activation=tanh"}},
    {"differences_holds",
     {differences, "hold.thermal_noise=kT/C", "hold.injection_c=1e-15", "learning.nudging=symmetric"}},
    {"differences_turns", {differences, "crossbar.turns=halves", "crossbar.weak_drive=scaled"}},
};

class Agrees : public Netlist, public testing::WithParamInterface<Kind> {};

TEST_P(Agrees, WithNgspice) {
  write("neuron.csv", "input,output\n-3,-0.9\n-1,-0.7\n0,0\n0.5,0.45\n1.5,0.8\n4,0.95\n");
  Words settings = GetParam().settings;
  if (GetParam().wired) settings.insert(settings.end(), wires.begin(), wires.end());
  if (GetParam().amplified) settings.insert(settings.end(), amplifiers.begin(), amplifiers.end());
  const Finished run = netlist({"--check", "--sample", "3"}, settings);
  ASSERT_EQ(run.status, 0) << run.err << run.out;
  const Checked result = checked(run.out);
  // far below the limits, which a single segment of wire would stay below as well
  EXPECT_LT(result.equilibrium(), 1e-4);
  EXPECT_LT(result.transient(), 5e-3);
  EXPECT_LT(result.signal, 2e-3);  // straight lines between the points of a measured curve are off by half of that
  for (const double ratio : {result.energy, result.currents, result.in_arrays, result.charges})
    EXPECT_NEAR(ratio, 1, 0.005) << run.out;
  const auto ratios = ratios_of_energies(run.out);
  EXPECT_GE(ratios.size(), 8u) << run.out;
  for (const auto& [part, ratio] : ratios) EXPECT_NEAR(ratio, 1, 0.005) << part;
  const bool holds = std::count(settings.begin(), settings.end(), differences) > 0;
  EXPECT_EQ(run.out.find("  subtractors") != std::string::npos, holds);
  EXPECT_EQ(result.last_line, std::max(result.equilibrium(), result.transient()));
  EXPECT_EQ(run.out.rfind("largest difference"), run.out.rfind('\n', run.out.size() - 2) + 1) << "not the last line";
}

INSTANTIATE_TEST_SUITE_P(Netlist, Agrees, testing::ValuesIn(kinds), named);

// Feedback of four makes several equilibria. Sweeps end at one of them, and ngspice, from a reset, at another; an
// operating point that is followed from there ends where ngspice does.
TEST_F(Netlist, WhereThereAreSeveralEquilibria) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const auto check = [&](const char* out, const Words& more) {
    const std::string toml = SETTLE_SOURCE "/configs/netlist.toml";
    Words words = {"netlist", toml, "--check", "--out", out, "--set", "network.beta=4"};
    words.insert(words.end(), more.begin(), more.end());
    return settle(words);
  };
  const Finished solved = check("solved", {});
  EXPECT_EQ(solved.status, 1);
  EXPECT_NE(solved.err.find("equilibrium: ngspice differs by"), std::string::npos) << solved.err;
  EXPECT_GT(checked(solved.out).equilibrium(), 0.5);
  const Finished followed = check("followed", {"--set", "settling.start=reset", "--set", "settling.time_step_s=2e-11"});
  EXPECT_EQ(followed.status, 0) << followed.err;
  EXPECT_LT(checked(followed.out).equilibrium(), 1e-4);
}

// The configuration beside the others in configs/, on real images.
TEST_F(Netlist, ExampleConfiguration) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  // the second command is that of docs/how-it-works.md
  for (const Words& more : {Words{}, Words{"--set", differences}}) {
    const std::string toml = SETTLE_SOURCE "/configs/netlist.toml";
    Words words = {"netlist", toml, "--check", "--out", "out"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished run = settle(words);
    ASSERT_EQ(run.status, 0) << run.err << run.out;
    const Checked result = checked(run.out);
    EXPECT_LT(result.equilibrium(), 1e-3);
    EXPECT_LT(result.transient(), 1e-2);
    EXPECT_NEAR(result.energy, 1, 0.005);
  }
}

TEST_F(Netlist, TrainedWeights) {
  for (const char* lines : {"states", "differences"}) {
    const std::string clamped_lines = std::string("learning.clamped_lines=") + lines;
    Words words = {"train", "net.toml", "--out", lines, "--set", "run.epochs=1", "--set", "trace.samples=0"};
    words.insert(words.end(), {"--set", "run.batch=10", "--set", clamped_lines});
    ASSERT_EQ(settle(words).status, 0);
    ASSERT_EQ(netlist({}, {clamped_lines}).status, 0);
    const std::string initial = read("out/netlist.cir");
    const Finished run = netlist({"--check", "--run", lines}, {clamped_lines});
    EXPECT_EQ(run.status, 0) << run.err << run.out;
    EXPECT_NE(read("out/netlist.cir"), initial);
  }
}

// What the clamped phase of differences is made of is in the deck: holds that keep, what is held, gains that are turned
// round, and an input that is off.
TEST_F(Netlist, ADeckThatLacksAPartOfTheDifferenceCircuitFails) {
  for (const char* part :
       {R"(s/i=v(input,held)\*(1-v(holding))/i=v(input,held)/)",
        R"(s/+[0-9.]*\*v([a-z0-9]*_held_u[0-9]*)\*v(holding)//)", R"(s/-v([a-z0-9]*_held[0-9]*)\*v(holding)//)",
        R"(s/\*v(holding))\*(i/*0)*(i/)", R"(s/^\(Binput.*\)\*(1-v(holding))/\1/)"}) {
    const Finished run = netlist({"--check"}, {differences}, with_deck_changed_by(part));
    EXPECT_EQ(run.status, 1) << part << "\n" << run.out;
    EXPECT_NE(run.err.find("equilibrium: ngspice differs by"), std::string::npos) << part << "\n" << run.err;
  }
}

TEST_F(Netlist, ADeckWithOneWrongResistorFails) {
  const Words wrong = with_deck_changed_by("0,/^Rg3_4 /{/^Rg3_4 /s/{[^}]*}/{1\\/5e-5}/}");
  const Finished run = netlist({"--check"}, {}, wrong);
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
  EXPECT_NE(run.err.find("equilibrium: ngspice differs by"), std::string::npos) << run.err;
  EXPECT_GT(checked(run.out).free, 1e-3);
}

// What amplifiers do is in the deck, and there once: without it the deck is another circuit.
TEST_F(Netlist, ADeckWithoutTheLossOfFiniteGainFails) {
  for (const char* part : {"s/share=0[^ ]*/share=1/", "s/offset=[-0-9][^ ]*/offset=0/"}) {
    const Finished run = netlist({"--check"}, amplifiers, with_deck_changed_by(part));
    EXPECT_EQ(run.status, 1) << part;
    EXPECT_NE(run.err.find("equilibrium: ngspice differs by"), std::string::npos) << run.err;
  }
}

// A line that hangs on the supply twice, say, is found in the energy alone: in the deck's supply here, which is 5 %
// high.
TEST_F(Netlist, ADeckWithAnotherSupplyFails) {
  const Finished run = netlist({"--check"}, {}, with_deck_changed_by("s/^Vdd vdd 0 .*/Vdd vdd 0 0.945/"));
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
  EXPECT_NE(run.err.find("energy: ngspice finds 1.05"), std::string::npos) << run.err;
  EXPECT_NEAR(checked(run.out).energy, 1.05, 0.005);
  const Finished wide =
      netlist({"--check", "--energy-limit", "0.1"}, {}, with_deck_changed_by("s/^Vdd vdd 0 .*/Vdd vdd 0 0.945/"));
  EXPECT_EQ(wide.status, 0) << wide.err;
}

// The limits are about Settle: ngspice's own steps must not matter. Those of a tenth of the truncation error are half
// as long, or less.
TEST_F(Netlist, FinerStepsOfNgspiceChangeNothing) {
  const Finished whole = netlist({"--check"});
  const auto steps = [&] { return lines_of("out/netlist_transient.txt"); };
  const std::size_t coarse = steps();
  const Finished fine = netlist({"--check"}, {},
                                with_deck_changed_by("s/trtol=1/trtol=0.1/; s/^tran [^ ]* \\([^ ]*\\) .*/"
                                                     "tran 4e-10 \\1 0 4e-10/"));
  ASSERT_EQ(whole.status, 0) << whole.err;
  ASSERT_EQ(fine.status, 0) << fine.err;
  EXPECT_GT(double(steps()), 1.8 * double(coarse));
  EXPECT_NEAR(checked(whole.out).free_transient, checked(fine.out).free_transient, 3e-4);
  EXPECT_NEAR(checked(whole.out).clamped_transient, checked(fine.out).clamped_transient, 3e-4);
}

TEST_F(Netlist, LimitsCanBeSet) {
  const Finished run = netlist({"--check", "--transient-limit", "1e-5"});
  EXPECT_EQ(run.status, 1);
  EXPECT_NE(run.err.find("transient: ngspice differs by"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("above 1.00e-05"), std::string::npos) << run.err;
}

TEST_F(Netlist, WithoutNgspiceTheDeckIsWrittenAndACheckSaysWhatToInstall) {
  const Words nothing = {"PATH=" + path("data")};
  const Finished deck = netlist({}, {}, nothing);
  ASSERT_EQ(deck.status, 0) << deck.err;
  const std::string text = read("out/netlist.cir");
  for (const char* part : {"hidden1_v0", "hidden2_m7", "readout_v3", "nudge_v3", ".subckt neuron", "wrdata"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  std::filesystem::remove_all(path("out"));
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--check"}, {"apt install ngspice"}, 1}, nothing);
}

TEST_F(Netlist, AnNgspiceThatFailsIsNamedWithItsLog) {
  const Finished run = netlist({"--check"}, {}, with_deck_changed_by("s/^op$/no-such-analysis/"));
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
  EXPECT_NE(run.err.find("netlist.log"), std::string::npos) << run.err;
}

TEST_F(Netlist, Refusals) {
  expect_refused({"",
                  {"netlist", "net.toml", "--out", "out", "--set", "network.hidden=[512, 512]"},
                  {"16-512-512-4", "resistors", "network.hidden", "data.downsample"}});
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--sample", "8"}, {"--sample", "below 8"}});
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--sample", "-1"}, {"--sample"}});
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--transient-limit", "0"}, {"--transient-limit"}});
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--energy-limit", "0"}, {"--energy-limit"}});
  expect_refused({"", {"netlist", "net.toml", "--out", "out", "--run", "none"}, {"none: no such folder"}});
  expect_refused(
      {"", {"netlist", "net.toml", "--out", "out", "--set", "data.downsample=3"}, {"data.downsample", "8 x 8"}});
}

TEST_F(Netlist, ANetworkThatDoesNotSettleHasNoDeck) {
  Words words = {"netlist", "net.toml", "--out", "out", "--seed", "4"};
  for (const char* setting :
       {"network.beta=5", "network.alpha=5", "network.feedback=random", "settling.time_step_s=1e-9"})
    words.insert(words.end(), {"--set", setting});
  expect_refused({"", words, {"does not settle", "lower network.beta"}, 1});
}

}  // namespace
}  // namespace settle::netlist_test
