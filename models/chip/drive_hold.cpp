#include "models/chip/drive_hold.h"

#include <cmath>

namespace settle {

DriveHold::DriveHold(double noise, const HoldSpec& spec, const ChipSpec& chip, Index neurons,
                     const std::string& population, std::uint64_t seed)
    : capacitors_(spec, chip, neurons, population + "_drive", seed),
      neurons_(neurons),
      output_noise_(float(noise)),
      noise_(float(std::hypot(noise, capacitors_.noise()))),
      stream_(seed, population, Purpose::held_drive) {}

void DriveHold::add_noise(const Block& block, float rms, std::uint32_t step, Matrix<float>& to) const {
  if (rms == 0) return;
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c) {
      float* column = to.col(c).data();
      add_normal(stream_, block.first_sample + std::uint64_t(c), step, rms, column, column, neurons_);
    }
  });
}

void DriveHold::hold(const Block& block) {
  sampled_.resize(neurons_, noise_ > 0 || capacitors_.moves() ? block.columns() : 0);
  sampled_.setZero();
  add_noise(block, noise_, 0, sampled_);
}

void DriveHold::add_output_noise(const Block& block, Matrix<float>& offset) const {
  add_noise(block, output_noise_, 1, offset);
}

void DriveHold::offset(double held_s, Matrix<float>& offset) const {
  offset = sampled_;
  if (capacitors_.moves()) offset.colwise() += capacitors_.shift_of_all(held_s);
}

}  // namespace settle
