#include "settle/models/device/write_noise.h"

#include "settle/models/numeric/parallel.h"

namespace settle {

WriteNoise::WriteNoise(const std::string& name, Index rows, Index cols, double sigma, std::uint64_t seed)
    : sigma_(float(sigma)), stream_(seed, name, Purpose::write_noise) {
  if (sigma > 0) noise_.setZero(rows, cols);
}

// A column at a time, so that a draw does not depend on which other devices are pulsed.
template <class Touched>
void WriteNoise::draw(Index col, const Touched& touched, const Matrix<float>& lower, const Matrix<float>& upper,
                      std::uint64_t round) {
  Vector<float> xi(noise_.rows());
  fill_normal(stream_, round, std::uint32_t(col), xi.data(), xi.size());
  auto noise = noise_.col(col).array();
  noise = (touched && lower.col(col).array() < upper.col(col).array()).select(sigma_ * xi.array(), noise);
}

void WriteNoise::touch(const Matrix<float>& counts, const Matrix<float>& lower, const Matrix<float>& upper,
                       std::uint64_t round, int threads) {
  if (!any()) return;
  parallel_for(counts.cols(), threads, [&](Index j) {
    const auto touched = counts.col(j).array() != 0;
    if (touched.any()) draw(j, touched, lower, upper, round);
  });
}

void WriteNoise::touch(const PulseTrainBlock& trains, Coincidence coincidence, const Matrix<float>& lower,
                       const Matrix<float>& upper, std::uint64_t round, int threads) {
  if (!any()) return;
  parallel_for(trains.words.cols(), threads, [&](Index j) {
    Vector<std::uint32_t> pulses = Vector<std::uint32_t>::Zero(noise_.rows());
    add_coincidences(trains, j, coincidence, pulses);
    const auto touched = pulses.array() != 0;
    if (touched.any()) draw(j, touched, lower, upper, round);
  });
}

void WriteNoise::clear_moved(const Matrix<float>& before, const Matrix<float>& after) {
  if (any()) noise_ = (before.array() == after.array()).select(noise_, 0.0f);
}

void WriteNoise::visit_state(Archive& archive) {
  if (any() && archive.keeps("write_noise"))
    archive.matrix("write_noise", noise_, "1", "what a read finds beyond the state");
}

}  // namespace settle
