// The analog chip: crossbars, neuron banks, converters and hold, coupled as the network's graph says.
#pragma once

#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/converters.h"
#include "hw/crossbar.h"
#include "hw/neuron_bank.h"
#include "hw/power_meter.h"
#include "hw/pulse_programmer.h"
#include "models/converter/difference_amplifier.h"
#include "models/learning/learning_spec.h"
#include "models/network/graph.h"
#include "models/settling/phase.h"
#include "models/settling/settling_spec.h"
#include "models/settling/settling_time.h"

namespace settle::hw {

struct SubstrateSpec {
  Graph graph;
  ArraySpec crossbar;  // weight_at_bound in units of each projection's Glorot limit
  BankSpec neuron;
  ConverterSpec converter;
  HoldSpec hold;
  AmplifierSpec amplifier;
  std::string initial = NetworkSpec{}.initial;  // distribution of the weights, and of random feedback
  LearningSpec learning;
  SettlingSpec settling;
  ProgrammingSpec programming;
  ChipSpec chip;
  CostSpec cost;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// What a run reports of the settling of one phase: sums over samples.
struct SettlingCount {
  double samples = 0;
  double steps = 0;
  double unsettled = 0;  // samples that did not settle within the steps allowed,
  double cycles = 0;     // and those of them that went to and fro between two states
};

/// What the host can ask of the chip. Calls block; `delay` is added the simulated time that they take.
class substrate_if : public sc_core::sc_interface {
 public:
  /// Drives the input with 8-bit pixels (inputs x samples).
  virtual void present(const Block& block, const Matrix<std::uint8_t>& pixels, sc_core::sc_time& delay) = 0;
  /// Settles the free phase; to the accuracy of inference, or of a difference that is to come.
  virtual void settle_free(bool for_training, sc_core::sc_time& delay) = 0;
  /// Converts the read-out's drive in the present phase: outputs x columns.
  virtual void read_logits(Matrix<float>& logits, sc_core::sc_time& delay) = 0;
  /// Samples and holds the free state of every bank.
  virtual void hold(sc_core::sc_time& delay) = 0;
  /// Converts the held free state of population p; for the input, what its DACs gave.
  virtual void read_held(Index p, Matrix<float>& state, sc_core::sc_time& delay) = 0;
  /// Drives the error (outputs x columns) back through the read-out's arrays.
  virtual void nudge(Matrix<float>& error, sc_core::sc_time& delay) = 0;
  /// Settles the clamped phase, from the free state, or (`turned`) from the clamped state of the opposite error.
  virtual void settle_clamped(bool turned, sc_core::sc_time& delay) = 0;
  /// Converts what the clamped phase added to the held state of population p, divided by its scale if layer-scaled,
  /// less what auto_zero() found.
  virtual void read_difference(Index p, Matrix<float>& difference, sc_core::sc_time& delay) = 0;
  /// The analog part is off: what is held is converted, or the next sample has not come.
  virtual void rest() = 0;
  /// Before a batch: devices drift and leak for the time that has passed.
  virtual void catch_up() = 0;
  /// The weights stay for a while: what is kept of their wires is brought up to date.
  virtual void stay() = 0;
  /// Before a batch: calibrates what the difference amplifiers read at zero, where that is due.
  virtual void auto_zero(sc_core::sc_time& delay) = 0;
  /// Ends a batch: chooses the gain of each difference amplifier for the next one.
  virtual void range_amplifiers() = 0;
  /// What read_difference() divides by, of one population to the other.
  virtual double difference_ratio(Index from, Index to) const = 0;
  /// The programmer of projection k's weights.
  virtual PulseProgrammer& programmer(std::size_t k) = 0;
  /// That of the array which follows projection k's weights, transposed; null where there is none (Graph::replica).
  virtual PulseProgrammer* replica_programmer(std::size_t k) = 0;
  /// A reference, which no circuit computes and nothing is booked for: back_propagate() at the free states. delta, by
  /// population: neurons x columns.
  virtual void back_propagate(const Matrix<float>& error, const std::vector<Matrix<float>>& feedback,
                              std::vector<Matrix<float>>& delta) = 0;
  /// The multiplications that takes a host for one sample.
  virtual double back_propagation_multiplications() const = 0;
  /// Measures the settling times of the present weights on a few samples (at most 8) with their targets.
  virtual void measure_settling(const Matrix<std::uint8_t>& pixels, const Matrix<float>& targets) = 0;
  virtual const SubstrateSpec& spec() const = 0;
};

class Substrate : public sc_core::sc_module, public substrate_if {
 public:
  sc_core::sc_port<meter_if> meter;

  Substrate(sc_core::sc_module_name name, const SubstrateSpec& spec);
  ~Substrate() override;

  /// Programs the initial weights; returns the simulated time that takes.
  sc_core::sc_time initialise();

  void present(const Block& block, const Matrix<std::uint8_t>& pixels, sc_core::sc_time& delay) override;
  void settle_free(bool for_training, sc_core::sc_time& delay) override;
  void read_logits(Matrix<float>& logits, sc_core::sc_time& delay) override;
  void hold(sc_core::sc_time& delay) override;
  void read_held(Index p, Matrix<float>& state, sc_core::sc_time& delay) override;
  void nudge(Matrix<float>& error, sc_core::sc_time& delay) override;
  void settle_clamped(bool turned, sc_core::sc_time& delay) override;
  void read_difference(Index p, Matrix<float>& difference, sc_core::sc_time& delay) override;
  void rest() override { enter(Phase::idle); }
  void catch_up() override;
  void stay() override;
  void auto_zero(sc_core::sc_time& delay) override;
  void range_amplifiers() override;
  double difference_ratio(Index from, Index to) const override { return loop_.ratio(from, to); }
  PulseProgrammer& programmer(std::size_t k) override;
  PulseProgrammer* replica_programmer(std::size_t k) override;
  void back_propagate(const Matrix<float>& error, const std::vector<Matrix<float>>& feedback,
                      std::vector<Matrix<float>>& delta) override;
  double back_propagation_multiplications() const override;
  void measure_settling(const Matrix<std::uint8_t>& pixels, const Matrix<float>& targets) override;
  const SubstrateSpec& spec() const override { return spec_; }

  /// The arrays of projection k: of its weights, and of feedback of its own, each where there is one.
  bool has_array(std::size_t k) const;
  Crossbar& array(std::size_t k);
  bool has_feedback(std::size_t k) const;
  Crossbar& feedback(std::size_t k);
  /// The fast array of projection k's transfers; null where there is none.
  Crossbar* fast(std::size_t k);
  /// All arrays: of weights, of feedback, and the fast ones of transfers.
  std::vector<Crossbar*> crossbars();
  /// Lets all devices drift and leak for a time that nothing simulates.
  void age(double seconds);
  NeuronBank& bank(Index p);
  /// The converters: of the input, of the nudge, of the logits, and of population p's states and differences.
  const Dac& input_dac() const;
  const Dac& nudge_dac() const;
  const Adc& logit_adc() const;
  const Adc& adc(Index p) const;
  const Loop<float>& loop() const { return loop_; }
  const Block& block() const { return block_; }
  const SettlingTimes& settling_times() const { return times_; }
  /// When each sample of the block settled in its last transients, in seconds from the phase's start (SettlingWatch),
  /// of all its clamped phases together; NaN where it has not. Empty in other analyses.
  const std::vector<double>& free_settled_s() const { return free_settled_s_; }
  const std::vector<double>& clamped_settled_s() const { return clamped_settled_s_; }
  /// With the slopes at the equilibria that measure_settling saw, averaged; and without.
  double spectral_radius_settled() const { return radius_settled_; }
  double spectral_radius() const;
  /// Phases since restart_counts.
  const SettlingCount& free_count() const { return free_count_; }
  const SettlingCount& clamped_count() const { return clamped_count_; }
  void restart_counts() { free_count_ = clamped_count_ = SettlingCount{}; }
  double pulses_total();
  std::vector<float>& gains() { return gains_; }

  enum class Phase { idle, free, clamped };
  Phase phase() const { return phase_; }
  /// Notified after each step of a transient and when the phase changes.
  const sc_core::sc_event& stepped() const { return stepped_; }
  /// What the nudge DACs drive: outputs x columns; empty before the first clamped phase.
  const Matrix<float>& nudged_error() const { return error_; }

 private:
  struct Parts;

  void enter(Phase phase);
  void build();
  void couple();
  template <class Solve>
  void settle_phase(SettlingCount& count, double timer_s, int steps, sc_core::sc_time& delay, const Solve& solve);
  template <class Solve>
  void solve_phase(SettlingCount& count, const SettleOptions& options, const Solve& solve);
  double run_transient(SettlingCount& count, double timer_s);
  void start_transient();
  void add_readout_noise(Matrix<float>& logits);
  const Matrix<float>& extra_noise_of(Index p);
  bool is_transient() const { return spec_.settling.analysis == Analysis::transient; }
  bool states_are_noisy() const { return spec_.neuron.noise > 0 || spec_.neuron.membrane_noise > 0; }
  void read_zeros(sc_core::sc_time& delay);
  void read_zero(std::uint32_t reading, sc_core::sc_time& delay);
  double nominal_hold_s(std::uint32_t reading) const;
  double held_read_s(Index p) const;
  void note_size(Index p, const Matrix<float>& difference);
  void book_phase(bool clamped, double seconds, bool steps_are_booked);
  void book_outer(bool clamped, double seconds);
  sc_core::sc_time per_block(double seconds_per_sample) const;
  double map_step_s() const;
  double accuracy() const;

  SubstrateSpec spec_;
  std::unique_ptr<Parts> parts_;
  Loop<float> loop_;
  std::vector<BankState<float>*> states_;
  bool reads_are_noisy_ = false;
  Matrix<float> extra_noise_, noisy_state_, noisy_difference_;  // of the states of one population: scratch
  std::vector<float> gains_;                                    // of the difference amplifiers, by population
  std::vector<double> square_sum_;                              // of the differences of this batch, and how many
  std::vector<double> square_count_;
  std::vector<std::vector<Vector<float>>> zeros_;  // what each reading of each difference reads at zero; none: not
                                                   // calibrated
  std::vector<float> zeroed_gains_;                // the gains that they were read with
  std::int64_t batches_since_zero_ = 0;
  std::uint64_t zero_readings_ = 0;                         // so far
  double held_s_ = 0;                                       // since the hold, of one sample
  double converting_until_s_ = 0;                           // since the hold: the converters of a difference are busy
  std::vector<double> read_at_s_;                           // since the hold: when each difference was read last
  std::vector<double> contraction_;                         // of each chunk's free phase
  std::vector<double> free_settled_s_, clamped_settled_s_;  // of each sample's last transient
  Block block_;
  std::uint32_t reads_ = 0;  // of the read-out, for this block
  Matrix<float> input_;      // what the DACs drive
  Matrix<float> error_;      // what the nudge DACs drive
  SettlingTimes times_;
  bool times_are_measured_ = false;
  double radius_settled_ = 0;
  SettlingCount free_count_, clamped_count_;
  Phase phase_ = Phase::idle;
  sc_core::sc_event stepped_;
};

}  // namespace settle::hw
