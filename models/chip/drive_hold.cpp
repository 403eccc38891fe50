#include "settle/models/chip/drive_hold.h"

#include <cmath>

namespace settle {

DriveHold::DriveHold(double noise, const HoldSpec& spec, const ChipSpec& chip, Index neurons,
                     const std::string& population, std::uint64_t seed)
    : capacitors_(spec, chip, neurons, population + "_drive", seed),
      neurons_(neurons),
      output_noise_(float(noise)),
      noise_(float(std::hypot(noise, capacitors_.noise()))),
      stream_(seed, population, Purpose::held_drive) {}

// to <- noise beside what `from` gives of a column
template <class From>
void DriveHold::add_noise(const Block& block, float rms, std::uint32_t step, const From& from,
                          Matrix<float>& to) const {
  block.for_chunks([&](Index, Index first, Index width) {
    for (Index c = first; c < first + width; ++c)
      add_normal(stream_, block.first_sample + std::uint64_t(c), step, rms, from(c), to.col(c).data(), neurons_);
  });
}

void DriveHold::hold(const Block& block) {
  sampled_.resize(neurons_, noise_ > 0 || capacitors_.moves() ? block.columns() : 0);
  const Vector<float> nothing = Vector<float>::Zero(neurons_);
  if (noise_ > 0)
    add_noise(
        block, noise_, 0, [&](Index) { return nothing.data(); }, sampled_);
  else
    sampled_.setZero();
}

void DriveHold::add_output_noise(const Block& block, Matrix<float>& offset) const {
  if (output_noise_ > 0)
    add_noise(
        block, output_noise_, 1, [&](Index c) { return offset.col(c).data(); }, offset);
}

void DriveHold::offset(double held_s, Matrix<float>& offset) {
  if (!capacitors_.moves()) {
    offset.swap(sampled_);
    return;
  }
  offset = sampled_;
  offset.colwise() += capacitors_.shift_of_all(held_s);
}

}  // namespace settle
