// A crossbar in SystemC: the model of models/crossbar behind an interface that takes time and energy.
#pragma once

#include <string>
#include <systemc>

#include "hw/block.h"
#include "hw/power_meter.h"
#include "models/crossbar/crossbar.h"

namespace settle::hw {

/// Which side of an array is driven.
enum class Side { word_lines, bit_lines };

class crossbar_if : public sc_core::sc_interface {
 public:
  /// y <- W x with the word lines driven, W^T x with the bit lines. x has a row for each driven line, y for each sensed
  /// one, a column for each sample of the block. Without noise, of lines as linear devices see them. Books nothing.
  virtual void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const = 0;
  /// A whole read: charges the lines to x and drives them for `seconds`, and books both. Devices bend the lines' states
  /// where their current is not linear (settle::Crossbar::curvature), and the sums have the noise of one read.
  virtual void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) = 0;
  /// Books what lines dissipate that are driven with x for `seconds`.
  virtual void book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds) = 0;
  /// Books the charge of lines whose drive changes by scale x.
  virtual void book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale) = 0;
  virtual const settle::Crossbar& model() const = 0;
};

class Crossbar : public sc_core::sc_module, public crossbar_if {
 public:
  sc_core::sc_port<meter_if> meter;

  Crossbar(sc_core::sc_module_name name, Index targets, Index sources, const ArraySpec& spec, std::uint64_t seed);

  void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const override;
  void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) override;
  void book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds) override;
  void book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale) override;
  const settle::Crossbar& model() const override { return model_; }

  /// Sets weights, or the states of the devices (settle::Crossbar::set_states), without pulses: what is given, not
  /// programmed. Free of cost.
  void set_weights(const Matrix<float>& weights, int threads);
  void set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads);
  /// Changes weights exactly, within the devices' bounds; free of cost, as nothing physical does it.
  void add(const Matrix<float>& change, int threads);
  /// |counts| pulses to each device, of the sign of counts. Books their energy; the time depends on who sends them.
  void pulse(const Matrix<float>& counts, int threads);
  /// Coincident trains on all lines at once, likewise.
  void pulse(const PulseTrainBlock& trains, int threads);
  /// Resets the full devices of one-sided pairs (settle::Crossbar::reset_full_pairs); books two pulses for each.
  Index reset_full_pairs(Matrix<float>& goal, int threads);
  /// Solves the wires for the weights as they are (settle::Crossbar::solve_wires).
  void solve_wires(int threads) { model_.solve_wires(threads); }
  /// Lets the devices drift and leak for the simulated time since this was called last.
  void catch_up(int threads);
  /// Lets them do so for a time that nothing simulates: a chip that lies on a shelf.
  void age(double seconds, int threads);

  /// Reads every device, word line after word line, and books that; returns what the weights are (over weight_scale).
  /// `seconds`: the time it takes is added.
  Matrix<float> verify(double& seconds);
  /// Reads the weights of one word line, over weight_scale, likewise.
  Vector<float> read_word_line(Index source, double& seconds);

  double pulses_total() const { return pulses_; }
  /// Numbers the rounds of pulses; part of what a checkpoint keeps.
  std::uint64_t rounds() const { return round_; }

 private:
  const Vector<float>& line_conductance(Side side, int threads);
  void book_pulses(const PulseSum& sum, double charged_cells);
  void book_conversions(Index word_lines, double& seconds);
  void weights_changed();

  settle::Crossbar model_;
  Vector<float> conductance_[2];  // of each line of either side; empty when the weights have changed
  Stream read_noise_;
  Matrix<float> lines_;  // scratch: what devices that are not linear see
  std::uint32_t reads_ = 0;
  std::uint64_t round_ = 0;
  sc_core::sc_time caught_up_;
  double pulses_ = 0;
};

}  // namespace settle::hw
