// Every kind of network, circuit and learning that the configuration offers: it runs, and it makes a difference.
#include <algorithm>
#include <cmath>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::variants_test {
namespace {

using Settings = std::vector<std::string>;

/// Some settings, the others of the tiny configuration.
struct Variant {
  const char* name;
  Settings shared;     // of the run and of the one that it is compared to
  Settings different;  // what the variant is about
  bool learns = true;  // in the little time that it has here
};
std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.name; }

const Settings deep = {"network.hidden=[8,8,8,8,8]"};
const Settings sample_by_sample = {"run.batch=1", "data.train_limit=60", "learning.learning_rate=0.1"};

const Settings in_situ = {"run.batch=1", "data.train_limit=60", "learning.learning_rate=0.1",
                          "learning.update=in-situ"};

const Variant variants[] = {
    {"ideal_hardware",
     {},
     {"device.preset=ideal", "learning.update=ideal", "converter.dac_bits=0", "converter.adc_bits=0",
      "neuron.gain_mismatch=0", "neuron.offset_mismatch=0", "neuron.noise=0"}},
    {"ideal_update", {}, {"learning.update=ideal"}},
    {"in_situ_update", sample_by_sample, {"learning.update=in-situ"}, false},
    {"map", {}, {"settling.analysis=map"}},
    {"transient", {}, {"settling.analysis=transient"}},
    {"recomputed_error", {}, {"learning.error=recomputed"}},
    {"recomputed_error_in_map", {"settling.analysis=map"}, {"learning.error=recomputed"}},
    {"plain_difference", {}, {"learning.difference=plain"}},
    {"differences_on_lines", {}, {"learning.clamped_lines=differences"}},
    {"differences_of_one_amplitude", {"learning.clamped_lines=differences"}, {"learning.difference_amplitude=0.1"}},
    {"differences_in_transient", {"settling.analysis=transient"}, {"learning.clamped_lines=differences"}},
    {"differences_by_the_map", {"settling.analysis=map"}, {"learning.clamped_lines=differences"}},
    {"differences_symmetric", {"learning.clamped_lines=differences"}, {"learning.nudging=symmetric"}},
    {"read_again_in_transient", {"settling.analysis=transient"}, {"learning.clamped_repeats=3"}},
    {"read_again_by_the_map", {"settling.analysis=map"}, {"learning.clamped_repeats=3"}},
    {"lock_in", {}, {"learning.nudging=lock-in"}},
    {"lock_in_with_auto_zero", {"amplifier.auto_zero=1"}, {"learning.nudging=lock-in", "amplifier.offset=5e-3"}},
    {"lock_in_of_differences", {"learning.clamped_lines=differences"}, {"learning.nudging=lock-in"}},
    {"listed_nudges", {}, {"learning.phase_nudges=[1,-1,-1,1]"}},
    {"differences_both_terms", {"learning.clamped_lines=differences"}, {"learning.contrast=both"}},
    {"differences_of_a_replica", {"learning.clamped_lines=differences"}, {"network.feedback=replica"}},
    {"differences_in_situ", in_situ, {"learning.clamped_lines=differences"}, false},
    {"both_terms", {}, {"learning.contrast=both"}},
    {"both_terms_of_a_replica", {}, {"learning.contrast=both", "network.feedback=replica"}},
    {"absolute_readout", {}, {"converter.readout=absolute"}},
    {"adc_errors", {}, {"converter.adc_dnl_lsb=0.5", "converter.adc_offset_lsb=1"}},
    {"dac_errors", {}, {"converter.dac_inl_lsb=1", "converter.dac_gain_error=0.02"}},
    {"amplifier_noise", {}, {"amplifier.noise=1e-3"}},
    {"amplifier_gain_error", {}, {"amplifier.gain_error=0.05"}},
    {"auto_zero", {"amplifier.offset=5e-3"}, {"amplifier.auto_zero=5"}},
    {"auto_zero_in_transient", {"amplifier.offset=5e-3", "settling.analysis=transient"}, {"amplifier.auto_zero=5"}},
    {"hold_noise", {}, {"hold.thermal_noise=kT/C"}},
    {"droop_in_map", {"settling.analysis=map"}, {"hold.leakage_a=1e-11"}},
    {"pedestal", {"amplifier.auto_zero=1"}, {"hold.injection_c=1e-16"}},
    {"perceptron", {}, {"network.hidden=[]"}},
    {"perceptron_in_situ", in_situ, {"network.hidden=[]"}, false},
    {"perceptron_by_back_propagation", {"learning.rule=bp"}, {"network.hidden=[]"}},
    {"residual", deep, {"network.topology=residual"}},
    {"random_skips",
     // without noise: three epochs are few for seven layers, and chance decides how far they get
     {"network.hidden=[8,8,8,8,8,8,8]", "network.topology=residual", "neuron.noise=0"},
     {"network.skips=random"}},
    {"projection_alpha", {}, {"network.projection_alpha={hidden1_hidden2=0.5}"}},
    {"projection_beta", {}, {"network.projection_beta={hidden1_hidden2=0.2}"}},
    {"projection_rate", {}, {"learning.projection_rate={input_hidden1=0.3}"}},
    {"projection_rate_in_situ", in_situ, {"learning.projection_rate={\"*\"=0.3}"}, false},
    {"he", {}, {"network.initial=he"}},
    {"orthogonal", {}, {"network.initial=orthogonal"}},
    {"replica_feedback", {}, {"network.feedback=replica"}},
    {"replica_feedback_in_situ", in_situ, {"network.feedback=replica"}, false},
    {"ramped_nudge", {"settling.analysis=map", "settling.clamped_steps=5"}, {"learning.nudge_course=ramped"}},
    {"momentum", {"learning.learning_rate=0.02"}, {"learning.optimizer=momentum", "learning.momentum=0.8"}},
    {"back_propagation", {}, {"learning.rule=bp"}},
    {"back_propagation_in_transient", {"settling.analysis=transient"}, {"learning.rule=bp"}},
    {"feedback_alignment", {"network.feedback=random", "learning.learning_rate=3e-3"}, {"learning.rule=fa"}},
    {"agt_by_back_propagation",
     {"network.hidden=[8,8,8,8,8]", "network.topology=agt", "network.feedback=random"},
     {"learning.rule=bp"}},
    {"agt", deep, {"network.topology=agt", "network.feedback=random"}, false},
    {"random_feedback", {}, {"network.feedback=random"}, false},
    {"ota", {}, {"network.activation=ota", "neuron.kappa=0.5"}, false},
    {"measured_activation", {}, {"network.activation=table", "neuron.table=" SETTLE_SOURCE "/docs/my-neuron.csv"}},
    {"saturation_mismatch", {}, {"neuron.saturation_mismatch=0.1"}},
    {"tau_mismatch", {"settling.analysis=transient"}, {"neuron.tau_mismatch=0.3"}},
    {"sigmoid", {}, {"network.activation=sigmoid"}, false},
    {"clipped_relu", {}, {"network.activation=clipped-relu"}, false},
    {"sigmoid_in_transient", {"settling.analysis=transient"}, {"network.activation=sigmoid"}, false},
    {"sgd", {}, {"learning.optimizer=sgd", "learning.learning_rate=0.05"}},
    {"lossy_device", {}, {"device.preset=reram-es"}, false},
    {"wires", {}, {"wire.r_segment_ohm=20"}},
    {"tiles", {"wire.r_segment_ohm=20"}, {"crossbar.tile_word_lines=8", "crossbar.tile_bit_lines=8"}},
    {"separate_columns", {"wire.r_segment_ohm=20"}, {"crossbar.columns=separate"}},
    {"kept_wires", {"wire.r_segment_ohm=20"}, {"wire.refresh_updates=1"}},
    {"reference_column", {"wire.r_segment_ohm=20"}, {"crossbar.mapping=reference-column"}},
    {"offset", {"wire.r_segment_ohm=20"}, {"crossbar.mapping=offset"}},
    {"pair", {}, {"crossbar.mapping=pair"}},
    {"proportional", {}, {"crossbar.mapping=proportional"}},
    {"proportional_ideal", {"device.preset=ideal"}, {"crossbar.mapping=proportional"}, false},
    {"one_sided_pair",
     {"crossbar.mapping=pair"},
     // without drift, which goes on between a run's last test and the next one
     {"device.preset=pcm-pair", "device.flicker=0", "device.drift_nu_high=0"},
     false},
    {"symmetry_point", {}, {"crossbar.reference=symmetry-point"}},
    {"read_noise", {}, {"device.read_noise=0.003"}},
    {"no_cycle_noise", {}, {"device.ctoc=0"}},
    {"write_noise", {}, {"device.write_noise=20"}},
    {"write_noise_in_situ", in_situ, {"device.write_noise=20"}, false},
    {"cycle_noise_in_every_state", {}, {"device.ctoc_shrinks=0"}},
    {"more_cycle_noise", {}, {"device.ctoc_add=0.01", "device.ctoc_slope=0.01"}},
    {"steps_that_end_at_the_nominal_bounds",
     {"device.preset=reram-om", "device.dead=0"},
     {"device.ends_at_nominal=1"},
     false},
    {"errors_of_reference_cells", {}, {"device.reference_error=0.05"}},
    {"resets",
     // without drift, which goes on between a run's last test and the next one
     {"crossbar.mapping=pair", "device.preset=pcm-pair", "device.flicker=0", "device.drift_nu_high=0",
      "programming.refresh_every=1", "programming.refresh_margin=0.9"},
     {"device.reset=0.2", "device.reset_dtod=0.1"},
     false},
    {"refreshed_often",
     // without drift, as above
     {"crossbar.mapping=pair", "device.preset=pcm-pair", "device.flicker=0", "device.drift_nu_high=0"},
     {"programming.refresh_every=1", "programming.refresh_margin=0.5"},
     false},
    {"levels", {}, {"device.levels=100"}},
    {"bent_current", {}, {"device.iv_v=0.2"}},
    {"bent_current_in_transient", {"settling.analysis=transient"}, {"device.iv_v=0.2"}},
    {"leak", {}, {"device.leak_time_s=1e-2"}, false},
    {"faults", {}, {"device.stuck_on=0.02", "device.stuck_off=0.02", "device.dead=0.02"}, false},
    {"endurance", {}, {"device.endurance=20"}, false},
    {"verified_updates", {}, {"programming.update_rounds=2"}},
    {"half_selected_cells", {}, {"programming.scheme=V/2"}},
    {"thirds_in_situ", in_situ, {"programming.scheme=V/3"}, false},
    {"written_through_the_channel", {}, {"device.written=channel"}},
    {"shorter_pulses", {}, {"device.pulse_s=[1e-8, 1e-7, 1e-6]"}},
    {"deterministic_trains", in_situ, {"learning.pulse_coding=deterministic"}, false},
    {"transfer", in_situ, {"learning.transfer_every=2"}, false},
};

class Variants : public RunTest, public testing::WithParamInterface<Variant> {
 protected:
  // metrics.csv without the wall clock.
  std::vector<CsvRow> metrics(const std::string& run) const {
    auto rows = csv_rows(read(run + "/metrics.csv"));
    for (CsvRow& row : rows) row.erase("seconds");
    return rows;
  }
};

TEST_P(Variants, RunsAndDiffers) {
  const Variant& v = GetParam();
  Settings settings = v.shared;
  settings.insert(settings.end(), v.different.begin(), v.different.end());
  train("plain", v.shared);
  train("variant", settings);

  const auto rows = metrics("variant");
  ASSERT_EQ(rows.size(), 3u);
  for (const CsvRow& row : rows)
    for (const auto& [column, value] : row) EXPECT_TRUE(std::isfinite(std::stod(value))) << column << " " << value;
  const auto of_summary = [&](const char* pointer) {
    return summary("variant").at(nlohmann::json::json_pointer(pointer)).get<double>();
  };
  for (const char* positive : {"/energy_joule/per_inference/p5", "/latency_second/per_training_sample", "/area_m2/p5"})
    EXPECT_GT(of_summary(positive), 0) << positive;
  const bool loops = std::none_of(settings.begin(), settings.end(), [](const std::string& setting) {
    return setting == "learning.rule=bp" || setting == "learning.rule=fa" || setting == "network.hidden=[]";
  });
  for (const char* radius : {"/spectral_radius", "/spectral_radius_settled"})
    EXPECT_EQ(of_summary(radius) > 0, loops) << radius;
  EXPECT_NE(rows, metrics("plain")) << "the setting changes nothing";
  if (v.learns) {
    EXPECT_LT(number(rows.back(), "train_loss"), 0.97 * number(rows.front(), "train_loss"));
  }
}

TEST_P(Variants, EvaluatesAsItTrained) {
  const Variant& v = GetParam();
  Settings settings = v.shared;
  settings.insert(settings.end(), v.different.begin(), v.different.end());
  train("variant", settings);
  const Finished eval = settle({"eval", "variant"});
  char expected[40];
  std::snprintf(expected, sizeof expected, "test accuracy   %.2f %%\n",
                100 * summary("variant")["test_accuracy"]["last"].get<double>());
  EXPECT_NE(eval.out.find(expected), std::string::npos) << eval.out << eval.err << "expected " << expected;
}

INSTANTIATE_TEST_SUITE_P(Program, Variants, testing::ValuesIn(variants), named);

}  // namespace
}  // namespace settle::variants_test
