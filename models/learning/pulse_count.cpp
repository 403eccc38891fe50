#include "settle/models/learning/pulse_count.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

// Moves whole pulses out of an account. Returns how many counters were full.
template <class Owed, class Change, class Counts>
Index settle_up(Owed&& owed, const Change& change, float weight_step, float most, Counts&& counts) {
  owed += change;
  counts = (owed * (1 / weight_step)).rint().max(-most).min(most);
  owed -= counts * weight_step;
  return counts.abs().maxCoeff() < most ? 0 : (counts.abs() >= most).count();
}

}  // namespace

PulseAccount::PulseAccount(Index rows, Index cols, double weight_step, Index most_pulses, const Stream& stream)
    : owed_(rows, cols), counts_(rows, cols), weight_step_(float(weight_step)), most_pulses_(float(most_pulses)) {
  Engine engine(stream);
  for (Index i = 0; i < owed_.size(); ++i) owed_(i) = float(weight_step * ((double(engine()) + 0.5) * 0x1p-32 - 0.5));
}

const Matrix<float>& PulseAccount::take(const Matrix<float>& change, int threads) {
  constexpr Index piece = 16384;
  std::vector<Index> full(std::size_t((owed_.size() + piece - 1) / piece), 0);
  parallel_for(Index(full.size()), threads, [&](Index k) {
    const Index first = k * piece, count = std::min(piece, owed_.size() - k * piece);
    full[std::size_t(k)] =
        settle_up(owed_.reshaped().segment(first, count).array(), change.reshaped().segment(first, count).array(),
                  weight_step_, most_pulses_, counts_.reshaped().segment(first, count).array());
  });
  full_ += double(std::accumulate(full.begin(), full.end(), Index(0)));
  changes_ += double(owed_.size());
  return counts_;
}

void PulseAccount::take_column(Index column, const Vector<float>& change, Matrix<float>& counts) {
  full_ += double(
      settle_up(owed_.col(column).array(), change.array(), weight_step_, most_pulses_, counts.col(column).array()));
  changes_ += double(owed_.rows());
}

void PulseAccount::visit_counts(Archive& archive) {
  archive.number("full_counters", full_);
  archive.number("changes", changes_);
}

}  // namespace settle
