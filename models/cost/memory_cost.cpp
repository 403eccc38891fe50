#include "settle/models/cost/memory_cost.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace settle {
namespace {

// Energy of an access by the size of a bank, relative to 8 KB (Horowitz, ISSCC 2014: 10, 20 and 100 pJ at 45 nm).
struct Bank {
  double bytes, energy;
};
constexpr std::array<Bank, 3> banks = {{{8192, 1}, {32768, 2}, {1048576, 10}}};

// Between those, on the line through the logarithms of both.
double relative_access(double bytes) {
  const double size = std::clamp(bytes, banks.front().bytes, banks.back().bytes);
  const std::size_t k = size > banks[1].bytes ? 2 : 1;
  const Bank &below = banks[k - 1], &above = banks[k];
  const double exponent = std::log(above.energy / below.energy) / std::log(above.bytes / below.bytes);
  return below.energy * std::pow(size / below.bytes, exponent);
}

constexpr double square_um = 1e-12;

}  // namespace

Energy sram_access_j(const ChipSpec& chip, const MemoryCost& cost, double bytes) {
  return heat(cost.sram_access_j[1] * relative_access(std::min(bytes, double(chip.host_bank_bytes))) *
              digital_scale(chip));
}

// The current below threshold, (k T / q)^2 exp(-V_th / (n k T / q)), grows by 7 % a kelvin at 300 K with V_th 0.4 V
// that falls by 1 mV a kelvin, and n 1.4: it doubles in 10 K. It is taken to be the same at every voltage, and at every
// node: kinds of transistors differ by more.
double sram_leakage_w(const ChipSpec& chip, const MemoryCost& cost, double bytes) {
  const double heating = std::exp2((chip.temperature_k - 300) / cost.leakage_doubling_k);
  return 8 * bytes * cost.sram_leakage_w[1] * heating * chip.supply_v / 0.9;
}

// Cells of 0.346 um^2 (Intel, IEDM 2007) to 0.374 um^2, of which 0.6 to 0.8 of a large macro consists; small banks have
// more around them.
double sram_area_m2(const ChipSpec& chip, const MemoryCost& cost, double bytes) {
  return cost.sram_bit_area_um2[1] * (8 * bytes * square_um * digital_area_scale(chip));
}

// A lane: an 8-bit multiplier (282 um^2) and a 32-bit adder (137), and for the optimiser a multiplier (7700) and an
// adder (4184) of 32-bit floating-point numbers (Dally, NIPS 2015, 45 nm); of 16 bits in the low figure, twice that
// with what controls them in the high one.
double host_logic_area_m2(const ChipSpec& chip, const MemoryCost& cost) {
  return cost.host_lane_area_um2[1] * (double(chip.host_lanes) * square_um * digital_area_scale(chip));
}

}  // namespace settle
