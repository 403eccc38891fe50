#include "src/config/parse.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/config/idle.h"
#include "src/config/keys.h"
#include "src/config/renamed.h"
#include "tests/src/temporary_folder.h"

namespace settle::parse_test {
namespace {

Configuration parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_configuration(text, "run.toml", overrides);
}

std::string error(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const std::string message = message_of<InputError>([&] { parse(text, overrides); });
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

std::string listed(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

TEST(Parse, KeepsDefaultsOfWhatIsNotStated) {
  const Configuration c = parse("[network]\nbeta = 0.5\n");
  EXPECT_EQ(c.network.beta, 0.5);
  EXPECT_EQ(c.network.alpha, Configuration{}.network.alpha);
}

TEST(Parse, TakesSectionsDottedKeysAndInlineTables) {
  EXPECT_EQ(parse("[run]\nseed = 7").run.seed, 7);
  EXPECT_EQ(parse("run.seed = 7").run.seed, 7);
  EXPECT_EQ(parse("run = { seed = 7 }").run.seed, 7);
}

TEST(Parse, TakesIntegersAsNumbersAndOneNumberAsEstimate) {
  EXPECT_EQ(parse("network.beta = 1").network.beta, 1.0);
  EXPECT_EQ(parse("chip.wire_capacitance_f = 1").chip.wire_capacitance_f, (Estimate{1, 1, 1}));
  EXPECT_EQ(parse("chip.wire_capacitance_f = [0.5, 1, 2.0]").chip.wire_capacitance_f, (Estimate{0.5, 1, 2}));
}

TEST(Parse, EnumerationsAreHyphenated) {
  const Configuration c = parse(R"(
    run.batch = 1
    learning = { update = "in-situ", difference = "plain" }
    settling.analysis = "operating-point"
    network = { topology = "agt", feedback = "random", hidden = [64, 32] })");
  EXPECT_EQ(c.learning.update, Update::in_situ);
  EXPECT_EQ(c.learning.difference, DifferenceMode::plain);
  EXPECT_EQ(c.settling.analysis, Analysis::operating_point);
  EXPECT_EQ(c.network.topology, "agt");
  EXPECT_EQ(c.network.hidden, (std::vector<std::int64_t>{64, 32}));
}

TEST(Parse, OverridesFollowTheFileInOrder) {
  EXPECT_EQ(parse("run.seed = 2", {"run.seed=3", "run.seed=4"}).run.seed, 4);
}

TEST(Parse, OverridesAreTomlOrBareWords) {
  EXPECT_EQ(parse("", {"network.topology=residual"}).network.topology, "residual");
  EXPECT_EQ(parse("", {"network.topology=\"residual\""}).network.topology, "residual");
  EXPECT_EQ(parse("", {"network.hidden=[4,5]"}).network.hidden, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(parse("", {"data.path=../a b=c\\d"}).data.path, "../a b=c\\d");
  EXPECT_EQ(parse("data.path = 'x'", {"data.path="}).data.path, "");
  EXPECT_EQ(parse("", {"data.path=2024-05-01"}).data.path, "2024-05-01");
  EXPECT_EQ(parse("", {"data.name=true"}).data.name, "true");
  EXPECT_EQ(parse("", {"data.name=[1]"}).data.name, "[1]");
  EXPECT_EQ(parse("", {"trace.signals=[\"bank*\"]"}).trace.signals, (std::vector<std::string>{"bank*"}));
  EXPECT_EQ(parse("", {"data.path=1\nrun.seed = 5"}).run.seed, Configuration{}.run.seed);
}

TEST(ParseErrors, ATraceEndsAfterItStarts) {
  EXPECT_EQ(parse("", {"trace.start_s=2e-8", "trace.end_s=3e-8"}).trace.end_s, 3e-8);
  EXPECT_EQ(parse("", {"trace.start_s=2e-8", "trace.end_s=0"}).trace.start_s, 2e-8);
  EXPECT_NE(error("", {"trace.start_s=2e-8", "trace.end_s=1e-8"}).find("must be after trace.start_s"),
            std::string::npos);
}

TEST(ParseErrors, UnknownKeysNameTheNearest) {
  EXPECT_EQ(error("[network]\nalpha = 1\nbata = 1"),
            "run.toml:3: unknown key `network.bata`; did you mean `network.beta`?");
  EXPECT_EQ(error("beta = 1"), "run.toml:1: unknown key `beta`; did you mean `network.beta`?");
  EXPECT_EQ(error("\"network.beta\" = 1").substr(0, 46), "run.toml:1: unknown key `\"network.beta\"`; did ");
  EXPECT_EQ(error("", {"network.bata=1"}),
            "--set network.bata=1: unknown key `network.bata`; did you mean `network.beta`?");
  EXPECT_EQ(error("\"a\\nb\" = 1").substr(0, 28), "run.toml:1: unknown key `a b");
}

// In a file, after --set, and as a table; the new name is a key.
TEST(ParseErrors, OldNamesGiveTheNewOnes) {
  Configuration c;
  std::vector<std::string> known;
  for (const Key& key : keys(c)) known.push_back(key.name);
  ASSERT_FALSE(renamed_keys().empty());
  for (const auto& [before, now] : renamed_keys()) {
    EXPECT_EQ(std::count(known.begin(), known.end(), now), 1) << now;
    EXPECT_EQ(std::count(known.begin(), known.end(), before), 0) << before;
    EXPECT_EQ(error("\n" + before + " = 1"), "run.toml:2: " + before + " is now " + now);
    EXPECT_EQ(error("", {before + "=[1, 2, 3]"}), "--set " + before + "=[1, 2, 3]: " + before + " is now " + now);
  }
  EXPECT_EQ(error("[cost]\nread_v = 0.2"), "run.toml:2: cost.read_v is now chip.read_v");
}

TEST(ParseErrors, NumbersOfAnotherOptimiserHaveNoEffect) {
  EXPECT_EQ(
      error("learning.momentum = 0.5"),
      "run.toml:1: learning.momentum: has no effect with optimizer adam: set learning.optimizer = \"momentum\", or "
      "leave it out");
  EXPECT_EQ(parse("learning = { momentum = 0.5, optimizer = 'momentum' }").learning.optimizer_numbers.at("momentum"),
            0.5);
  parse("learning.momentum = 0.9");  // as the resolved configuration of any run has it
}

// A key without an effect is refused where it is stated beside its cause; where the cause comes later it goes back to
// its default, with a note.
TEST(ParseErrors, KeysWithoutAnEffect) {
  EXPECT_EQ(
      error("[device]\npreset = 'reram-sb'\ntable = 'x.csv'\nctoc = 1.0"),
      "run.toml:4: device.ctoc: has no effect beside a table, whose steps have a mean and a deviation of their own");
  EXPECT_EQ(error("device.table = 'x.csv'", {"device.conductance_max_siemens=1e-3"}),
            "--set device.conductance_max_siemens=1e-3: device.conductance_max_siemens: has no effect beside "
            "device.table, whose states are the conductances");
  EXPECT_EQ(error("device = { preset = 'reram-sb', gamma_up = 0.5 }"),
            "run.toml:1: device.gamma_up: has no effect on reram-sb, whose response is soft-bounds");
  EXPECT_EQ(error("network.agt_probability = 0.5").substr(0, 44), "run.toml:1: network.agt_probability: has no ");

  std::vector<std::string> notes;
  const Configuration c =
      parse_configuration("device = { preset = 'reram-sb', ctoc = 1.0 }", "run.toml", {"device.table=x.csv"}, &notes);
  EXPECT_EQ(c.device.replace.count("ctoc"), 0u);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0],
            "run.toml:1: device.ctoc: has no effect beside a table, whose steps have a mean and a deviation of "
            "their own (because of --set device.table=x.csv)");
  notes.clear();
  parse_configuration("device = { preset = 'reram-sb', ctoc = 1.0 }", "run.toml", {}, &notes);
  EXPECT_TRUE(notes.empty());
}

// Whatever a rule calls idle is a key.
TEST(ParseErrors, KeysWithoutAnEffectAreKeys) {
  Configuration c;
  std::vector<std::string> known;
  for (const Key& key : keys(c)) known.push_back(key.name);
  for (const char* preset : {"ideal", "ecram", "reram-es"}) {
    c.device.preset = preset;
    for (const IdleKey& idle : idle_keys(c)) {
      EXPECT_EQ(std::count(known.begin(), known.end(), idle.key), 1) << idle.key;
      for (const std::string& cause : idle.causes) EXPECT_EQ(std::count(known.begin(), known.end(), cause), 1) << cause;
    }
  }
}

TEST(ParseErrors, UnknownAndMisusedSections) {
  EXPECT_EQ(error("\n[netwrk]\nbeta = 1"), "run.toml:2: unknown section [netwrk]; did you mean [network]?");
  EXPECT_EQ(error("[network.beta]\nx = 1").substr(0, 33), "run.toml:1: network.beta: must be");
  EXPECT_EQ(error("network = 3"),
            "run.toml:1: network: is a section, not a value; set one of its keys, network.KEY = VALUE");
  EXPECT_EQ(error("[[network]]\nbeta = 1").substr(0, 33), "run.toml:1: network: is a section");
  EXPECT_EQ(error("", {"network=3"}).substr(0, 41), "--set network=3: network: is a section, n");
}

TEST(ParseErrors, NameRangeAndValue) {
  EXPECT_EQ(error("[network]\nbeta = -1"), "run.toml:2: network.beta: must be a number from 1e-09 to 100, not -1.0");
  EXPECT_EQ(error("run.seed = 1.5"), "run.toml:1: run.seed: must be an integer from 0 to 9007199254740992, not 1.5");
  EXPECT_EQ(error("[device]\npreset = 'reram'"), "run.toml:2: device.preset: must be one of " +
                                                     listed(names_of(device_presets())) +
                                                     ", not \"reram\"; did you mean `reram-es`?");
  EXPECT_EQ(error("network.topology = 'ring'"),
            "run.toml:1: network.topology: must be one of " + listed(topology_names()) + ", not \"ring\"");
  EXPECT_EQ(error("network.hidden = [64, 0]"),
            "run.toml:1: network.hidden: must be a list of layer widths, integers from 1 to 65536, but "
            "layer 2 has width 0");
  EXPECT_EQ(error("", {"neuron.noise=loud"}),
            "--set neuron.noise=loud: neuron.noise: must be a number from 0 to 1, not the string \"loud\"");
  EXPECT_LT(error("run.seed = '" + std::string(1000, 'x') + "'").size(), 200u);
}

TEST(ParseErrors, TheFirstOfTheFileIsReported) {
  EXPECT_EQ(error("[run]\nseed = -1\n[data]\nname = 3").substr(0, 11), "run.toml:2:");
}

TEST(ParseErrors, Syntax) {
  EXPECT_EQ(error("[run]\nseed = \n").substr(0, 11), "run.toml:2:");
  EXPECT_EQ(error("[run]\nseed = 1\nseed = 2").substr(0, 11), "run.toml:3:");
  EXPECT_EQ(error("", {"network.beta"}), "--set network.beta: write KEY=VALUE, as in --set network.beta=0.1");
  error("", {"data.path=\xff"});
  error("", {""});
  error("", {"=1"});
}

TEST(Parse, TakesTablesByProjection) {
  const ByProjection expected = {{"hidden1_hidden2", 0.02}};
  EXPECT_EQ(parse("[network.projection_beta]\nhidden1_hidden2 = 0.02").network.projection_beta, expected);
  EXPECT_EQ(parse("", {"network.projection_beta={hidden1_hidden2=0.02}"}).network.projection_beta, expected);
}

TEST(ParseErrors, ProjectionsThatTheNetworkDoesNotHave) {
  EXPECT_EQ(error("learning.projection_rate = { hidden3_readout = 2 }"),
            "run.toml:1: learning.projection_rate: no such projection as \"hidden3_readout\"; there is input_hidden1, "
            "hidden1_hidden2, hidden2_readout");
  EXPECT_EQ(error("network.hidden = [8]\nnetwork.projection_beta = { \"*\" = 0.1 }"),
            "run.toml:2: network.projection_beta: no such projection as \"*\"; there is none");
}

TEST(ParseErrors, EdgesThatMakeNoNetwork) {
  EXPECT_EQ(error("[network]\nhidden = [8]\nedges = ['input -> hidden2']"),
            "run.toml:3: network.edges: \"input -> hidden2\": there is no hidden2; there is input, hidden1, readout "
            "(network.hidden)");
  EXPECT_EQ(error("network.edges = ['input -> hidden1', 'hidden1 -> hidden2', 'hidden2 <-> readout']\n"
                  "network.topology = 'residual'"),
            "run.toml:2: network.topology: has no effect beside network.edges, which lists all projections");
  EXPECT_EQ(parse("network.edges = ['input -> hidden1', 'hidden1 -> hidden2', 'hidden2 <-> readout']").network.edges[1],
            "hidden1 -> hidden2");
  EXPECT_TRUE(parse("network.edges = []").network.edges.empty());
}

TEST(ParseErrors, KeysThatContradictEachOther) {
  EXPECT_EQ(error("run.batch = 20\nlearning.update = 'in-situ'"),
            "run.toml:2: learning.update: in-situ needs run.batch = 1, not 20");
  EXPECT_EQ(error("network.topology = 'agt'"),
            "run.toml:1: network.topology: agt has random feedback by definition: set network.feedback = \"random\"");
  EXPECT_EQ(error("run.batch = 1\nlearning.update = 'in-situ'", {"run.batch=20"}),
            "run.toml:2: learning.update: in-situ needs run.batch = 1, not 20");
  EXPECT_EQ(parse("run.batch = 1\nlearning.update = 'in-situ'").run.batch, 1);
  EXPECT_EQ(error("", {"device.conductance_min_siemens=25e-6"}),
            "--set device.conductance_min_siemens=25e-6: device.conductance_min_siemens: must be below "
            "device.conductance_max_siemens, "
            "but 2.5e-05 is not below 2.5e-05");
  EXPECT_EQ(error("[device]\nconductance_max_siemens = 1e-7").substr(0, 11), "run.toml:2:");
  EXPECT_EQ(error("converter.adc_bits = 1"),
            "run.toml:1: converter.adc_bits: must not be 1: the codes of one bit are -1 and 0, of which none is "
            "positive; take 2 or more, or 0 (exact)");
  EXPECT_EQ(error("converter.adc_dnl_lsb = 0.5"),
            "run.toml:1: converter.adc_dnl_lsb: needs converter.adc_bits from 1 to 14, not 0 (exact)");
  EXPECT_EQ(error("converter.dac_bits = 15\nconverter.dac_gain_error = 0.01"),
            "run.toml:2: converter.dac_gain_error: needs converter.dac_bits from 1 to 14, not 15");
  EXPECT_EQ(error("learning.rule = 'fa'"),
            "run.toml:1: learning.rule: feedback alignment has random feedback by definition: set network.feedback = "
            "\"random\"");
  EXPECT_EQ(error("learning.contrast = 'both'\nnetwork.feedback = 'random'"),
            "run.toml:1: learning.contrast: both is for feedback through the same weights: set network.feedback = "
            "\"symmetric\"");
  EXPECT_EQ(error("chip.host_accumulate = 'factors'\nlearning.update = 'in-situ'\nrun.batch = 1"),
            "run.toml:1: chip.host_accumulate: has no effect with update in-situ, which adds up in the array: leave it "
            "out");
  EXPECT_EQ(error("chip.node = 7"), "run.toml:1: chip.supply_v: must be from 0.5 to 0.84 V at chip.node = 7, not 0.9");
  EXPECT_EQ(error("chip.supply_v = 1.3"),
            "run.toml:1: chip.supply_v: must be from 0.5 to 1.2 V at chip.node = 32, not 1.3");
  EXPECT_EQ(error("learning.contrast = 'both'\nlearning.update = 'in-situ'\nrun.batch = 1"),
            "run.toml:1: learning.contrast: in-situ applies one outer product a sample: set learning.contrast = "
            "\"post\"");
  EXPECT_EQ(error("learning.nudge_course = 'ramped'"),
            "run.toml:1: learning.nudge_course: ramped counts steps of the map: set settling.analysis = \"map\"");
  EXPECT_EQ(error("learning = { nudge_course = 'ramped', error = 'recomputed' }\nsettling.analysis = 'map'"),
            "run.toml:1: learning.nudge_course: ramped adds up the free state's error: set learning.error = \"held\"");
  EXPECT_EQ(error("run.batch = 1\nlearning = { update = 'in-situ', transfer_every = 2 }\nnetwork.feedback = 'replica'"),
            "run.toml:3: network.feedback: replica arrays have no fast array to transfer from: set "
            "learning.transfer_every = 0");
  EXPECT_EQ(parse("converter = { adc_bits = 14, adc_offset_lsb = 2 }").converter.adc.offset_lsb, 2);
}

TEST(ReadConfiguration, ReadsAFile) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.toml", "[run]\nseed = 9\n");
  const Configuration c = read_configuration(file, {"run.epochs=2"});
  EXPECT_EQ(c.run.seed, 9);
  EXPECT_EQ(c.run.epochs, 2);
}

TEST(ReadConfiguration, RelativePathsLieBesideTheFile) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/set");
  const std::string file = folder.write("a.toml", "data.path = 'set'\ndevice.table = 'none.csv'\n");
  const Configuration c = read_configuration(file, {"network.activation=table", "neuron.table=curve.csv"});
  EXPECT_EQ(c.data.path, folder.path() + "/set");
  EXPECT_EQ(c.device.table, folder.path() + "/none.csv") << "what is nowhere is expected there";
  EXPECT_EQ(c.neuron.table, "curve.csv") << "one of the command line is relative to the current folder";
  const std::string other = folder.write("b.toml", "data.path = '/set'\ndevice.table = 'docs/my-device.csv'\n");
  EXPECT_EQ(read_configuration(other, {}).data.path, "/set");
  EXPECT_EQ(read_configuration(other, {}).device.table, "docs/my-device.csv") << "it is in the current folder alone";
}

TEST(ReadConfiguration, MissingFilesAndFolders) {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& path) {
    return message_of<InputError>([&] { read_configuration(path, {}); });
  };
  EXPECT_EQ(read(folder.path() + "/a.toml"), folder.path() + "/a.toml: no such file");
  EXPECT_EQ(read(folder.path()), folder.path() + ": is a folder, not a configuration file");
  const std::string below_file = folder.write("b.toml", "") + "/c.toml";
  EXPECT_EQ(read(below_file).substr(0, below_file.size()), below_file);
}

}  // namespace
}  // namespace settle::parse_test
