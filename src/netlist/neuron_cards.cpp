#include "src/netlist/neuron_cards.h"

#include <stdexcept>

#include <fmt/format.h>

namespace settle {
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
  std::string text = fmt::format("pwl(u, {},{}", number(first.knot - 1), number(first.value));
  for (Index k = 1; k < last; ++k) {
    const auto& segment = curve.segment(k);
    const float width = curve.segment(k + 1).knot - segment.knot;
    for (int part = 0; part < parts; ++part) {
      const float u = segment.knot + width * float(part) / float(parts);
      text += fmt::format(", {},{}", number(u), number(segment.at(u)));
    }
  }
  const auto& end = curve.segment(last);
  return text + fmt::format(", {0},{2}, {1},{2})", number(end.knot), number(end.knot + 1), number(end.value));
}

}  // namespace

std::string activation_expression(const std::string& name, const Curve<float>* curve) {
  if (curve != nullptr) return piecewise_linear(*curve);
  for (const Expression& e : expressions)
    if (name == e.activation) return e.ngspice;
  throw std::logic_error("activation " + name + " has no expression for ngspice");
}

void write_neuron(Cards& cards, const Bank<float>& bank) {
  cards.comment("activation: output / full_scale / amplitude, of u = gain membrane / full_scale + shift");
  cards.card(fmt::format(".func activation(u) {{{}}}", activation_expression(bank.activation->name, bank.curve.get())));
  cards.comment("a neuron: tau dv/dt = -v + drive, then the activation");
  cards.card(".subckt neuron drive membrane output params: tau=10n gain=1 shift=0 amplitude=1");
  if (bank.slew == 0) {
    cards.card("Rmembrane drive membrane {tau/capacitance}");
  } else {
    cards.comment("the current that charges the membrane ends where its slope is the slew limit");
    cards.card(fmt::format(".param slew_current={{{}*full_scale*capacitance}}", number(bank.slew)));
    cards.card(
        "Bmembrane drive membrane i=min(max(v(drive,membrane)*{capacitance}/{tau},-{slew_current}),{slew_current})");
  }
  cards.card("Cmembrane membrane 0 {capacitance}");
  cards.card("Boutput output 0 v={full_scale*amplitude}*activation({gain}*v(membrane)/{full_scale}+{shift})");
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
    cards.card(
        fmt::format("Bclosed {0} 0 v=({{share}}+{{share_change}}*v(holding))*v(sum)+"
                    "({{offset}}+{{offset_change}}*v(holding))*{{full_scale}}",
                    closed));
  } else {
    cards.card(fmt::format(".subckt amplifier sum lag output params: {}share=1 offset=0", lagging ? "tau=1n " : ""));
    cards.card(fmt::format("Bclosed {0} 0 v={{share}}*v(sum)+{{offset*full_scale}}", closed));
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

void write_instance(Cards& cards, const Bank<float>& bank, const Amplifiers& amplifiers, const std::string& population,
                    Index i, const std::string& output) {
  float gain = bank.gain[i], shift = bank.shift[i];
  const bool amplified = amplifiers.free != nullptr;
  if (amplified) {
    const double share = amplifiers.free->signal()[i], offset = amplifiers.free->offset()[i];
    std::vector<std::string> words = {fmt::format("X{0}_a{1} {0}_h{1} {0}_l{1} {0}_a{1} amplifier", population, i)};
    const double tau_s = amplifiers.free->tau_s()[i];
    if (amplifiers.clamped == nullptr) {
      if (tau_s > 0) words.push_back("tau=" + number(tau_s));
    } else {
      const double clamped_s = amplifiers.clamped->tau_s()[i];
      if (tau_s > 0)
        words.push_back(fmt::format("rate={} rate_change={}", number(1 / tau_s), number(1 / clamped_s - 1 / tau_s)));
      words.push_back(fmt::format("share_change={}", number(amplifiers.clamped->signal()[i] - share)));
      words.push_back(fmt::format("offset_change={}", number(amplifiers.clamped->offset()[i] - offset)));
    }
    words.push_back(fmt::format("share={} offset={}", number(share), number(offset)));
    cards.card(words);
    gain /= float(share);
    shift -= gain * float(offset);
  }
  std::vector<std::string> words = {
      fmt::format("X{0}_{1} {0}_{2}{1} {0}_m{1} {3} neuron", population, i, amplified ? "a" : "h", output)};
  words.push_back(fmt::format("tau={} gain={} shift={}", number(bank.tau_s[i]), number(gain), number(shift)));
  if (bank.amplitude.size() > 0) words.push_back("amplitude=" + number(bank.amplitude[i]));
  cards.card(words);
}

}  // namespace settle
