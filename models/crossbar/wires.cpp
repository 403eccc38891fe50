#include "settle/models/crossbar/wires.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>

namespace settle {
namespace {

constexpr double least_margin_in_float = 1e-3;  // where errors die out more slowly, float has too few digits

}  // namespace

WireSolver::WireSolver(const Matrix<double>& conductance, const Wires& wires, const WireLimits& limits)
    : limits_(limits) {
  check_wires(wires);
  check_conductances(conductance);
  ladders_.factorise(conductance, wires);
}

void WireSolver::read_side(Sensed sensed, ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const {
  const bool bits = sensed == Sensed::bit_lines;
  if (v.rows() != (bits ? rows() : cols()) || i.rows() != (bits ? cols() : rows()) || v.cols() != i.cols())
    throw std::logic_error("WireSolver: shapes do not agree");
  check_voltages(v);
  for (Index k = 0; k < v.cols(); ++k) {
    workspace.prepare(ladders_, 1);
    std::copy(v.data() + k * v.rows(), v.data() + (k + 1) * v.rows(),
              bits ? workspace.word_drive() : workspace.bit_drive());
    workspace.iterate(ladders_, sensed, limits_);
    for (Index line = 0; line < i.rows(); ++line)
      i(line, k) = bits ? workspace.bit_current(ladders_, line) : -workspace.word_current(ladders_, line);
  }
}

void WireSolver::read(ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const {
  read_side(Sensed::bit_lines, v, i, workspace);
}

void WireSolver::read_transposed(ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const {
  read_side(Sensed::word_lines, v, i, workspace);
}

WireSolution WireSolver::solve(const Vector<double>& v) const {
  if (v.size() != rows()) throw std::logic_error("WireSolver: shapes do not agree");
  check_voltages(ConstView<double>(v.data(), v.size(), 1));
  WireWorkspace<double> workspace;
  workspace.prepare(ladders_, 1, true);
  std::copy(v.data(), v.data() + v.size(), workspace.word_drive());
  workspace.iterate(ladders_, Sensed::bit_lines, limits_);
  WireSolution solution;
  workspace.voltages(ladders_, solution.word, solution.bit);
  solution.source_current.resize(rows());
  solution.sense_current.resize(cols());
  for (Index i = 0; i < rows(); ++i) solution.source_current[i] = workspace.word_current(ladders_, i);
  for (Index j = 0; j < cols(); ++j) solution.sense_current[j] = workspace.bit_current(ladders_, j);
  return solution;
}

double WireSolver::kcl_residual(const WireSolution& solution) const {
  double largest = 0;
  const auto note = [&](double sum) {
    if (std::isnan(sum) || std::abs(sum) > largest) largest = std::abs(sum);  // NaN stays: nothing is above it
  };
  const auto device = [&](Index i, Index j) {
    return ladders_.conductance[j * ladders_.stride + i] * (solution.word(i, j) - solution.bit(i, j));
  };
  // Along each line from its terminal, whose current is known. Where a segment has no resistance, its nodes are one.
  for (Index i = 0; i < rows(); ++i) {
    double in = solution.source_current[i];
    for (Index j = 0; j < cols(); ++j) {
      in -= device(i, j);
      if (j + 1 < cols() && ladders_.word_ohm == 0) continue;
      const double on = j + 1 < cols() ? (solution.word(i, j) - solution.word(i, j + 1)) / ladders_.word_ohm : 0;
      note(in - on);
      in = on;
    }
  }
  for (Index j = 0; j < cols(); ++j) {
    double out = solution.sense_current[j];
    for (Index i = rows() - 1; i >= 0; --i) {
      out -= device(i, j);
      if (i > 0 && ladders_.bit_ohm == 0) continue;
      const double on = i > 0 ? (solution.bit(i - 1, j) - solution.bit(i, j)) / ladders_.bit_ohm : 0;
      note(out - on);
      out = on;
    }
  }
  const double scale = solution.sense_current.cwiseAbs().maxCoeff();
  return largest == 0 ? 0 : largest / scale;
}

template <class Real>
void effective_conductance(const Matrix<Real>& conductance, const Wires& wires, WireWorkspace<Real>& workspace,
                           Matrix<Real>& effective) {
  check_wires(wires);
  check_conductances(conductance);
  effective.resize(conductance.rows(), conductance.cols());
  Ladders<Real>& a = workspace.ladders;
  a.factorise(conductance, wires);
  if constexpr (std::is_same_v<Real, float>) {
    if (a.margin < least_margin_in_float) {
      effective = effective_conductance<double>(conductance.template cast<double>(), wires).template cast<float>();
      return;
    }
  }
  WireLimits limits;
  if (std::is_same_v<Real, float>) limits.tolerance = 2e-7;
  // A read of each line in turn, of the side that has fewer, at a voltage that makes currents of the order of 1: their
  // squares must not vanish in float.
  const Real largest = conductance.maxCoeff(), volt = largest > 0 ? 1 / largest : 1;
  const bool bits = a.rows <= a.cols;
  const Index lines = std::min(a.rows, a.cols), lanes = sweep_lanes<Real>();
  for (Index first = 0; first < lines; first += lanes) {
    const Index used = std::min(lanes, lines - first);
    workspace.prepare(a, lanes);
    Real* drive = bits ? workspace.word_drive() : workspace.bit_drive();
    for (Index k = 0; k < used; ++k) drive[(first + k) * lanes + k] = volt;
    workspace.iterate(a, bits ? Sensed::bit_lines : Sensed::word_lines, limits);
    for (Index k = 0; k < used; ++k) {
      if (bits)
        for (Index j = 0; j < a.cols; ++j) effective(first + k, j) = workspace.bit_current(a, j, k) / volt;
      else
        for (Index i = 0; i < a.rows; ++i) effective(i, first + k) = -workspace.word_current(a, i, k) / volt;
    }
  }
}

template <class Real>
Matrix<Real> effective_conductance(const Matrix<Real>& conductance, const Wires& wires) {
  Matrix<Real> effective;
  WireWorkspace<Real> workspace;
  effective_conductance(conductance, wires, workspace, effective);
  return effective;
}

template void effective_conductance(const Matrix<float>&, const Wires&, WireWorkspace<float>&, Matrix<float>&);
template void effective_conductance(const Matrix<double>&, const Wires&, WireWorkspace<double>&, Matrix<double>&);
template Matrix<float> effective_conductance(const Matrix<float>&, const Wires&);
template Matrix<double> effective_conductance(const Matrix<double>&, const Wires&);

}  // namespace settle
