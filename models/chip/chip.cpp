// The chip's construction. Its work in each phase is in chip_phases.cpp.
#include "settle/models/chip/chip.h"

#include <algorithm>
#include <cmath>

#include "settle/models/device/pulse_figures.h"
#include "settle/models/device/symmetry_point.h"
#include "settle/models/error.h"
#include "settle/models/network/initial.h"
#include "settle/models/parameter_check.h"
#include "settle/models/settling/stability.h"

namespace settle {
namespace {

ArraySpec array_spec(const ChipDesign& design, const Connection& connection) {
  ArraySpec crossbar = design.crossbar;
  crossbar.weight_at_bound *= glorot_limit(connection.bit_lines(), connection.word_lines());
  return crossbar;
}

// What lock-in nudging cannot do (as the program says of its keys).
void refuse_lock_in(const ChipDesign& design) {
  if (design.learning.nudging != Nudging::lock_in) return;
  const std::string lock_in = "nudging = lock-in: ";
  if (design.learning.error == ErrorMode::recomputed) throw InputError(lock_in + "its error is held");
  if (design.converter.readout == Readout::absolute) throw InputError(lock_in + "it integrates differences");
  for (const double nudge : design.learning.phase_nudges)
    if (std::abs(nudge) != 1) throw InputError(lock_in + "its switch knows signs alone: phase_nudges are 1 or -1");
}

// What a configuration refuses is refused here too, by the same rows.
const ChipDesign& checked(const ChipDesign& design) {
  check_spec<CrossbarSpec>("crossbar", design.crossbar);
  check_spec<NeuronSpec>("neuron", design.neuron);
  check_spec("converter", design.converter);
  check_spec("hold", design.hold);
  check_spec("amplifier", design.amplifier);
  check_spec("sense", design.sense);
  check_spec("noise", design.noise);
  check_spec("learning", design.learning);
  check_spec("settling", design.settling);
  check_spec("programming", design.programming);
  check_spec("chip", design.chip);
  check_spec("cost", design.cost);
  check_spec("rules", design.rules);
  return design;
}

// What lines that carry differences cannot do (as the program says of its keys).
void refuse_differences(const ChipDesign& design) {
  if (design.learning.clamped_lines == ClampedLines::states) return;
  const std::string differences = "clamped_lines = differences: ";
  if (design.learning.difference == DifferenceMode::plain) throw InputError(differences + "they are layer-scaled");
  if (design.learning.error == ErrorMode::recomputed)
    throw InputError(differences + "there is no clamped read-out to recompute an error of");
  if (design.learning.nudge_course == NudgeCourse::ramped)
    throw InputError(differences + "a ramped nudge would have no say");
  if (design.converter.readout == Readout::absolute)
    throw InputError(differences + "neurons subtract held states themselves, and are not read at full scale");
}

}  // namespace

void Kernel::step(Chip& chip, double step_s) { chip.transient().step(step_s); }

Chip::Chip(const ChipDesign& design, Kernel* kernel)
    : design_(checked(design)),
      kernel_(kernel != nullptr ? kernel : &own_kernel_),
      meter_(design.chip, design.cost),
      power_(*this) {
  if (design_.noise.physical && design_.neuron.membrane_noise == 0)
    throw InputError("noise.physical: the neurons' BankSpec was made without it: give it the chip's NoiseSpec");
  refuse_differences(design_);
  refuse_start();
  refuse_lock_in(design_);
  reads_are_noisy_ = design_.crossbar.device.read_noise > 0;
  build_arrays();
  build_circuit();
  build_converters();
  sense_ = std::make_unique<SenseAmplifiers>(design_, *circuit_, *reads_);
  refresh_sense();
  add_pulse_figures(meter_.figures(), design_.crossbar.device);
  double area_m2 = 0;
  for (const AreaRow& row : area()) area_m2 += row.area_m2;
  meter_.set_link(link_mm(area_m2));
  const double leaking_w = meter_.costs().leakage_w(area_m2);
  meter_.add_standing("chip", action::leakage, {leaking_w, leaking_w, leaking_w});
}

void Chip::build_arrays() {
  const Graph& graph = design_.graph;
  of_projection_.resize(graph.projections.size());
  const WriteSpec write{design_.programming.scheme, int(design_.converter.adc_bits), design_.sense};
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    const std::string name = graph.name(p);
    OfProjection& of = of_projection_[k];
    const auto connection = graph.connection(p);
    if (p.forward || (p.backward && graph.symmetric))
      of.array = std::make_unique<CrossbarMacro>(name, connection, array_spec(design_, *connection), design_.seed,
                                                 meter_, write);
    if (p.backward && graph.has_own_feedback()) {
      const auto back = connection->reversed();
      of.feedback = std::make_unique<CrossbarMacro>(name + "_feedback", back, array_spec(design_, *back), design_.seed,
                                                    meter_, write);
    }
    if (p.forward && design_.learning.update == Update::in_situ && design_.learning.transfer_every > 0) {
      ArraySpec of_fast = array_spec(design_, *connection);
      of_fast.mapping = Mapping::reference_array;  // noise must not pull what is collected to a bias
      of_fast.reference = Reference::symmetry_point;
      of.fast = std::make_unique<CrossbarMacro>(name + "_fast", connection, of_fast, design_.seed, meter_, write);
    }
    if (of.array)
      of.programmer = std::make_unique<PulseProgrammer>(*of.array, of.fast.get(), design_.learning, design_.programming,
                                                        name, design_.seed);
    if (of.feedback)
      of.feedback_programmer = std::make_unique<PulseProgrammer>(*of.feedback, nullptr, design_.learning,
                                                                 design_.programming, name + "_feedback", design_.seed);
  }
}

std::unique_ptr<Circuit<float>> Chip::circuit_with(const Graph& graph) {
  std::vector<Bank<float>> banks(graph.populations.size());
  for (Index p = 1; p < graph.readout(); ++p) {
    const Population& population = graph.population(p);
    banks[std::size_t(p)] = make_bank<float>(design_.neuron, population.size, population.name, design_.seed);
  }
  std::vector<ProjectionArrays<float>> arrays(of_projection_.size());
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    if (const CrossbarMacro* array = this->array(k)) {
      arrays[k].forward = &array->model().effective();
      arrays[k].forward_scale = array->model().weight_scale();
    }
    if (const CrossbarMacro* feedback = this->feedback(k)) {
      arrays[k].feedback = &feedback->model().effective();
      arrays[k].feedback_scale = feedback->model().weight_scale();
    }
  }
  CircuitSpec spec;
  spec.nudge = design_.learning.nudge;
  spec.layer_scaled = design_.learning.difference == DifferenceMode::layer_scaled;
  spec.clamped_lines = design_.learning.clamped_lines;
  const ArraySpec& crossbar = design_.crossbar;
  if (crossbar.device.iv_v > 0) spec.curvature = crossbar.read_v / crossbar.device.iv_v;
  return std::make_unique<Circuit<float>>(graph, std::move(banks), arrays, spec);
}

void Chip::build_circuit() {
  const Graph& graph = design_.graph;
  circuit_ = circuit_with(graph);
  std::vector<CrossbarMacro*> arrays_of_reads;
  for (const Read<float>& read : circuit_->reads()) {
    CrossbarMacro* own = feedback(read.projection);
    arrays_of_reads.push_back(read.forward() || own == nullptr ? array(read.projection) : own);
  }
  if (design_.learning.difference_amplitude > 0 && lines_carry_differences())
    for (Index p = 1; p < graph.readout(); ++p) circuit_->set_signal(p, design_.learning.difference_amplitude);
  reads_ = std::make_unique<DrivenReads>(design_, *circuit_, std::move(arrays_of_reads));
  state_.resize(*circuit_, 0);
  transient_ = std::make_unique<Transient<float>>(*circuit_, noise_in_time(), &graph, design_.seed);
  noise_at_rest_.resize(graph.populations.size());
  loop_noise_ = std::make_unique<LoopNoise>(*circuit_, design_.neuron.noise, graph, design_.seed);
}

void Chip::build_converters() {
  const Graph& graph = design_.graph;
  const Index outputs = graph.population(graph.readout()).size;
  const auto make_dac = [&](const std::string& name, DacBank::Codes codes, Index lines) {
    return std::make_unique<DacRow>(
        name, DacBank({int(design_.converter.dac_bits), 1.0f}, codes, design_.converter.dac, lines, name, design_.seed),
        meter_);
  };
  input_dac_ = make_dac("input_dac", DacBank::Codes::pixels, graph.population(0).size);
  nudge_dac_ = make_dac("nudge_dac", DacBank::Codes::bipolar, outputs);
  logit_adc_ = std::make_unique<AdcRow>(
      "logit_adc",
      AdcBank({int(design_.converter.adc_bits), float(design_.converter.logit_full_scale)}, design_.converter.adc,
              outputs, design_.chip.adc_columns, "logit_adc", design_.seed),
      meter_);

  DifferenceReadoutSpec spec;
  spec.readout = design_.converter.readout;
  spec.hold = design_.hold;
  spec.thermal = design_.noise.physical;
  if (spec.thermal) spec.hold.thermal_noise = ThermalNoise::capacitor;
  spec.amplifier = design_.amplifier;
  spec.adc = {int(design_.converter.adc_bits), 1.0f};
  spec.adc_errors = design_.converter.adc;
  if (design_.settling.start == Start::previous && circuit_->has_neurons())
    preset_dacs_ = std::make_unique<Preset>(design_, *circuit_, meter_);
  spec.lock_in = design_.learning.nudging == Nudging::lock_in;
  read_at_s_.assign(readings_of(design_.learning), 0.0);
  spec.readings = spec.lock_in ? 1 : std::uint32_t(read_at_s_.size());
  const std::vector<double> path = path_gains(graph, design_.learning.nudge);
  difference_readouts_.resize(graph.populations.size());
  drive_holds_.resize(graph.populations.size());
  line_offset_.resize(graph.populations.size());
  for (Index p = 1; p < graph.readout(); ++p) {
    const Population& population = graph.population(p);
    const double expected = lines_carry_differences() ? circuit_->signal(p) : path[std::size_t(p)];
    difference_readouts_[std::size_t(p)] = std::make_unique<DifferenceReadout>(
        spec, population.name, population.size, circuit_->signal(p), expected, design_.seed, meter_);
    if (lines_carry_differences())
      drive_holds_[std::size_t(p)] = std::make_unique<DriveHold>(design_.neuron.noise, spec.hold, design_.chip,
                                                                 population.size, population.name, design_.seed);
  }
}

WriteTime Chip::initialise() {
  const Graph& graph = design_.graph;
  enter(Phase::update);
  WriteTime longest;  // arrays are programmed at the same time
  const auto programme = [&](PulseProgrammer& programmer, const Matrix<float>& weights) {
    longest = longer(longest, programmer.initialise(weights, design_.threads));
  };
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    const auto draw = [&](const Connection& connection, Purpose purpose) {
      return initial(design_.initial)
          .draw(connection.bit_lines(), connection.word_lines(), Stream(design_.seed, graph.stream_name(p), purpose));
    };
    const auto connection = graph.connection(p);
    OfProjection& of = of_projection_[k];
    if (of.array) {
      const Matrix<float> weights = draw(*connection, Purpose::initial_weights);
      programme(*of.programmer, weights);
      if (of.feedback && graph.replica) programme(*of.feedback_programmer, weights.transpose());
    }
    if (of.feedback && !graph.replica)
      programme(*of.feedback_programmer, draw(*connection->reversed(), Purpose::feedback_weights));
    // fast arrays are shifted to where their devices' steps are equal, which they read as zero
    if (of.fast) longest = longer(longest, programme_fast(*of.fast));
  }
  solve_wires();
  refresh_sense();
  return longest;
}

void Chip::set_weights(std::size_t k, const Matrix<float>& weights) {
  const OfProjection& of = of_projection_.at(k);
  if (!of.array)
    throw InputError(design_.graph.name(design_.graph.projections[k]) +
                     ": feeds back alone, and has no weights to set");
  of.array->set_weights(weights, design_.threads);
  if (of.feedback && design_.graph.replica) of.feedback->set_weights(weights.transpose(), design_.threads);
  solve_wires();
  refresh_sense();
}

// The devices of a fast array are brought to where their steps up and down are equal; what is read of them there is
// what the reference cells are set to, and so what the array takes for zero.
WriteTime Chip::programme_fast(CrossbarMacro& fast) {
  const Crossbar& model = fast.model();
  if (model.spec().device.response == Response::exact) {
    fast.set_weights(Matrix<float>::Zero(model.targets(), model.sources()), design_.threads);
    return {};
  }
  fast.set_states(symmetry_points(model.devices()), {}, design_.threads);
  double read_s = 0;
  fast.verify(read_s);
  return {read_s, read_s};
}

WriteErrors Chip::write_errors() const {
  WriteErrors all;
  for (const OfProjection& of : of_projection_)
    for (const auto* programmer : {of.programmer.get(), of.feedback_programmer.get()})
      if (programmer != nullptr) all += programmer->write_errors();
  return all;
}

PulseProgrammer* Chip::replica_programmer(std::size_t k) {
  return design_.graph.replica ? of_projection_[k].feedback_programmer.get() : nullptr;
}

std::vector<CrossbarMacro*> Chip::crossbars() {
  std::vector<CrossbarMacro*> all;
  for (const auto member : {&OfProjection::array, &OfProjection::fast, &OfProjection::feedback})
    for (const OfProjection& of : of_projection_)
      if (of.*member) all.push_back((of.*member).get());
  return all;
}

// Amplifiers without a GBW of their own take one for these times. Without settling times yet, a phase takes as long as
// a neuron by itself; a logit settles while its converter samples it.
void Chip::refresh_sense() {
  const int adc_bits = int(design_.converter.adc_bits);
  const double alone_s = design_.neuron.tau_s * (charged_bits(adc_bits) + 1) * std::log(2.0);
  sense_->refresh(times_.read_s > 0 ? times_.read_s : alone_s, meter_.costs().adc_conversion_s(1, adc_bits),
                  design_.threads);
}

double Chip::spectral_radius() const { return settle::spectral_radius(*circuit_); }

void Chip::catch_up() {
  for (CrossbarMacro* array : crossbars()) array->catch_up(design_.threads);
}

void Chip::solve_wires() {
  for (CrossbarMacro* array : crossbars()) array->solve_wires(design_.threads);
}

void Chip::age(double seconds) {
  for (CrossbarMacro* array : crossbars()) array->age(seconds, design_.threads);
}

double Chip::pulses_total() const {
  double pulses = 0;
  for (const auto member : {&OfProjection::array, &OfProjection::fast, &OfProjection::feedback})
    for (const OfProjection& of : of_projection_)
      if (of.*member) pulses += (of.*member)->pulses_total();
  return pulses;
}

double Chip::saturated_share() const {
  double trains = 0, saturated = 0;
  for (const OfProjection& of : of_projection_)
    if (of.programmer) {
      trains += of.programmer->trains();
      saturated += of.programmer->saturated_trains();
    }
  return trains > 0 ? saturated / trains : std::nan("");
}

double Chip::longest_hold_s() const { return *std::max_element(read_at_s_.begin(), read_at_s_.end()); }

std::vector<AreaRow> Chip::area() const {
  const double fast_cells = design_.learning.transfer_every > 0 ? 2 : 0;
  double decoded = 0;
  for (const OfProjection& of : of_projection_)
    for (const auto* array : {of.array.get(), of.fast.get(), of.feedback.get()})
      if (array != nullptr) decoded += array->decoded_lines();
  return chip_area(design_.chip, design_.cost, design_.graph,
                   {double(cells_per_weight(design_.crossbar.mapping)) + fast_cells, sense_->amplifiers(), decoded,
                    int(design_.converter.adc_bits), int(design_.converter.dac_bits), lines_carry_differences(),
                    preset_dacs_ != nullptr,
                    design_.learning.nudging == Nudging::lock_in ? double(readings_of(design_.learning)) : 0.0});
}

void Chip::restart_counts() {
  free_count_ = clamped_count_ = SettlingCount{};
  clipped_logits_ = {};
  for (Index p = 1; p < circuit_->readout(); ++p) difference_readout(p).restart_counts();
}

NoiseInTime Chip::noise_in_time() const {
  return {design_.neuron.noise, circuit_->has_membrane_noise() || reads_are_noisy_};
}

void Chip::enter(Phase phase) { meter_.enter(phase); }

void Chip::pass(Phase phase, double seconds, Index times) {
  enter(phase);
  pass(seconds, times);
}

// The sum is rounded to femtoseconds once, whatever its parts.
void Chip::pass(const WriteTime& time) {
  const std::uint64_t all = Time::seconds(time.seconds).femtoseconds();
  const std::uint64_t verify = std::min(all, Time::seconds(time.verify_s).femtoseconds());
  enter(Phase::update);
  let_time_pass(Time::femtoseconds(all - verify));
  if (verify == 0) return;
  enter(Phase::verify);
  let_time_pass(Time::femtoseconds(verify));
}

// Time passes for each of `times` samples, or once. What stands, draws power.
void Chip::pass(double seconds, Index times) {
  power_.book_reads(seconds);
  power_.book_standing(seconds);
  let_time_pass(Time::seconds(seconds) * times);
}

// What has been booked since time passed last, and what stands meanwhile, is drawn in this time.
void Chip::let_time_pass(Time time) {
  meter_.stand(time);
  kernel_->wait(time);
  meter_.pass(time);
}

}  // namespace settle
