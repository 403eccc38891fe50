// The digital host, by published figures of 45 nm that are scaled to the chip's node and voltage.
#pragma once

#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/digital_scale.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action host_arithmetic{"host arithmetic",
                                    "operations",
                                    Rail::digital,
                                    {{"cost.host_operation_j", 1}},
                                    "Horowitz, ISSCC 2014, 45 nm, scaled to the node (Stillmaker and Baas 2017)"};
inline const Action host_product{"outer products",
                                 "multiply-adds",
                                 Rail::digital,
                                 {{"cost.host_multiply_j", 1}},
                                 "Horowitz, ISSCC 2014, 45 nm, scaled to the node (Stillmaker and Baas 2017)"};
inline const Action host_update{"host update",
                                "parameters",
                                Rail::digital,
                                {{"cost.host_operation_j", 1}},
                                "the optimiser's arithmetic; Horowitz, ISSCC 2014, 45 nm, scaled to the node "
                                "(Stillmaker and Baas 2017)"};

}  // namespace action

/// At 45 nm and 0.9 V, where Horowitz's figures are.
struct HostCost {
  Estimate host_operation_j = {0.5e-12, 2.3e-12, 5e-12};  // an elementary operation on 32 bits
  // an 8-bit multiplication, 0.2 pJ, and an addition of 32 bits, 0.1 pJ; of 8 bits, 0.03 pJ; or both in FP16
  Estimate host_multiply_j = {0.23e-12, 0.3e-12, 1.5e-12};

  static std::vector<const Action*> actions() {
    return {&action::host_arithmetic, &action::host_product, &action::host_update};
  }
};

inline Parameters parameters(HostCost& s) {
  return {{"host_operation_j",
           estimate(s.host_operation_j,
                    {"J an operation",
                     "Horowitz, ISSCC 2014: the mean of an FP32 addition, 0.9 pJ, and multiplication, 3.7 pJ; low and "
                     "high are estimates of this project",
                     Evidence::published_model, 45, 0.9}),
           "An elementary operation of the host on 32 bits, in joules at 45 nm and 0.9 V."},
          {"host_multiply_j",
           estimate(s.host_multiply_j,
                    {"J a multiply-add",
                     "estimate of this project; Horowitz, ISSCC 2014: int8 multiplication 0.2 pJ and addition 0.03 pJ, "
                     "64 bits of an 8 KB SRAM 10 pJ",
                     Evidence::estimated, 45, 0.9}),
           "An 8-bit multiplication of the host and the addition of its product, in joules at 45 nm and 0.9 V."}};
}

/// One operation, or one multiplication and addition, of the host at the chip's node and voltage.
inline Energy host_operation_j(const ChipSpec& chip, const HostCost& cost) {
  return heat(cost.host_operation_j[1] * digital_scale(chip));
}
inline Energy host_multiply_j(const ChipSpec& chip, const HostCost& cost) {
  return heat(cost.host_multiply_j[1] * digital_scale(chip));
}

}  // namespace settle
