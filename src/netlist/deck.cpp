#include "src/netlist/deck.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "settle/models/netlist/analysis_cards.h"
#include "settle/models/netlist/neuron_cards.h"
#include "src/netlist/chip_reads.h"
#include "src/netlist/hold_cards.h"
#include "src/netlist/supply_cards.h"

namespace settle {
namespace {

bool carries_differences(const ChipDesign& design) {
  return design.learning.clamped_lines == ClampedLines::differences;
}

double longest_step_s(const Chip& chip) { return chip.circuit().shortest_tau_s() / spice::steps_per_tau; }

void write_header(spice::Cards& cards, const ChipDesign& design, const Stimulus& stimulus) {
  cards.card(stimulus.title);  // SPICE takes the first line for the title, whatever it says
  cards.comment("");
  cards.comment("Run it:  ngspice netlist.cir     (plot hidden1_v0, say), or  ngspice -b netlist.cir");
  cards.comment("Nodes, of population NAME and neuron I:");
  cards.comment(
      "  NAME_hI  what the crossbars' currents add up to: the drive of the neuron, or, where there are sense");
  cards.comment("           amplifiers, what these turn into its drive, NAME_aI (NAME_lI: before their output stage)");
  cards.comment("  NAME_mI  membrane");
  cards.comment("  NAME_vI  output: full_scale for a state of one; of the read-out: the logit");
  if (carries_differences(design)) {
    cards.comment(
        "           In the clamped phase: what lines carry, the output NAME_oI beyond the held one, NAME_heldI.");
    cards.comment("  NAME_held_uI  the held membrane, which is added to the drive");
    cards.comment("Then the input and the read-out are off.");
  }
  cards.comment(
      "SOURCE_TARGET_dI drives a line: read_v for a state of one; of bit lines too, _iI: inverted, _rI: sum, "
      "inverted.");
  cards.comment("Bit lines end in virtual grounds, SOURCE_TARGET_pI of the weights and _nI of what is subtracted.");
  cards.comment("On the chip, forward and transposed reads of one array take turns much faster than tau, so that both");
  cards.comment("add; here each has an array of its own, of the same devices: SOURCE_TARGET and SOURCE_TARGET_back.");
  cards.comment("Left out: noise, converters, and the time between the phases, in which the states are held.");
  cards.comment("");
  spice::write_parameters(cards, design.chip.neuron_full_scale_v, design.chip.neuron_capacitance_f);
  cards.comment("");
}

void write_input(spice::Cards& cards, const std::string& name, const Vector<double>& input, double full_scale_v) {
  cards.comment("the input, pixels as fractions of full_scale");
  for (Index i = 0; i < input.size(); ++i)
    cards.card(fmt::format("V{0}_v{1} {0}_v{1} 0 {2}", name, i, spice::number(full_scale_v * input[i])));
  cards.comment("");
}

// Volts of output i's nudge at step k of the clamped phase.
double nudge_v(const ChipDesign& design, const RecordedPhase& clamped, std::size_t k, Index i) {
  return design.chip.neuron_full_scale_v * clamped.nudge[k][i];
}

void write_nudge(spice::Cards& cards, const ChipDesign& design, const Stimulus& stimulus, double rise_s) {
  const RecordedPhase& clamped = stimulus.clamped;
  cards.comment("the nudge: off in the free phase; the error, full_scale for an error of one, in the clamped phase");
  for (Index i = 0; i < clamped.nudge.front().size(); ++i) {
    std::vector<std::string> words = {fmt::format("Vnudge_v{0} nudge_v{0} 0 dc 0 pwl(0 0", i)};
    double last = 0;
    for (std::size_t k = 0; k < clamped.time_s.size(); ++k) {
      const double volts = nudge_v(design, clamped, k, i), at_s = stimulus.free.end_s() + clamped.time_s[k];
      if (volts == last) continue;
      words.push_back(fmt::format("{} {} {} {}", spice::number(at_s), spice::number(last), spice::number(at_s + rise_s),
                                  spice::number(volts)));
      last = volts;
    }
    words.back() += ")";
    cards.card(words);
  }
  cards.comment("");
}

void write_crossbars(spice::Cards& cards, const std::vector<ChipRead>& reads, const ChipDesign& design) {
  const Graph& graph = design.graph;
  std::set<std::string> written;
  for (const ChipRead& read : reads) {
    const std::string& from = graph.population(read.driver).name;
    cards.comment(fmt::format("{}: {} drives {}", read.name, read.driver == graph.readout() ? "the nudge" : from,
                              read.transposed ? "bit lines, word lines are sensed" : "word lines"));
    if (written.insert(read.arrays).second) spice::write_arrays(cards, read);
    spice::write_drivers(cards, read, (read.driver == graph.readout() ? "nudge" : from) + "_v",
                         design.crossbar.read_v / design.chip.neuron_full_scale_v);
    spice::write_read(cards, read);
    cards.comment("");
  }
}

// What reads of population p add to its drive or its logits, of which one is `unit_v`.
std::vector<spice::Summand> summands_of(const std::vector<ChipRead>& reads, Index p, double unit_v, double read_v) {
  std::vector<spice::Summand> summands;
  for (const ChipRead& read : reads) {
    if (read.sink != p) continue;
    const double ohm = spice::ohm_of(*read.model, unit_v, read_v);
    summands.push_back({&read, in_phase(ohm * read.gain, ohm * read.clamped_gain)});
  }
  return summands;
}

void write_noise_gain(spice::Cards& cards, const SenseStage& sense) {
  cards.comment(fmt::format("{:.0f} sense amplifiers; noise gain: largest {:.4g}, mean of each neuron's largest {:.4g}",
                            sense.amplifiers(), sense.largest_noise_gain(), sense.mean_noise_gain()));
}

void write_neurons(spice::Cards& cards, const Chip& chip, const std::vector<ChipRead>& reads) {
  const ChipDesign& design = chip.design();
  const Graph& graph = design.graph;
  const bool amplified = spice::has_amplifiers(design.sense);
  const bool holds = carries_differences(design);
  if (amplified) spice::write_amplifier(cards, design.sense.gbw_hz > 0, holds);
  spice::write_neuron(cards, "neuron", chip.circuit().bank(1));
  for (Index p = 1; p < graph.readout(); ++p) {
    const std::string& name = graph.population(p).name;
    cards.comment("");
    cards.comment(name);
    write_noise_gain(cards, chip.sense(p));
    spice::Amplifiers amplifiers;
    if (amplified) amplifiers.free = &chip.sense(p);
    if (amplified && holds) amplifiers.clamped = &chip.sense(p, /*clamped=*/true);
    const std::vector<spice::Summand> summands =
        summands_of(reads, p, design.chip.neuron_full_scale_v, design.crossbar.read_v);
    for (Index i = 0; i < graph.population(p).size; ++i) {
      spice::write_sum(cards, fmt::format("{}_h{}", name, i), summands, i, /*offset_v=*/0,
                       design.neuron.rail * design.chip.neuron_full_scale_v,
                       holds ? held_drive(name, i, chip.sense(p, /*clamped=*/true).signal()[i]) : "");
      spice::write_instance(cards, "neuron", chip.circuit().bank(p), amplifiers, name, i,
                            fmt::format("{}_{}{}", name, holds ? "o" : "v", i));
      if (holds) write_held_neuron(cards, name, i);
    }
  }
  cards.comment("");
}

// Logits as amplifiers of finite gain leave them. These have settled long before a conversion.
void write_readout(spice::Cards& cards, const Chip& chip, const std::vector<ChipRead>& reads) {
  const ChipDesign& design = chip.design();
  const Index readout = design.graph.readout();
  const Population& population = design.graph.population(readout);
  const SenseStage& sense = chip.sense(readout);
  const double unit_v = design.chip.neuron_full_scale_v / design.converter.logit_full_scale;
  cards.comment(fmt::format("{}: full_scale for a logit of {}", population.name, design.converter.logit_full_scale));
  write_noise_gain(cards, sense);
  for (Index i = 0; i < population.size; ++i)
    spice::write_sum(cards, fmt::format("{}_v{}", population.name, i),
                     summands_of(reads, readout, unit_v * sense.signal()[i], design.crossbar.read_v), i,
                     unit_v * sense.offset()[i]);
  cards.comment("");
}

// Where ngspice looks for equilibria, and the reset: of what is in front of the membranes too, where amplifiers have
// their offset at no signal.
void write_start(spice::Cards& cards, const Chip& chip, std::vector<std::string>& saved) {
  const ChipDesign& design = chip.design();
  for (Index p = 1; p < design.graph.readout(); ++p) {
    const Matrix<float>& membrane = chip.state().bank(p).drive;
    const SenseStage& sense = chip.sense(p);
    const double full_scale_v = design.chip.neuron_full_scale_v;
    for (Index i = 0; i < design.graph.population(p).size; ++i) {
      const std::string node = fmt::format("v({}_m{})", design.graph.population(p).name, i);
      const double offset = sense.offset()[i];
      cards.card(fmt::format(".nodeset {}={}", node,
                             spice::number(full_scale_v * (sense.signal()[i] * double(membrane(i, 0)) + offset))));
      cards.card(fmt::format(".ic {}={}", node, spice::number(full_scale_v * offset)));
      if (design.sense.gbw_hz > 0)
        cards.card(
            fmt::format(".ic v({}_l{})={}", design.graph.population(p).name, i, spice::number(full_scale_v * offset)));
      saved.push_back(node);
    }
  }
}

void write_analyses(spice::Cards& cards, Chip& chip, const Stimulus& stimulus, double step_s) {
  const ChipDesign& design = chip.design();
  std::vector<std::string> names;
  for (const Node& node : compared_nodes(design)) names.push_back("v(" + node.name + ")");
  std::vector<std::string> saved = names;
  saved.insert(saved.begin(), ".save");
  for (Index i = 0; i < stimulus.clamped.nudge.front().size(); ++i) saved.push_back(fmt::format("v(nudge_v{})", i));
  cards.comment(
      "analyses: both equilibria, those near the state in which the free phase ends, where there are several;");
  cards.comment("and the transient from a reset of all membranes");
  for (const std::string& node : energy_nodes()) saved.push_back("v(" + node + ")");
  write_start(cards, chip, saved);
  cards.card(spice::options);
  cards.card(saved);
  spice::begin_commands(cards);
  cards.card("op");
  spice::write_data(cards, free_file, names);
  if (carries_differences(design))
    for (Index p = 1; p < design.graph.readout(); ++p)
      for (Index i = 0; i < design.graph.population(p).size; ++i)
        keep_operating_point(cards, design.graph.population(p).name, i);
  cards.card(fmt::format("tran {0} {1} 0 {0}", spice::number(step_s),
                         spice::number(stimulus.free.end_s() + stimulus.clamped.end_s())));
  spice::write_data(cards, transient_file, names);
  std::vector<std::string> energies;
  for (const std::string& node : energy_nodes()) energies.push_back("v(" + node + ")");
  spice::write_data(cards, energy_file, energies);
  const RecordedPhase& clamped = stimulus.clamped;
  for (Index i = 0; i < clamped.nudge.back().size(); ++i)
    cards.card(
        fmt::format("alter vnudge_v{} dc={}", i, spice::number(nudge_v(design, clamped, clamped.nudge.size() - 1, i))));
  if (carries_differences(design)) hold_operating_point(cards);
  cards.card("op");
  spice::write_data(cards, clamped_file, names);
  spice::end_commands(cards);
}

}  // namespace

std::string write_deck(Chip& chip, const Stimulus& stimulus) {
  const ChipDesign& design = chip.design();
  const Graph& graph = design.graph;
  chip.sense_amplifiers().enter(/*clamped=*/false);
  const double step_s = longest_step_s(chip);
  const std::vector<ChipRead> reads = reads_of(chip);
  const double rise_s = 2e-4 * step_s;
  spice::Cards cards;
  write_header(cards, design, stimulus);
  write_input(cards, graph.population(0).name, stimulus.input, design.chip.neuron_full_scale_v);
  write_nudge(cards, design, stimulus, rise_s);
  if (carries_differences(design))
    write_holding(cards, design.chip, stimulus.free.end_s(), rise_s,
                  /*track_s=*/1e-3 * chip.circuit().shortest_tau_s());
  write_crossbars(cards, reads, design);
  write_neurons(cards, chip, reads);
  write_readout(cards, chip, reads);
  // capacitances jump in slower than the nudge: currents of fs steps are all truncation error
  write_supply(cards, chip, reads, stimulus.free, stimulus.clamped, /*rise_s=*/1e-2 * step_s);
  write_analyses(cards, chip, stimulus, step_s);
  return cards.text();
}

}  // namespace settle
