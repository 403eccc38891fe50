#include "models/device/retention.h"

#include <algorithm>
#include <cmath>

#include "models/numeric/parallel.h"

namespace settle {
namespace {

bool drifts(const DevicePreset& p) {
  return p.drift_nu_high > 0 && (p.drift_nu != 0 || p.drift_slope != 0 || p.drift_nu_low != 0);
}

}  // namespace

bool remembers_time(const DevicePreset& p) { return drifts(p) || p.flicker > 0; }

bool reads_as_written(const DevicePreset& p) { return !remembers_time(p) && p.levels == 0; }

Retention::Retention(const std::string& name, Index rows, Index cols, const DevicePreset& preset, std::uint64_t seed)
    : preset_(preset), flicker_(seed, name, Purpose::flicker) {
  if (!drifts(preset) && preset.flicker == 0) return;
  written_s_ = Matrix<double>::Zero(rows, cols);
  if (!drifts(preset)) return;
  drift_factor_.resize(rows, cols);
  fill_normal(Stream(seed, name, Purpose::drift_spread), 0, 0, drift_factor_.data(), drift_factor_.size());
  drift_factor_ = (1 + float(preset.drift_dtod) * drift_factor_.array()).max(0.0f);
}

void Retention::written(const Matrix<float>& counts) {
  if (written_s_.size() > 0) written_s_ = (counts.array() != 0).select(now_s_, written_s_);
}

void Retention::written(const PulseTrainBlock& trains, Coincidence coincidence) {
  if (written_s_.size() == 0) return;
  const auto pulses = [&](std::uint32_t word, std::uint32_t bit) {
    if ((word & bit & ~PulseTrainBlock::train_sign) == 0) return false;
    const bool negative = ((word ^ bit) & PulseTrainBlock::train_sign) != 0;
    return coincidence == Coincidence::up_alone         ? !negative
           : coincidence == Coincidence::negative_alone ? negative
                                                        : true;
  };
  for (Index j = 0; j < trains.words.cols(); ++j)
    for (Index s = 0; s < trains.samples(); ++s)
      for (Index i = 0; i < trains.bits.rows(); ++i)
        if (pulses(trains.words(s, j), trains.bits(i, s))) written_s_(i, j) = now_s_;
}

void Retention::written_all() {
  if (written_s_.size() > 0) written_s_.setConstant(now_s_);
}

void Retention::apply(Matrix<float>& conductance, double lowest, double highest, std::uint64_t look,
                      int threads) const {
  const DevicePreset& p = preset_;
  const double spacing = p.levels > 1 ? (highest - lowest) / (p.levels - 1) : 0;
  parallel_for(conductance.cols(), threads, [&](Index j) {
    auto g = conductance.col(j);
    Vector<float> xi;
    if (p.flicker > 0) {
      xi.resize(g.size());
      fill_normal(flicker_, look, std::uint32_t(j), xi.data(), xi.size());
    }
    for (Index i = 0; i < g.size(); ++i) {
      double G = double(g[i]);
      if (spacing > 0) G = lowest + spacing * std::clamp(std::rint((G - lowest) / spacing), 0.0, p.levels - 1);
      if (written_s_.size() > 0 && G > 0) {
        const double share = std::min(G / highest, 1.0), seconds = now_s_ - written_s_(i, j);
        if (drift_factor_.size() > 0 && seconds > p.drift_time_s) {
          const double nu = std::clamp(p.drift_nu + p.drift_slope * std::log(share), p.drift_nu_low, p.drift_nu_high);
          G *= std::pow(seconds / p.drift_time_s, -nu * double(drift_factor_(i, j)));
        }
        if (p.flicker > 0 && seconds > p.flicker_time_s) {
          const double q = std::min(p.flicker * std::pow(share, -p.flicker_exponent), p.flicker_most);
          const double reads = (seconds + p.flicker_time_s) / (2 * p.flicker_time_s);
          G = std::max(0.0, G * (1 + q * std::sqrt(std::log(reads)) * double(xi[i])));
        }
      }
      g[i] = float(G);
    }
  });
}

void Retention::visit_state(Archive& archive) {
  archive.number("now_s", now_s_);
  if (written_s_.size() > 0 && archive.keeps("written_s")) archive.matrix("written_s", written_s_);
}

}  // namespace settle
