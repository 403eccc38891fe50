// A crossbar on the chip: an array of devices with what reading, writing and verifying it costs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/chip/driven_lines.h"
#include "settle/models/chip/line_states.h"
#include "settle/models/chip/write_lines.h"
#include "settle/models/cost/meter.h"
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/network/connection.h"
#include "settle/models/numeric/block.h"
#include "settle/models/sense/sense_amplifier.h"

namespace settle {

/// What an array is written and verified with.
struct WriteSpec {
  WriteScheme scheme = WriteScheme::transistor;
  int adc_bits = 0;  // of the converters that verify, and that read what is transferred; charged_bits() where devices
                     // are not exact
  SenseSpec sense = {};  // of the amplifiers that verify
};

class CrossbarMacro {
 public:
  /// `name` names the array's rows in the ledger and its random streams.
  CrossbarMacro(const std::string& name, std::shared_ptr<const Connection> connection, const ArraySpec& spec,
                std::uint64_t seed, Meter& meter, const WriteSpec& write = {});

  const std::string& name() const { return name_; }
  const Crossbar& model() const { return model_; }

  /// y <- W x where the word lines are driven, W^T x where the bit lines are. x has a row for each driven node, y for
  /// each sensed one, and both have a column for each sample of the block. Devices count as linear, there is no noise,
  /// and nothing is booked.
  void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const;
  /// A complete read, as a chip makes it: charges the lines to x, drives them for `seconds`, and books both. Where
  /// devices are not linear the lines' states are bent (Crossbar::curvature), and the sums have the noise of one read.
  void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds);
  /// The sums over lines that are driven with x, from which their energy follows while x and the weights stay.
  LineSums sums_of(const Block& block, Side driven, const LineStates& x);
  /// Books lines that are driven with `amplitude` times those of the sums for `seconds`: what their devices dissipate,
  /// and what the current loses on its way from the rail.
  void book_read(const Block& block, const LineSums& sums, double amplitude, double seconds);
  /// Books the charge of lines that are driven from zero, `times` times; and their release.
  void book_charge(const Block& block, const LineSums& sums, double amplitude, double times = 1);
  void book_release(const Block& block, const LineSums& sums, double amplitude, double times = 1);
  /// Books a change of the lines' drive.
  void book_swing(const Block& block, Side driven, const LineStates& from, const LineStates& to, double amplitude);

  /// Sets the weights, or the states of the devices (Crossbar::set_states), without pulses and free of cost: for
  /// weights that are given, not programmed.
  void set_weights(const Matrix<float>& weights, int threads);
  void set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads);
  /// Changes weights exactly, within the devices' bounds; free of cost, as nothing physical does it.
  void add(const Matrix<float>& change, int threads);
  /// Sends each device |counts| pulses of the sign of counts, word line after word line, and books their energy.
  /// Returns the seconds that it takes; the caller lets them pass.
  double pulse(const Matrix<float>& counts, int threads);
  /// Sends coincident pulse trains on all lines at once, and books their energy. Returns the seconds that it takes.
  double pulse(const PulseTrainBlock& trains, int threads);
  /// Reads both devices of all one-sided pairs, and resets those of which one is within `margin` of the top of its
  /// nominal range, relative to that. `goal` gets what each weight (over weight_scale) was, and `which` is 1 where it
  /// was reset, else 0. Books it, and adds the time that reading takes to `read_s`. Returns the seconds that resets
  /// take; 0: none was full.
  double reset_full_pairs(double margin, Matrix<float>& goal, Matrix<float>& which, double& read_s, int threads);
  /// Solves the wires for the weights as they are (Crossbar::solve_wires).
  void solve_wires(int threads) {
    model_.solve_wires(threads);
    weights_changed();
  }
  /// Lets the devices drift and leak for the simulated time since this was called last.
  void catch_up(int threads);
  /// Lets the devices drift and leak for `seconds` that nothing simulates: those of a chip that lies on a shelf.
  void age(double seconds, int threads);

  /// Reads every device, word line after word line, through the converters, and books that in the phase of its own:
  /// conversions and their codes, the lines' charge and current, their drivers, amplifiers and decoders. Returns the
  /// weights over weight_scale (Crossbar::found), and adds the time that reading takes to `seconds`.
  Matrix<float> verify(double& seconds);
  /// Reads and books one word line, likewise. Returns its weights over weight_scale, and adds the time to `seconds`.
  Vector<float> read_word_line(Index source, double& seconds);

  /// The gain-bandwidth product of the amplifiers that verify, with the conductances as they are: what settles in a
  /// conversion.
  double verifying_gbw_hz(int threads);
  /// The word lines that its decoders select, of all its physical arrays.
  double decoded_lines() const { return write_lines_.word_lines(); }

  double pulses_total() const { return pulses_; }
  /// The number of rounds of pulses so far: a key of their noise.
  std::uint64_t rounds() const { return round_; }

  void visit_state(Archive& archive);

 private:
  const Vector<float>& line_conductance(Side side, int threads);
  Index cells_on(Side driven) const;
  template <class Each>
  void book_lines(const Block& block, Side driven, const Each& energy_of_chunk);
  Index lines_on(Side driven) const;
  double mean_siemens(int threads);
  void book_pulses(const PulseSum& sum, const LineFirings& fired, double siemens_before, double seconds, int threads);
  void book_lines_charged(const Selection& s, double seconds);
  void book_other_cells(const Selection& s, double siemens, double seconds);
  void book_line_reads(Index word_lines, double& seconds, int per_weight = 1);
  void book_selected_lines(double word_lines, double word_line_s);
  double full_scale_bend() const;
  void weights_changed();

  std::string name_;
  std::shared_ptr<const Connection> connection_;
  Crossbar model_;
  Meter& meter_;
  WriteSpec write_;
  WriteLines write_lines_;
  double cells_ = 0;              // of all its physical arrays
  Vector<float> conductance_[2];  // by side: the conductance on each line; empty when the weights have changed
  Stream read_noise_;
  Matrix<float> lines_;  // scratch: the drives of lines whose devices are not linear
  std::uint32_t reads_ = 0;
  std::uint64_t looks_ = 0;  // at single devices: a key of their noise
  std::uint64_t round_ = 0;
  Time caught_up_;  // the devices have drifted up to then
  Time pending_;    // drift that was still owed when a checkpoint was saved
  double pulses_ = 0;
};

}  // namespace settle
