// A row of digital-to-analog converters, no two of them equal.
#pragma once

#include <string>

#include "settle/models/converter/converter.h"
#include "settle/models/converter/converter_errors.h"

namespace settle {

/// One DAC for each of `lines` lines: the nominal level of a code, and what this DAC's level is off by.
class DacBank {
 public:
  /// Codes of both signs, for convert(), or 8-bit pixels, for convert_pixels(). Gain and offset are about the level 0.
  enum class Codes { bipolar, pixels };

  /// Errors need 1 to most_bits_with_errors bits. `name` and `seed` choose the random stream.
  DacBank(const Converter& nominal, Codes codes, const ConverterErrors& errors, Index lines, const std::string& name,
          std::uint64_t seed);

  /// values (lines x columns) <- the levels of their codes. NaN stays NaN.
  void convert(View<float> values) const;
  const Converter& nominal() const { return nominal_; }
  /// out (lines x columns) <- the levels of pixels from column `first` on, as settle::convert_pixels.
  void convert_pixels(const Matrix<std::uint8_t>& pixels, Index first, View<float> out) const;

 private:
  Converter nominal_;
  Matrix<float> error_;  // a row for each code (of pixels: 0 to 255), a column for each line; empty without errors
};

}  // namespace settle
