// What stands while arrays are read: sense amplifiers and line drivers; and the leakage of all of the chip.
#pragma once

#include <cmath>
#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action sense_bias{"sense amplifiers",
                               "amplifier phases",
                               Rail::analog,
                               {},
                               "I V_dd t, I = 2 pi GBW C / (gm / I_D), an amplifier for each line of each tile"};
inline const Action driver_bias{"line driver bias",
                                "line phases",
                                Rail::analog,
                                {{"cost.driver_current_a", 1}},
                                "I V_dd t of each line's output stage at rest; 1 uA an estimate"};
inline const Action leakage{"leakage",
                            "seconds",
                            Rail::analog,
                            {{"cost.leakage_w_per_mm2", 1}, {area_key, 1}},
                            "of the analog part's area at all times, doubling every 10 K; 1 mW/mm^2 an estimate for a "
                            "low-power process"};

}  // namespace action

struct SenseCost {
  Estimate driver_current_a = {0.3e-6, 1e-6, 5e-6};
  Estimate leakage_w_per_mm2 = {1e-4, 1e-3, 1e-2};
  Estimate sense_area_um2 = {20, 60, 300};
  Estimate driver_area_um2 = {5, 20, 100};

  static std::vector<const Action*> actions() { return {&action::sense_bias, &action::driver_bias, &action::leakage}; }
};

inline Parameters parameters(SenseCost& s) {
  return {
      {"driver_current_a",
       estimate(s.driver_current_a, {"A", "estimate of this project", Evidence::estimated, 32, 0.9, 300}),
       "Output stage of a line's driver at rest, in amperes."},
      {"leakage_w_per_mm2",
       estimate(s.leakage_w_per_mm2,
                {"W/mm^2", "estimate of this project for a low-power process", Evidence::estimated, 32, 0.9, 300}),
       "Leakage of the analog part at 300 K, in watts per square millimetre."},
      {"sense_area_um2", estimate(s.sense_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
       "Area of a sense amplifier, in square micrometres."},
      {"driver_area_um2", estimate(s.driver_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
       "Area of a line's driver, in square micrometres."}};
}

/// What the driver of one line draws while it is on, in watts.
inline double driver_bias_w(const ChipSpec& chip, const SenseCost& cost) {
  return cost.driver_current_a[1] * chip.supply_v;
}

/// Leakage doubles every `doubling_k` kelvin.
inline double leakage_w(const ChipSpec& chip, const SenseCost& cost, double doubling_k, double area_m2) {
  return cost.leakage_w_per_mm2[1] * area_m2 * 1e6 * std::exp2((chip.temperature_k - 300) / doubling_k);
}

}  // namespace settle
