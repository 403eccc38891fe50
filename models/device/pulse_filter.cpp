#include "models/device/pulse_filter.h"

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

// The state after a pulse, before it is read.
struct Prediction {
  double mean, unclipped_variance;
};

Prediction move(const StepModel::Law& law, double w, double variance, bool rising, double cycle) {
  constexpr double h = 1e-4;
  const double size = law.size(w, rising), sign = rising ? 1 : -1;
  const double slope = sign * (law.size(w + h, rising) - law.size(w - h, rising)) / (2 * h);
  const double noise = cycle * size, keep = 1 + slope;
  return {w + sign * size, keep * keep * variance + noise * noise};
}

}  // namespace

double filter(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
              const PulseNoise& noise, std::vector<Weight>& weights) {
  const double read = noise.read * noise.read;
  double deviance = 0;
  weights.clear();
  for (const StateRecord& r : records) {
    const StepModel::Law law = model.law(n, r.device);
    double w = r.read.front(), variance = read;
    for (std::size_t k = 1; k < r.read.size(); ++k) {
      const bool rising = r.direction[k] > 0;
      const Prediction p = move(law, w, variance, rising, noise.cycle);
      const Moments after = clipped(p.mean, p.unclipped_variance, rising ? law.upper : law.lower, rising);
      const double s = std::max(after.variance + read, 1e-16), gain = after.variance / s, e = r.read[k] - after.mean;
      deviance += e * e / s + std::log(2 * M_PI * s);
      weights.push_back({p.unclipped_variance, s, gain});
      w = after.mean + gain * e;
      variance = after.variance * (1 - gain);
    }
  }
  return deviance;
}

void innovations(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
                 const std::vector<Weight>& weights, Vector<double>& residuals) {
  residuals.resize(Index(weights.size()));
  Index i = 0;
  for (const StateRecord& r : records) {
    const StepModel::Law law = model.law(n, r.device);
    double w = r.read.front();
    for (std::size_t k = 1; k < r.read.size(); ++k, ++i) {
      const Weight& weight = weights[std::size_t(i)];
      const bool rising = r.direction[k] > 0;
      const double moved = w + (rising ? 1 : -1) * law.size(w, rising);
      const double mean = clipped(moved, weight.moved, rising ? law.upper : law.lower, rising).mean;
      const double e = r.read[k] - mean;
      residuals[i] = e / std::sqrt(weight.innovation);
      w = mean + weight.gain * e;
    }
  }
}

}  // namespace settle
