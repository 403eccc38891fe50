// An array of synaptic devices: each cell's state and its own response, and what pulses do to them.
#pragma once

#include <string>

#include "settle/models/archive.h"
#include "settle/models/device/preset.h"
#include "settle/models/device/pulse_sum.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/device/response.h"
#include "settle/models/device/write_noise.h"
#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/random.h"

namespace settle {

struct CellArrays;

/// Matrices of other shapes, and numbers that are not finite, are refused (InputError).
class DeviceArray {
 public:
  /// Draws rows x cols devices from the population; they start at state zero, stuck ones where they are stuck.
  DeviceArray(const std::string& name, Index rows, Index cols, const DevicePreset& preset, std::uint64_t seed);

  const DevicePreset& preset() const { return preset_; }
  /// The states that pulses move.
  const Matrix<float>& state() const { return state_; }
  /// What a read finds beyond those: the noise of each device's last write (WriteNoise); empty where there is none.
  const Matrix<float>& write_noise() const { return write_noise_.noise(); }
  /// The sum of both: the states that a read finds.
  Matrix<float> apparent() const { return write_noise_.any() ? Matrix<float>(state_ + write_noise_.noise()) : state_; }

  /// Sets states directly, clipped to each device's bounds, without the noise of a write where that moves a device.
  void set_state(const Matrix<float>& state);

  /// Gives each device |counts| pulses of the sign of counts (whole numbers). `round` numbers the calls, of either
  /// kind: the cycle noise is a function of (seed, name, round, pulse, cell). Many pulses of a device are drawn at once
  /// where that makes no difference (pulse_burst-inl.h). InputError where counts have another shape, are not whole or
  /// are beyond 2^24, and for the exact response.
  PulseSum pulse(const Matrix<float>& counts, std::uint64_t round, int threads);

  /// The same for the devices of one piece, which begins at device `first`, a multiple of piece(): `counts` has an
  /// element for each of its devices, and who pulses all pieces of a round has done what pulse() does. Pieces are
  /// independent of each other. Only where pulsed_in_pieces(): not for devices that wear or whose writes have noise.
  PulseSum pulse_piece(const float* counts, Index first, std::uint64_t round);
  static Index piece();
  bool pulsed_in_pieces() const { return life_.size() == 0 && !write_noise_.any(); }

  /// Sends coincident trains on all lines, sample after sample: word lines drive columns, bit lines rows
  /// (std::logic_error when their numbers differ).
  PulseSum pulse(const PulseTrainBlock& trains, std::uint64_t round, int threads,
                 Coincidence coincidence = Coincidence::up_and_down);

  /// Resets the devices with a number other than zero, each to where a reset leaves it (DevicePreset::reset). `round`
  /// as that of pulse(). A reset wears a device as a pulse does (DevicePreset::endurance).
  PulseSum reset(const Matrix<float>& which, std::uint64_t round, int threads);

  /// Adds any change exactly, clipped to each device's bounds: an update without the physics of one.
  void add(const Matrix<float>& change, int threads);

  /// Leakage: every state decays towards zero, state *= factor, factor in [0, 1], clipped to each device's bounds.
  void decay(double factor, int threads);

  /// The numbers of each cell: step up and down at full response (of a table, dw_min times the device's gain), slopes
  /// of a response that is affine in the state (of a power, 1 / range), and bounds, which are equal for a device that
  /// is stuck.
  struct Cells {
    Matrix<float> up, down, slope_up, slope_down, lower, upper;
  };
  const Cells& cells() const { return cells_; }

  /// Where devices cannot follow what pulses ask of them: at a bound, of those that can move at all, or worn out.
  struct Ends {
    double devices = 0, movable = 0, at_lower = 0, at_upper = 0, worn = 0;
  };
  /// Counts them as they are now. Exact devices have no bounds.
  Ends ends() const;

  /// The states, the noise of their last writes, and the pulses that each device still takes.
  void visit_state(Archive& archive);

 private:
  void draw_faults(const Stream& faults);
  CellArrays cell_arrays();
  PulseSum pulse_trains_through(const PulseTrainBlock& trains, std::uint64_t round, int threads,
                                Coincidence coincidence);
  PulseSum pulse(const Matrix<float>& counts, std::uint64_t round, std::uint32_t step, int threads);
  void wear_by_a_pulse(Index i, Index j);
  PulseSum pulse_until_worn(const Matrix<float>& counts, std::uint64_t round, std::uint32_t step, int threads);

  DevicePreset preset_;
  ResponseLaw law_;
  int firings_ = 1;
  Stream cycle_, reset_;
  Matrix<float> state_;
  WriteNoise write_noise_;
  Cells cells_;
  Matrix<double> life_;  // pulses that each device still takes; empty when it takes any number
  Matrix<float> taken_;  // pulses of a round that each device takes before its life ends
};

}  // namespace settle
