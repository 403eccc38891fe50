// The converters between chip and host: their bits, their ranges and their errors.
#pragma once

#include "settle/models/learning/protocol.h"
#include "settle/models/parameter.h"

namespace settle {

/// The static errors of IEEE Std 1241 (ADC) and 1658 (DAC): standard deviations over converters; each converter draws
/// its own errors once.
struct ConverterErrors {
  double offset_lsb = 0;
  double gain_error = 0;  // relative
  double inl_lsb = 0;     // of a bow: a parabola that is zero at both ends of the range, at its peak in the middle
  double dnl_lsb = 0;     // of the width of each code; widths add up to an INL of their own

  bool any() const { return offset_lsb > 0 || gain_error > 0 || inl_lsb > 0 || dnl_lsb > 0; }
};

/// The section [converter].
struct ConverterSpec {
  std::int64_t dac_bits = 0;  // 0: exact
  std::int64_t adc_bits = 0;  // 0: exact
  Readout readout = Readout::difference;
  double logit_full_scale = 16;
  ConverterErrors dac, adc;  // keys dac_... and adc_...
};

/// `kind` is "dac" and `name` "DAC", for instance.
inline Parameters parameters(ConverterErrors& s, const std::string& kind, const std::string& name) {
  return {{kind + "_offset_lsb", from(0, s.offset_lsb, 1000),
           "Offset of each " + name + ", standard deviation in LSB. Needs 1 to 14 bits, like the next three keys."},
          {kind + "_gain_error", from(0, s.gain_error, 0.1),
           "Gain error of each " + name + ", standard deviation, relative."},
          {kind + "_inl_lsb", from(0, s.inl_lsb, 1000),
           "Bow of each " + name + "'s curve between its ends, standard deviation of its peak in LSB."},
          {kind + "_dnl_lsb", from(0, s.dnl_lsb, 100),
           "Error of the width of each code of each " + name +
               ", standard deviation in LSB; it adds up to an INL of its own."}};
}

inline Parameters parameters(ConverterSpec& s) {
  Parameters rows = {
      {"dac_bits", integer(s.dac_bits, 0, 24), "Bits of the input and nudge DACs; 0: exact."},
      {"adc_bits", integer(s.adc_bits, 0, 24), "Bits of the ADCs, 2 or more; 0: exact."},
      {"readout", choice(s.readout, {{"difference", Readout::difference}, {"absolute", Readout::absolute}}),
       "Subtract the held state before converting, or convert both states at full scale."},
      {"logit_full_scale", from(1e-6, s.logit_full_scale, 1e6),
       "Largest logit that the read-out converts, in units of the SoftMax's argument."}};
  append(rows, parameters(s.dac, "dac", "DAC"));
  append(rows, parameters(s.adc, "adc", "ADC"));
  return rows;
}

}  // namespace settle
