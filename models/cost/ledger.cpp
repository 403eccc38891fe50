#include "models/cost/ledger.h"

#include <cmath>
#include <stdexcept>

#include "models/error.h"

namespace settle {
namespace {

constexpr int unit_bits = 110;    // 8e-34 J
constexpr double most_j = 1.3e5;  // of one row: 2^(127 - unit_bits)

}  // namespace

const std::vector<ActionInfo>& actions() {
  static const std::vector<ActionInfo> table = {
      {Action::input_conversion, "input conversion", "conversions",
       "capacitive DAC, C V^2 activity; 256 fF an estimate"},
      {Action::line_charge, "line charge", "line swings",
       "C dV V_dd; published capacitance a cell differs from 0.03 to 2 fF"},
      {Action::array_read, "array read", "line reads",
       "V^2 G t over the settling time, from each device's conductance"},
      {Action::neuron_bias, "neuron bias", "neuron phases",
       "2 I_b V_dd t, I_b = 2 U_T C / (kappa tau): subthreshold OTA, kappa 0.7"},
      {Action::sample_hold, "sample and hold", "samples", "C V^2 of the hold capacitor; 100 fF an estimate"},
      {Action::difference_amplifier, "difference amplifier", "samples", "I V_dd t while converting; 2 uA an estimate"},
      {Action::output_conversion, "output conversion", "conversions",
       "FoM 2^bits; Murmann's ADC survey, 55 SAR ADCs since 2019: 6.4 / 28 / 151 fJ a step"},
      {Action::write_pulse, "write pulses", "pulses", "V^2 G t of each device while pulsed, and C V^2 of its line"},
      {Action::host_arithmetic, "host arithmetic", "operations",
       "Horowitz, ISSCC 2014, 45 nm, scaled to the node (Stillmaker and Baas 2017)"},
      {Action::host_update, "host update", "parameters",
       "0.1 to 0.4 nJ a parameter and step at 45 nm, scaled likewise; estimate"},
  };
  return table;
}

const ActionInfo& info(Action action) { return actions().at(std::size_t(action)); }

const char* name(Section section) {
  switch (section) {
    case Section::programming:
      return "programming";
    case Section::training:
      return "training";
    case Section::inference:
      return "inference";
  }
  throw std::logic_error("a section without a name");
}

void Ledger::book(Section section, const std::string& component, Action action, double count,
                  const Estimate& energy_j) {
  std::size_t i = 0;
  while (i < rows_.size() &&
         (rows_[i].section != section || rows_[i].action != action || rows_[i].component != component))
    ++i;
  if (i == rows_.size()) {
    rows_.push_back({section, component, action});
    sums_.push_back({0, 0, 0});
  }
  for (std::size_t k = 0; k < energy_j.size(); ++k)
    if (!(std::abs(energy_j[k]) + rows_[i].energy_j[k] < most_j))
      throw RunError(component + ": an energy of " + std::to_string(energy_j[k]) + " J for " + info(action).name);
  rows_[i].count += count;
  for (std::size_t k = 0; k < energy_j.size(); ++k) {
    sums_[i][k] += Units(std::ldexp(energy_j[k], unit_bits));
    rows_[i].energy_j[k] = std::ldexp(double(sums_[i][k]), -unit_bits);
  }
}

Estimate Ledger::total_j(Section section) const {
  Estimate sum = {0, 0, 0};
  for (const Row& row : rows_)
    if (row.section == section) sum = sum + row.energy_j;
  return sum;
}

Estimate Ledger::total_j() const {
  return total_j(Section::programming) + total_j(Section::training) + total_j(Section::inference);
}

}  // namespace settle
