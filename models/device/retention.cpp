#include "settle/models/device/retention.h"

#include <algorithm>
#include <cmath>

#include "settle/models/device/retention_kernel.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

bool drifts(const DevicePreset& p) {
  return p.drift_nu_high > 0 && (p.drift_nu != 0 || p.drift_slope != 0 || p.drift_nu_low != 0);
}

AgingLaw aging_law(const DevicePreset& p, double highest) {
  AgingLaw law{};
  law.highest = float(highest);
  law.nu = float(p.drift_nu);
  law.nu_slope = float(p.drift_slope);
  law.nu_low = float(p.drift_nu_low);
  law.nu_high = float(p.drift_nu_high);
  law.nu_dtod = float(p.drift_dtod);
  if (p.drift_spread_high > 0) {
    law.spread = float(p.drift_spread);
    law.spread_slope = float(p.drift_spread_slope);
    law.spread_low = float(p.drift_spread_low);
    law.spread_high = float(p.drift_spread_high);
  }
  law.flicker = float(p.flicker);
  law.flicker_exponent = float(p.flicker_exponent);
  law.flicker_most = float(p.flicker_most);
  return law;
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
  parallel_for(conductance.cols(), threads,
               [&](Index j) { apply_to_column(j, conductance.col(j), lowest, highest, look); });
}

void Retention::apply_to_column(Index source, Eigen::Ref<Vector<float>> conductance, double lowest, double highest,
                                std::uint64_t look) const {
  const DevicePreset& p = preset_;
  if (p.levels > 1) {
    const double spacing = (highest - lowest) / (p.levels - 1);
    for (float& g : conductance)
      g = float(lowest + spacing * std::clamp(std::rint((double(g) - lowest) / spacing), 0.0, p.levels - 1));
  }
  if (written_s_.size() == 0) return;
  const auto seconds = now_s_ - written_s_.col(source).array();
  DeviceAges ages{};
  Vector<float> drift_ages, flicker_ages, xi;
  if (drift_spread_.size() > 0) {
    drift_ages = (seconds / p.drift_time_s).cast<float>();
    ages.drift_ages = drift_ages.data();
    ages.drift_xi = drift_spread_.col(source).data();
  }
  if (p.flicker > 0) {
    flicker_ages = ((seconds - p.flicker_time_s) / (2 * p.flicker_time_s)).cast<float>();
    ages.flicker_ages = flicker_ages.data();
    xi.resize(conductance.size());
    fill_normal(flicker_, look, std::uint32_t(source), xi.data(), xi.size());
    ages.flicker_xi = xi.data();
  }
  age_devices(aging_law(p, highest), ages, conductance.size(), conductance.data());
}

void Retention::visit_state(Archive& archive) {
  archive.number("now_s", now_s_);
  if (written_s_.size() > 0 && archive.keeps("written_s"))
    archive.matrix("written_s", written_s_, "s", "when each device was written last, as now_s counts");
}

}  // namespace settle
