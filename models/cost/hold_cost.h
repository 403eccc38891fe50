// Sample-and-hold with its difference amplifier.
#pragma once

#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action sample_hold{"sample and hold",
                                "samples",
                                Rail::analog,
                                {},
                                "C V V_dd of the hold capacitor, charged to full scale and emptied"};
inline const Action difference_amplifier{"difference amplifier",
                                         "samples",
                                         Rail::analog,
                                         {{"cost.hold_current_a", 1}},
                                         "I V_dd t while converting, at rest; 2 uA an estimate"};
inline const Action amplifier_bandwidth{"difference amplifier bandwidth",
                                        "samples",
                                        Rail::analog,
                                        {},
                                        "I V_dd t while converting, I = 2 pi GBW C / (gm / I_D), GBW = gain (b + 1) "
                                        "ln 2 / (2 pi t), where that is more than at rest"};

inline const Action subtractor_bias{
    "subtractor bias",
    "neuron phases",
    Rail::analog,
    {{"cost.subtractor_current_a", 1}},
    "I V_dd t of what takes a held state off a neuron's output and adds its held drive, "
    "while lines carry differences; 1 uA an estimate"};

}  // namespace action

struct HoldCost {
  Estimate hold_current_a = {1e-6, 2e-6, 4e-6};  // of the difference amplifier while on, at least
  Estimate hold_area_um2 = {50, 200, 1000};
  Estimate subtractor_current_a = {0.2e-6, 1e-6, 5e-6};
  Estimate subtractor_area_um2 = {50, 200, 1000};
  Estimate lock_in_area_um2 = {20, 70, 300};

  static std::vector<const Action*> actions() {
    return {&action::sample_hold, &action::difference_amplifier, &action::amplifier_bandwidth,
            &action::subtractor_bias};
  }
};

inline Parameters parameters(HoldCost& s) {
  return {
      {"hold_current_a",
       estimate(s.hold_current_a, {"A", "estimate of this project", Evidence::estimated, 32, 0.9, 300}),
       "Difference amplifier while on, at least, in amperes; its gain and the time to settle may ask for more."},
      {"hold_area_um2", estimate(s.hold_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
       "Area of a sample-and-hold with its difference amplifier, in square micrometres."},
      {"subtractor_current_a",
       estimate(s.subtractor_current_a, {"A", "estimate of this project", Evidence::estimated, 32, 0.9, 300}),
       "A neuron's subtractor and adder while lines carry differences, in amperes."},
      {"subtractor_area_um2",
       estimate(s.subtractor_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
       "Area of a neuron's second hold, subtractor, adder and switchable drivers, in square micrometres."},
      {"lock_in_area_um2",
       estimate(s.lock_in_area_um2,
                {"um^2", "estimate of this project: 100 fF at 2 fF/um^2 and its switches", Evidence::estimated, 32}),
       "Area of one of the capacitors on which a neuron's clamped phases are added up, with its switches, in square "
       "micrometres."}};
}

/// Charging a hold capacitor to full scale from the rail; what it stores is heat when the next sample comes.
inline Energy sample_hold_j(const ChipSpec& chip) {
  return heat(chip.hold_capacitance_f * chip.neuron_full_scale_v * chip.supply_v);
}

}  // namespace settle
