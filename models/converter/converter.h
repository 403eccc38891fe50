// Data converters: codes of so many bits over a range, and what quantising costs in accuracy.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// A bipolar converter: codes -2^(bits-1) .. 2^(bits-1) - 1 of one least significant bit, full_scale / 2^(bits-1),
/// each. Beyond the range it clips. With 0 bits it is exact and has no range. The same arithmetic serves an ADC, which
/// returns a code's value to the host, and a DAC, which makes a code a voltage.
struct Converter {
  int bits = 0;
  float full_scale = 1;  // the largest magnitude

  bool exact() const { return bits == 0; }
  float lsb() const { return full_scale / float(1u << (bits - 1)); }

  /// values <- converted values. `gain` stands ahead of the converter and is divided out of the result; below 1e-30 it
  /// leaves nothing to convert, and the result is zero.
  void convert(View<float> values, float gain = 1.0f) const;

  /// The code of a value, converted or not, behind the same gain; 0 where there are no codes.
  int code(float value, float gain = 1.0f) const;
};

/// The unipolar DAC of the input: 8-bit pixel codes as 0 .. 1 of full scale, with its upper `bits` bits (0: exact).
void convert_pixels(int bits, const Matrix<std::uint8_t>& pixels, Index first, View<float> out);

/// The code that the unipolar DAC makes of one pixel.
int pixel_code(int bits, std::uint8_t pixel);

/// The gain, an octave from 1 to `most`, that brings a signal of this peak as close to the full scale as possible.
float ranging_gain(float peak, float full_scale, float most);

}  // namespace settle
