// A crossbar: a projection's weights on devices, read from either side.
//
// Word lines are the projection's source, bit lines its target. A weight is what a device conducts minus what its
// mapping subtracts: W = weight_scale * (state - subtracted state), states being linear in the conductance.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "settle/models/archive.h"
#include "settle/models/converter/converter.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/crossbar/mapping.h"
#include "settle/models/crossbar/side.h"
#include "settle/models/crossbar/wire_loss.h"
#include "settle/models/crossbar/wire_spec.h"
#include "settle/models/device/device_array.h"
#include "settle/models/device/device_spec.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/device/retention.h"
#include "settle/models/numeric/blas.h"

namespace settle {

/// The specification of an array: the section [crossbar], the devices, and what follows from [device], [wire] and
/// [chip]. Conductances are linear in the state over its nominal range, and end at zero; the range is that at 300 K.
struct ArraySpec : CrossbarSpec {
  DevicePreset device;
  double weight_at_bound;  // largest weight of a nominal device; for the exact device, which has no bounds, the weight
                           // that the highest conductance stands for
  double conductance_min_siemens, conductance_max_siemens;
  Wires wires;
  Index wire_refresh;  // changes of the weights after which the wires' loss is computed anew
  double read_v;       // voltage of a full-scale input, for devices that are not linear
  double temperature_k;
  int read_bits = 0;  // of the converters through which single devices are read; 0: exact

  ArraySpec() : ArraySpec(DevicePreset()) {}
  explicit ArraySpec(const DevicePreset& preset, const DeviceSpec& range = {}, const CrossbarSpec& crossbar = {},
                     const WireSpec& wire = {}, const ChipSpec& chip = {});

  /// What a conductance at this temperature is to that at 300 K: 1 + per_kelvin (T - 300), and no less than zero.
  double warmth() const;
};

/// Matrices of other shapes, and numbers that are not finite, are refused (InputError).
class Crossbar {
 public:
  /// An array of `targets` x `sources` weights, all zero. `name` and `seed` choose its random streams.
  Crossbar(const std::string& name, Index targets, Index sources, const ArraySpec& spec, std::uint64_t seed);

  Index sources() const { return devices_.state().cols(); }
  Index targets() const { return devices_.state().rows(); }
  const ArraySpec& spec() const { return spec_; }

  /// The devices, and the second devices of pairs of either mapping, which are subtracted (null in others).
  const DeviceArray& devices() const { return devices_; }
  const DeviceArray* subtracted() const { return minus_ ? &*minus_ : nullptr; }

  /// The matrix that reads multiply by, targets x sources, over weight_scale(): the devices with their noise, drift and
  /// wires. The reference stays valid and follows the weights.
  const Matrix<float>& effective() const { return reads_states_ ? devices_.state() : effective_; }
  float weight_scale() const { return weight_scale_; }
  /// The conductance that a read finds in each device, and in what is subtracted from it: siemens, targets x sources,
  /// with noise and drift, without the wires. All cells of a reference column conduct like that of their array's first
  /// weight.
  Matrix<float> device_siemens() const;
  Matrix<float> subtracted_siemens() const;
  /// The weight that one siemens of their difference stands for.
  double weight_per_siemens() const { return double(weight_scale_) / conductance_per_state_; }
  /// The weights as they were written, over weight_scale(), and in units of weights: without drift and wires, but with
  /// the noise of the devices' last writes (DeviceArray::write_noise).
  Matrix<float> programmed() const;
  Matrix<float> weights() const { return weight_scale_ * programmed(); }
  /// Without that noise: what pulses move. Over weight_scale().
  Matrix<float> hidden() const;

  /// What reading each device by itself finds, word line after word line, over weight_scale(): with drift and noise,
  /// before wires, and as codes of `read_bits`. `look` numbers these reads: a key of their white noise.
  Matrix<float> found(std::uint64_t look) const;
  /// The same of the two devices of a pair, by themselves, in states; corrected for drift, as the host knows when it
  /// wrote which, and not for temperature.
  void found_pairs(std::uint64_t look, Matrix<float>& plus, Matrix<float>& minus) const;
  /// The converter of those reads, and of transfers. Its range is that of a nominal weight over weight_scale().
  const Converter& converter() const { return converter_; }
  /// The variance of such a read that comes from the converter and from white noise; and, of a pulsed weight, that of
  /// its devices' write noise.
  double read_variance() const;
  double write_variance() const;

  /// y = W x, sources x samples to targets x samples; inputs are fractions of full scale.
  void read_forward(ConstView<float> x, View<float> y) const;
  /// x = W^T y: the same devices, driven from the other side.
  void read_transposed(ConstView<float> y, View<float> x) const;
  /// The rms of the white noise of one weight in one read, in units of weights. Independent noise in each cell adds up
  /// to a normal number for each line that is sensed, of this times the norm of the inputs: exact in distribution, but
  /// that the lines of one array share the noise of a reference column, which is drawn for each by itself.
  double read_noise() const { return read_noise_; }
  /// Adds the noise of one read to y, given its inputs x: a function of the sample's number and `step`.
  void add_read_noise(const Stream& stream, std::uint64_t first_sample, std::uint32_t step, ConstView<float> x,
                      View<float> y) const;
  /// kappa of the devices' current G v0 sinh(v / v0): an input x drives them as sinh(kappa x) / kappa. Zero: linear.
  float curvature() const { return curvature_; }

  /// Writes weights as far as the devices' bounds allow, without pulses. Of a proportional pair at most one device is
  /// above its own lower bound, or, where their bounds differ by more than the weight, as little as that takes.
  void set_weights(const Matrix<float>& weights, int threads = 1);
  /// Sets the states of the devices and of those that are subtracted (which may be empty where there are none).
  void set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads = 1);
  /// The change of a weight by one step dw_min, for which the host sends one pulse. Nominal steps differ from it
  /// where the response is not one (nominal_step): pcm-pair's first one is 28 times as large.
  double weight_step() const { return spec_.device.dw_min * double(weight_scale_); }
  /// W += change, exactly, within the devices' bounds.
  void add(const Matrix<float>& change, int threads);
  /// Sends each weight |counts| pulses in the direction of the sign of counts. The devices of a pair share them: each
  /// moves half the way, and they take turns with the odd pulse; or, where devices can be pulsed in one direction only,
  /// the one that can moves all of it. In a
  /// two-sided proportional pair the device on the other side comes down first, nominally to its lower bound, and the
  /// rest of the pulses raise the own one: the host is taken to know the states, as after verifying. `round` numbers
  /// the calls.
  PulseSum pulse(const Matrix<float>& counts, std::uint64_t round, int threads);
  /// Sends coincident trains of pulses on all lines at once (DeviceArray::pulse). The devices of a two-sided pair take
  /// turns, from one round to the next; nothing keeps those of a proportional one from rising together.
  PulseSum pulse(const PulseTrainBlock& trains, std::uint64_t round, int threads);
  /// What one pulse makes of a weight (over weight_scale): its mean change in the direction of the pulse, and the
  /// deviation of that from pulse to pulse.
  struct PulseEffect {
    double step, noise;
  };
  /// That of weight i, by the nominal response of the device that moves, half way from `from` to `goal`. The host is
  /// taken to know the states of a pair's two devices.
  PulseEffect effect_towards(Index i, double goal, double from) const;
  /// Resets both devices of the one-sided pairs marked in `which` (by a number other than zero), by a pulse each.
  PulseSum reset_pairs(const Matrix<float>& which, std::uint64_t round, int threads);

  /// The state of an array: its devices, and the times at which they were written. On loading wires are solved anew;
  /// or, by an archive that is complete, taken as they were solved last.
  void visit_state(Archive& archive);

  /// Solves the wires for the weights as they are, if they have changed since.
  void solve_wires(int threads);
  /// Time passes: devices drift, relax, and leak.
  void elapse(double seconds, int threads);
  bool changes_in_time() const { return remembers_time(spec_.device) || spec_.device.leak_time_s > 0; }

  /// The conductance of a device in this state at the chip's temperature, in siemens. The bounds of devices spread
  /// beyond the nominal range, but no conductance is below zero.
  double conductance(double state) const {
    return warmth_ * std::max(0.0, conductance_at_zero_ + conductance_per_state_ * state);
  }
  /// The conductance of the device of one weight, and of the cell that is subtracted from it, as reads find them: with
  /// drift and noise, before wires.
  double siemens(Index target, Index source) const;
  double subtracted_siemens(Index target, Index source) const;
  /// The total conductance on each word line, and on each bit line, as reads find it, in siemens: of devices and of
  /// what is subtracted, with drift and noise, and as the wires let it through from terminal to terminal (with the
  /// share that they took when they were solved last). A line driven to V, with the other side at virtual ground, sends
  /// V times this into the lines that are sensed. That is what its own source supplies where all lines of its side are
  /// driven alike, or wires have no resistance; otherwise lines exchange current, but what all sources supply is still
  /// the sum. Where the mapping is an offset, the adder of the inputs draws current too: one cell of the conductance of
  /// state zero on each line that is driven, without wires, as in the SPICE deck. A reference column counts on word
  /// lines alone: of bit lines it is one by itself.
  Vector<double> word_line_conductance(int threads) const;
  Vector<double> bit_line_conductance(int threads) const;
  /// The total conductance on the virtual ground of each line that is sensed while `driven` is driven, in siemens:
  /// lines x tiles along the driven side (one where there is no tiling), as the line of each tile has an amplifier of
  /// its own. Of devices and of what is subtracted from them, whether they lie on one line or on two. A reference
  /// column counts whole for each bit line that it is subtracted from, and as one cell on a word line. With drift and
  /// noise, without wires, and without the adder of an offset, whose sum has a ground of its own.
  Matrix<double> sensed_conductance(Side driven, int threads) const;
  /// The number of cells on such a line of a tile, or on the two lines whose currents are subtracted: their wires are
  /// the capacitance at the amplifier.
  Index sensed_cells(Side driven) const;

 private:
  void visit_wires(Archive& archive);
  void changed(int threads);
  void refresh(bool solving_wires, int threads);
  using ConstColumn = Eigen::Map<const Vector<float>>;
  Matrix<double> sensed_bit_lines(int threads) const;
  Matrix<double> sensed_word_lines(int threads) const;
  // What the cells of a word line conduct, of `count` targets from `first` on, in siemens: in place, or in `scratch`.
  ConstColumn cells_of(Index source, Index first, Index count, bool wires, Vector<float>& scratch) const;
  ConstColumn subtracted_cells_of(Index source, Index first, Index count, bool wires, Vector<float>& scratch) const;
  // The conductances of devices in these states at 300 K, in siemens; an expression.
  template <class Expression>
  auto conductances(const Expression& state) const {
    return (float(conductance_at_zero_) + float(conductance_per_state_) * state.array()).max(0.0f);
  }
  bool one_sided() const { return spec_.device.one_sided != 0; }
  bool proportional() const { return spec_.mapping == Mapping::proportional; }
  Matrix<float> reference_states(const std::string& name, std::uint64_t seed) const;
  // One word line of an array of devices, as a read finds it.
  void find_siemens(const DeviceArray& devices, const Retention* retention, Index source, Matrix<float>& siemens) const;
  void find_effective(Index source);
  double word_line_siemens(Index source) const;
  void place_proportional(const Matrix<float>& wanted, Matrix<float>& plus, Matrix<float>& minus) const;
  // A device's way to its own lower bound, and the pulses that are sent for it.
  struct Descent {
    double way, pulses;
  };
  Descent descent(const DeviceArray& devices, Index i) const;
  double proportional_pulses(Index i, double way) const;
  PulseSum pulse_in_pieces(const Matrix<float>& counts, std::uint64_t round, int threads);
  // The pulses of the devices of weights first to first + count - 1, an element for each.
  void share_pulses(const Matrix<float>& counts, Index first, Index count, float* plus, float* minus);
  void split_proportional(const Matrix<float>& counts, Index first, Index count, float* plus, float* minus);

  ArraySpec spec_;
  DeviceArray devices_;
  std::optional<DeviceArray> minus_;  // second devices of pairs
  Matrix<float> reference_;           // state of each reference cell; empty where it is zero for all
  Matrix<float> turn_;                // which device of a two-sided pair takes the next odd pulse: 0 plus, 1 minus
  Matrix<float> plus_counts_, minus_counts_;  // scratch: the pulses of a pair's two devices
  float most_step_down_ = 0;                  // of the nominal device, and no less than dw_min
  Converter converter_;
  Stream verify_noise_;
  std::unique_ptr<Retention> plus_retention_, minus_retention_;
  std::unique_ptr<WireLoss> wire_loss_;
  bool reads_states_;  // reads use devices_.state() as it is
  Matrix<float> effective_, plus_siemens_, minus_siemens_;
  double fixed_siemens_ = 0;     // of the reference cells of a word line in state zero
  Vector<double> word_siemens_;  // that of each word line; empty where it is not kept
  WireLoss::Shares loss_;
  Index changes_ = 0;        // changes of the weights since the wires were solved
  double leaking_s_ = 0;     // time for which devices have yet to leak
  std::uint64_t looks_ = 0;  // refreshes of what reads multiply by: a key of the devices' noise
  float weight_scale_;
  float curvature_ = 0;
  double read_noise_ = 0;
  double conductance_at_zero_;    // at 300 K,
  double conductance_per_state_;  // as this is: what the sensing is laid out for
  double warmth_;
};

}  // namespace settle
