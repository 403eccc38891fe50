#include "settle/models/device/device_array.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include "settle/models/device/pulse_kernel.h"
#include "settle/models/error.h"
#include "settle/models/numeric/expect.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

Index pieces(Index whole, Index piece) { return (whole + piece - 1) / piece; }

// One device of the population (parameters of the preset; see DevicePreset).
struct Draw {
  Engine engine;
  boost::random::normal_distribution<double> normal{};

  void device(const DevicePreset& p, DeviceArray::Cells& cells, Index i) {
    const double xi = normal(engine), tilt = p.bias_dtod * normal(engine);
    const double gain = p.dtod_lognormal != 0 ? std::exp(p.dtod * xi) : 1 + p.dtod * xi;
    // A device whose step would come out backwards does not move at all.
    cells.up(i) = float(p.dw_min * std::max(0.0, gain + tilt + std::min(p.bias, 0.0)));
    cells.down(i) = float(p.dw_min * std::max(0.0, gain - tilt - std::max(p.bias, 0.0)));
    const double upper = p.w_max * std::max(0.0, 1 + p.w_max_dtod * normal(engine));
    const double lower = std::max(p.floor, p.w_min * std::max(0.0, 1 + p.w_min_dtod * normal(engine)));
    cells.upper(i) = float(upper);
    cells.lower(i) = float(lower);
    const double gamma_up = p.gamma_up + p.gamma_dtod * normal(engine);
    const double gamma_down = p.gamma_down + p.gamma_dtod * normal(engine);
    cells.slope_up(i) = cells.slope_down(i) = 0;
    if (p.response == Response::linear) {
      cells.slope_up(i) = float(gamma_up / divisor(p, p.w_max, true));
      cells.slope_down(i) = float(gamma_down / divisor(p, p.w_min, false));
    } else if (p.response == Response::soft_bounds) {
      cells.upper(i) = float(divisor(p, upper, true));
      cells.lower(i) = float(divisor(p, lower, false));
      const bool nominal = p.ends_at_nominal != 0;
      cells.slope_up(i) = nominal ? float(1 / divisor(p, p.w_max, true)) : 1 / cells.upper(i);
      cells.slope_down(i) = nominal ? float(1 / divisor(p, p.w_min, false)) : 1 / cells.lower(i);
    } else if (p.response == Response::power) {
      cells.slope_up(i) = cells.slope_down(i) = upper > lower ? float(1 / (upper - lower)) : 0.0f;
    }
  }
};

const DevicePreset& checked(const DevicePreset& preset, Index rows, Index cols) {
  expect_size("devices", rows, cols);
  check(preset);
  return preset;
}

}  // namespace

DeviceArray::DeviceArray(const std::string& name, Index rows, Index cols, const DevicePreset& preset,
                         std::uint64_t seed)
    : preset_(checked(preset, rows, cols)),
      law_(response_law(preset)),
      cycle_(seed, name, Purpose::pulse_noise),
      reset_(seed, name, Purpose::reset_spread),
      state_(Matrix<float>::Zero(rows, cols)),
      write_noise_(name, rows, cols, preset.write_noise * preset.dw_min, seed) {
  if (preset.response == Response::exact) return;
  firings_ = firings_at_once(preset);
  for (Matrix<float>* m :
       {&cells_.up, &cells_.down, &cells_.slope_up, &cells_.slope_down, &cells_.lower, &cells_.upper})
    m->resize(rows, cols);
  const Stream spread(seed, name, Purpose::device_spread);
  for (Index i = 0; i < state_.size(); ++i) Draw{Engine(spread, std::uint64_t(i))}.device(preset, cells_, i);
  if (preset.stuck_on > 0 || preset.stuck_off > 0 || preset.dead > 0) draw_faults(Stream(seed, name, Purpose::faults));
  if (preset.endurance > 0) {
    life_.resize(rows, cols);
    taken_.resize(rows, cols);
    const Stream endurance(seed, name, Purpose::endurance);
    for (Index i = 0; i < life_.size(); ++i) {
      Engine engine(endurance, std::uint64_t(i));
      boost::random::normal_distribution<double> normal;
      life_(i) = preset.endurance * std::exp(preset.endurance_dtod * normal(engine));
    }
  }
  set_state(state_);
}

// Faults have a stream of their own, so that the other devices are the same with and without them.
void DeviceArray::draw_faults(const Stream& faults) {
  const double on = preset_.stuck_on, off = on + preset_.stuck_off, any = off + preset_.dead;
  for (Index i = 0; i < state_.size(); ++i) {
    Engine engine(faults, std::uint64_t(i));
    const double fault = engine() * 0x1p-32, place = engine() * 0x1p-32;
    if (fault >= any) continue;
    float &lower = cells_.lower(i), &upper = cells_.upper(i);
    if (fault < on) {
      lower = upper;
    } else if (fault < off) {
      upper = lower;
    } else {
      lower = upper = float(double(lower) + place * (double(upper) - double(lower)));
    }
  }
}

void DeviceArray::set_state(const Matrix<float>& state) {
  expect_shape("states", state, state_.rows(), state_.cols());
  expect_numbers("states", state);
  if (preset_.response == Response::exact) {
    state_ = state;
  } else {
    const Matrix<float> before = write_noise_.any() ? state_ : Matrix<float>();
    state_ = state.cwiseMax(cells_.lower).cwiseMin(cells_.upper);
    write_noise_.clear_moved(before, state_);
  }
}

PulseSum DeviceArray::pulse(const Matrix<float>& counts, std::uint64_t round, int threads) {
  if (preset_.response == Response::exact)
    throw InputError("pulses: an exact device takes none: set device.preset, or add changes to it");
  expect_shape("counts of pulses", counts, state_.rows(), state_.cols());
  expect_whole("counts of pulses", counts, 0x1p24f);
  const PulseSum sum =
      life_.size() == 0 ? pulse(counts, round, 0, threads) : pulse_until_worn(counts, round, 0, threads);
  write_noise_.touch(counts, cells_.lower, cells_.upper, round, threads);
  return sum;
}

PulseSum DeviceArray::pulse(const Matrix<float>& counts, std::uint64_t round, std::uint32_t step, int threads) {
  const CellArrays cells = cell_arrays();
  const Index count = pieces(state_.size(), count_piece);
  std::vector<PulseSum> sums(std::size_t(count), PulseSum{});
  parallel_for(count, threads, [&](Index k) {
    const Index first = k * count_piece;
    sums[std::size_t(k)] = pulse_counts(cells, counts.data() + first, first,
                                        std::min(count_piece, state_.size() - first), law_, cycle_, round, step);
  });
  PulseSum total;
  for (const PulseSum& s : sums) total += s;
  return total;
}

CellArrays DeviceArray::cell_arrays() {
  return {state_.data(),       cells_.up.data(),   cells_.down.data(), cells_.slope_up.data(), cells_.slope_down.data(),
          cells_.lower.data(), cells_.upper.data()};
}

Index DeviceArray::piece() { return count_piece; }

PulseSum DeviceArray::pulse_piece(const float* counts, Index first, std::uint64_t round) {
  if (preset_.response == Response::exact || !pulsed_in_pieces() || first % count_piece != 0)
    throw std::logic_error("DeviceArray::pulse_piece: not a piece, or devices that are pulsed all at once");
  return pulse_counts(cell_arrays(), counts, first, std::min(count_piece, state_.size() - first), law_, cycle_, round,
                      0);
}

PulseSum DeviceArray::pulse_until_worn(const Matrix<float>& counts, std::uint64_t round, std::uint32_t step,
                                       int threads) {
  for (Index i = 0; i < counts.size(); ++i) {
    const auto most = float(std::min(std::floor(life_(i)), 0x1p24));
    taken_(i) = std::min(std::max(counts(i), -most), most);
    life_(i) -= double(std::abs(taken_(i)));
  }
  PulseSum sum = pulse(taken_, round, step, threads);
  for (Index i = 0; i < counts.size(); ++i) {
    if (life_(i) >= 1) continue;
    cells_.lower(i) = cells_.upper(i) = state_(i);
    const double vain = double(std::abs(counts(i) - taken_(i)));  // pulses that only cost energy
    sum.pulses += vain;
    sum.state += vain * double(state_(i));
  }
  return sum;
}

PulseSum DeviceArray::pulse(const PulseTrainBlock& trains, std::uint64_t round, int threads, Coincidence coincidence) {
  if (preset_.response == Response::exact || trains.words.cols() != state_.cols() ||
      trains.bits.rows() != state_.rows() || trains.bits.cols() != trains.samples())
    throw std::logic_error("DeviceArray::pulse: trains of another array, or an exact device");
  if (trains.samples() >= 1 << 24) throw std::logic_error("DeviceArray::pulse: too many samples at once");
  const PulseSum sum = pulse_trains_through(trains, round, threads, coincidence);
  write_noise_.touch(trains, coincidence, cells_.lower, cells_.upper, round, threads);
  return sum;
}

PulseSum DeviceArray::pulse_trains_through(const PulseTrainBlock& trains, std::uint64_t round, int threads,
                                           Coincidence coincidence) {
  PulseSum total;
  if (life_.size() != 0) {
    // Who is worn has to be known after every sample.
    constexpr std::uint32_t steps = 16;  // of the noise, for 31 pulses
    Matrix<float> counts;
    for (Index s = 0; s < trains.samples(); ++s) {
      count_coincidences(trains, s, coincidence, counts);
      total += pulse_until_worn(counts, round, steps * std::uint32_t(s), threads);
    }
    return total;
  }
  const CellArrays cells = cell_arrays();
  const Index down = pieces(state_.rows(), train_rows), count = down * pieces(state_.cols(), train_cols);
  std::vector<PulseSum> sums(std::size_t(count), PulseSum{});
  parallel_for(count, threads, [&](Index k) {
    const Index row = k % down * train_rows, col = k / down * train_cols;
    const TrainRange range{row, std::min(train_rows, state_.rows() - row), col,
                           std::min(train_cols, state_.cols() - col)};
    sums[std::size_t(k)] =
        pulse_trains(cells, state_.rows(), trains, coincidence, firings_, range, law_, cycle_, round);
  });
  for (const PulseSum& s : sums) total += s;
  return total;
}

PulseSum DeviceArray::reset(const Matrix<float>& which, std::uint64_t round, int threads) {
  if (preset_.response == Response::exact)
    throw InputError("a reset: an exact device has no bound to be reset to: set device.preset");
  expect_shape("devices to reset", which, state_.rows(), state_.cols());
  Vector<float> xi(state_.rows());
  PulseSum sum;
  for (Index j = 0; j < state_.cols(); ++j) {
    if ((which.col(j).array() == 0).all()) continue;
    fill_normal(reset_, 0, std::uint32_t(j), xi.data(), xi.size());
    for (Index i = 0; i < state_.rows(); ++i) {
      if (which(i, j) == 0) continue;
      const float before = state_(i, j), lower = cells_.lower(i, j);
      const float after = lower + float(preset_.reset) + float(preset_.reset_dtod) * xi[i];
      state_(i, j) = std::min(std::max(after, lower), cells_.upper(i, j));
      if (life_.size() > 0) wear_by_a_pulse(i, j);
      sum += {1, 0.5 * (double(before) + double(state_(i, j)))};
    }
  }
  write_noise_.touch(which, cells_.lower, cells_.upper, round, threads);
  return sum;
}

// What is worn out stays where its last pulse has left it; further ones cost energy alone.
void DeviceArray::wear_by_a_pulse(Index i, Index j) {
  life_(i, j) -= 1;
  if (life_(i, j) < 1) cells_.lower(i, j) = cells_.upper(i, j) = state_(i, j);
}

void DeviceArray::add(const Matrix<float>& change, int threads) {
  expect_shape("changes", change, state_.rows(), state_.cols());
  expect_numbers("changes", change);
  const bool bounded = preset_.response != Response::exact;
  for_pieces(state_.size(), count_piece, threads, [&](Index first, Index count) {
    auto state = state_.reshaped().segment(first, count);
    state += change.reshaped().segment(first, count);
    if (bounded)
      state = state.cwiseMax(cells_.lower.reshaped().segment(first, count))
                  .cwiseMin(cells_.upper.reshaped().segment(first, count));
  });
}

void DeviceArray::decay(double factor, int threads) {
  expect_between("the factor of a decay", 0, factor, 1);
  const bool bounded = preset_.response != Response::exact;
  for_pieces(state_.size(), count_piece, threads, [&](Index first, Index count) {
    auto state = state_.reshaped().segment(first, count);
    state *= float(factor);
    if (bounded)
      state = state.cwiseMax(cells_.lower.reshaped().segment(first, count))
                  .cwiseMin(cells_.upper.reshaped().segment(first, count));
  });
}

DeviceArray::Ends DeviceArray::ends() const {
  Ends ends;
  ends.devices = ends.movable = double(state_.size());
  if (preset_.response == Response::exact) return ends;
  const auto movable = cells_.lower.array() < cells_.upper.array();
  ends.movable = double(movable.count());
  ends.at_lower = double((movable && state_.array() <= cells_.lower.array()).count());
  ends.at_upper = double((movable && state_.array() >= cells_.upper.array()).count());
  if (life_.size() > 0) ends.worn = double((life_.array() < 1).count());
  return ends;
}

void DeviceArray::visit_state(Archive& archive) {
  archive.matrix("state", state_, "1",
                 "states of the devices, targets x sources; their differences times weight_scale are weights");
  write_noise_.visit_state(archive);
  if (life_.size() == 0 || !archive.keeps("life")) return;
  archive.matrix("life", life_, "pulses", "pulses that each device still takes");
  for (Index i = 0; i < life_.size() && archive.loading(); ++i)  // what is worn out stays where it is
    if (life_(i) < 1) cells_.lower(i) = cells_.upper(i) = state_(i);
}

}  // namespace settle
