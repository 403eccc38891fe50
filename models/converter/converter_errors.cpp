#include "settle/models/converter/converter_errors.h"

#include <boost/random/normal_distribution.hpp>

#include "settle/models/error.h"

namespace settle {

void check_bits_with_errors(int bits) {
  if (bits < 1 || bits > most_bits_with_errors)
    throw InputError("a converter with errors needs 1 to 14 bits, not " + std::to_string(bits));
}

TransferCurve draw_curve(const ConverterErrors& errors, Index points, const Stream& stream, Index instance) {
  boost::random::normal_distribution<double> normal;
  Engine whole(stream, std::uint64_t(instance), 0), steps(stream, std::uint64_t(instance), 1);
  TransferCurve curve{errors.offset_lsb * normal(whole), 1 + errors.gain_error * normal(whole), {}};
  const double bow = errors.inl_lsb * normal(whole);
  curve.inl_lsb = Vector<double>::Zero(points);
  normal.reset();
  for (Index k = 1; k < points; ++k) curve.inl_lsb[k] = curve.inl_lsb[k - 1] + errors.dnl_lsb * normal(steps);
  if (points < 2) return curve;
  const double slope = curve.inl_lsb[points - 1] / double(points - 1);
  for (Index k = 0; k < points; ++k) {
    const double from_middle = 2 * double(k) / double(points - 1) - 1;
    curve.inl_lsb[k] += bow * (1 - from_middle * from_middle) - slope * double(k);
  }
  return curve;
}

}  // namespace settle
