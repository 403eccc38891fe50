// The host's memory: accesses, leakage and area.
//
// An access is one of 64 bits. Its energy grows with the bank: published figures of 45 nm for 8 KB, 32 KB and 1 MB.
#pragma once

#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/digital_scale.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action dram_fetch{"sample fetch from DRAM",
                               "64-bit words",
                               Rail::digital,
                               {{"cost.dram_access_j", 1}},
                               "Horowitz, ISSCC 2014: 1.3 to 2.6 nJ; from the DRAM's own supply, whatever the node"};
inline const Action sram_fetch{"sample fetch from SRAM",
                               "64-bit words",
                               Rail::digital,
                               {{"cost.sram_access_j", 1}},
                               "Horowitz, ISSCC 2014, 45 nm: 10 pJ in 8 KB, 100 pJ in 1 MB, scaled to the node "
                               "(Stillmaker and Baas 2017)"};
inline const Action converter_codes{"converter codes",
                                    "64-bit words",
                                    Rail::digital,
                                    {{"cost.sram_access_j", 1}},
                                    "codes sent to DACs, pixels and ADCs' codes stored; Horowitz, ISSCC 2014, scaled"};
inline const Action factor_codes{"factors of outer products",
                                 "64-bit words",
                                 Rail::digital,
                                 {{"cost.sram_access_j", 1}},
                                 "codes read for a square tile of products in each cycle; Horowitz, ISSCC 2014, "
                                 "scaled"};
inline const Action accumulation{"accumulators",
                                 "64-bit words",
                                 Rail::digital,
                                 {{"cost.sram_access_j", 1}},
                                 "32 bits read and written for each product; Horowitz, ISSCC 2014, scaled"};
inline const Action optimizer_state{"optimiser state",
                                    "64-bit words",
                                    Rail::digital,
                                    {{"cost.sram_access_j", 1}},
                                    "read and written once a batch, 32 bits a number; Horowitz, ISSCC 2014, scaled"};
inline const Action stored_states{"states of samples",
                                  "64-bit words",
                                  Rail::digital,
                                  {{"cost.sram_access_j", 1}},
                                  "codes of each neuron, read before a sample is learned from and written after it, "
                                  "in the memory of the samples; Horowitz, ISSCC 2014, scaled"};
inline const Action dram_states{"states of samples in DRAM",
                                "64-bit words",
                                Rail::digital,
                                {{"cost.dram_access_j", 1}},
                                "codes of each neuron, read before a sample is learned from and written after it; "
                                "Horowitz, ISSCC 2014; from the DRAM's own supply"};
inline const Action memory_leakage{"memory leakage",
                                   "seconds",
                                   Rail::digital,
                                   {{"cost.sram_leakage_w", 1}},
                                   "5.7 pW a bit, 65 nm SRAM retained at 0.5 V (Wang, 2008), to 363 pW, 16 nm eDRAM "
                                   "(Giterman, SSC-L 2020); nominal: their geometric mean"};

}  // namespace action

struct MemoryCost {
  Estimate sram_access_j = {5e-12, 10e-12, 20e-12};      // of 64 bits in a bank of 8 KB, at 45 nm and 0.9 V
  Estimate dram_access_j = {1.3e-9, 1.95e-9, 2.6e-9};    // of 64 bits
  Estimate sram_leakage_w = {5.7e-12, 45e-12, 363e-12};  // of a bit at 300 K and 0.9 V
  double leakage_doubling_k = 10;                        // kelvin in which leakage doubles
  Estimate sram_bit_area_um2 = {0.43, 0.53, 0.9};        // at 45 nm, with its share of what surrounds the cells
  Estimate host_lane_area_um2 = {3400, 12300, 25000};    // at 45 nm

  static std::vector<const Action*> actions() {
    return {&action::dram_fetch,    &action::sram_fetch,   &action::converter_codes,
            &action::factor_codes,  &action::accumulation, &action::optimizer_state,
            &action::stored_states, &action::dram_states,  &action::memory_leakage};
  }
};

inline Parameters parameters(MemoryCost& s) {
  return {
      {"sram_access_j",
       estimate(s.sram_access_j, {"J a 64-bit access",
                                  "Horowitz, ISSCC 2014: 10 pJ for 64 bits of an 8 KB SRAM; low and high, a factor of "
                                  "two, are estimates of this project",
                                  Evidence::published_model, 45, 0.9}),
       "Access of the host to 64 bits of SRAM in a bank of 8 KB, in joules at 45 nm and 0.9 V; twice that in 32 KB, "
       "ten times in 1 MB."},
      {"dram_access_j",
       estimate(s.dram_access_j,
                {"J a 64-bit access", "Horowitz, ISSCC 2014: 1.3 to 2.6 nJ", Evidence::published_model}),
       "Access to 64 bits of DRAM, in joules."},
      {"sram_leakage_w",
       estimate(
           s.sram_leakage_w,
           {"W a bit",
            "estimate of this project: 5.7 pW a bit, 65 nm SRAM retained at 0.5 V (Wang, 2008), to 363 pW, 16 nm eDRAM "
            "(Giterman, SSC-L 2020); nominal: their geometric mean",
            Evidence::estimated, 0, 0.9, 300}),
       "Leakage of a bit of SRAM, in watts at 300 K and 0.9 V."},
      {"leakage_doubling_k", from(1, s.leakage_doubling_k, 1000), "Kelvin in which leakage doubles."},
      {"sram_bit_area_um2",
       estimate(s.sram_bit_area_um2,
                {"um2 a bit", "estimate of this project: published cells of 45 nm with their share of the macro",
                 Evidence::estimated, 45}),
       "Area of a bit of SRAM with its share of the macro, in square micrometres at 45 nm."},
      {"host_lane_area_um2",
       estimate(
           s.host_lane_area_um2,
           {"um2 a lane", "estimate of this project from the sizes of multipliers and adders in Horowitz, ISSCC 2014",
            Evidence::estimated, 45}),
       "Area of the arithmetic of one lane of the host, in square micrometres at 45 nm."}};
}

constexpr double word_bytes = 8;  // of an access

/// An access to 64 bits of a memory of so many bytes, which is made of banks of chip.host_bank_bytes; a smaller one is
/// a bank of its own.
Energy sram_access_j(const ChipSpec& chip, const MemoryCost& cost, double bytes);
inline Energy dram_access_j(const MemoryCost& cost) { return heat(cost.dram_access_j[1]); }

/// What so many bytes of SRAM leak.
double sram_leakage_w(const ChipSpec& chip, const MemoryCost& cost, double bytes);

/// Areas in square metres.
double sram_area_m2(const ChipSpec& chip, const MemoryCost& cost, double bytes);
double host_logic_area_m2(const ChipSpec& chip, const MemoryCost& cost);

}  // namespace settle
