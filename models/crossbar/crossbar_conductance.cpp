// The conductance on the lines of a crossbar: of those that are driven, and of those that are sensed.
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index lines_of_a_piece = 64;  // whose conductance one thread adds up at a time

// Bit lines are added up word line after word line: the longer a piece of those is, the better memory keeps up.
Index bit_lines_of_a_piece(Index targets, int threads) {
  const Index share = (targets + threads - 1) / threads;
  return (share + lines_of_a_piece - 1) / lines_of_a_piece * lines_of_a_piece;
}

}  // namespace

Crossbar::ConstColumn Crossbar::cells_of(Index source, Index first, Index count, bool wires,
                                         Vector<float>& scratch) const {
  const auto part = [&](const Matrix<float>& m) { return m.col(source).segment(first, count); };
  const bool lossy = wires && wire_loss_;
  if (!reads_states_ && !lossy) return {&plus_siemens_(first, source), count};
  scratch.resize(count);
  if (reads_states_)
    scratch = conductances(part(devices_.state()));
  else
    scratch = part(plus_siemens_).array() +
              part(loss_.plus).array() * (part(plus_siemens_).array() + float(wire_loss_->floor_siemens));
  return {scratch.data(), count};
}

Crossbar::ConstColumn Crossbar::subtracted_cells_of(Index source, Index first, Index count, bool wires,
                                                    Vector<float>& scratch) const {
  const auto part = [&](const Matrix<float>& m) { return m.col(source).segment(first, count); };
  const bool lossy = wires && loss_.minus.size() > 0;
  if (!reads_states_ && !lossy) return {&minus_siemens_(first, source), count};
  scratch.resize(count);
  if (reads_states_)
    scratch.setConstant(float(conductance_at_zero_));
  else
    scratch = part(minus_siemens_).array() +
              part(loss_.minus).array() * (part(minus_siemens_).array() + float(wire_loss_->floor_siemens));
  return {scratch.data(), count};
}

// A reference column is one cell of each array, that of its first weight.
double Crossbar::word_line_siemens(Index source) const {
  const Mapping mapping = spec_.mapping;
  Vector<float> scratch;
  double total = reads_states_ ? double(conductances(devices_.state().col(source)).sum())
                               : double(cells_of(source, 0, targets(), true, scratch).sum());
  if (mapping == Mapping::offset) return total + conductance(0);
  if (mapping == Mapping::reference_array && reads_states_) return total + fixed_siemens_;
  if (mapping == Mapping::reference_column) {
    const Index across = weights_across(mapping, spec_.tiling, targets());
    const ConstColumn subtracted = subtracted_cells_of(source, 0, targets(), true, scratch);
    for (Index t = 0; t < targets(); t += across) total += double(subtracted[t]);
    return total;
  }
  return total + double(subtracted_cells_of(source, 0, targets(), true, scratch).sum());
}

Vector<double> Crossbar::word_line_conductance(int threads) const {
  if (word_siemens_.size() > 0) return word_siemens_;
  Vector<double> total(sources());
  for_pieces(sources(), lines_of_a_piece, threads, [&](Index first, Index count) {
    for (Index j = first; j < first + count; ++j) total[j] = word_line_siemens(j);
  });
  return total;
}

Vector<double> Crossbar::bit_line_conductance(int threads) const {
  const bool two = cells_per_weight(spec_.mapping) == 2;
  Vector<double> total(targets());
  for_pieces(targets(), bit_lines_of_a_piece(targets(), threads), threads, [&](Index first, Index count) {
    Vector<float> of_plus, of_minus, sum = Vector<float>::Zero(count);
    for (Index j = 0; j < sources(); ++j) {
      const ConstColumn plus = cells_of(j, first, count, true, of_plus);
      if (two)
        sum = sum + plus + subtracted_cells_of(j, first, count, true, of_minus);
      else
        sum += plus;
    }
    total.segment(first, count) = sum.cast<double>();
  });
  if (spec_.mapping == Mapping::offset) total.array() += conductance(0);
  return total;
}

Matrix<double> Crossbar::sensed_conductance(Side driven, int threads) const {
  return driven == Side::word_lines ? sensed_bit_lines(threads) : sensed_word_lines(threads);
}

Index Crossbar::sensed_cells(Side driven) const {
  const Tiling& tiling = spec_.tiling;
  if (driven == Side::word_lines) {
    const Index down = tiling.word_lines == 0 ? sources() : std::min<Index>(tiling.word_lines, sources());
    return spec_.mapping == Mapping::offset ? down : 2 * down;  // a reference column is a line, too
  }
  const Index across = std::min(weights_across(spec_.mapping, tiling, targets()), targets());
  return cells_per_weight(spec_.mapping) * across + (spec_.mapping == Mapping::reference_column ? 1 : 0);
}

Matrix<double> Crossbar::sensed_bit_lines(int threads) const {
  const bool subtracting = spec_.mapping != Mapping::offset;
  const Index down = spec_.tiling.word_lines == 0 ? sources() : spec_.tiling.word_lines;
  Matrix<double> total = Matrix<double>::Zero(targets(), (sources() - 1) / down + 1);
  for_pieces(targets(), bit_lines_of_a_piece(targets(), threads), threads, [&](Index first, Index count) {
    Vector<float> scratch;
    for (Index j = 0; j < sources(); ++j) {
      auto lines = total.col(j / down).segment(first, count);
      lines += cells_of(j, first, count, false, scratch).cast<double>();
      if (subtracting) lines += subtracted_cells_of(j, first, count, false, scratch).cast<double>();
    }
  });
  return total;
}

Matrix<double> Crossbar::sensed_word_lines(int threads) const {
  const bool two = cells_per_weight(spec_.mapping) == 2, column = spec_.mapping == Mapping::reference_column;
  const Index across = weights_across(spec_.mapping, spec_.tiling, targets()), tiles = (targets() - 1) / across + 1;
  Matrix<double> total(sources(), tiles);
  for_pieces(sources(), lines_of_a_piece, threads, [&](Index first, Index count) {
    Vector<float> of_plus, of_minus;
    for (Index j = first; j < first + count; ++j) {
      const ConstColumn cells = cells_of(j, 0, targets(), false, of_plus),
                        subtracted = subtracted_cells_of(j, 0, targets(), false, of_minus);
      for (Index t = 0; t < tiles; ++t) {
        const Index start = t * across, width = std::min(across, targets() - start);
        total(j, t) = double(cells.segment(start, width).sum());
        if (two) total(j, t) += double(subtracted.segment(start, width).sum());
        if (column) total(j, t) += double(subtracted[start]);
      }
    }
  });
  return total;
}

}  // namespace settle
