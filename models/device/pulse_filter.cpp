#include "settle/models/device/pulse_filter.h"

#include <algorithm>
#include <cmath>

namespace settle {
namespace {

struct Moments {
  double mean, variance;
};

// The moments of min(x, bound), or max for a lower bound, x normal. With d = bound - mean, t = d / sigma:
//     E[(x - bound)+] = sigma phi(t) - d (1 - Phi(t)),  E[(x - bound)+^2] = (d^2 + sigma^2)(1 - Phi(t)) - d sigma
//     phi(t).
Moments clipped(double mean, double variance, double bound, bool upper) {
  if (!upper) {
    const Moments mirrored = clipped(-mean, variance, -bound, true);
    return {-mirrored.mean, mirrored.variance};
  }
  const double sigma = std::sqrt(variance), d = bound - mean, t = d / std::max(sigma, 1e-300);
  if (t > 8) return {mean, variance};
  if (t < -8) return {bound, 0};
  const double density = std::exp(-0.5 * t * t) / std::sqrt(2 * M_PI), beyond = 0.5 * std::erfc(t / std::sqrt(2.0));
  const double lost = sigma * density - d * beyond, lost2 = (d * d + variance) * beyond - d * sigma * density;
  // x - lost part; Cov(x, lost) = variance beyond
  return {mean - lost, std::max(0.0, variance - 2 * variance * beyond + lost2 - lost * lost)};
}

// The moments of the state that a pulse moves, before it is clipped.
Moments moved(const StepModel::Law& law, double w, double variance, bool rising, double cycle) {
  const double far = std::sqrt(3 * variance);
  const double states[] = {w, w - far, w + far};
  constexpr double weights[] = {2.0 / 3, 1.0 / 6, 1.0 / 6};
  double ends[3], mean = 0, noise = 0;
  for (int i = 0; i < 3; ++i) {
    const double size = law.size(states[i], rising);
    ends[i] = states[i] + (rising ? size : -size);
    mean += weights[i] * ends[i];
    noise += weights[i] * size * size;
  }
  double spread = 0;
  for (int i = 0; i < 3; ++i) spread += weights[i] * (ends[i] - mean) * (ends[i] - mean);
  return {mean, spread + cycle * cycle * noise};
}

}  // namespace

double filter(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
              const PulseNoise& noise, std::vector<Innovation>& innovations) {
  const double read = noise.read * noise.read;
  double deviance = 0;
  innovations.clear();
  for (const StateRecord& r : records) {
    const StepModel::Law law = model.law(n, r.device);
    double w = r.read.front(), variance = read;
    for (std::size_t k = 1; k < r.read.size(); ++k) {
      const bool rising = r.direction[k] > 0;
      const Moments before = moved(law, w, variance, rising, noise.cycle);
      const Moments after = clipped(before.mean, before.variance, rising ? law.upper : law.lower, rising);
      const double s = std::max(after.variance + read, 1e-16), gain = after.variance / s, e = r.read[k] - after.mean;
      deviance += e * e / s + std::log(2 * M_PI * s);
      innovations.push_back({e, s});
      w = after.mean + gain * e;
      variance = after.variance * (1 - gain);
    }
  }
  return deviance;
}

}  // namespace settle
