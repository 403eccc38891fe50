#include "settle/models/netlist/neuron_cards.h"

#include <stdexcept>

namespace settle::spice {
namespace {

struct Expression {
  const char* activation;
  const char* ngspice;
};
constexpr Expression expressions[] = {
    {"tanh", "tanh(u)"},
    {"ota", "tanh(u)"},  // its gain is kappa full_scale / 2 U_T
    {"sigmoid", "1/(1+exp(2-4*u))"},
    {"hard-sigmoid", "min(max(u,0),1)"},
    {"clipped-relu", "min(max(u,0),1)"},
    {"hard-tanh", "min(max(u,-1),1)"},
};

// Straight lines between points of the curve, four to a segment; ngspice continues the outer ones, which are flat.
std::string piecewise_linear(const Curve<float>& curve) {
  constexpr int parts = 4;
  const Index last = curve.segments() - 1;
  const auto& first = curve.segment(0);
  std::string text = joined("pwl(u, ", first.knot - 1, ",", first.value);
  for (Index k = 1; k < last; ++k) {
    const auto& segment = curve.segment(k);
    const float width = curve.segment(k + 1).knot - segment.knot;
    for (int part = 0; part < parts; ++part) {
      const float u = segment.knot + width * float(part) / float(parts);
      text += joined(", ", u, ",", segment.at(u));
    }
  }
  const auto& end = curve.segment(last);
  return text + joined(", ", end.knot, ",", end.value, ", ", end.knot + 1, ",", end.value, ")");
}

}  // namespace

void write_parameters(Cards& cards, double full_scale_v, double capacitance_f) {
  cards.card(joined(".param full_scale=", full_scale_v, " capacitance=", capacitance_f));
}

double ohm_of(const Crossbar& model, double unit_v, double read_v) {
  return unit_v * model.weight_per_siemens() / read_v;
}

void write_sum(Cards& cards, const std::string& node, const std::vector<Summand>& summands, Index i, double offset_v,
               double rail_v, const std::string& more) {
  std::vector<std::string> words = {"B" + node, node, "0", joined("v=", rail_v > 0 ? "min(max(" : "", offset_v)};
  for (const Summand& each : summands) words.push_back(joined("+", each.ohm, "*(", sensed_current(*each.read, i), ")"));
  if (!more.empty()) words.push_back(more);
  if (rail_v > 0) words.push_back(joined(",", -rail_v, "),", rail_v, ")"));
  cards.card(words);
}

std::string activation_expression(const std::string& name, const Curve<float>* curve) {
  if (curve != nullptr) return piecewise_linear(*curve);
  for (const Expression& e : expressions)
    if (name == e.activation) return e.ngspice;
  throw std::logic_error("activation " + name + " has no expression for ngspice");
}

void write_neuron(Cards& cards, const std::string& neuron, const Bank<float>& bank) {
  cards.comment("activation: output / full_scale / amplitude, of u = gain membrane / full_scale + shift");
  cards.card(joined(".func ", neuron, "_activation(u) {",
                    activation_expression(bank.activation->name, bank.curve.get()), "}"));
  cards.comment("a neuron: tau dv/dt = -v + drive, then the activation");
  cards.card(joined(".subckt ", neuron, " drive membrane output params: tau=10n gain=1 shift=0 amplitude=1"));
  if (bank.slew == 0) {
    cards.card("Rmembrane drive membrane {tau/capacitance}");
  } else {
    cards.comment("the current that charges the membrane ends where its slope is the slew limit");
    const std::string most = joined("{", bank.slew, "*full_scale*capacitance}");
    cards.card(
        joined("Bmembrane drive membrane i=min(max(v(drive,membrane)*{capacitance}/{tau},-", most, "),", most, ")"));
  }
  cards.card("Cmembrane membrane 0 {capacitance}");
  cards.card(joined("Boutput output 0 v={full_scale*amplitude}*", neuron,
                    "_activation({gain}*v(membrane)/{full_scale}+{shift})"));
  cards.card(".ends");
}

bool has_amplifiers(const SenseSpec& spec) { return spec.gbw_hz > 0 || spec.gain > 0 || spec.offset_v > 0; }

void write_amplifier(Cards& cards, bool lagging, bool switched) {
  cards.comment(
      "sense amplifiers: the share of the signal that finite gain leaves, and offset / full_scale of the drive");
  const char* closed = lagging ? "closed" : "lag";
  if (switched) {
    cards.comment("in the free phase, and of a _change in the clamped one");
    cards.card(
        ".subckt amplifier sum lag output params: rate=1 rate_change=0 share=1 share_change=0 offset=0 "
        "offset_change=0");
    cards.card(joined("Bclosed ", closed,
                      " 0 v=({share}+{share_change}*v(holding))*v(sum)+"
                      "({offset}+{offset_change}*v(holding))*{full_scale}"));
  } else {
    cards.card(joined(".subckt amplifier sum lag output params: ", lagging ? "tau=1n " : "", "share=1 offset=0"));
    cards.card(joined("Bclosed ", closed, " 0 v={share}*v(sum)+{offset*full_scale}"));
  }
  if (lagging) {
    cards.comment("the closed loop's pole, of any impedance: what follows does not load it");
    cards.card(switched ? "Blag closed lag i=v(closed,lag)*{capacitance}*({rate}+{rate_change}*v(holding))"
                        : "Rlag closed lag {tau/capacitance}");
    cards.card("Clag lag 0 {capacitance}");
  }
  cards.card("Eoutput output 0 lag 0 1");
  cards.card(".ends");
}

void write_instance(Cards& cards, const std::string& neuron, const Bank<float>& bank, const Amplifiers& amplifiers,
                    const std::string& population, Index i, const std::string& output) {
  const auto node = [&](const char* kind) { return joined(population, kind, i); };
  float gain = bank.gain[i], shift = bank.shift[i];
  const bool amplified = amplifiers.free != nullptr;
  if (amplified) {
    const double share = amplifiers.free->signal()[i], offset = amplifiers.free->offset()[i];
    std::vector<std::string> words = {"X" + node("_a"), node("_h"), node("_l"), node("_a"), "amplifier"};
    const double tau_s = amplifiers.free->tau_s()[i];
    if (amplifiers.clamped == nullptr) {
      if (tau_s > 0) words.push_back(joined("tau=", tau_s));
    } else {
      const double clamped_s = amplifiers.clamped->tau_s()[i];
      if (tau_s > 0) words.push_back(joined("rate=", 1 / tau_s, " rate_change=", 1 / clamped_s - 1 / tau_s));
      words.push_back(joined("share_change=", amplifiers.clamped->signal()[i] - share));
      words.push_back(joined("offset_change=", amplifiers.clamped->offset()[i] - offset));
    }
    words.push_back(joined("share=", share, " offset=", offset));
    cards.card(words);
    gain /= float(share);
    shift -= gain * float(offset);
  }
  std::vector<std::string> words = {"X" + node("_"), node(amplified ? "_a" : "_h"), node("_m"), output, neuron};
  words.push_back(joined("tau=", bank.tau_s[i], " gain=", gain, " shift=", shift));
  if (bank.amplitude.size() > 0) words.push_back(joined("amplitude=", bank.amplitude[i]));
  cards.card(words);
}

}  // namespace settle::spice
