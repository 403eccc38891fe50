#include "settle/models/crossbar/wire_loss.h"

#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

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

void compute_array(const WireLoss& spec, const ArrayLayout& layout, const Matrix<float>& plus,
                   const Matrix<float>& minus, WireLoss::Shares& shares, Array& array) {
  const auto part = [&](auto& m, Index target) { return m.row(target).segment(layout.source, layout.sources); };
  const float floor = float(spec.floor_siemens);
  const Index lines = Index(layout.bit_lines.size());
  Matrix<float>& g = array.resize(layout.sources, lines);
  for (Index b = 0; b < lines; ++b) {
    const BitLine& line = layout.bit_lines[std::size_t(b)];
    g.col(b) = part(line.subtracted ? minus : plus, line.target).transpose();
  }
  array.solve(spec.wires);
  for (Index b = 0; b < lines; ++b) {
    const BitLine& line = layout.bit_lines[std::size_t(b)];
    const Matrix<float>& cells = line.subtracted ? minus : plus;
    Matrix<float>& share = line.subtracted ? shares.minus : shares.plus;
    for (Index target = line.target; target < line.target + line.targets; ++target)
      part(share, target) = (array.loss(b).array() / (part(cells, target).array() + floor)).matrix();
  }
}

}  // namespace

void WireLoss::compute(const Matrix<float>& plus, const Matrix<float>& minus, Shares& shares, int threads) const {
  const std::vector<ArrayLayout> all = arrays(mapping, tiling, plus.rows(), plus.cols());
  shares.plus.resize(plus.rows(), plus.cols());
  if (mapping != Mapping::offset) shares.minus.resize(plus.rows(), plus.cols());
  parallel_for(Index(all.size()), threads, [&](Index k) {
    thread_local Array array;  // its memory serves the next one
    compute_array(*this, all[std::size_t(k)], plus, minus, shares, array);
  });
}

}  // namespace settle
