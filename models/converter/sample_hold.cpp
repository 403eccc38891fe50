#include "settle/models/converter/sample_hold.h"

#include <utility>

namespace settle {

SampleHold::SampleHold(HoldBank capacitors, const std::string& population, std::uint64_t seed)
    : capacitors_(std::move(capacitors)),
      noise_(float(capacitors_.noise())),
      free_noise_(seed, population, Purpose::free_hold),
      clamped_noise_(seed, population, Purpose::clamped_hold) {}

void SampleHold::hold(const Block& block, const Matrix<float>& state) {
  held_.resize(state.rows(), state.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    if (noise_ == 0) {
      held_.middleCols(first, width) = state.middleCols(first, width);
      return;
    }
    for (Index c = first; c < first + width; ++c)
      add_normal(free_noise_, block.first_sample + std::uint64_t(c), 0, noise_, state.col(c).data(),
                 held_.col(c).data(), state.rows());
  });
  readings_ = 0;
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
                          double held_s, Matrix<float>& difference) {
  const float to_units = per_scale(scale);
  const Vector<float> shift = capacitors_.moves() ? capacitors_.shift(held_s) : Vector<float>{};
  difference.resize(state.rows(), state.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      auto d = difference.col(c);
      d = change.col(c);
      if (shift.size() > 0) d -= to_units * shift;
      d -= (held_.col(c) - state.col(c)) * to_units;
      add_noise(block, clamped_noise_, readings_, c, to_units, d);
    }
  });
  ++readings_;
}

void SampleHold::add_noise(const Block& block, const Stream& stream, std::uint32_t step, Index c, float unit,
                           Eigen::Ref<Vector<float>> value) const {
  if (noise_ == 0) return;
  const std::uint64_t sample = block.first_sample + std::uint64_t(c);
  add_normal(stream, sample, step, noise_ * unit, value.data(), value.data(), value.size());
}

}  // namespace settle
