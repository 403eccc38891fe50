#include "models/chip/converters.h"

namespace settle {
namespace {

// The codes of the first sample of a block, for waveforms.
std::vector<int> codes_of(const Converter& converter, const Matrix<float>& values, float gain) {
  std::vector<int> codes;
  if (converter.exact()) return codes;
  for (Index i = 0; i < values.rows(); ++i) codes.push_back(converter.code(values(i, 0), gain));
  return codes;
}

}  // namespace

double DacRow::convert_pixels(const Block& block, const Matrix<std::uint8_t>& pixels, Matrix<float>& out) {
  out.resize(pixels.rows(), block.columns());
  block.for_chunks([&](Index k, Index first, Index width) {
    const Index count = block.count(k);
    bank_.convert_pixels(pixels, first, columns(out, first, count));
    out.middleCols(first + count, width - count).setZero();
  });
  codes_.clear();
  for (Index i = 0; i < pixels.rows(); ++i) codes_.push_back(pixel_code(bank_.nominal().bits, pixels(i, 0)));
  return book(block, out.rows());
}

double DacRow::convert(const Block& block, Matrix<float>& values) {
  codes_ = codes_of(bank_.nominal(), values, 1.0f);
  block.for_chunks([&](Index, Index first, Index width) { bank_.convert(columns(values, first, width)); });
  return book(block, values.rows());
}

double DacRow::book(const Block& block, Index lines) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double conversions = double(lines * block.count(k));
    meter_.book(name_, action::input_conversion, conversions, meter_.costs().dac_conversion_j() * conversions,
                meter_.costs().dac_conversion_s() * double(block.count(k)));
    meter_.book_codes(conversions, charged_bits(bank_.nominal().bits));
  }
  return meter_.costs().dac_conversion_s();
}

double AdcRow::convert(const Block& block, Matrix<float>& values, float gain) {
  block.for_chunks([&](Index, Index first, Index width) { bank_.convert(columns(values, first, width), gain); });
  const double seconds = meter_.costs().adc_conversion_s(values.rows());
  for (Index k = 0; k < block.chunks(); ++k) {
    const double conversions = double(values.rows() * block.count(k));
    meter_.book(name_, action::output_conversion, conversions,
                meter_.costs().adc_conversion_j(bank_.nominal().bits) * conversions, seconds * double(block.count(k)));
    meter_.book_codes(conversions, charged_bits(bank_.nominal().bits));
  }
  codes_before_ = std::exchange(codes_, codes_of(bank_.nominal(), values, gain));
  ended_ = meter_.now() + Time::seconds(seconds);
  return seconds;
}

int AdcRow::code(Index i) const {
  const std::vector<int>& codes = meter_.now() < ended_ ? codes_before_ : codes_;
  return i < Index(codes.size()) ? codes[std::size_t(i)] : 0;
}

}  // namespace settle
