#include "settle/models/converter/dac_bank.h"

#include <cmath>

namespace settle {
namespace {

constexpr Index pixel_values = 256;

}  // namespace

DacBank::DacBank(const Converter& nominal, Codes codes, const ConverterErrors& errors, Index lines,
                 const std::string& name, std::uint64_t seed)
    : nominal_(nominal) {
  if (!errors.any()) return;
  check_bits_with_errors(nominal.bits);
  const Index levels = Index(1) << nominal.bits;
  const bool bipolar = codes == Codes::bipolar;
  const Index zero = bipolar ? levels / 2 : 0;  // the level whose nominal value is 0
  const double lsb = bipolar ? double(nominal.lsb()) : double(nominal.full_scale) / double(levels - 1);
  const Stream stream(seed, name, Purpose::converter_errors);
  error_.resize(bipolar ? levels : pixel_values, lines);
  for (Index line = 0; line < lines; ++line) {
    const TransferCurve curve = draw_curve(errors, levels, stream, line);
    for (Index row = 0; row < error_.rows(); ++row) {
      const Index code = bipolar ? row : Index(std::lround(double(row * (levels - 1)) / (pixel_values - 1)));
      const double at = double(code - zero);
      error_(row, line) = float(lsb * (curve.offset_lsb + curve.gain * (at + curve.inl_lsb[code]) - at));
    }
  }
}

void DacBank::convert(View<float> values) const {
  nominal_.convert(values);
  if (error_.size() == 0) return;
  const float per_lsb = 1 / nominal_.lsb();
  for (Index c = 0; c < values.cols(); ++c)
    for (Index line = 0; line < values.rows(); ++line)
      if (float& v = values(line, c); !std::isnan(v))
        v += error_(Index(std::lrint(v * per_lsb)) + error_.rows() / 2, line);
}

void DacBank::convert_pixels(const Matrix<std::uint8_t>& pixels, Index first, View<float> out) const {
  settle::convert_pixels(nominal_.bits, pixels, first, out);
  if (error_.size() == 0) return;
  for (Index c = 0; c < out.cols(); ++c)
    for (Index line = 0; line < out.rows(); ++line) out(line, c) += error_(pixels(line, first + c), line);
}

}  // namespace settle
