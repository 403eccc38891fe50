// Neurons: their bias, and the charge that puts their membranes somewhere.
#pragma once

#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"
#include "settle/models/thermal.h"

namespace settle {
namespace action {

inline const Action neuron_bias{"neuron bias",
                                "neuron phases",
                                Rail::analog,
                                {},
                                "2 I_b V_dd t, I_b = 2 U_T C / (kappa tau): subthreshold OTA, kappa from neuron.kappa"};

inline const Action membrane_preset{
    "membrane preset", "membranes", Rail::analog, {}, "C V V_dd of the membrane, charged from zero and emptied"};

}  // namespace action

struct NeuronCost {
  Estimate neuron_area_um2 = {30, 100, 500};

  static std::vector<const Action*> actions() { return {&action::neuron_bias, &action::membrane_preset}; }
};

inline Parameters parameters(NeuronCost& s) {
  return {{"neuron_area_um2",
           estimate(s.neuron_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
           "Area of a neuron, in square micrometres."}};
}

/// Charging membranes from the rail to voltages that add up to so many full scales; what they store is heat when they
/// move on.
inline Energy membrane_preset_j(const ChipSpec& chip, double full_scales) {
  return heat(chip.neuron_capacitance_f * chip.neuron_full_scale_v * chip.supply_v * full_scales);
}

/// Static power of one neuron while it is on: 2 I_b V_dd with I_b = 2 U_T C / (kappa tau).
inline double neuron_bias_w(const ChipSpec& chip, double tau_s, double kappa) {
  const double current_per_farad = 2 * thermal_voltage(chip.temperature_k) / (kappa * tau_s);
  return chip.neuron_capacitance_f * 2 * current_per_farad * chip.supply_v;
}

}  // namespace settle
