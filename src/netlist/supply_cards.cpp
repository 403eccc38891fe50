#include "src/netlist/supply_cards.h"

#include <algorithm>

#include <fmt/format.h>

#include "src/netlist/energy.h"

namespace settle {
namespace {

// A source i = sum of terms from one node to another, cut up: long expressions are slow to read.
void write_sum_of_currents(spice::Cards& cards, const std::string& name, const std::string& from, const std::string& to,
                           const std::vector<std::string>& terms, const std::string& times = "") {
  constexpr std::size_t most = 20;
  for (std::size_t first = 0; first < terms.size(); first += most) {
    std::vector<std::string> words = {fmt::format("B{}_{} {} {} i={}(0", name, first, from, to, times)};
    for (std::size_t k = first; k < std::min(first + most, terms.size()); ++k) words.push_back("+" + terms[k]);
    words.back() += ")";
    cards.card(words);
  }
}

// What switches: lines hold their charge in each phase by itself, and are empty when the circuit switches; the nudge
// stands in the clamped one; and energy is counted while a phase runs.
void write_switches(spice::Cards& cards, const RecordedPhase& free, const RecordedPhase& clamped, double rise_s) {
  const double begin_s = free.end_s();
  const std::string off_s = spice::number(begin_s - rise_s), empty_s = spice::number(begin_s),
                    drive_s = spice::number(begin_s + rise_s), on_s = spice::number(begin_s + 2 * rise_s);
  cards.comment("1 while lines are driven, from then on in the clamped phase, and while energy is counted");
  cards.card(fmt::format("Von on 0 dc 1 pwl(0 0 {} 1 {} 1 {} 0 {} 0 {} 1)", spice::number(rise_s), off_s, empty_s,
                         drive_s, on_s));
  cards.card(fmt::format("Vclamped clamped 0 dc 0 pwl(0 0 {} 0 {} 1)", drive_s, on_s));
  std::vector<std::string> words = {"Vrunning running 0 dc 0 pwl(0 1"};
  double until_s = begin_s;
  for (const RecordedPhase::Run& run : clamped.runs) {
    const double from_s = begin_s + run.from_s;
    if (from_s > until_s + 2 * rise_s)
      words.push_back(fmt::format("{} 1 {} 0 {} 0 {} 1", spice::number(until_s), spice::number(until_s + rise_s),
                                  spice::number(from_s), spice::number(from_s + rise_s)));
    until_s = begin_s + run.to_s;
  }
  words.back() += ")";
  cards.card(words);
}

void write_integrators(spice::Cards& cards) {
  for (const SupplyGroup& group : supply_groups()) {
    const std::string name = group.name;
    if (group.from_rail) {
      cards.card(fmt::format("Vdd_{0} vdd vdd_{0} 0", name));
      cards.card(fmt::format("Be_{0} 0 e_{0} i=v(vdd_{0})*i(Vdd_{0})*v(running)", name));
    }
    cards.card(fmt::format("Ce_{0} e_{0} 0 {1} ic=0", name, joules_per_volt));
    cards.card(fmt::format("Re_{0} e_{0} 0 {1}", name, 1 / joules_per_volt));  // for operating points; lasts a second
    cards.card(fmt::format(".ic v(e_{})=0", name));
  }
}

// Lines hang on one driver whatever the number of tiles.
void write_lines(spice::Cards& cards, const ChipRead& read, double cell_f) {
  std::vector<std::string> currents, powers, charges;
  const char* on = read.role == Role::nudge ? "clamped" : "on";
  for (const spice::DrivenLine& line : spice::driven_lines(read)) {
    currents.push_back(fmt::format("abs(i({}))", line.source));
    powers.push_back(fmt::format("v({})*i({})", line.node, line.source));
    charges.push_back(fmt::format("max(-i(B{0}_c)*sgn(v({0}_c)),0)", line.node));
    cards.card(fmt::format("B{0}_c {0}_c 0 v=v({0})*v({1})", line.node, on));
    cards.card(fmt::format("C{0}_c {0}_c 0 {1}", line.node, spice::number(cell_f * double(line.cells))));
  }
  write_sum_of_currents(cards, read.name + "_current", "vdd_currents", "0", currents);
  write_sum_of_currents(cards, read.name + "_power", "0", "e_arrays", powers, "-v(running)*");
  write_sum_of_currents(cards, read.name + "_charge", "vdd_charges", "0", charges);
}

void write_bias(spice::Cards& cards, Chip& chip, const std::vector<ChipRead>& reads) {
  const ChipDesign& design = chip.design();
  const Costs& costs = chip.meter().costs();
  const double supply_v = design.chip.supply_v;
  const bool differences = chip.circuit().clamped_lines() == ClampedLines::differences;
  for (const ChipRead& read : reads) {
    const double lines = double(chip.circuit().size(read.driver));
    const char* when = read.role == Role::nudge ? "*v(clamped)" : read.free_only ? "*(1-v(clamped))" : "";
    cards.card(fmt::format("B{}_bias vdd_drivers 0 i={}{}", read.name,
                           spice::number(lines * costs.driver_bias_w() / supply_v), when));
  }
  const auto dac_a = [&](Index population) {
    return spice::number(double(design.graph.population(population).size) * costs.dac_reference_w() / supply_v);
  };
  cards.card(fmt::format("Binput_dac_bias vdd_dacs 0 i={}{}", dac_a(0), differences ? "*(1-v(clamped))" : ""));
  cards.card(fmt::format("Bnudge_dac_bias vdd_dacs 0 i={}*v(clamped)", dac_a(design.graph.readout())));
  for (Index p = 1; p < design.graph.readout(); ++p) {
    const std::string& name = design.graph.population(p).name;
    double watts = 0;
    for (const float tau_s : chip.circuit().bank(p).tau_s)
      watts += costs.neuron_bias_w(double(tau_s), design.neuron.kappa);
    cards.card(fmt::format("I{}_bias vdd_neurons 0 {}", name, spice::number(watts / supply_v)));
    // amplifiers of the nudge are off in the free phase, and those of lines that are off in the clamped one in that
    const double free_a = chip.sense(p).bias_a() - chip.sense(p).nudge_bias_a();
    const double clamped_a = chip.sense(p, /*clamped=*/true).bias_a();
    cards.card(fmt::format("B{}_sense_bias vdd_sense 0 i={}+{}*v(clamped)", name, spice::number(free_a),
                           spice::number(clamped_a - free_a)));
    if (differences)
      cards.card(fmt::format("B{}_subtractor_bias vdd_subtractors 0 i={}*v(clamped)", name,
                             spice::number(double(chip.circuit().size(p)) * costs.cost().subtractor_current_a[1])));
  }
  double area_m2 = 0;
  for (const AreaRow& row : chip.area()) area_m2 += row.area_m2;
  cards.card(fmt::format("Ileakage vdd_leakage 0 {}", spice::number(costs.leakage_w(area_m2) / supply_v)));
}

}  // namespace

void write_supply(spice::Cards& cards, Chip& chip, const std::vector<ChipRead>& reads, const RecordedPhase& free,
                  const RecordedPhase& clamped, double rise_s) {
  std::vector<ChipRead> in_loop;  // the read-out's lines are driven while logits are converted
  for (const ChipRead& read : reads)
    if (read.role != Role::readout) in_loop.push_back(read);
  const ChipSpec& spec = chip.design().chip;
  cards.comment("the supply; v(e_GROUP): nanojoules that a group has drawn; e_arrays: what lines give to their arrays");
  cards.card(fmt::format("Vdd vdd 0 {}", spice::number(spec.supply_v)));
  write_switches(cards, free, clamped, rise_s);
  write_integrators(cards);
  cards.comment("lines: what their drivers pass from the rail, and the capacitance of each, on a copy of it");
  for (const ChipRead& read : in_loop) write_lines(cards, read, spec.wire_capacitance_f[1]);
  cards.comment("line drivers, DACs, neurons and sense amplifiers at rest, and leakage");
  write_bias(cards, chip, in_loop);
  cards.comment("");
}

std::vector<std::string> energy_nodes() {
  std::vector<std::string> nodes;
  for (const SupplyGroup& group : supply_groups()) nodes.push_back(fmt::format("e_{}", group.name));
  return nodes;
}

}  // namespace settle
