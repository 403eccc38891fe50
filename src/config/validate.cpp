#include "src/config/validate.h"

#include <fmt/format.h>

namespace settle {
namespace {

// A converter's errors are in units of its LSB, and kept in a table of its codes.
std::optional<Conflict> errors_without_table(const std::string& name, const ConverterErrors& errors,
                                             std::int64_t bits) {
  const std::string prefix = "converter." + name, key_of_bits = prefix + "_bits";
  const std::pair<const char*, double> all[] = {{"_offset_lsb", errors.offset_lsb},
                                                {"_gain_error", errors.gain_error},
                                                {"_inl_lsb", errors.inl_lsb},
                                                {"_dnl_lsb", errors.dnl_lsb}};
  for (const auto& [suffix, value] : all)
    if (value > 0 && (bits == 0 || bits > most_bits_with_errors))
      return Conflict{{prefix + suffix, key_of_bits},
                      fmt::format("needs {} from 1 to {}, not {}{}", key_of_bits, most_bits_with_errors, bits,
                                  bits == 0 ? " (exact)" : "")};
  return std::nullopt;
}

}  // namespace

std::optional<Conflict> find_conflict(const Configuration& c) {
  // With a larger batch the hardware would have to store every pair of states until the batch is complete.
  if (c.learning.update == Update::in_situ && c.run.batch != 1) {
    return Conflict{{"learning.update", "run.batch"}, fmt::format("in-situ needs run.batch = 1, not {}", c.run.batch)};
  }
  if (c.device.conductance_min_s >= c.device.conductance_max_s) {
    return Conflict{{"device.conductance_min_s", "device.conductance_max_s"},
                    fmt::format("must be below device.conductance_max_s, but {} is not below {}",
                                c.device.conductance_min_s, c.device.conductance_max_s)};
  }
  if (c.network.topology == Topology::agt && c.network.feedback != Feedback::random) {
    return Conflict{{"network.topology", "network.feedback"},
                    "agt has random feedback by definition: set network.feedback = \"random\""};
  }
  if (c.trace.end_s > 0 && c.trace.end_s <= c.trace.start_s) {
    return Conflict{{"trace.end_s", "trace.start_s"},
                    fmt::format("must be after trace.start_s, but {} is not after {}", c.trace.end_s, c.trace.start_s)};
  }
  if (const auto conflict = errors_without_table("dac", c.converter.dac, c.converter.dac_bits)) return conflict;
  return errors_without_table("adc", c.converter.adc, c.converter.adc_bits);
}

}  // namespace settle
