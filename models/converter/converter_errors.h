// The errors of single converters: the static ones of IEEE Std 1241 (ADC) and 1658 (DAC).
#pragma once

#include "settle/models/converter/converter_spec.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// The most bits of a converter with errors: it keeps a table of all its codes.
constexpr int most_bits_with_errors = 14;

/// Throws InputError unless a converter of so many bits can have errors.
void check_bits_with_errors(int bits);

/// One converter's transfer curve: point k lies at offset_lsb + gain (nominal_k + inl_lsb[k]), in LSB.
struct TransferCurve {
  double offset_lsb;
  double gain;
  Vector<double> inl_lsb;  // end-point: zero at the first and at the last point
};

/// Draws converter number `instance` of a row: a curve through so many points (the transitions of an ADC, the levels of
/// a DAC). With steps between points of 1 + dnl_lsb xi, the INL is their sum less the line through its ends.
TransferCurve draw_curve(const ConverterErrors& errors, Index points, const Stream& stream, Index instance);

}  // namespace settle
