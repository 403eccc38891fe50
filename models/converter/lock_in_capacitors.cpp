#include "settle/models/converter/lock_in_capacitors.h"

namespace settle {

ChipSpec with_hold_capacitance(ChipSpec chip, double farads) {
  chip.hold_capacitance_f = farads;
  return chip;
}

LockInCapacitors::LockInCapacitors(const HoldSpec& spec, const ChipSpec& chip, Index neurons,
                                   const std::string& population, std::uint64_t seed)
    : capacitors_(spec, chip, neurons, population + "_lock_in", seed), stream_(seed, population, Purpose::lock_in) {}

void LockInCapacitors::add(const Block& block, float sign, float unit, double held_s, const Matrix<float>& difference) {
  const auto rms = float(capacitors_.noise());
  if (samplings_ == 0) sum_.setZero(difference.rows(), difference.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      float* column = sum_.col(c).data();
      sum_.col(c) += sign * difference.col(c);
      if (rms > 0)
        add_normal(stream_, block.first_sample + std::uint64_t(c), samplings_, rms * unit, column, column, sum_.rows());
    }
  });
  added_s_ += held_s;
  ++samplings_;
}

void LockInCapacitors::share(const Block& block, float unit, double held_s, Matrix<float>& mean) {
  mean.resize(sum_.rows(), sum_.cols());
  const float each = 1 / float(samplings_);
  Vector<float> shift;
  if (capacitors_.moves()) shift = unit * capacitors_.shift_of_all(held_s - added_s_ / samplings_);
  block.for_chunks([&](Index, Index first, Index width) {
    mean.middleCols(first, width) = each * sum_.middleCols(first, width);
    if (shift.size() > 0) mean.middleCols(first, width).colwise() += shift;
  });
  added_s_ = 0;
  samplings_ = 0;
}

}  // namespace settle
