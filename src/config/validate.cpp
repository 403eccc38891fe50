#include "src/config/validate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "settle/models/converter/converter_errors.h"
#include "settle/models/cost/digital_scale.h"
#include "settle/models/error.h"
#include "settle/models/network/topology.h"
#include "src/config/network_graph.h"

namespace settle {
namespace {

// A converter's errors are in units of its LSB, and kept in a table of its codes.
std::optional<Conflict> errors_without_table(const std::string& name, const ConverterErrors& errors,
                                             std::int64_t bits) {
  const std::string prefix = "converter." + name, key_of_bits = prefix + "_bits";
  const std::pair<const char*, double> all[] = {{"_offset_lsb", errors.offset_lsb},
                                                {"_gain_error", errors.gain_error},
                                                {"_inl_lsb", errors.inl_lsb},
                                                {"_dnl_lsb", errors.dnl_lsb}};
  for (const auto& [suffix, value] : all)
    if (value > 0 && (bits == 0 || bits > most_bits_with_errors))
      return Conflict{{prefix + suffix, key_of_bits},
                      fmt::format("needs {} from 1 to {}, not {}{}", key_of_bits, most_bits_with_errors, bits,
                                  bits == 0 ? " (exact)" : "")};
  return std::nullopt;
}

// Ways to learn for which differences on the lines leave nothing.
std::optional<Conflict> conflict_of_differences(const Configuration& c) {
  if (c.learning.clamped_lines == ClampedLines::states) return std::nullopt;
  if (c.learning.difference == DifferenceMode::plain)
    return Conflict{{"learning.clamped_lines", "learning.difference"},
                    "differences on the lines are over each layer's path gain: set learning.difference = "
                    "\"layer-scaled\""};
  if (c.learning.error == ErrorMode::recomputed)
    return Conflict{
        {"learning.clamped_lines", "learning.error"},
        "lines that carry differences have no clamped read-out to compute an error of: set learning.error = "
        "\"held\""};
  if (c.learning.nudge_course == NudgeCourse::ramped)
    return Conflict{{"learning.clamped_lines", "learning.nudge_course"},
                    "a nudge that grows is one that has a say: set learning.nudge_course = \"constant\""};
  if (c.converter.readout == Readout::absolute)
    return Conflict{{"learning.clamped_lines", "converter.readout"},
                    "neurons subtract their held states themselves: set converter.readout = \"difference\""};
  return std::nullopt;
}

// Ways to nudge that leave lock-in nothing to integrate, or say twice what signs phases have.
std::optional<Conflict> conflict_of_nudges(const Configuration& c) {
  const std::vector<double>& nudges = c.learning.phase_nudges;
  if (c.learning.nudging == Nudging::symmetric && !nudges.empty())
    return Conflict{{"learning.phase_nudges", "learning.nudging"},
                    "says each phase's sign itself: set learning.nudging = \"one-sided\", or leave it out"};
  if (c.learning.nudging != Nudging::lock_in) return std::nullopt;
  if (c.learning.error == ErrorMode::recomputed)
    return Conflict{{"learning.nudging", "learning.error"},
                    "lock-in alternates one error's sign: set learning.error = \"held\""};
  if (c.converter.readout == Readout::absolute)
    return Conflict{{"learning.nudging", "converter.readout"},
                    "lock-in adds up differences: set converter.readout = \"difference\""};
  if (std::any_of(nudges.begin(), nudges.end(), [](double nudge) { return std::abs(nudge) != 1; }))
    return Conflict{{"learning.phase_nudges", "learning.nudging"},
                    "of lock-in must be 1 or -1, as what it adds up has a sign and no other weight"};
  return std::nullopt;
}

// Rules that other parts of the learning and of the network do not go with.
std::optional<Conflict> conflict_of_rules(const Configuration& c) {
  if (c.network.edges.empty() && topology(c.network.topology).random_feedback && c.network.feedback != Feedback::random)
    return Conflict{{"network.topology", "network.feedback"},
                    c.network.topology + " has random feedback by definition: set network.feedback = \"random\""};
  if (c.learning.rule == Rule::fa && c.network.feedback != Feedback::random)
    return Conflict{{"learning.rule", "network.feedback"},
                    "feedback alignment has random feedback by definition: set network.feedback = \"random\""};
  if (c.learning.contrast == ContrastTerms::both && c.network.feedback == Feedback::random)
    return Conflict{{"learning.contrast", "network.feedback"},
                    "both is for feedback through the same weights: set network.feedback = \"symmetric\""};
  if (c.learning.contrast == ContrastTerms::both && c.learning.update == Update::in_situ)
    return Conflict{{"learning.contrast", "learning.update"},
                    "in-situ applies one outer product a sample: set learning.contrast = \"post\""};
  if (c.learning.nudge_course == NudgeCourse::ramped && c.settling.analysis != Analysis::map)
    return Conflict{{"learning.nudge_course", "settling.analysis"},
                    "ramped counts steps of the map: set settling.analysis = \"map\""};
  if (c.learning.nudge_course == NudgeCourse::ramped && c.learning.error == ErrorMode::recomputed)
    return Conflict{{"learning.nudge_course", "learning.error"},
                    "ramped adds up the free state's error: set learning.error = \"held\""};
  if (c.network.feedback == Feedback::replica && c.learning.update == Update::in_situ && c.learning.transfer_every > 0)
    return Conflict{{"network.feedback", "learning.transfer_every"},
                    "replica arrays have no fast array to transfer from: set learning.transfer_every = 0"};
  return std::nullopt;
}

// States of samples are kept as codes, in the memory that the samples come from.
std::optional<Conflict> conflict_of_start(const Configuration& c) {
  if (c.settling.start != Start::previous) return std::nullopt;
  if (c.converter.adc_bits == 0 || c.converter.adc_bits > 16)
    return Conflict{{"settling.start", "converter.adc_bits"},
                    fmt::format("the host keeps the codes of states: set converter.adc_bits from 2 to 16, not {}{}",
                                c.converter.adc_bits, c.converter.adc_bits == 0 ? " (exact)" : "")};
  if (c.chip.host_samples == SampleMemory::stream)
    return Conflict{{"settling.start", "chip.host_samples"},
                    "samples that come as a stream leave no memory for their states: set chip.host_samples = "
                    "\"dram\" or \"sram\""};
  return std::nullopt;
}

// Ways to read that mean nothing, or that the analysis has no picture of.
std::optional<Conflict> conflict_of_reads(const Configuration& c) {
  const bool in_turn = c.crossbar.turns != Turns::at_once;
  if (in_turn &&
      (c.network.feedback != Feedback::symmetric || c.learning.rule != Rule::ep || c.network.hidden.size() < 2))
    return Conflict{{"crossbar.turns", "network.feedback"},
                    "no array is read from both sides here: set crossbar.turns = \"at-once\""};
  if (c.crossbar.turns == Turns::twice && c.settling.analysis == Analysis::transient)
    return Conflict{{"crossbar.turns", "settling.analysis"},
                    "a transient has turns that are much faster than its neurons: set crossbar.turns = \"halves\""};
  return std::nullopt;
}

// Edges that make no network. How many inputs and outputs it has makes no difference.
std::optional<Conflict> conflict_of_edges(const Configuration& c) {
  if (c.network.edges.empty()) return std::nullopt;
  try {
    graph_of_edges(GraphSpec(c.network, 1, 1, /*seed_=*/1));
  } catch (const InputError& error) {
    return Conflict{{"network.edges", "network.hidden", "network.feedback"}, error.what()};
  }
  return std::nullopt;
}

// Names of projections that the network does not have. How many inputs and outputs it has makes no difference.
std::optional<Conflict> unknown_projections(const Configuration& c) {
  const std::pair<const char*, ByProjection NetworkSpec::*> of_network[] = {
      {"network.projection_alpha", &NetworkSpec::projection_alpha},
      {"network.projection_beta", &NetworkSpec::projection_beta}};
  const auto problem = [](const std::string& key, const Configuration& alone) -> std::optional<Conflict> {
    try {
      build_graph(alone, 1, 1);
    } catch (const InputError& error) {
      return Conflict{{key}, error.what()};
    }
    return std::nullopt;
  };
  Configuration bare = c;
  bare.network.projection_alpha.clear();
  bare.network.projection_beta.clear();
  bare.learning.projection_rate.clear();
  for (const auto& [key, member] : of_network) {
    Configuration alone = bare;
    alone.network.*member = c.network.*member;
    if (const auto conflict = problem(key, alone)) return conflict;
  }
  Configuration alone = bare;
  alone.learning.projection_rate = c.learning.projection_rate;
  return problem("learning.projection_rate", alone);
}

}  // namespace

std::optional<Conflict> find_conflict(const Configuration& c) {
  // With a larger batch the hardware would have to store every pair of states until the batch is complete.
  if (c.learning.update == Update::in_situ && c.run.batch != 1) {
    return Conflict{{"learning.update", "run.batch"}, fmt::format("in-situ needs run.batch = 1, not {}", c.run.batch)};
  }
  if (c.device.conductance_min_siemens >= c.device.conductance_max_siemens) {
    return Conflict{{"device.conductance_min_siemens", "device.conductance_max_siemens"},
                    fmt::format("must be below device.conductance_max_siemens, but {} is not below {}",
                                c.device.conductance_min_siemens, c.device.conductance_max_siemens)};
  }
  if (const auto conflict = conflict_of_rules(c)) return conflict;
  if (const auto conflict = conflict_of_nudges(c)) return conflict;
  if (const auto conflict = conflict_of_differences(c)) return conflict;
  if (const auto conflict = conflict_of_reads(c)) return conflict;
  if (const auto conflict = conflict_of_start(c)) return conflict;
  if (const auto conflict = conflict_of_edges(c)) return conflict;
  if (const auto conflict = unknown_projections(c)) return conflict;
  if (c.settling.time_step_s < 1e-6 * c.neuron.tau_s) {
    return Conflict{{"settling.time_step_s", "neuron.tau_s"},
                    fmt::format("must be at least a millionth of neuron.tau_s, but {} is less than that of {}",
                                c.settling.time_step_s, c.neuron.tau_s)};
  }
  if (c.trace.end_s > 0 && c.trace.end_s <= c.trace.start_s) {
    return Conflict{{"trace.end_s", "trace.start_s"},
                    fmt::format("must be after trace.start_s, but {} is not after {}", c.trace.end_s, c.trace.start_s)};
  }
  if (const DigitalProblem problem = digital_problem(c.chip); !problem.key.empty())
    return Conflict{{"chip." + problem.key, problem.key == "node" ? "chip.supply_v" : "chip.node"}, problem.what};
  if (c.converter.adc_bits == 1)
    return Conflict{{"converter.adc_bits"},
                    "must not be 1: the codes of one bit are -1 and 0, of which none is positive; take 2 or more, or 0 "
                    "(exact)"};
  if (const auto conflict = errors_without_table("dac", c.converter.dac, c.converter.dac_bits)) return conflict;
  return errors_without_table("adc", c.converter.adc, c.converter.adc_bits);
}

}  // namespace settle
