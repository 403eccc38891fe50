#include "models/chip/drive_hold.h"

#include <cmath>

namespace settle {

DriveHold::DriveHold(double noise, const HoldSpec& spec, const ChipSpec& chip, Index neurons,
                     const std::string& population, std::uint64_t seed)
    : capacitors_(spec, chip, neurons, population + "_drive", seed),
      neurons_(neurons),
      noise_(float(std::hypot(noise, capacitors_.noise()))),
      stream_(seed, population, Purpose::held_drive) {}

void DriveHold::hold(const Block& block) {
  sampled_.resize(neurons_, noise_ > 0 || capacitors_.moves() ? block.columns() : 0);
  sampled_.setZero();
  if (noise_ == 0) return;
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      float* column = sampled_.col(c).data();
      add_normal(stream_, block.first_sample + std::uint64_t(c), 0, noise_, column, column, neurons_);
    }
  });
}

void DriveHold::offset(double held_s, Matrix<float>& offset) const {
  offset = sampled_;
  if (capacitors_.moves()) offset.colwise() += capacitors_.shift_of_all(held_s);
}

}  // namespace settle
