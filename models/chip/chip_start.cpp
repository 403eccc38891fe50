// Where the chip's free phase starts, what the circuit makes of it, and whether the solver goes elsewhere.
#include <stdexcept>
#include <utility>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/settling/coupling.h"
#include "settle/models/settling/follow.h"
#include "settle/models/settling/forward_pass.h"
#include "settle/models/settling/phase.h"

namespace settle {
namespace {

// One sample of so many is followed, to see whether the solver is where the circuit goes.
constexpr std::uint64_t samples_of_a_check = 256;

}  // namespace

void Chip::refuse_start() const {
  if (design_.settling.start != Start::previous) return;
  if (design_.converter.adc_bits == 0 || design_.converter.adc_bits > 16)
    throw InputError("settling.start = previous: states are kept as codes of converters of 2 to 16 bits");
  if (design_.chip.host_samples == SampleMemory::stream)
    throw InputError("settling.start = previous: samples that come as a stream have no memory beside them");
}

bool Chip::has_one_equilibrium() const { return coupling_ < certain_coupling; }

void Chip::refresh_coupling() { coupling_ = coupling_bound(*circuit_); }

bool Chip::follows() const {
  return design_.settling.start != Start::any && design_.settling.analysis == Analysis::operating_point &&
         !has_one_equilibrium();
}

void Chip::preset(const std::vector<Matrix<float>>& states) {
  enter(Phase::load);
  preset_.resize(states.size());
  double seconds = 0;  // all banks at the same time
  for (Index p = 1; p < circuit_->readout(); ++p)
    seconds = std::max(seconds, preset_dacs_->set(p, block_, states[std::size_t(p)], preset_[std::size_t(p)]));
  pass(seconds, block_.samples);
}

// Puts the block's membranes and states where the free phase starts.
void Chip::place(const Chunk<float>& chunk) {
  if (preset_.empty()) {
    reset(*circuit_, chunk);
    return;
  }
  for (Index p = 1; p < circuit_->readout(); ++p) {
    const Bank<float>& bank = circuit_->bank(p);
    BankState<float>& b = chunk.bank(p);
    chunk.view(b.drive) = columns(std::as_const(preset_[std::size_t(p)]), chunk.first, chunk.count);
    bank.activation->apply(bank.parameters(), chunk.view(b.drive).data(), chunk.view(b.state).data(), bank.size(),
                           chunk.count);
  }
}

// Starts the free phase of an operating point or of the map, and lets the time of a forward pass go by: its lines carry
// the states that it ends in, and those of feedback nothing. In a transient, run_transient() does that step by step.
void Chip::start_free() {
  const Start start = design_.settling.start;
  if (start == Start::any || is_transient() || !circuit_->has_neurons()) return;
  block_.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk = state_.chunk(first, width);
    start == Start::forward ? forward_sweep(*circuit_, chunk) : place(chunk);
  });
  if (start != Start::forward) return;
  reads_->take_feedback(false);
  power_.lines_change();
  power_.charge_lines();
  pass(forward_s(), block_.samples);
  reads_->take_feedback(true);
}

// In the map a forward pass takes a step for each hidden population.
double Chip::forward_s() const {
  if (design_.settling.start != Start::forward) return 0;
  if (design_.settling.analysis == Analysis::map) return double(circuit_->readout() - 1) * map_step_s();
  if (!times_are_measured_) throw std::logic_error("measure_settling comes before a forward pass");
  return times_.forward_s;
}

Settled Chip::solve_free(const Chunk<float>& chunk, const SettleOptions& options) const {
  const Start start = design_.settling.start;
  if (follows()) return follow_free(*circuit_, chunk, options);
  const bool from_start = options.method == Method::map && (start == Start::forward || !preset_.empty());
  return from_start ? settle_free_on(*circuit_, chunk, options) : settle::settle_free(*circuit_, chunk, options);
}

// Follows a few of the samples that have been solved for, by their numbers, so that blocks make no difference. Where
// there is one equilibrium there is nothing to see.
void Chip::check_equilibria() {
  if (design_.settling.start != Start::any || design_.settling.analysis != Analysis::operating_point ||
      has_one_equilibrium())
    return;
  std::vector<Index> samples;
  for (Index c = 0; c < block_.samples; ++c)
    if ((block_.first_sample + std::uint64_t(c)) % samples_of_a_check == 0) samples.push_back(c);
  if (samples.empty()) return;
  free_count_.checked += double(samples.size());
  free_count_.elsewhere += double(count_elsewhere(
      *circuit_, state_, samples, {Method::sweeps, int(design_.settling.free_steps), design_.settling.tolerance}));
}

// Where the samples whose settling is timed start: those of `previous` from their states when they were timed last.
FreeStarts<float> Chip::timed_starts(const Equilibria& driven) {
  FreeStarts<float> starts;
  if (design_.settling.start == Start::forward && circuit_->has_neurons()) {
    CircuitState<float> pass = driven.state();
    times_.forward_s = forward_pass(*circuit_, pass, design_.settling.forward_accuracy);
    if (design_.settling.analysis == Analysis::map) times_.forward_s = forward_s();
    for (Index p = 0; p < circuit_->populations(); ++p) starts.reading.push_back(pass.bank(p).drive);
    starts.learning = starts.reading;
  }
  const bool has_previous = !timed_before_.empty() && timed_before_[1].cols() == driven.state().samples();
  if (design_.settling.start == Start::previous && has_previous) {
    starts.learning = timed_before_;
    starts.differ = true;
  }
  return starts;
}

void Chip::note_timed(const Equilibria& solved) {
  if (design_.settling.start != Start::previous || !circuit_->has_neurons()) return;
  timed_before_.resize(std::size_t(circuit_->populations()));
  for (Index p = 1; p < circuit_->readout(); ++p)
    timed_before_[std::size_t(p)] = preset_dacs_->membranes_of(p, solved.state().bank(p).state);
}

void Chip::visit_start(Archive& archive) {
  if (archive.loading()) {
    timed_before_.clear();
    refresh_coupling();
  }
  if (design_.settling.start != Start::previous || !archive.keeps("timed_before")) return;
  if (!archive.loading() && timed_before_.empty()) return;
  timed_before_.resize(std::size_t(circuit_->populations()));
  archive.group("timed_before", [&] {
    for (Index p = 1; p < circuit_->readout(); ++p)
      archive.matrix(design_.graph.population(p).name, timed_before_[std::size_t(p)], "full scale",
                     "membranes of the timed samples, neurons x samples, when they were timed last");
  });
}

}  // namespace settle
