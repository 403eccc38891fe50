// The analog chip: a circuit with its arrays, converters and read-outs, and what each thing that it does costs.
//
// A sample's way: present(), settle_free(), read_logits(), hold(), nudge(), settle_clamped(), read_differences(),
// read_held(). Each call computes for a block of samples at once, lets simulated time pass (Kernel), and books energy.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "settle/models/chip/chip_design.h"
#include "settle/models/chip/chip_power.h"
#include "settle/models/chip/converters.h"
#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/chip/difference_readout.h"
#include "settle/models/chip/drive_hold.h"
#include "settle/models/chip/driven_reads.h"
#include "settle/models/chip/kernel.h"
#include "settle/models/chip/preset.h"
#include "settle/models/chip/pulse_programmer.h"
#include "settle/models/chip/sense_amplifiers.h"
#include "settle/models/circuit/circuit.h"
#include "settle/models/cost/area.h"
#include "settle/models/learning/machine.h"
#include "settle/models/settling/loop_noise.h"
#include "settle/models/settling/options.h"
#include "settle/models/settling/settling_time.h"
#include "settle/models/settling/transient.h"

namespace settle {

class Equilibria;

template <class Real>
class SettlingWatch;

/// The noise of a population's outputs at equilibrium, rms over neurons, as a fraction of full scale.
struct NoiseAtRest {
  double free = 0, clamped = 0;  // in the two phases
  double arrived = 0;            // the part in the free phase that has come from other outputs, or round the loop
};

/// Statistics of the settling of one phase, which a run reports: sums over samples.
struct SettlingCount {
  double samples = 0;
  double steps = 0;
  double unsettled = 0;  // samples that did not settle within the steps allowed,
  double cycles = 0;     // unsettled samples that went to and fro between two states
  double checked = 0;    // samples that were followed in time beside what the solver found (Start::any),
  double elsewhere = 0;  // and those of them that the circuit takes to another equilibrium
};

class Chip : public Machine {
 public:
  /// A chip whose time `kernel` lets pass; without one (null), time is only counted. The kernel outlives the chip.
  explicit Chip(const ChipDesign& design, Kernel* kernel = nullptr);
  Chip(const Chip&) = delete;
  Chip& operator=(const Chip&) = delete;

  /// Programs the initial weights. Returns the time that it takes; the caller lets it pass.
  WriteTime initialise();
  /// Sets the weights of projection k (targets x sources), and what is programmed with their transpose, as far as
  /// devices go, without pulses. InputError where there is no array, and for another shape.
  void set_weights(std::size_t k, const Matrix<float>& weights);
  /// How far all weights are from what was last written and verified; that of the initial ones after initialise().
  WriteErrors write_errors() const;

  // A sample's way (Machine).
  void present(const Block& block, const Matrix<std::uint8_t>& pixels) override;
  /// Puts the membranes of the block that is presented where these states have them, by population, neurons x columns,
  /// as the host has kept their codes; before settle_free(). With Start::previous.
  void preset(const std::vector<Matrix<float>>& states);
  void settle_free(Use use) override;
  void read_logits(Matrix<float>& logits) override;
  void hold() override;
  void nudge(const Matrix<float>& error) override;
  void settle_clamped(Sign sign) override;
  void read_differences(std::vector<Matrix<float>>& differences) override;
  void read_differences_and_wait(std::vector<Matrix<float>>& differences) override;
  void integrate(float nudge) override;
  void read_integral(std::vector<Matrix<float>>& differences) override;
  /// Converts the held free states of all populations, by population. The input's are what its DACs drove.
  void read_held(std::vector<Matrix<float>>& states);
  /// Converts the difference or the held state of one population, as part of the contrast. Returns the seconds that one
  /// sample takes; the caller lets them pass.
  double read_difference(Index p, Matrix<float>& difference);
  double read_held(Index p, Matrix<float>& state);
  /// Stops driving the lines, because what is held is being converted or the next sample has not come yet.
  void go_idle();

  // Calls between samples.

  /// Lets devices drift and leak for the time that has passed; before a batch.
  void catch_up();
  /// Solves the wires of all arrays anew, because the weights will stay as they are for a while (before a test).
  void solve_wires();
  /// Calibrates what the differences' read-outs give at zero, before a batch and where that is due. Returns whether it
  /// was.
  bool auto_zero();
  /// Ends a batch: chooses the gain of each difference amplifier for the next one, and now and then brings the sense
  /// amplifiers up to date with the weights.
  void range_amplifiers();
  /// Lets all devices drift and leak for a time that nothing simulates.
  void age(double seconds);
  /// Lets time pass in a phase, `times` times `seconds`: the host computes, or devices are pulsed.
  void pass(Phase phase, double seconds, Index times = 1);
  /// Lets the time of writing pass, in its phases.
  void pass(const WriteTime& time);
  /// Measures the settling times of the present weights on a few samples (at most 8) with their classes.
  void measure_settling(const Matrix<std::uint8_t>& pixels, const Vector<std::uint8_t>& labels);

  /// The deltas of back-propagation at the free states: a reference, which no circuit computes and nothing is booked
  /// for. delta: by population, neurons x columns.
  void back_propagate(const Matrix<float>& error, const std::vector<Matrix<float>>& feedback,
                      std::vector<Matrix<float>>& delta);
  /// The number of multiplications that back_propagate() takes the host for one sample.
  double back_propagation_multiplications() const;

  const ChipDesign& design() const { return design_; }
  const Circuit<float>& circuit() const { return *circuit_; }
  /// A circuit of the same arrays and neurons with the gains of another graph, which has the same projections. Sense
  /// amplifiers are ideal in it. The chip outlives it.
  std::unique_ptr<Circuit<float>> circuit_with(const Graph& graph);
  Meter& meter() { return meter_; }
  const Meter& meter() const { return meter_; }
  /// The ratio of the scales that read_differences() divides by: g_from / g_to.
  double difference_ratio(Index from, Index to) const { return circuit_->ratio(from, to); }

  /// The arrays of projection k: its weights, its feedback where that has an array of its own, and the fast array of
  /// its transfers. Null where there is none. programmer(k) writes the weights.
  CrossbarMacro* array(std::size_t k) { return of_projection_[k].array.get(); }
  CrossbarMacro* feedback(std::size_t k) { return of_projection_[k].feedback.get(); }
  CrossbarMacro* fast(std::size_t k) { return of_projection_[k].fast.get(); }
  PulseProgrammer& programmer(std::size_t k) { return *of_projection_[k].programmer; }
  /// The programmer of the array that holds projection k's weights transposed; null where there is none
  /// (Graph::replica).
  PulseProgrammer* replica_programmer(std::size_t k);
  /// All arrays: those of weights, the fast ones of transfers, and those of feedback.
  std::vector<CrossbarMacro*> crossbars();
  /// The array of a read of the circuit, by its place in Circuit::reads().
  CrossbarMacro& array_of_read(std::size_t read) { return reads_->array(read); }
  /// Which reads are driven when, and how.
  const DrivenReads& driven_reads() const { return *reads_; }
  DifferenceReadout& difference_readout(Index p) { return *difference_readouts_[std::size_t(p)]; }
  const DifferenceReadout& difference_readout(Index p) const { return *difference_readouts_[std::size_t(p)]; }
  /// The sense amplifiers of a hidden population, or of the read-out, with the gains of a phase.
  const SenseStage& sense(Index p, bool clamped = false) const { return sense_->of(p, clamped); }
  /// All of them: for those who solve the circuit by themselves, and tell it of its phases as the chip does.
  SenseAmplifiers& sense_amplifiers() { return *sense_; }
  /// The share of membranes beyond the rails, half of the supply from the middle, in the equilibria that
  /// measure_settling() found.
  double share_beyond_rails() const { return share_beyond_rails_; }
  /// The noise of population p's outputs in the equilibria that measure_settling() found; zero before.
  const NoiseAtRest& noise_at_rest(Index p) const { return noise_at_rest_[std::size_t(p)]; }
  /// The time for which a clamped phase goes on before it is read again, in seconds: five of the loop's longest time
  /// constants, after which little of its noise is left. Zero without noise that changes.
  double noise_time_s() const;
  /// The time from the hold to the last reading of a difference, of the last sample, in seconds.
  double longest_hold_s() const;
  const DacRow& input_dac() const { return *input_dac_; }
  const DacRow& nudge_dac() const { return *nudge_dac_; }
  const AdcRow& logit_adc() const { return *logit_adc_; }

  /// The drives and states of all banks, for the block that is presented.
  CircuitState<float>& state() { return state_; }
  const CircuitState<float>& state() const { return state_; }
  /// The noise of population p's outputs, with what goes round the loop: neurons x columns, fractions of full scale;
  /// empty: none. In a transient states move with their membranes' part of it, and this is the rest.
  const Matrix<float>& output_noise(Index p) const {
    return is_transient() ? transient_->bank(p).noise() : loop_noise_->of(p);
  }
  Transient<float>& transient() { return *transient_; }
  const Block& block() const { return block_; }
  /// The phase that the lines are driven for: idle, free or clamped.
  Phase driven_phase() const { return driven_phase_; }
  /// Whether the states are those of a clamped phase, relative to the free one.
  bool clamped() const { return clamped_; }
  /// What the input's DACs drive, inputs x columns, and the error that the nudge's do: outputs x columns; empty before
  /// the first clamped phase.
  const Matrix<float>& driven_input() const { return input_; }
  const Matrix<float>& nudged_error() const { return error_; }

  const SettlingTimes& settling_times() const { return times_; }
  /// The time at which each sample of the block settled, in seconds: from the start of its free phase, and over all its
  /// clamped phases together (SettlingWatch). NaN where it has not settled; empty in other analyses than transient.
  const std::vector<double>& free_settled_s() const { return free_settled_s_; }
  const std::vector<double>& clamped_settled_s() const { return clamped_settled_s_; }
  /// The spectral radius of the circuit: with the neurons' slopes, averaged over the equilibria that measure_settling()
  /// found, and of the bare weights.
  double spectral_radius_settled() const { return radius_settled_; }
  double spectral_radius() const;
  /// The bound on the loop's coupling (coupling_bound), at the weights that it was looked at with: those of
  /// measure_settling(), and those after each batch where operating points are followed. Below certain_coupling there
  /// is one equilibrium.
  double coupling() const { return coupling_; }
  /// The settling of all phases since restart_counts().
  const SettlingCount& free_count() const { return free_count_; }
  const SettlingCount& clamped_count() const { return clamped_count_; }
  /// What the converters of logits have clipped since restart_counts(); those of states and differences are with their
  /// read-outs.
  const Clipping& clipped_logits() const { return clipped_logits_; }
  void restart_counts();
  double pulses_total() const;
  /// The share of the updates in place, over all arrays, whose trains were saturated; NaN when there were none.
  double saturated_share() const;
  /// The silicon area of the analog part, by component.
  std::vector<AreaRow> area() const;

  /// The state that learning leaves in a chip: devices, pulses that are owed to them, gains and zeros of the read-outs.
  /// By a complete archive also its time and ledger, its counts, and what was measured and not since. Between two
  /// batches of training, or two calls of Host::infer.
  void visit_state(Archive& archive);

 private:
  struct OfProjection {
    std::unique_ptr<CrossbarMacro> array, feedback, fast;
    std::unique_ptr<PulseProgrammer> programmer, feedback_programmer;
  };

  WriteTime programme_fast(CrossbarMacro& fast);
  void build_arrays();
  void build_circuit();
  void build_converters();
  void refresh_sense();
  double readout_settling_s() const;
  void visit_auto_zero(Archive& archive);
  void refuse_start() const;
  bool has_one_equilibrium() const;
  void refresh_coupling();
  bool follows() const;
  void place(const Chunk<float>& chunk);
  void start_free();
  double forward_s() const;
  Settled solve_free(const Chunk<float>& chunk, const SettleOptions& options) const;
  void check_equilibria();
  FreeStarts<float> timed_starts(const Equilibria& driven);
  void note_timed(const Equilibria& solved);
  void visit_start(Archive& archive);
  void visit_measured(Archive& archive);
  void visit_counts(Archive& archive);
  void enter(Phase phase);
  void drive_for(Phase phase);
  void pass(double seconds, Index times);
  template <class Solve>
  void settle_phase(SettlingCount& count, double timer_s, int steps, const Solve& solve);
  template <class Solve>
  int solve_phase(SettlingCount& count, const SettleOptions& options, const Solve& solve);
  double settle_nothing(SettlingCount& count);
  double run_transient(SettlingCount& count, double timer_s);
  void take_feedback(bool takes);
  void start_transient();
  void step_transient(double step_s);
  void convert_differences(std::vector<Matrix<float>>& differences);
  const Matrix<float>& noisy_difference(Index p);
  std::size_t next_reading(Index p) const;
  void wait_for_noise();
  void drive_from_error();
  double integrate_difference(Index p, float nudge);
  void add_readout_noise(Matrix<float>& logits);
  const Matrix<float>& noisy_state(Index p);
  void draw_noise();
  void expect_noise(SettlingWatch<float>& watch);
  void note_read_noise();
  Vector<float> read_noise_variance(Index p, const CircuitState<float>& states, const Matrix<float>& input,
                                    const Matrix<float>& error, bool clamped) const;
  void measure_noise(const CircuitState<float>& states, const Chunk<float>& chunk, const Matrix<float>& input,
                     const Matrix<float>& error);
  bool is_transient() const { return design_.settling.analysis == Analysis::transient; }
  NoiseInTime noise_in_time() const;
  void measure_clamped_settling(Equilibria& equilibria, const Matrix<float>& error, const ErrorOf& error_of);
  bool lines_carry_differences() const { return circuit_->clamped_lines() == ClampedLines::differences; }
  void hold_drive(Index p, const Matrix<float>& state);
  bool offset_held(double held_s);
  bool choose_amplitude(Index p);
  void set_signal(Index p, double signal);
  void settle_held();
  void read_zeros();
  double read_zero(std::uint32_t reading);
  double integrate_zero(float nudge);
  double read_zero_of_integral();
  double nominal_hold_s(std::size_t reading) const;
  double planned_clamped_s(std::size_t reading) const;
  void let_time_pass(Time time);
  double map_step_s() const;
  double accuracy() const;

  ChipDesign design_;
  Kernel own_kernel_;
  Kernel* kernel_;
  Meter meter_;
  std::vector<OfProjection> of_projection_;
  std::unique_ptr<Circuit<float>> circuit_;
  std::unique_ptr<DrivenReads> reads_;
  std::vector<std::unique_ptr<DifferenceReadout>> difference_readouts_;  // by population; null: not hidden
  std::vector<std::unique_ptr<DriveHold>> drive_holds_;                  // by population; null: none
  std::unique_ptr<SenseAmplifiers> sense_;
  std::unique_ptr<Preset> preset_dacs_;  // null: none
  ChipPower power_;
  std::unique_ptr<DacRow> input_dac_, nudge_dac_;
  std::unique_ptr<AdcRow> logit_adc_;
  CircuitState<float> state_;
  std::unique_ptr<Transient<float>> transient_;
  std::unique_ptr<LoopNoise> loop_noise_;

  Block block_;
  Phase driven_phase_ = Phase::idle;
  bool clamped_ = false;           // the states are those of a clamped phase, relative to the free one
  Matrix<float> input_;            // what the DACs drive
  Matrix<float> error_;            // what the nudge DACs drive
  std::uint32_t readings_ = 0;     // of this block's logits so far
  std::uint32_t noise_draws_ = 0;  // of this block's samples so far, in analyses other than transient
  bool noise_is_clamped_ = false;  // the last of them was for a clamped phase
  bool reads_are_noisy_ = false;
  Matrix<float> noisy_;                                     // states of one population: scratch
  std::vector<Matrix<float>> preset_;                       // by population: membranes that the free phase starts from
  std::vector<double> contraction_;                         // by chunk, from its free phase
  std::vector<double> free_settled_s_, clamped_settled_s_;  // by sample

  double held_s_ = 0;                       // seconds since the hold, of one sample
  double converting_until_s_ = 0;           // seconds from the hold until the differences' converters are free again
  std::vector<double> read_at_s_;           // seconds from the hold to each reading, of the last sample
  std::vector<Matrix<float>> line_offset_;  // by population: what sampling the free state has added to differences
  bool held_is_new_ = false;                // it has not reached the banks since the hold
  std::vector<float> zeroed_gains_;
  std::int64_t batches_since_zero_ = 0;
  std::uint64_t zero_readings_ = 0;  // readings at zero so far: they number the noise

  SettlingTimes times_;
  bool times_are_measured_ = false;
  std::vector<Matrix<float>> timed_before_;  // by population: where the timed samples are put, of their last states
  double coupling_ = std::numeric_limits<double>::infinity();
  double radius_settled_ = 0, share_beyond_rails_ = 0;
  std::vector<NoiseAtRest> noise_at_rest_;  // by population
  SettlingCount free_count_, clamped_count_;
  Clipping clipped_logits_;
};

}  // namespace settle
