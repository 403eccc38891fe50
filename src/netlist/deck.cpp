#include "src/netlist/deck.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "src/netlist/crossbar_cards.h"
#include "src/netlist/neuron_cards.h"

namespace settle {
namespace {

// ngspice's own error must be far below what is compared. It chooses its steps by their truncation error, which these
// options hold to some 1e-4 of full scale (chgtol is a charge, of membranes that hold 1e-14 coulomb); no step is longer
// than tau / 10, between whose ends a straight line is good.
constexpr const char* options = ".options reltol=1e-6 vntol=1e-12 abstol=1e-18 chgtol=1e-20 trtol=1 method=trap";
constexpr double steps_per_tau = 10;

double longest_step_s(const Chip& chip) { return chip.circuit().shortest_tau_s() / steps_per_tau; }

void write_header(Cards& cards, const ChipDesign& design, const Stimulus& stimulus) {
  cards.card(stimulus.title);  // SPICE takes the first line for the title, whatever it says
  cards.comment("");
  cards.comment("Run it:  ngspice netlist.cir     (plot hidden1_v0, say), or  ngspice -b netlist.cir");
  cards.comment("Nodes, of population NAME and neuron I:");
  cards.comment(
      "  NAME_dI  drives lines of crossbars: read_v for a state of one (NAME_iI: inverted; NAME_rI: sum, inverted)");
  cards.comment("  NAME_hI  drive of the neuron: what the crossbars' currents add up to");
  cards.comment("  NAME_mI  membrane");
  cards.comment("  NAME_vI  output: full_scale for a state of one; of the read-out: the logit");
  cards.comment("Bit lines end in virtual grounds, SOURCE_TARGET_pI of the weights and _nI of what is subtracted.");
  cards.comment("On the chip, forward and transposed reads of one array take turns much faster than tau, so that both");
  cards.comment("add; here each has an array of its own, of the same devices: SOURCE_TARGET and SOURCE_TARGET_back.");
  cards.comment("Left out: noise, converters, and the time between the phases, in which the states are held.");
  cards.comment("");
  cards.card(fmt::format(".param full_scale={} capacitance={}", design.chip.neuron_full_scale_v,
                         design.chip.neuron_capacitance_f[1]));
  cards.comment("");
}

void write_input(Cards& cards, const std::string& name, const Vector<double>& input, double read_v) {
  cards.comment("the input, pixels as fractions of read_v = " + number(read_v) + " V");
  for (Index i = 0; i < input.size(); ++i)
    cards.card(fmt::format("V{0}_d{1} {0}_d{1} 0 {2}", name, i, number(read_v * input[i])));
  cards.comment("");
}

// Volts of output i's nudge at step k of the clamped phase.
double nudge_v(const ChipDesign& design, const RecordedPhase& clamped, std::size_t k, Index i) {
  return design.chip.neuron_full_scale_v * clamped.nudge[k][i];
}

void write_nudge(Cards& cards, const ChipDesign& design, const Stimulus& stimulus, double rise_s) {
  const RecordedPhase& clamped = stimulus.clamped;
  cards.comment("the nudge: off in the free phase; the error, full_scale for an error of one, in the clamped phase");
  for (Index i = 0; i < clamped.nudge.front().size(); ++i) {
    std::vector<std::string> words = {fmt::format("Vnudge_v{0} nudge_v{0} 0 dc 0 pwl(0 0", i)};
    double last = 0;
    for (std::size_t k = 0; k < clamped.time_s.size(); ++k) {
      const double volts = nudge_v(design, clamped, k, i), at_s = stimulus.free.end_s() + clamped.time_s[k];
      if (volts == last) continue;
      words.push_back(fmt::format("{} {} {} {}", number(at_s), number(last), number(at_s + rise_s), number(volts)));
      last = volts;
    }
    words.back() += ")";
    cards.card(words);
  }
  cards.comment("");
}

void write_crossbars(Cards& cards, const std::vector<CrossbarRead>& reads, const ChipDesign& design) {
  const Graph& graph = design.graph;
  std::set<std::string> written;
  for (const CrossbarRead& read : reads) {
    const std::string& from = graph.population(read.driver).name;
    cards.comment(fmt::format("{}: {} drives {}", read.name, read.driver == graph.readout() ? "the nudge" : from,
                              read.transposed ? "bit lines, word lines are sensed" : "word lines"));
    if (written.insert(read.arrays).second) write_arrays(cards, read);
    write_read(cards, read, graph);
    cards.comment("");
  }
}

// Writes the sum that is a neuron's drive, or a logit: volts for each ampere of each read.
void write_sum(Cards& cards, const std::vector<CrossbarRead>& reads, const std::string& node, Index p, Index i,
               double unit_v, double read_v) {
  std::vector<std::string> words = {fmt::format("B{0} {0} 0 v=0", node)};
  for (const CrossbarRead& read : reads)
    if (read.sink == p)
      words.push_back(fmt::format("+{}*({})", number(unit_v * read.gain * read.model->weight_per_siemens() / read_v),
                                  sensed_current(read, i)));
  cards.card(words);
}

void write_analyses(Cards& cards, Chip& chip, const Stimulus& stimulus, double step_s) {
  const ChipDesign& design = chip.design();
  std::vector<std::string> names;
  for (const Node& node : compared_nodes(design)) names.push_back("v(" + node.name + ")");
  std::vector<std::string> saved = names;
  saved.insert(saved.begin(), ".save");
  for (Index i = 0; i < stimulus.clamped.nudge.front().size(); ++i) saved.push_back(fmt::format("v(nudge_v{})", i));
  cards.comment(
      "analyses: both equilibria, those near the state in which the free phase ends, where there are several;");
  cards.comment("and the transient from a reset of all membranes");
  for (Index p = 1; p < design.graph.readout(); ++p) {
    const Matrix<float>& membrane = chip.state().bank(p).drive;
    for (Index i = 0; i < design.graph.population(p).size; ++i) {
      const std::string node = fmt::format("v({}_m{})", design.graph.population(p).name, i);
      cards.card(fmt::format(".nodeset {}={}", node, number(design.chip.neuron_full_scale_v * double(membrane(i, 0)))));
      cards.card(fmt::format(".ic {}=0", node));
      saved.push_back(node);
    }
  }
  cards.card(options);
  cards.card(saved);
  cards.card(".control");
  for (const char* setting : {"set wr_singlescale", "set wr_vecnames", "set numdgt=15", "op"}) cards.card(setting);
  const auto write = [&](const char* file) {
    std::vector<std::string> words = {"wrdata", file};
    words.insert(words.end(), names.begin(), names.end());
    cards.card(words);
  };
  write(free_file);
  cards.card(
      fmt::format("tran {0} {1} 0 {0}", number(step_s), number(stimulus.free.end_s() + stimulus.clamped.end_s())));
  write(transient_file);
  const RecordedPhase& clamped = stimulus.clamped;
  for (Index i = 0; i < clamped.nudge.back().size(); ++i)
    cards.card(fmt::format("alter vnudge_v{} dc={}", i, number(nudge_v(design, clamped, clamped.nudge.size() - 1, i))));
  cards.card("op");
  write(clamped_file);
  for (const char* line : {"if $?batchmode", "quit", "end", ".endc", ".end"}) cards.card(line);
}

}  // namespace

std::string write_deck(Chip& chip, const Stimulus& stimulus) {
  const ChipDesign& design = chip.design();
  const Graph& graph = design.graph;
  const double full_scale_v = design.chip.neuron_full_scale_v, read_v = design.crossbar.read_v;
  const double step_s = longest_step_s(chip);
  const std::vector<CrossbarRead> reads = reads_of(chip);
  const std::string& readout = graph.population(graph.readout()).name;
  Cards cards;
  write_header(cards, design, stimulus);
  write_input(cards, graph.population(0).name, stimulus.input, read_v);
  write_nudge(cards, design, stimulus, /*rise_s=*/2e-4 * step_s);
  cards.comment("what drives the lines of crossbars");
  for (Index p = 1; p <= graph.readout(); ++p)
    write_drivers(cards, reads, graph.population(p), p,
                  p < graph.readout() ? graph.population(p).name + "_v" : "nudge_v", read_v / full_scale_v);
  cards.comment("");
  write_crossbars(cards, reads, design);
  write_neuron(cards, chip.circuit().bank(1));
  for (Index p = 1; p < graph.readout(); ++p) {
    const std::string& name = graph.population(p).name;
    cards.comment("");
    cards.comment(name);
    for (Index i = 0; i < graph.population(p).size; ++i) {
      write_sum(cards, reads, fmt::format("{}_h{}", name, i), p, i, full_scale_v, read_v);
      write_instance(cards, chip.circuit().bank(p), name, i);
    }
  }
  cards.comment("");
  cards.comment(fmt::format("{}: full_scale for a logit of {}", readout, design.converter.logit_full_scale));
  for (Index i = 0; i < graph.population(graph.readout()).size; ++i)
    write_sum(cards, reads, fmt::format("{}_v{}", readout, i), graph.readout(), i,
              full_scale_v / design.converter.logit_full_scale, read_v);
  cards.comment("");
  write_analyses(cards, chip, stimulus, step_s);
  return cards.text();
}

}  // namespace settle
