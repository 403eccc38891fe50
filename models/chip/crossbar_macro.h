// A crossbar on the chip: an array of devices with what reading, writing and verifying it costs.
#pragma once

#include <memory>
#include <string>

#include "models/archive.h"
#include "models/cost/meter.h"
#include "models/crossbar/crossbar.h"
#include "models/network/connection.h"
#include "models/numeric/block.h"

namespace settle {

class CrossbarMacro {
 public:
  /// `name` names the array's rows in the ledger and its random streams.
  CrossbarMacro(const std::string& name, std::shared_ptr<const Connection> connection, const ArraySpec& spec,
                std::uint64_t seed, Meter& meter);

  const std::string& name() const { return name_; }
  const Crossbar& model() const { return model_; }

  /// y <- W x where the word lines are driven, W^T x where the bit lines are. x has a row for each driven node, y for
  /// each sensed one, and both have a column for each sample of the block. Devices count as linear, there is no noise,
  /// and nothing is booked.
  void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const;
  /// A complete read, as a chip makes it: charges the lines to x, drives them for `seconds`, and books both. Where
  /// devices are not linear the lines' states are bent (Crossbar::curvature), and the sums have the noise of one read.
  void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds);
  /// Books the dissipation of lines that are driven with x for `seconds`.
  void book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds);
  /// Books the charge of lines whose drive changes by scale x.
  void book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale);

  /// Sets the weights, or the states of the devices (Crossbar::set_states), without pulses and free of cost: for
  /// weights that are given, not programmed.
  void set_weights(const Matrix<float>& weights, int threads);
  void set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads);
  /// Changes weights exactly, within the devices' bounds; free of cost, as nothing physical does it.
  void add(const Matrix<float>& change, int threads);
  /// Sends each device |counts| pulses of the sign of counts, and books their energy. The caller lets their time
  /// pass, which depends on how many are pulsed at once.
  void pulse(const Matrix<float>& counts, int threads);
  /// Sends coincident pulse trains on all lines at once, and books their energy; the caller lets their time pass.
  void pulse(const PulseTrainBlock& trains, int threads);
  /// Resets the full devices of one-sided pairs (Crossbar::reset_full_pairs); books two pulses for each.
  Index reset_full_pairs(Matrix<float>& goal, int threads);
  /// Solves the wires for the weights as they are (Crossbar::solve_wires).
  void solve_wires(int threads) { model_.solve_wires(threads); }
  /// Lets the devices drift and leak for the simulated time since this was called last.
  void catch_up(int threads);
  /// Lets the devices drift and leak for `seconds` that nothing simulates: those of a chip that lies on a shelf.
  void age(double seconds, int threads);

  /// Reads every device, word line after word line, and books that. Returns the weights over weight_scale, and adds the
  /// time that reading takes to `seconds`.
  Matrix<float> verify(double& seconds);
  /// Reads and books one word line. Returns its weights over weight_scale, and adds the time to `seconds`.
  Vector<float> read_word_line(Index source, double& seconds);

  double pulses_total() const { return pulses_; }
  /// The number of rounds of pulses so far: a key of their noise.
  std::uint64_t rounds() const { return round_; }

  void visit_state(Archive& archive);

 private:
  const Vector<float>& line_conductance(Side side, int threads);
  void book_pulses(const PulseSum& sum, double charged_cells);
  void book_conversions(Index word_lines, double& seconds);
  void weights_changed();

  std::string name_;
  std::shared_ptr<const Connection> connection_;
  Crossbar model_;
  Meter& meter_;
  Vector<float> conductance_[2];  // by side: the conductance on each line; empty when the weights have changed
  Stream read_noise_;
  Matrix<float> lines_;  // scratch: the drives of lines whose devices are not linear
  std::uint32_t reads_ = 0;
  std::uint64_t round_ = 0;
  Time caught_up_;  // the devices have drifted up to then
  Time pending_;    // drift that was still owed when a checkpoint was saved
  double pulses_ = 0;
};

}  // namespace settle
