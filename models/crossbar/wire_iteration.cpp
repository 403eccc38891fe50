#include "settle/models/crossbar/wire_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "settle/models/error.h"
#include "settle/models/numeric/stop.h"

namespace settle {

template <class Real>
void WireWorkspace<Real>::prepare(const Ladders<Real>& a, Index lanes, bool keep) {
  const Index nodes = a.stride * a.cols * lanes, words = a.stride * lanes, bits = a.cols * lanes;
  for (Vector<Real>* v : {&direction_, &residual_, &bit_current_}) v->resize(nodes);
  for (Vector<Real>* v : {&word_voltage_, &word_norton_, &at_source_}) v->resize(words);
  at_sense_.resize(bits);
  word_drive_.setZero(words);
  bit_drive_.setZero(bits);
  if (keep) total_.resize(nodes);
  state_.lanes = lanes;
  state_.direction = direction_.data();
  state_.residual = residual_.data();
  state_.bit_current = bit_current_.data();
  state_.word_total = keep ? total_.data() : nullptr;
  state_.word_voltage = word_voltage_.data();
  state_.word_current = word_norton_.data();
  state_.word_drive = word_drive_.data();
  state_.bit_drive = bit_drive_.data();
  state_.at_source = at_source_.data();
  state_.at_sense = at_sense_.data();
}

template <class Real>
Real WireWorkspace<Real>::word_current(const Ladders<Real>& a, Index line, Index lane) const {
  const Index k = line * state_.lanes + lane;
  return a.word_factor[line] * (a.word_input[line] * word_drive_[k] - at_source_[k]);
}

template <class Real>
Real WireWorkspace<Real>::bit_current(const Ladders<Real>& a, Index line, Index lane) const {
  const Index k = line * state_.lanes + lane;
  return a.bit_factor[line * a.stride + a.rows - 1] * (at_sense_[k] - a.bit_input[line] * bit_drive_[k]);
}

template <class Real>
void WireWorkspace<Real>::voltages(const Ladders<Real>& a, Matrix<Real>& word, Matrix<Real>& bit) const {
  if (state_.lanes != 1 || !state_.word_total) throw std::logic_error("WireWorkspace: no solution was kept");
  word.resize(a.rows, a.cols);
  bit.resize(a.rows, a.cols);
  for (Index j = 0; j < a.cols; ++j) {
    const Index at = j * a.stride;
    for (Index i = 0; i < a.rows; ++i) {
      const Real before = j == 0 ? word_drive_[i] : word(i, j - 1);
      word(i, j) = a.word_factor[at + i] * (before + a.segment_of_word(j) * total_[at + i]);
    }
    Real norton = 0;
    for (Index i = 0; i < a.rows; ++i) {
      norton = a.conductance[at + i] * word(i, j) + (i == 0 ? 0 : a.bit_factor[at + i - 1] * norton);
      if (state_.injected) norton += state_.injected[at + i];
      bit(i, j) = norton;
    }
    Real voltage = bit_drive_[j];
    for (Index i = a.rows - 1; i >= 0; --i)
      bit(i, j) = voltage = a.bit_factor[at + i] * (voltage + a.segment_of_bit(i) * bit(i, j));
  }
}

template <class Real>
double WireWorkspace<Real>::largest_sensed(const Ladders<Real>& a, Sensed sensed, Index lane) const {
  Real largest = 0;
  if (sensed == Sensed::bit_lines)
    for (Index j = 0; j < a.cols; ++j) largest = std::max(largest, std::abs(bit_current(a, j, lane)));
  else
    for (Index i = 0; i < a.rows; ++i)
      largest = std::max(largest, a.word_factor[i] * std::abs(residual_[i * state_.lanes + lane]));
  return double(largest);
}

template <class Real>
void WireWorkspace<Real>::iterate(const Ladders<Real>& a, Sensed sensed, const WireLimits& limits,
                                  const Real* injected) {
  SweepState<Real>& s = state_;
  const Index lanes = s.lanes;
  s.injected = injected;
  first_sweep_out(a, s);
  first_sweep_back(a, s);
  // The error of the solution is of the order of its residual / margin at most. A bit line gathers the errors of all
  // word lines, each of which is spread over all bit lines. A residual must not be so small that its square vanishes.
  const double share = sensed == Sensed::bit_lines ? std::min(1.0, double(a.cols) / double(a.rows)) : 1.0;
  const double least = std::sqrt(double(std::numeric_limits<Real>::min()));
  double limit[max_lanes], residual_power[max_lanes];
  for (Index l = 0; l < lanes; ++l) {
    limit[l] = std::max(limits.tolerance * a.margin * share * largest_sensed(a, sensed, l), least);
    s.turn[l] = 0;
  }
  if (a.word_end_ohm == 0) {  // then no segment of a word line has any: nothing comes back, T = 0
    std::copy(residual_.data(), residual_.data() + at_source_.size(), at_source_.data());
    if (s.word_total) std::copy(residual_.data(), residual_.data() + residual_.size(), s.word_total);
  }
  int iteration = 0;
  for (;; ++iteration) {
    go_on_or_stop();
    bool converged[max_lanes], all = true, finite = true;
    for (Index l = 0; l < lanes; ++l) {
      converged[l] = double(s.largest[l]) <= limit[l];
      all = all && converged[l];
      finite = finite && std::isfinite(s.residual_power[l]) && std::isfinite(limit[l]);
      residual_power[l] = s.residual_power[l];
    }
    if (all && finite) return;
    if (!finite || iteration == limits.iterations) break;
    sweep_out(a, s);
    // A lane that has converged rests, so that its result does not depend on the others.
    for (Index l = 0; l < lanes; ++l)
      s.step[l] = converged[l] ? Real(0) : Real(residual_power[l] / (s.word_power[l] - s.bit_power[l]));
    sweep_back(a, s);
    for (Index l = 0; l < lanes; ++l)
      s.turn[l] = converged[l] ? Real(0) : Real(s.residual_power[l] / residual_power[l]);
  }
  throw RunError("the currents of a crossbar of " + std::to_string(a.rows) + " x " + std::to_string(a.cols) +
                 " devices did not converge in " + std::to_string(iteration) +
                 " iterations; give wires of less resistance, or devices of less conductance");
}

template class WireWorkspace<float>;
template class WireWorkspace<double>;

}  // namespace settle
