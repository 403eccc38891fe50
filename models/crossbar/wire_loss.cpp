#include "models/crossbar/wire_loss.h"

#include <algorithm>

#include "models/numeric/parallel.h"

namespace settle {
namespace {

// The weights that lie on one array (or, in separate columns, on two of the same shape).
struct Tile {
  Index source, sources, target, targets;
};

// One array: devices are written to it, and their loss is read from it. A row for each word line.
class Array {
 public:
  Matrix<float>& resize(Index word_lines, Index bit_lines) {
    conductance_.resize(word_lines, bit_lines);
    return conductance_;
  }
  void solve(const Wires& wires) {
    effective_conductance(conductance_, wires, workspace_, effective_);
    effective_ -= conductance_;
  }
  auto loss(Index bit_line) const { return effective_.col(bit_line).transpose(); }

 private:
  Matrix<float> conductance_, effective_;
  WireWorkspace<float> workspace_;
};

// Bit line of weight k, and of what is subtracted from it, in an array where they alternate, or do not.
Index line_of(Index k, bool alternating) { return alternating ? 2 * k : k; }

void compute_tile(const WireLoss& spec, const Tile& t, const Matrix<float>& plus, const Matrix<float>& minus,
                  WireLoss::Shares& shares, Array& array) {
  const auto part = [&](auto& m, Index k) { return m.row(t.target + k).segment(t.source, t.sources); };
  const float floor = float(spec.floor_s);
  const auto note = [&](Matrix<float>& share, const Matrix<float>& cells, Index k, Index line) {
    part(share, k) = (array.loss(line).array() / (part(cells, k).array() + floor)).matrix();
  };
  const bool two = cells_per_weight(spec.mapping) == 2;
  const bool alternating = two && spec.tiling.columns == Columns::interleaved;
  const bool column = spec.mapping == Mapping::reference_column;

  Matrix<float>& g = array.resize(t.sources, alternating ? 2 * t.targets : t.targets + (column ? 1 : 0));
  for (Index k = 0; k < t.targets; ++k) {
    g.col(line_of(k, alternating)) = part(plus, k).transpose();
    if (alternating) g.col(2 * k + 1) = part(minus, k).transpose();
  }
  if (column) g.col(t.targets) = part(minus, 0).transpose();
  array.solve(spec.wires);
  for (Index k = 0; k < t.targets; ++k) {
    note(shares.plus, plus, k, line_of(k, alternating));
    if (alternating) note(shares.minus, minus, k, 2 * k + 1);
    if (column) note(shares.minus, minus, k, t.targets);
  }
  if (!two || alternating) return;
  for (Index k = 0; k < t.targets; ++k) g.col(k) = part(minus, k).transpose();
  array.solve(spec.wires);
  for (Index k = 0; k < t.targets; ++k) note(shares.minus, minus, k, k);
}

}  // namespace

void WireLoss::compute(const Matrix<float>& plus, const Matrix<float>& minus, Shares& shares, int threads) const {
  const Index targets = plus.rows(), sources = plus.cols();
  const Index across = weights_across(mapping, tiling, targets);
  const Index down = tiling.word_lines == 0 ? sources : std::min(tiling.word_lines, sources);
  std::vector<Tile> all;
  for (Index s = 0; s < sources; s += down)
    for (Index t = 0; t < targets; t += across)
      all.push_back({s, std::min(down, sources - s), t, std::min(across, targets - t)});
  shares.plus.resize(targets, sources);
  if (mapping != Mapping::offset) shares.minus.resize(targets, sources);
  parallel_for(Index(all.size()), threads, [&](Index k) {
    thread_local Array array;  // its memory serves the next tile
    compute_tile(*this, all[std::size_t(k)], plus, minus, shares, array);
  });
}

}  // namespace settle
