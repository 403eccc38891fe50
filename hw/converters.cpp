#include "hw/converters.h"

#include <cmath>
#include <utility>

#include "hw/sim_time.h"

namespace settle::hw {
namespace {

// Of the first sample of a block, for waveforms.
std::vector<int> codes_of(const Converter& converter, const Matrix<float>& values, float gain) {
  std::vector<int> codes;
  if (converter.exact()) return codes;
  for (Index i = 0; i < values.rows(); ++i) codes.push_back(converter.code(values(i, 0), gain));
  return codes;
}

}  // namespace

double Dac::convert_pixels(const Block& block, const Matrix<std::uint8_t>& pixels, Matrix<float>& out) {
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

double Dac::convert(const Block& block, Matrix<float>& values) {
  codes_ = codes_of(bank_.nominal(), values, 1.0f);
  block.for_chunks([&](Index, Index first, Index width) { bank_.convert(columns(values, first, width)); });
  return book(block, values.rows());
}

double Dac::book(const Block& block, Index lines) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double conversions = double(lines * block.count(k));
    meter->book(basename(), Action::input_conversion, conversions, meter->costs().dac_conversion_j() * conversions);
  }
  return meter->costs().dac_conversion_s();
}

double Adc::convert(const Block& block, Matrix<float>& values, float gain) {
  block.for_chunks([&](Index, Index first, Index width) { bank_.convert(columns(values, first, width), gain); });
  for (Index k = 0; k < block.chunks(); ++k) {
    const double conversions = double(values.rows() * block.count(k));
    meter->book(basename(), Action::output_conversion, conversions,
                meter->costs().adc_conversion_j(bank_.nominal().bits) * conversions);
  }
  const double seconds = meter->costs().adc_conversion_s(values.rows());
  codes_before_ = std::exchange(codes_, codes_of(bank_.nominal(), values, gain));
  ended_ = sc_core::sc_time_stamp() + to_sc_time(seconds);
  return seconds;
}

int Adc::code(Index i) const {
  const std::vector<int>& codes = sc_core::sc_time_stamp() >= ended_ ? codes_ : codes_before_;
  return i < Index(codes.size()) ? codes[std::size_t(i)] : 0;
}

// Independent normal noises add up to one whose variance is the sum.
SampleHold::SampleHold(sc_core::sc_module_name module_name, double noise, HoldBank capacitors,
                       const std::string& population, std::uint64_t seed)
    : sc_module(module_name),
      capacitors_(std::move(capacitors)),
      noise_(float(std::hypot(noise, capacitors_.noise()))),
      free_noise_(seed, population, Purpose::free_hold),
      clamped_noise_(seed, population, Purpose::clamped_hold) {}

void SampleHold::hold(const Block& block, const Matrix<float>& state, const Matrix<float>& read_noise) {
  held_.resize(state.rows(), state.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      held_.col(c) = state.col(c);
      add_noise(block, free_noise_, 0, c, 1.0f, read_noise, held_.col(c));
    }
  });
  readings_ = 0;
  book_sample(block, state.rows());
}

void SampleHold::read(const Block& block, double held_s, Matrix<float>& state) const {
  const Vector<float> shift = capacitors_.moves() ? capacitors_.shift(held_s) : Vector<float>{};
  state.resize(held_.rows(), held_.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    state.middleCols(first, width) = held_.middleCols(first, width);
    if (shift.size() > 0) state.middleCols(first, width).colwise() += shift;
  });
}

void SampleHold::subtract(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double scale,
                          double held_s, double seconds, Matrix<float>& difference, const Matrix<float>& read_noise) {
  const float to_units = per_scale(scale);
  const Vector<float> shift = capacitors_.moves() ? capacitors_.shift(held_s) : Vector<float>{};
  difference.resize(state.rows(), state.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      auto d = difference.col(c);
      d = change.col(c);
      if (shift.size() > 0) d -= to_units * shift;
      d -= (held_.col(c) - state.col(c)) * to_units;
      add_noise(block, clamped_noise_, readings_, c, to_units, read_noise, d);
    }
  });
  ++readings_;
  book_sample(block, state.rows());
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(state.rows() * block.count(k));
    meter->book(basename(), Action::difference_amplifier, samples,
                meter->costs().difference_amplifier_w() * (samples * seconds));
  }
}

void SampleHold::add_noise(const Block& block, const Stream& stream, std::uint32_t step, Index c, float unit,
                           const Matrix<float>& read_noise, Eigen::Ref<Vector<float>> value) const {
  const std::uint64_t sample = block.first_sample + std::uint64_t(c);
  if (read_noise.size() > 0) {
    Vector<float> xi(value.size());
    fill_normal(stream, sample, step, xi.data(), xi.size());
    value.array() += unit * (noise_ * noise_ + read_noise.col(c).array().square()).sqrt() * xi.array();
  } else if (noise_ > 0) {
    add_normal(stream, sample, step, noise_ * unit, value.data(), value.data(), value.size());
  }
}

void SampleHold::book_sample(const Block& block, Index neurons) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(neurons * block.count(k));
    meter->book(basename(), Action::sample_hold, samples, meter->costs().sample_hold_j() * samples);
  }
}

}  // namespace settle::hw
