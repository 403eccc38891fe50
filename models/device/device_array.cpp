#include "models/device/device_array.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include "models/device/pulse_kernel.h"
#include "models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index piece = 64 * 256;  // cells that one thread works on at a time; a multiple of the kernel's tile

// One device of the population (parameters of the preset; see DevicePreset).
struct Draw {
  Engine engine;
  boost::random::normal_distribution<double> normal{};

  void device(const DevicePreset& p, DeviceArray::Cells& cells, Index i) {
    const double xi = normal(engine), tilt = p.bias_dtod * normal(engine);
    const double gain = p.dtod_lognormal ? std::exp(p.dtod * xi) : 1 + p.dtod * xi;
    // A device whose step would come out backwards does not move at all.
    cells.up(i) = float(p.dw_min * std::max(0.0, gain + tilt + std::min(p.bias, 0.0)));
    cells.down(i) = float(p.dw_min * std::max(0.0, gain - tilt - std::max(p.bias, 0.0)));
    const double upper = p.w_max * std::max(0.0, 1 + p.w_max_dtod * normal(engine));
    const double lower = p.w_min * std::max(0.0, 1 + p.w_min_dtod * normal(engine));
    cells.upper(i) = float(upper);
    cells.lower(i) = float(lower);
    const double gamma_up = p.gamma_up + p.gamma_dtod * normal(engine);
    const double gamma_down = p.gamma_down + p.gamma_dtod * normal(engine);
    const bool soft = p.response == Response::soft_bounds, linear = p.response == Response::linear;
    cells.slope_up(i) = float(soft ? inverse(upper) : linear ? gamma_up / p.w_max : 0.0);
    cells.slope_down(i) = float(soft ? inverse(lower) : linear ? gamma_down / p.w_min : 0.0);
  }

  // A device without room on one side is held there by its bound; its slope has nothing to add.
  static double inverse(double bound) { return bound == 0 ? 0 : 1 / bound; }
};

}  // namespace

DeviceArray::DeviceArray(const std::string& name, Index rows, Index cols, const DevicePreset& preset,
                         std::uint64_t seed)
    : preset_(preset), cycle_(seed, name, Purpose::pulse_noise), state_(Matrix<float>::Zero(rows, cols)) {
  if (preset.response == Response::exact) return;
  for (Matrix<float>* m :
       {&cells_.up, &cells_.down, &cells_.slope_up, &cells_.slope_down, &cells_.lower, &cells_.upper})
    m->resize(rows, cols);
  const Stream spread(seed, name, Purpose::device_spread);
  for (Index i = 0; i < state_.size(); ++i) Draw{Engine(spread, std::uint64_t(i))}.device(preset, cells_, i);
}

void DeviceArray::set_state(const Matrix<float>& state) {
  if (preset_.response == Response::exact) {
    state_ = state;
  } else {
    state_ = state.cwiseMax(cells_.lower).cwiseMin(cells_.upper);
  }
}

PulseSum DeviceArray::pulse(const Matrix<float>& counts, std::uint64_t round, int threads) {
  if (preset_.response == Response::exact)
    throw std::logic_error("DeviceArray::pulse: an exact device takes no pulses");
  const Index pieces = (state_.size() + piece - 1) / piece;
  std::vector<PulseSum> sums(std::size_t(pieces), PulseSum{});
  const ExponentialResponse exponential{float(preset_.a_up),
                                        float(preset_.a_down),
                                        float(preset_.gamma_up),
                                        float(preset_.gamma_down),
                                        float(2 * preset_.z_slope / (preset_.w_max - preset_.w_min)),
                                        float(preset_.z_offset)};
  parallel_for(pieces, threads, [&](Index k) {
    const Index first = k * piece;
    const PulseCells cells{counts.data(),
                           state_.data(),
                           cells_.up.data(),
                           cells_.down.data(),
                           cells_.slope_up.data(),
                           cells_.slope_down.data(),
                           cells_.lower.data(),
                           cells_.upper.data(),
                           first,
                           std::min(piece, state_.size() - first)};
    sums[std::size_t(k)] = preset_.response == Response::exponential
                               ? pulse_exponential(cells, exponential, float(preset_.ctoc), cycle_, round)
                               : pulse_affine(cells, float(preset_.ctoc), cycle_, round);
  });
  PulseSum total;
  for (const PulseSum& s : sums) {
    total.pulses += s.pulses;
    total.state += s.state;
  }
  return total;
}

void DeviceArray::add(const Matrix<float>& change, int threads) {
  const bool bounded = preset_.response != Response::exact;
  parallel_for((state_.size() + piece - 1) / piece, threads, [&](Index k) {
    const Index first = k * piece, count = std::min(piece, state_.size() - first);
    auto state = state_.reshaped().segment(first, count);
    state += change.reshaped().segment(first, count);
    if (bounded)
      state = state.cwiseMax(cells_.lower.reshaped().segment(first, count))
                  .cwiseMin(cells_.upper.reshaped().segment(first, count));
  });
}

}  // namespace settle
