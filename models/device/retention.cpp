#include "models/device/retention.h"

#include <algorithm>
#include <cmath>

#include "models/numeric/parallel.h"

namespace settle {
namespace {

bool drifts(const DevicePreset& p) {
  return p.drift_nu_high > 0 && (p.drift_nu != 0 || p.drift_slope != 0 || p.drift_nu_low != 0);
}

// nu of the device xi deviations from the mean one, at this share of the highest conductance.
double drift_exponent(const DevicePreset& p, double share, double xi) {
  const double log_share = std::log(share);
  const double mean = std::clamp(p.drift_nu + p.drift_slope * log_share, p.drift_nu_low, p.drift_nu_high);
  const double spread = p.drift_spread_high > 0 ? std::clamp(p.drift_spread + p.drift_spread_slope * log_share,
                                                             p.drift_spread_low, p.drift_spread_high)
                                                : 0;
  return std::max(0.0, mean + (p.drift_dtod * mean + spread) * xi);
}

}  // namespace

bool remembers_time(const DevicePreset& p) { return drifts(p) || p.flicker > 0; }

bool reads_as_written(const DevicePreset& p) { return !remembers_time(p) && p.levels == 0; }

Retention::Retention(const std::string& name, Index rows, Index cols, const DevicePreset& preset, std::uint64_t seed)
    : preset_(preset), flicker_(seed, name, Purpose::flicker) {
  if (!drifts(preset) && preset.flicker == 0) return;
  written_s_ = Matrix<double>::Zero(rows, cols);
  if (!drifts(preset)) return;
  drift_spread_.resize(rows, cols);
  fill_normal(Stream(seed, name, Purpose::drift_spread), 0, 0, drift_spread_.data(), drift_spread_.size());
}

void Retention::written(const Matrix<float>& counts) {
  if (written_s_.size() > 0) written_s_ = (counts.array() != 0).select(now_s_, written_s_);
}

void Retention::written(const PulseTrainBlock& trains, Coincidence coincidence) {
  if (written_s_.size() == 0) return;
  for (Index j = 0; j < trains.words.cols(); ++j) {
    Vector<std::uint32_t> pulses = Vector<std::uint32_t>::Zero(written_s_.rows());
    add_coincidences(trains, j, coincidence, pulses);
    written_s_.col(j).array() = (pulses.array() != 0).select(now_s_, written_s_.col(j).array());
  }
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
        if (drift_spread_.size() > 0 && seconds > p.drift_time_s)
          G *= std::pow(seconds / p.drift_time_s, -drift_exponent(p, share, double(drift_spread_(i, j))));
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
