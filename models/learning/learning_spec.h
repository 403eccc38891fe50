// The specification of learning: rule, nudge, optimiser and update.
#pragma once

#include <vector>

#include "settle/models/circuit/clamped_lines.h"
#include "settle/models/learning/protocol.h"
#include "settle/models/parameter.h"

namespace settle {

/// The section [learning].
struct LearningSpec {
  Rule rule = Rule::ep;
  double nudge = 0.1;
  NudgeCourse nudge_course = NudgeCourse::constant;  // ramped: with Analysis::map alone
  Nudging nudging = Nudging::one_sided;
  std::int64_t lock_in_periods = 4;  // pairs of phases that are added up; with Nudging::lock_in
  std::vector<double> phase_nudges;  // factors on the nudge, by clamped phase; empty: those of `nudging`
  std::int64_t clamped_repeats = 1;  // readings of each clamped phase, whose mean is taken
  ErrorMode error = ErrorMode::held;
  DifferenceMode difference = DifferenceMode::layer_scaled;
  ClampedLines clamped_lines = ClampedLines::states;
  double difference_amplitude = 0;               // on lines that carry differences; 0: chosen for each population
  ContrastTerms contrast = ContrastTerms::post;  // both: not with an update in situ
  std::string optimizer = "adam";
  double learning_rate = 1e-3;
  std::map<std::string, double> projection_rate;  // factors on the learning rate, by projection
  std::map<std::string, double>
      optimizer_numbers;        // numbers that optimisers declare, by name; their defaults where absent
  double final_rate_share = 1;  // share of the learning rate that is left at the end of the run
  Update update = Update::host;
  PulseCoding pulse_coding = PulseCoding::stochastic;
  std::int64_t transfer_every = 0;  // samples between two columns' transfers; 0: updates go to the weights' array
  double transfer_rate = 1;
};

/// From the table of optimisers (optimizer.h): the names and numbers that the rows below offer.
std::vector<std::string> optimizer_names();
Parameters optimizer_parameters(std::map<std::string, double>& numbers);

inline Parameters parameters(LearningSpec& s) {
  Parameters rows = {
      {"rule", choice(s.rule, {{"ep", Rule::ep}, {"bp", Rule::bp}, {"fa", Rule::fa}}),
       "Equilibrium propagation; or, on the same network without feedback, as the host computes them for reference: "
       "back-propagation, feedback alignment."},
      {"nudge", from(1e-9, s.nudge, 100), "Gain of the error's drive in the clamped phase."},
      {"nudge_course", choice(s.nudge_course, {{"constant", NudgeCourse::constant}, {"ramped", NudgeCourse::ramped}}),
       "ramped: the nudge is added again in each clamped step of map, K times in step K, as in the published residual "
       "and AGT nets. Its cost is booked as that of a constant one."},
      {"nudging",
       choice(s.nudging,
              {{"one-sided", Nudging::one_sided}, {"symmetric", Nudging::symmetric}, {"lock-in", Nudging::lock_in}}),
       "One clamped phase; a second one with the error's negative: twice the time, without the bias of a strong nudge; "
       "or lock_in_periods such pairs, whose differences are added up on capacitors with the error's sign, and "
       "converted once."},
      {"lock_in_periods", integer(s.lock_in_periods, 1, 1024),
       "Pairs of clamped phases of nudging lock-in: noise falls as the root of their number, and each takes its time."},
      {"phase_nudges", FactorsValue{&s.phase_nudges, 1, 64},
       "Factors on the nudge, one for each clamped phase in turn, in place of the signs of nudging: [1, -1] is "
       "symmetric, [1, -1, -1, 1] also cancels what falls evenly. Readings are weighted by them (least squares). []: "
       "those of nudging."},
      {"clamped_repeats", integer(s.clamped_repeats, 1, 1024),
       "Readings of each clamped phase, whose mean the host takes: it stands until its noise has become another, and "
       "is converted again. What is held from the free phase stays as it is in all of them."},
      {"error", choice(s.error, {{"held", ErrorMode::held}, {"recomputed", ErrorMode::recomputed}}),
       "Error of the clamped phase: the free state's, held (one trip to the host), or recomputed at each step."},
      {"difference",
       choice(s.difference, {{"layer-scaled", DifferenceMode::layer_scaled}, {"plain", DifferenceMode::plain}}),
       "What the update sees of clamped - free: over each layer's path gain, or as it is (as published)."},
      {"clamped_lines",
       choice(s.clamped_lines, {{"states", ClampedLines::states}, {"differences", ClampedLines::differences}}),
       "What lines carry in the clamped phase: states, as in the free phase; or what the error changes of them, from "
       "held drives and states, with feedback regulation turned round, so that no layer loses the signal. Then the "
       "nudge has no say, only how large differences are on the lines."},
      {"difference_amplitude", from(0, s.difference_amplitude, 64),
       "Size on the lines, in full scales, of a difference of one (clamped_lines = \"differences\"); 0: an octave for "
       "each population, chosen after each batch from the size of its differences."},
      {"contrast", choice(s.contrast, {{"post", ContrastTerms::post}, {"both", ContrastTerms::both}}),
       "What the update multiplies: what the nudge changes at the target with the source's free state (post, as "
       "published), and also the target's free state with what it changes at the source (both), which is the gradient "
       "for strong feedback too."},
      {"optimizer", text(s.optimizer, optimizer_names()), "Optimiser of the weight updates."},
      {"learning_rate", from(0, s.learning_rate, 100), "Step size of the optimiser."},
      {"projection_rate", ByProjectionValue{&s.projection_rate, 0, 1e6},
       "Factors on the learning rate of single projections, as { \"input_hidden1\" = 0.5, \"*_readout\" = 2.0 }."}};
  append(rows, optimizer_parameters(s.optimizer_numbers));
  append(rows,
         {{"final_rate_share", fraction(s.final_rate_share),
           "Share of the learning rate that is left at the end of the run; it falls linearly. 1: constant."},
          {"update", choice(s.update, {{"ideal", Update::ideal}, {"host", Update::host}, {"in-situ", Update::in_situ}}),
           "Weights change exactly; by pulses once a batch; or by pulses on the array after each sample (run.batch = "
           "1)."},
          {"pulse_coding",
           choice(s.pulse_coding,
                  {{"stochastic", PulseCoding::stochastic}, {"deterministic", PulseCoding::deterministic}}),
           "Trains of an update in-situ: slots drawn by chance, or evenly spaced."},
          {"transfer_every", integer(s.transfer_every, 0, million),
           "Samples after which one more word line of a fast array is transferred to the weights (Tiki-Taka; update "
           "in-situ only); 0: updates go to the weights."},
          {"transfer_rate", from(1e-9, s.transfer_rate, 1000),
           "Share of what the fast array has collected that a transfer adds to the weights."}});
  return rows;
}

/// The share of the learning rate that is in use after `trained` of all samples that a run presents: it falls linearly
/// from one to its final value.
inline double rate_share(const LearningSpec& s, double trained, double all) {
  return 1 - (1 - s.final_rate_share) * trained / all;
}

/// The factors on the nudge of a sample's clamped phases, one after another.
inline std::vector<double> phase_nudges(const LearningSpec& s) {
  if (!s.phase_nudges.empty()) return s.phase_nudges;
  std::vector<double> nudges;
  const std::int64_t pairs = s.nudging == Nudging::lock_in ? s.lock_in_periods : 1;
  for (std::int64_t i = 0; i < pairs; ++i) {
    nudges.push_back(1);
    if (s.nudging != Nudging::one_sided) nudges.push_back(-1);
  }
  return nudges;
}

/// The readings of differences that a sample has: those of each of its clamped phases.
inline std::size_t readings_of(const LearningSpec& s) {
  return phase_nudges(s).size() * (s.nudging == Nudging::lock_in ? 1 : std::size_t(s.clamped_repeats));
}

}  // namespace settle
