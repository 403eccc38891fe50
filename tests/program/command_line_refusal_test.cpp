// Wrong command lines and wrong settings.
#include "tests/program/refusal.h"

namespace settle {
namespace {

std::vector<std::string> train_with(const std::string& setting) {
  return {"train", "tiny.toml", "--out", "out", "--set", setting};
}

const Refusal refusals[] = {
    {"no_command", {}, {"no command", "train", "--help"}},
    {"unknown_command", {"trian", "tiny.toml"}, {"unknown command `trian`", "did you mean `train`", "presets"}},
    {"unknown_option",
     {"train", "tiny.toml", "--out", "out", "--sed", "3"},
     {"unknown option `--sed`", "did you mean `--se", "--threads"}},
    {"unknown_option_with_value", {"eval", "--sets=1", "run"}, {"unknown option `--sets`", "did you mean `--set`"}},
    {"no_configuration", {"train", "--out", "out"}, {"CONFIG is required"}},
    {"one_argument_too_many", {"train", "tiny.toml", "more", "--out", "out"}, {"not expected: more"}},
    {"option_without_value", {"train", "tiny.toml", "--out"}, {"--out"}},

    {"unknown_key", train_with("network.betta=1"), {"unknown key `network.betta`", "did you mean `network.beta`"}},
    {"setting_without_value", train_with("network.beta"), {"network.beta", "KEY=VALUE"}},
    {"text_for_a_number", train_with("network.beta=much"), {"network.beta", "a number above 0", "\"much\""}},
    {"fraction_for_an_integer", train_with("run.epochs=1.5"), {"run.epochs", "an integer from 1 to", "1.5"}},
    {"number_for_a_choice", train_with("network.topology=3"), {"one of layered, residual", "3"}},
    {"unknown_choice", train_with("learning.update=in-sito"), {"one of ideal, host, in-situ", "in-sito"}},
    {"unknown_preset", train_with("device.preset=ecrm"), {"device.preset", "one of ", "ecram", "\"ecrm\""}},
    {"out_of_range", train_with("converter.adc_bits=25"), {"converter.adc_bits", "from 0 to 24", "25"}},
    {"unknown_number_of_a_device",
     train_with("device.ctco=1"),
     {"unknown key `device.ctco`", "did you mean `device.ctoc`"}},
    {"one_sided_device_alone", train_with("device.preset=pcm-pair"), {"device.preset", "pcm-pair", "crossbar.mapping"}},
    {"one_level", train_with("device.levels=1"), {"device.levels", "at least 2", "1"}},
    {"more_faults_than_devices",
     {"train", "tiny.toml", "--out", "out", "--set", "device.dead=0.7", "--set", "device.stuck_on=0.7"},
     {"device.dead", "1.4"}},
    {"symmetry_points_without_cells",
     {"train", "tiny.toml", "--out", "out", "--set", "crossbar.mapping=offset", "--set",
      "crossbar.reference=symmetry-point"},
     {"crossbar.reference", "reference-array"}},
    {"measured_device_that_is_missing", train_with("device.table=none.csv"), {"none.csv", "no such file"}},
    {"current_that_explodes", train_with("device.iv_v=0.001"), {"device.iv_v", "larger"}},
    {"transfer_without_updates_in_place", train_with("learning.transfer_every=3"), {"transfer_every", "in-situ"}},
    {"measured_neuron_without_a_curve", train_with("network.activation=table"), {"network.activation", "neuron.table"}},
    {"measured_neuron_that_is_missing",
     {"train", "tiny.toml", "--out", "out", "--set", "network.activation=table", "--set", "neuron.table=none.csv"},
     {"none.csv", "no such file", "neuron.table"}},
    {"negative_wire", train_with("wire.r_segment_ohm=-1"), {"wire.r_segment_ohm", "from 0 to", "-1"}},
    {"wire_that_is_no_number", train_with("wire.r_segment_ohm=nan"), {"wire.r_segment_ohm", "from 0 to", "nan"}},
    {"below_range", train_with("neuron.noise=-0.1"), {"neuron.noise", "from 0 to 1", "-0.1"}},
    {"not_a_number", train_with("network.beta=nan"), {"network.beta", "nan"}},
    {"infinite", train_with("learning.nudge=inf"), {"learning.nudge", "inf"}},
    {"zero_width_layer", train_with("network.hidden=[16,0]"), {"network.hidden", "layer 2 has width 0"}},
    {"no_hidden_layer", train_with("network.hidden=[]"), {"network.hidden", "one or more"}},
    {"bounds_in_disorder", train_with("chip.read_v=[0.3,0.2,0.1]"), {"chip.read_v", "ascending"}},
    {"conductances_in_disorder",
     train_with("device.conductance_min_siemens=1"),
     {"device.conductance_min_siemens", "below"}},
    {"in_situ_in_batches", train_with("learning.update=in-situ"), {"learning.update", "run.batch = 1", "20"}},
    {"wrong_seed", {"train", "tiny.toml", "--out", "out", "--seed", "x"}, {"seed", "an integer from 0", "\"x\""}},
    {"negative_threads", {"train", "tiny.toml", "--out", "out", "--threads", "-1"}, {"threads", "from 0 to", "-1"}},

    {"presets_with_a_wrong_name", {"presets", "ecrm"}, {"ecrm", "did you mean ecram", "settle presets"}},
    {"nothing_to_trace", {"trace", "tiny.toml", "--out", "out", "--samples", "0"}, {"--samples"}},
    {"unknown_format", {"trace", "tiny.toml", "--out", "out", "--format", "pdf"}, {"--format", "pdf", "vcd", "fst"}},
    {"glob_that_matches_nothing",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--signals", "hiden*"},
     {"\"hiden*\" matches no signal", "hidden1.v0..15", "hidden1_hidden2.g0_0..11_15"}},
    {"second_glob_that_matches_nothing",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--signals", "hidden1.v*", "--signals", "hidden3.v*"},
     {"\"hidden3.v*\" matches no signal"}},
    {"cell_outside_the_array",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--signals", "hidden1_hidden2.g12_3"},
     {"hidden1_hidden2.g12_3", "targets 0 to 11", "sources 0 to 15"}},
    {"neuron_that_is_not_there",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--signals", "hidden1.v16"},
     {"hidden1.v16", "hidden1.v goes from 0 to 15"}},
    {"window_without_a_step",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--start", "1e-3"},
     {"trace.start_s = 0.001", "no step lies between", "samples take"}},
    {"window_between_two_steps",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--start", "10.1e-9", "--end", "10.2e-9"},
     {"trace.end_s = 1.02e-08", "no step lies between", "steps of 1e-09 s"}},
    {"window_that_ends_before_it_starts",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--start", "2e-8", "--end", "2e-8"},
     {"trace.end_s", "after trace.start_s"}},
    {"one_step_in_none",
     {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--every", "0"},
     {"trace.every", "from 1 to", "0"}},
};

class CommandLine : public RefusalTest, public testing::WithParamInterface<Refusal> {};

TEST_P(CommandLine, IsRefusedInOneLine) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Refusal, CommandLine, testing::ValuesIn(refusals), named);

}  // namespace
}  // namespace settle
