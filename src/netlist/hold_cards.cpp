#include "src/netlist/hold_cards.h"

#include <fmt/format.h>

namespace settle {

void write_holding(spice::Cards& cards, const ChipSpec& chip, double begin_s, double rise_s, double track_s) {
  cards.comment("1 in the clamped phase: holds keep what they have, and lines carry the difference to it");
  cards.card(fmt::format("Vholding holding 0 dc 0 pwl(0 0 {} 0 {} 1)", spice::number(begin_s),
                         spice::number(begin_s + rise_s)));
  cards.card(".global holding");
  cards.comment("an ideal sample-and-hold; the resistor is for operating points, and lasts a second");
  cards.card(fmt::format(".param hold_capacitance={} track={}", spice::number(chip.hold_capacitance_f),
                         spice::number(track_s)));
  cards.card(".subckt hold input held");
  cards.card("Bsample 0 held i=v(input,held)*(1-v(holding))*{hold_capacitance/track}");
  cards.card("Chold held 0 {hold_capacitance}");
  cards.card("Rhold held 0 {1/hold_capacitance}");
  cards.card(".ends");
  cards.comment("");
}

void write_held_neuron(spice::Cards& cards, const std::string& population, Index i) {
  const auto hold = [&](const char* input, const char* held) {
    cards.card(fmt::format("X{0}_{2}{1} {0}_{3}{1} {0}_{2}_c{1} hold", population, i, held, input));
    cards.card(fmt::format("V{0}_{2}{1} {0}_{2}{1} {0}_{2}_c{1} dc 0 pwl(0 0 1 0)", population, i, held));
  };
  hold("m", "held_u");
  hold("o", "held");
  cards.card(fmt::format("B{0}_v{1} {0}_v{1} 0 v=v({0}_o{1})-v({0}_held{1})*v(holding)", population, i));
}

// Held drives come in where currents add up, before the amplifiers, whose finite gain takes its share of the sum.
std::string held_drive(const std::string& population, Index i, double share) {
  return fmt::format("+{}*v({}_held_u{})*v(holding)", spice::number(1 / share), population, i);
}

void keep_operating_point(spice::Cards& cards, const std::string& population, Index i) {
  cards.card(fmt::format("alter v{0}_held_u{1} dc = v({0}_m{1})", population, i));
  cards.card(fmt::format("alter v{0}_held{1} dc = v({0}_v{1})", population, i));
}

void hold_operating_point(spice::Cards& cards) { cards.card("alter vholding dc = 1"); }

std::string in_phase(double free, double clamped) {
  if (free == clamped) return spice::number(free);
  return fmt::format("({}+{}*v(holding))", spice::number(free), spice::number(clamped - free));
}

}  // namespace settle
