#include "models/learning/pulse_count.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/numeric/parallel.h"

namespace settle {
namespace {

// A line's train: bit t is set when it fires in slot t.
std::vector<std::uint32_t> trains(const Vector<float>& values, double factor, int slots, Engine engine) {
  std::vector<std::uint32_t> fired(std::size_t(values.size()), 0);
  for (Index i = 0; i < values.size(); ++i) {
    const double probability = std::min(1.0, factor * double(std::abs(values[i])));
    const std::uint64_t threshold = std::uint64_t(probability * 0x1p32);
    for (int t = 0; t < slots; ++t)
      if (engine() < threshold) fired[std::size_t(i)] |= 1u << t;
  }
  return fired;
}

}  // namespace

PulseAccount::PulseAccount(Index rows, Index cols, double weight_step, const Stream& stream)
    : owed_(rows, cols), counts_(rows, cols), weight_step_(float(weight_step)) {
  Engine engine(stream);
  for (Index i = 0; i < owed_.size(); ++i) owed_(i) = float(weight_step * ((double(engine()) + 0.5) * 0x1p-32 - 0.5));
}

const Matrix<float>& PulseAccount::take(const Matrix<float>& change, int threads) {
  constexpr Index piece = 16384;
  const float per_step = 1 / weight_step_;
  parallel_for((owed_.size() + piece - 1) / piece, threads, [&](Index k) {
    const Index first = k * piece, count = std::min(piece, owed_.size() - k * piece);
    auto owed = owed_.reshaped().segment(first, count).array();
    auto pulses = counts_.reshaped().segment(first, count).array();
    owed += change.reshaped().segment(first, count).array();
    pulses = (owed * per_step).rint().max(-0x1p24f).min(0x1p24f);
    owed -= pulses * weight_step_;
  });
  return counts_;
}

double slots_by_word_line(const Matrix<float>& counts) {
  double slots = 0;
  for (Index j = 0; j < counts.cols(); ++j)
    slots += double(std::max(0.0f, counts.col(j).maxCoeff())) + double(std::max(0.0f, -counts.col(j).minCoeff()));
  return slots;
}

int PulseTrains::coincide(const Vector<float>& pre, const Vector<float>& post, double rate, double weight_step,
                          std::uint64_t sample, Matrix<float>& counts) const {
  counts.setZero(post.size(), pre.size());
  const double x = double(pre.cwiseAbs().maxCoeff()), d = double(post.cwiseAbs().maxCoeff());
  if (x == 0 || d == 0) return 0;
  const double k = rate * x * d / weight_step;
  const int slots = int(std::clamp(std::ceil(k), 1.0, double(most_slots)));
  // Both probabilities reach the same largest value: sqrt(k / BL) for the largest element of either side.
  const double share = std::sqrt(rate / (weight_step * slots));
  const double balance = std::sqrt(d / x);
  const auto word = trains(pre, share * balance, slots, Engine(stream_, sample, 0));
  const auto bit = trains(post, share / balance, slots, Engine(stream_, sample, 1));
  for (Index j = 0; j < pre.size(); ++j) {
    if (word[std::size_t(j)] == 0) continue;
    for (Index i = 0; i < post.size(); ++i) {
      const int hits = __builtin_popcount(word[std::size_t(j)] & bit[std::size_t(i)]);
      counts(i, j) = (pre[j] < 0) != (post[i] < 0) ? -float(hits) : float(hits);
    }
  }
  return slots;
}

}  // namespace settle
