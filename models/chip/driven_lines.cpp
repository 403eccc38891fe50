#include "settle/models/chip/driven_lines.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "settle/models/numeric/sums.h"

namespace settle {
namespace {

// What the ways of two cells k, l = 1 .. n to the end of a line have in common, on the mean: min(k, l) segments.
double shared_ohm(double end_ohm, double segment_ohm, Index cells) {
  const double n = double(cells);
  return end_ohm + segment_ohm * (n + 1) * (2 * n + 1) / (6 * n);
}

bool drives_references(const Crossbar& model, Side driven) {
  return driven == Side::bit_lines && model.spec().mapping == Mapping::reference_column;
}

LineSums::OfChunk of_plain(const WeightedSums& sums) {
  return {sums.weighted_magnitudes, sums.weighted_squares, sums.magnitudes, sums.squares};
}

Vector<double> reference_conductance(const Crossbar& model, Side driven) {
  if (!drives_references(model, driven)) return {};
  const Index across = weights_across(model.spec().mapping, model.spec().tiling, model.targets());
  Vector<double> siemens = Vector<double>::Zero((model.targets() - 1) / across + 1);
  for (Index array = 0; array < siemens.size(); ++array)
    for (Index j = 0; j < model.sources(); ++j) siemens[array] += model.subtracted_siemens(array * across, j);
  return siemens;
}

}  // namespace

DrivenLines::DrivenLines(const Crossbar& model, Side driven, const Vector<float>& conductance)
    : model_(model),
      driven_(driven),
      conductance_(conductance),
      exchange_(exchange_of(model, driven)),
      curvature_(double(model.curvature())),
      references_(reference_conductance(model, driven)) {}

DrivenLines::Exchange DrivenLines::exchange_of(const Crossbar& model, Side driven) {
  const ArraySpec& spec = model.spec();
  const Wires& wires = spec.wires;
  const Index per_weight = cells_per_weight(spec.mapping);
  if (driven == Side::word_lines) {
    const Index down =
        spec.tiling.word_lines == 0 ? model.sources() : std::min(spec.tiling.word_lines, model.sources());
    return {down, shared_ohm(wires.sense_ohm, wires.bit_ohm, down) / double(model.targets() * per_weight), false};
  }
  const Index across = weights_across(spec.mapping, spec.tiling, model.targets());
  const bool subtracting = spec.mapping != Mapping::offset;
  // separate arrays hold either half of the lines, and of what they exchange
  const bool apart = per_weight == 2 && spec.tiling.columns == Columns::separate;
  const double ohm = shared_ohm(wires.source_ohm, wires.word_ohm, apart ? across : across * per_weight);
  return {across, ohm / double(model.sources() * (apart ? 2 : 1)), subtracting && !apart};
}

LineSums::OfChunk DrivenLines::sums(const LineStates& x, Index first, Index count) const {
  if (is_plain()) return of_plain(x.sums(conductance_, first, count));
  Matrix<float> states;
  return sums(x.columns(first, count, states));
}

LineSums::OfChunk DrivenLines::sums(ConstView<float> x) const {
  Matrix<float> all;
  if (is_plain()) return of_plain(weighted_sums(conductance_, x));
  const ConstView<float> charged = with_references(model_, driven_, x, all);
  LineSums::OfChunk sum;
  sum.swings = sum_of_magnitudes(charged);
  sum.squares = sum_of_squares(charged);
  const auto bent = [&](double v) { return curvature_ > 0 ? std::sinh(curvature_ * v) / curvature_ : v; };
  for (Index c = 0; c < x.cols(); ++c)
    for (Index first = 0, array = 0; first < x.rows(); first += exchange_.lines, ++array) {
      const Index count = std::min(exchange_.lines, x.rows() - first);
      const Vector<double> g = conductance_.segment(first, count).cast<double>();
      const Vector<double> v = x.col(c).segment(first, count).cast<double>();
      const Vector<double> driven = v.unaryExpr(bent);
      const double reference = references_.size() > 0 ? references_[array] : 0;
      const double alone = 1 + exchange_.ohm * (g.sum() + reference);
      const double others = exchange_.with_inverses ? 0 : exchange_.ohm * g.dot(driven);
      const Vector<double> current = g.array() * (alone * driven.array() - others);
      const double of_reference = reference * alone * bent(v.sum());
      sum.currents += current.cwiseAbs().sum() + std::abs(of_reference);
      sum.products += current.dot(v) + of_reference * v.sum();
    }
  return sum;
}

ConstView<float> DrivenLines::with_references(const Crossbar& model, Side driven, ConstView<float> x,
                                              Matrix<float>& all) {
  if (!drives_references(model, driven)) return x;
  const Index across = weights_across(model.spec().mapping, model.spec().tiling, model.targets());
  const Index arrays = (x.rows() - 1) / across + 1;
  all.resize(x.rows() + arrays, x.cols());
  all.topRows(x.rows()) = x;
  for (Index k = 0; k < arrays; ++k) {
    const Index first = k * across;
    all.row(x.rows() + k) = -x.middleRows(first, std::min(across, x.rows() - first)).colwise().sum();
  }
  return columns(std::as_const(all), 0, all.cols());
}

}  // namespace settle
