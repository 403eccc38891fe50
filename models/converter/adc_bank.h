// A row of analog-to-digital converters, no two of them equal.
#pragma once

#include <string>

#include "settle/models/converter/converter.h"
#include "settle/models/converter/converter_errors.h"

namespace settle {

/// ADCs for `lines` lines; `lines_per_adc` neighbours take turns at one. Without errors all are `nominal`. With them, a
/// converter's code is the number of its transition levels at or below the input, as a flash converter counts them: it
/// is monotonic whatever the errors, though a code can be so narrow that it never comes.
class AdcBank {
 public:
  /// Errors need 1 to most_bits_with_errors bits. `name` and `seed` choose the random stream.
  AdcBank(const Converter& nominal, const ConverterErrors& errors, Index lines, Index lines_per_adc,
          const std::string& name, std::uint64_t seed);

  /// values (lines x columns) <- what the host takes the codes for, which is their nominal value. `gain` stands ahead
  /// of the converter and is divided out of the result, as with Converter::convert. NaN stays NaN.
  void convert(View<float> values, float gain = 1.0f) const;

  const Converter& nominal() const { return nominal_; }
  /// Transition k (from code k - 2^(bits-1) to the next) of the converter of a line, in LSB; only with errors.
  float transition(Index k, Index line) const { return levels_(k + beyond, line / lines_per_adc_); }

 private:
  static constexpr Index beyond = 2;  // infinities at each end of a table

  int count(const float* levels, float x, Index adc) const;

  Converter nominal_;
  Index lines_per_adc_;
  Matrix<float> levels_;  // a column for each ADC: its transitions in rising order; empty without errors
  Vector<float> guess_offset_, guess_slope_;  // of each ADC: the number of transitions below x, but for its INL
};

}  // namespace settle
