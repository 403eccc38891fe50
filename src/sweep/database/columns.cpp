#include "src/sweep/database/columns.h"

namespace settle {

// NOLINTNEXTLINE(readability-function-size): a table
const std::vector<TableColumn>& headline_columns() {
  static const std::vector<TableColumn> all = {
      {"test_accuracy_best", "", "fraction of the test samples classified rightly, after the best epoch",
       "/test_accuracy/best"},
      {"test_accuracy_last", "", "the same after the last epoch", "/test_accuracy/last"},
      {"test_accuracy_rested", "", "the same after run.rest_s", "/test_accuracy/rested"},
      {"best_epoch", "", "the first epoch with the best test accuracy", "/test_accuracy/best_epoch",
       ColumnKind::integer},
      {"train_accuracy", "", "fraction classified rightly in the free phases that trained, last epoch",
       "/train_accuracy"},
      {"epochs", "", "epochs trained", "/epochs", ColumnKind::integer},
      {"drawn_accuracy", "", "test accuracy of the trained weights on the chip as configured (run.accuracy_draws)",
       "/drawn_accuracy/nominal"},
      {"drawn_accuracy_p5", "", "5th percentile of it over chips with drawn figures", "/drawn_accuracy/p5"},
      {"drawn_accuracy_p50", "", "median of it over these chips", "/drawn_accuracy/p50"},
      {"drawn_accuracy_p95", "", "95th percentile of it over these chips", "/drawn_accuracy/p95"},
      {"accuracy_draws", "", "chips drawn for it", "/drawn_accuracy/draws", ColumnKind::integer},
      {"learned", "", "1: better than guessing; 0: not; empty: cannot be told", "/learned", ColumnKind::integer},
      {"free_steps_mean", "", "steps or sweeps that free phases took, mean of the last epoch",
       "/settling/free_steps_mean"},
      {"clamped_steps_mean", "", "the same of clamped phases", "/settling/clamped_steps_mean"},
      {"unsettled_fraction", "", "share of the phases that did not settle, last epoch", "/settling/unsettled_fraction"},
      {"cycle_fraction", "", "share of the phases that ended in a cycle of period two, last epoch",
       "/settling/cycle_fraction"},
      {"elsewhere_fraction", "", "timed samples whose circuit went elsewhere or nowhere, last epoch",
       "/settling/elsewhere_fraction"},
      {"coupling", "", "bound of the loop's gain: below 1 one equilibrium is certain", "/settling/coupling"},
      {"checked_samples", "", "samples whose equilibrium was checked in time, last epoch", "/settling/checked_samples"},
      {"checked_elsewhere", "", "of these: samples that the circuit takes elsewhere", "/settling/checked_elsewhere"},
      {"forward_settling_second", "s", "settling time of a forward pass ahead of the free phase",
       "/settling/forward_second"},
      {"read_settling_second", "s", "settling time of the free phase of an inference", "/settling/read_second"},
      {"free_settling_second", "s", "settling time of the free phase of training", "/settling/free_second"},
      {"clamped_settling_second", "s", "settling time of a clamped phase", "/settling/clamped_second"},
      {"spectral_radius", "", "of the loop's bare weights, trained", "/spectral_radius"},
      {"spectral_radius_settled", "", "the same with the slopes at equilibrium", "/spectral_radius_settled"},
      {"inference_joule", "J", "energy of one inference", "/energy_joule/per_inference/nominal"},
      {"inference_joule_p5", "J", "5th percentile of it over uncertain figures", "/energy_joule/per_inference/p5"},
      {"inference_joule_p50", "J", "median of it", "/energy_joule/per_inference/p50"},
      {"inference_joule_p95", "J", "95th percentile of it", "/energy_joule/per_inference/p95"},
      {"training_sample_joule", "J", "energy of training on one sample", "/energy_joule/per_training_sample/nominal"},
      {"training_sample_joule_p5", "J", "5th percentile of it", "/energy_joule/per_training_sample/p5"},
      {"training_sample_joule_p50", "J", "median of it", "/energy_joule/per_training_sample/p50"},
      {"training_sample_joule_p95", "J", "95th percentile of it", "/energy_joule/per_training_sample/p95"},
      {"programming_joule", "J", "energy of writing the initial weights", "/energy_joule/programming/nominal"},
      {"programming_joule_p5", "J", "5th percentile of it", "/energy_joule/programming/p5"},
      {"programming_joule_p50", "J", "median of it", "/energy_joule/programming/p50"},
      {"programming_joule_p95", "J", "95th percentile of it", "/energy_joule/programming/p95"},
      {"total_joule", "J", "energy of the whole run", "/energy_joule/total/nominal"},
      {"total_joule_p5", "J", "5th percentile of it", "/energy_joule/total/p5"},
      {"total_joule_p50", "J", "median of it", "/energy_joule/total/p50"},
      {"total_joule_p95", "J", "95th percentile of it", "/energy_joule/total/p95"},
      {"inference_second", "s", "time of one inference", "/latency_second/per_inference"},
      {"inference_pipelined_second", "s", "the same where loading, settling and the host overlap",
       "/latency_second/per_inference_pipelined"},
      {"training_sample_second", "s", "time of training on one sample", "/latency_second/per_training_sample"},
      {"total_second", "s", "simulated time of the whole run", "/latency_second/total"},
      {"area_m2", "m2", "area of the chip", "/area_m2/nominal"},
      {"area_m2_p5", "m2", "5th percentile of it", "/area_m2/p5"},
      {"area_m2_p50", "m2", "median of it", "/area_m2/p50"},
      {"area_m2_p95", "m2", "95th percentile of it", "/area_m2/p95"},
      {"pulses", "", "programming pulses of the whole run", "/pulses_total"},
      {"write_error_apparent_rms", "", "rms error of the initial weights as verified, of the weight range",
       "/write_error/apparent_rms"},
      {"write_error_hidden_rms", "", "rms error of the initial weights as they are, of the weight range",
       "/write_error/hidden_rms"},
      {"saturated_updates", "", "share of updates in place that a device's end cut off", "/saturated_updates"},
      {"multiply_adds", "", "multiply-adds of an inference, forward weights", "/merits/multiply_adds"},
      {"joule_per_multiply_add", "J", "energy of an inference for each of them", "/merits/joule_per_multiply_add"},
      {"analog_joule_per_multiply_add", "J", "the same without the host", "/merits/analog_joule_per_multiply_add"},
      {"operations_per_second_and_watt", "1/J", "two for each multiply-add", "/merits/operations_per_second_and_watt"},
      {"energy_delay_joule_second", "J s", "energy times time of an inference", "/merits/energy_delay_joule_second"},
      {"inference_watt", "W", "mean power of inference", "/merits/inference_watt"},
      {"training_watt", "W", "mean power of training", "/merits/training_watt"},
      {"peak_watt", "W", "largest mean power of the analog part in any phase", "/merits/peak_watt"},
      {"peak_watt_per_mm2", "W/mm2", "the same for its area", "/merits/peak_watt_per_mm2"},
      {"epoch_joule", "J", "energy of an epoch of training", "/merits/epoch_joule"},
      {"to_best_epoch_joule", "J", "energy spent until the best epoch", "/merits/to_best_epoch_joule"},
      {"target_accuracy", "", "the test accuracy to reach (run.target_accuracy)", "/merits/target_accuracy"},
      {"to_target_epochs", "", "epochs until it was reached", "/merits/to_target_epochs", ColumnKind::integer},
      {"to_target_joule", "J", "energy spent until then", "/merits/to_target_joule"},
      {"to_target_second", "s", "simulated time until then", "/merits/to_target_second"},
      {"broken_rules", "", "design rules that the chip breaks", "/design_rules", ColumnKind::integer},
      {"train_samples", "", "training samples", "/data/train_samples", ColumnKind::integer},
      {"test_samples", "", "test samples", "/data/test_samples", ColumnKind::integer},
      {"network", "", "widths of the layers", "/network", ColumnKind::text},
      {"data", "", "name of the data set", "/data/name", ColumnKind::text},
  };
  return all;
}

const std::vector<TableColumn>& loop_columns() {
  static const std::vector<TableColumn> all = {
      {"lyapunov_per_step", "", "Lyapunov exponent of the trained network's map", "lyapunov_per_step"},
      {"convergence_step", "", "step at which the slowest sample has converged; -1: not all do", "convergence_step",
       ColumnKind::integer},
      {"samples_settled", "", "analysed samples that settle", "samples_settled", ColumnKind::integer},
      {"samples_cycling", "", "analysed samples that cycle", "samples_cycling", ColumnKind::integer},
      {"circuit_rest_s", "s", "time at which the last sample's circuit is at rest", "rest_s"},
  };
  return all;
}

const std::vector<TableColumn>& wall_clock_columns() {
  static const std::vector<TableColumn> all = {
      {"training_wall_second", "s", "wall clock of the training", ""},
      {"wall_second", "s", "wall clock of the point's processes", ""},
  };
  return all;
}

namespace {

std::vector<TableColumn> of_epochs() {
  std::vector<TableColumn> all = {
      {"epoch", "", "counted from 1", "", ColumnKind::integer},
      {"train_loss", "", "mean loss of the free phases that trained"},
      {"train_accuracy", "", "fraction of them classified rightly"},
      {"test_loss", "", "mean loss of the test samples after the epoch"},
      {"test_accuracy", "", "fraction of them classified rightly"},
      {"seconds", "s", "wall clock of the training"},
      {"simulated_second", "s", "simulated time since the run began"},
      {"energy_joule", "J", "energy since the run began"},
      {"pulses", "", "programming pulses since the run began"},
      {"free_steps_mean", "", "steps or sweeps that free phases took, mean"},
      {"clamped_steps_mean", "", "the same of clamped phases"},
      {"unsettled_fraction", "", "share of the phases, free and clamped, that did not settle"},
      {"cycle_fraction", "", "share of the phases that ended in a cycle of period two"},
      {"elsewhere_fraction", "", "timed samples whose circuit went elsewhere or nowhere"},
      {"read_settling_second", "s", "settling time of the free phase of an inference"},
      {"free_settling_second", "s", "settling time of the free phase of training"},
      {"clamped_settling_second", "s", "settling time of a clamped phase"},
      {"spectral_radius_settled", "", "of the loop, with the slopes at equilibrium"},
      {"coupling", "", "bound of the loop's gain: below 1 one equilibrium is certain"},
      {"checked_samples", "", "samples whose equilibrium was checked in time"},
      {"checked_elsewhere", "", "of these: samples that the circuit takes elsewhere"},
      {"clipped_states", "", "share of codes that clip states, of the bank where it is largest"},
      {"clipped_differences", "", "the same of differences"},
      {"clipped_energy", "", "what clipping takes from the squares of differences, likewise"},
      {"forward_settling_second", "s", "settling time of a forward pass ahead of the free phase"},
  };
  for (TableColumn& column : all) column.source = column.name;
  return all;
}

std::vector<TableColumn> of_costs() {
  std::vector<TableColumn> all = {
      {"section", "", "programming, training or inference", "", ColumnKind::text},
      {"phase", "", "of the protocol", "", ColumnKind::text},
      {"component", "", "array, bank, converter or host", "", ColumnKind::text},
      {"action", "", "what it did", "", ColumnKind::text},
      {"unit", "", "what is counted", "", ColumnKind::text},
      {"count", "", "how often, in all"},
      {"seconds", "s", "time that it took, of all samples"},
      {"rail", "", "the supply that it draws from", "", ColumnKind::text},
      {"energy_nominal_joule", "J", "energy drawn, in all"},
      {"energy_p5_joule", "J", "5th percentile of it over uncertain figures"},
      {"energy_p95_joule", "J", "95th percentile of it"},
      {"dissipated_joule", "J", "of the energy drawn: turned to heat"},
      {"stored_joule", "J", "of the energy drawn: stored at the end"},
      {"source", "", "formula, and where its figures come from", "", ColumnKind::text},
  };
  for (TableColumn& column : all) column.source = column.name;
  return all;
}

std::vector<TableColumn> of_swings() {
  return {{"figure", "", "the uncertain figure, a key", "figure", ColumnKind::text},
          {"low", "", "factor on the sum at the figure's low end", "low"},
          {"high", "", "factor on the sum at its high end", "high"}};
}

}  // namespace

const std::vector<RowsTable>& rows_tables() {
  static const std::vector<RowsTable> all = {
      {"epochs", "metrics.csv: a row for each epoch", "metrics.csv", of_epochs()},
      {"costs", "costs.csv: a row for each action of a component in a phase", "costs.csv", of_costs()},
      {"phases",
       "time and energy of each phase, in all",
       "/phases",
       {{"section", "", "programming, training or inference", "section", ColumnKind::text},
        {"phase", "", "of the protocol", "phase", ColumnKind::text},
        {"second", "s", "time in it", "second"},
        {"joule", "J", "energy in it", "joule"}}},
      {"areas",
       "area of each kind of component",
       "/area",
       {{"component", "", "the kind", "component", ColumnKind::text},
        {"count", "", "how many there are", "count"},
        {"nominal", "m2", "area of all of them", "nominal"},
        {"p5", "m2", "5th percentile of it over uncertain figures", "p5"},
        {"p50", "m2", "median of it", "p50"},
        {"p95", "m2", "95th percentile of it", "p95"}}},
      {"noise",
       "rms noise of a held state of each population, of full scale",
       "/noise",
       {{"population", "", "the bank of neurons", "population", ColumnKind::text},
        {"drive", "", "from drive and read-out of the lines", "drive"},
        {"hold", "", "from holding", "hold"},
        {"extra", "", "from neuron.noise", "extra"},
        {"loop", "", "what the loop adds", "loop"},
        {"total", "", "of all", "total"}}},
      {"clipping",
       "what converters have clipped in the last epoch",
       "/clipping",
       {{"component", "", "the converter", "component", ColumnKind::text},
        {"what", "", "states or differences", "what", ColumnKind::text},
        {"codes", "", "conversions", "codes"},
        {"clipped", "", "of these: clipped", "clipped"},
        {"share", "", "clipped / codes", "share"},
        {"lost_energy", "", "share of the signal's squares that is lost", "lost_energy"}}},
      {"warnings",
       "what its user should know before believing a result",
       "/warnings",
       {{"what", "", "what it warns of", "what", ColumnKind::text},
        {"where", "", "the component; empty: the whole chip", "where", ColumnKind::text},
        {"value", "", "of this run, in `unit`", "value"},
        {"limit", "", "that the value is beyond, in `unit`", "limit"},
        {"unit", "", "of both", "unit", ColumnKind::text},
        {"key", "", "that states the limit; empty: it is fixed", "key", ColumnKind::text},
        {"remedy", "", "which key to change, and in which direction", "remedy", ColumnKind::text}}},
      {"design_rules",
       "every rule with its value and its limit",
       "/design_rules",
       {{"rule", "", "its name", "rule", ColumnKind::text},
        {"where", "", "the component", "where", ColumnKind::text},
        {"value", "", "of this chip, in `unit`", "value"},
        {"limit", "", "what is allowed", "limit"},
        {"key", "", "the key with the limit", "key", ColumnKind::text},
        {"unit", "", "of value and limit", "unit", ColumnKind::text},
        {"broken", "", "1: the rule is broken", "broken", ColumnKind::integer}}},
      {"inference_hangs_on", "uncertain figures that move the energy of an inference", "/hangs_on/per_inference",
       of_swings()},
      {"training_hangs_on", "uncertain figures that move the energy of a training sample",
       "/hangs_on/per_training_sample", of_swings()},
      {"area_hangs_on", "uncertain figures that move the area", "/hangs_on/area", of_swings()},
  };
  return all;
}

}  // namespace settle
