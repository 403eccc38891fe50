#include "settle/models/chip/converters.h"

#include "settle/models/numeric/sums.h"

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

void book_adc_conversions(Meter& meter, const std::string& component, int bits, double conversions, double adcs,
                          double seconds) {
  const Costs& costs = meter.costs();
  meter.book(component, action::output_conversion, conversions, costs.adc_conversion_j(bits) * conversions, seconds);
  meter.book(component, action::thermal_conversion, conversions, costs.adc_thermal_j(bits) * conversions, seconds);
  meter.book(component, action::adc_reference, conversions, heat(costs.adc_reference_w(bits) * adcs * seconds),
             seconds);
  meter.carry_codes(component, conversions, charged_bits(bits));
}

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
  const int bits = bank_.nominal().bits;
  for (Index k = 0; k < block.chunks(); ++k) {
    const double conversions = double(lines * block.count(k));
    meter_.book(name_, action::input_conversion, conversions, meter_.costs().dac_conversion_j(bits) * conversions,
                meter_.costs().dac_conversion_s() * double(block.count(k)));
    meter_.carry_codes(name_, conversions, charged_bits(bits));
  }
  return meter_.costs().dac_conversion_s();
}

double AdcRow::convert(const Block& block, Matrix<float>& values, float gain) {
  block.for_chunks([&](Index, Index first, Index width) { bank_.convert(columns(values, first, width), gain); });
  const double seconds = meter_.costs().adc_conversion_s(values.rows(), bank_.nominal().bits);
  const double adcs = meter_.costs().adcs(values.rows());
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(block.count(k));
    book_adc_conversions(meter_, name_, bank_.nominal().bits, double(values.rows()) * samples, adcs, seconds * samples);
  }
  codes_before_ = std::exchange(codes_, codes_of(bank_.nominal(), values, gain));
  ended_ = meter_.now() + Time::seconds(seconds);
  return seconds;
}

void AdcRow::count_clipped(const Block& block, const Matrix<float>& values, float gain, Clipping& count) const {
  const Converter& converter = bank_.nominal();
  if (converter.exact()) return;
  if (gain < 1e-30f) return;  // nothing is left to convert
  const float limit = (converter.full_scale + converter.lsb()) / gain;
  std::vector<Beyond> clipped(std::size_t(block.chunks()));
  std::vector<double> squares(clipped.size());
  block.for_chunks([&](Index k, Index first, Index) {
    const ConstView<float> samples = columns(values, first, block.count(k));
    clipped[std::size_t(k)] = beyond(limit, samples);
    squares[std::size_t(k)] = sum_of_squares(samples);
  });
  const double behind = double(gain) * double(gain);
  for (Index k = 0; k < block.chunks(); ++k) {
    count.codes += double(values.rows() * block.count(k));
    count.clipped += clipped[std::size_t(k)].count;
    count.squares += behind * squares[std::size_t(k)];
    count.lost_squares += behind * clipped[std::size_t(k)].squares;
  }
}

int AdcRow::code(Index i) const {
  const std::vector<int>& codes = meter_.now() < ended_ ? codes_before_ : codes_;
  return i < Index(codes.size()) ? codes[std::size_t(i)] : 0;
}

}  // namespace settle
