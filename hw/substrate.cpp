// How the chip is put together. What it does in each phase is in substrate_phases.cpp.
#include "hw/substrate.h"

#include "hw/sim_time.h"
#include "hw/substrate_parts.h"
#include "models/network/initial.h"
#include "models/settling/stability.h"

namespace settle::hw {
namespace {

// SystemC names have no hyphens in them, so that traces can be addressed by them.
std::string module_name(std::string name) {
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

ArraySpec crossbar_spec(const SubstrateSpec& spec, Index targets, Index sources) {
  ArraySpec crossbar = spec.crossbar;
  crossbar.weight_at_bound *= glorot_limit(targets, sources);
  return crossbar;
}

}  // namespace

Substrate::Substrate(sc_core::sc_module_name name, const SubstrateSpec& spec)
    : sc_module(name), spec_(spec), parts_(std::make_unique<Parts>()) {
  const std::size_t populations = spec_.graph.populations.size();
  loop_.nudge = float(spec_.learning.nudge);
  loop_.feedforward = spec_.graph.feedforward;
  loop_.symmetric = spec_.graph.symmetric;
  // without feedback no difference reaches the first layers, and none is learned from
  const bool scaled = spec_.learning.difference == DifferenceMode::layer_scaled && !loop_.feedforward;
  loop_.scale = scaled ? path_gains(spec_.graph, spec_.learning.nudge) : std::vector<double>(populations, 1.0);
  const ArraySpec& crossbar = spec_.crossbar;
  if (crossbar.device.iv_v > 0) loop_.curvature = float(crossbar.read_v / crossbar.device.iv_v);
  reads_are_noisy_ = crossbar.device.read_noise > 0;
  build();
  couple();
}

Substrate::~Substrate() = default;

void Substrate::build() {
  const Graph& graph = spec_.graph;
  const Index outputs = graph.population(graph.readout()).size;
  const auto make_adc = [&](const std::string& name, double full_scale, Index lines) {
    return std::make_unique<Adc>(name.c_str(),
                                 AdcBank({int(spec_.converter.adc_bits), float(full_scale)}, spec_.converter.adc, lines,
                                         spec_.chip.adc_columns, name, spec_.seed));
  };
  const auto make_dac = [&](const std::string& name, DacBank::Codes codes, Index lines) {
    return std::make_unique<Dac>(name.c_str(), DacBank({int(spec_.converter.dac_bits), 1.0f}, codes,
                                                       spec_.converter.dac, lines, name, spec_.seed));
  };
  parts_->input_dac = make_dac("input_dac", DacBank::Codes::pixels, graph.population(0).size);
  parts_->nudge_dac = make_dac("nudge_dac", DacBank::Codes::bipolar, outputs);
  parts_->logit_adc = make_adc("logit_adc", spec_.converter.logit_full_scale, outputs);
  for (Dac* dac : {parts_->input_dac.get(), parts_->nudge_dac.get()}) dac->meter(meter);
  parts_->logit_adc->meter(meter);

  parts_->hidden.resize(graph.populations.size());
  states_.assign(graph.populations.size(), nullptr);
  for (Index p = 1; p < graph.readout(); ++p) {
    const Population& population = graph.population(p);
    Parts::Hidden& h = parts_->at(p);
    h.bank = std::make_unique<NeuronBank>(population.name.c_str(), spec_.neuron, population.size,
                                          loop_.scale[std::size_t(p)], loop_.curvature, population.name, spec_.seed);
    h.state = std::make_unique<StateChannel>((population.name + "_state").c_str());
    // a transient's states have their noise already
    const double noise = is_transient() ? 0.0 : spec_.neuron.noise;
    h.hold = std::make_unique<SampleHold>(
        (population.name + "_hold").c_str(), noise,
        HoldBank(spec_.hold, spec_.chip, population.size, population.name, spec_.seed), population.name, spec_.seed);
    h.amplifier = std::make_unique<DifferenceAmplifier>(spec_.amplifier, population.size, population.name, spec_.seed);
    h.adc = make_adc(population.name + "_adc", 1.0, population.size);
    h.bank->output(*h.state);
    h.bank->meter(meter);
    h.hold->meter(meter);
    h.adc->meter(meter);
    states_[std::size_t(p)] = &h.bank->state();
  }

  for (const Projection& p : graph.projections) {
    const std::string projection = module_name(graph.name(p));
    const Index sources = graph.population(p.source).size, targets = graph.population(p.target).size;
    std::unique_ptr<Crossbar> array, fast, feedback;
    if (p.forward || (p.backward && graph.symmetric))
      array = std::make_unique<Crossbar>(projection.c_str(), targets, sources, crossbar_spec(spec_, targets, sources),
                                         spec_.seed);
    if (p.backward && graph.has_own_feedback())
      feedback = std::make_unique<Crossbar>((projection + "_feedback").c_str(), sources, targets,
                                            crossbar_spec(spec_, sources, targets), spec_.seed);
    if (p.forward && spec_.learning.update == Update::in_situ && spec_.learning.transfer_every > 0) {
      ArraySpec of_fast = crossbar_spec(spec_, targets, sources);
      of_fast.mapping = Mapping::reference_array;  // noise must not pull what is collected to a bias
      of_fast.reference = Reference::symmetry_point;
      fast = std::make_unique<Crossbar>((projection + "_fast").c_str(), targets, sources, of_fast, spec_.seed);
    }
    for (Crossbar* crossbar : {array.get(), fast.get(), feedback.get()})
      if (crossbar != nullptr) crossbar->meter(meter);
    const auto programmer_of = [&](const std::string& name, Crossbar* programmed, Crossbar* collecting) {
      return programmed != nullptr
                 ? std::make_unique<PulseProgrammer>((name + "_programmer").c_str(), *programmed, collecting,
                                                     spec_.learning, spec_.programming, name, spec_.seed)
                 : nullptr;
    };
    parts_->programmers.push_back(programmer_of(projection, array.get(), fast.get()));
    parts_->feedback_programmers.push_back(programmer_of(projection + "_feedback", feedback.get(), nullptr));
    parts_->fast.push_back(std::move(fast));
    parts_->arrays.push_back(std::move(array));
    parts_->feedback.push_back(std::move(feedback));
  }
}

void Substrate::couple() {
  const Graph& graph = spec_.graph;
  loop_.banks.assign(graph.populations.size(), nullptr);
  gains_.assign(graph.populations.size(), 1.0f);
  const std::size_t readings = spec_.learning.nudging == Nudging::symmetric ? 2 : 1;
  zeros_.assign(readings, std::vector<Vector<float>>(graph.populations.size()));
  read_at_s_.assign(readings, 0.0);
  square_sum_.assign(graph.populations.size(), 0.0);
  square_count_.assign(graph.populations.size(), 0.0);
  const std::vector<double> expected = path_gains(graph, spec_.learning.nudge);
  for (Index p = 1; p < graph.readout(); ++p) {
    loop_.banks[std::size_t(p)] = &parts_->at(p).bank->model();
    gains_[std::size_t(p)] = ranging_gain(float(expected[std::size_t(p)]), 1.0f, float(spec_.amplifier.most_gain));
  }
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    Crossbar* array = parts_->arrays[k].get();
    Crossbar* feedback = parts_->feedback[k].get();
    Coupling<float> c{p.source, p.target, 0, 0, nullptr, nullptr, Op::none};
    if (p.forward) {
      c.forward = &array->model().effective();
      c.alpha = float(p.alpha) * array->model().weight_scale();
    }
    if (p.backward) {
      const Crossbar& back = feedback ? *feedback : *array;
      c.backward = &back.model().effective();
      c.backward_op = feedback ? Op::none : Op::transpose;
      c.beta = float(p.beta) * back.model().weight_scale();
    }
    loop_.couplings.push_back(c);
    if (!graph.is_hidden(p.source) || !graph.is_hidden(p.target)) continue;
    StateChannel &source = *parts_->at(p.source).state, &target = *parts_->at(p.target).state;
    const double down = loop_.ratio(p.source, p.target), up = loop_.ratio(p.target, p.source);
    if (p.forward) bank(p.target).couple(*array, Side::word_lines, source, p.alpha, p.alpha * down);
    if (p.backward && feedback) bank(p.source).couple(*feedback, Side::word_lines, target, p.beta, p.beta * up);
    if (p.backward && !feedback) bank(p.source).couple(*array, Side::bit_lines, target, p.beta, p.beta * up);
  }
}

sc_core::sc_time Substrate::initialise() {
  const Graph& graph = spec_.graph;
  double longest = 0;  // arrays are programmed at the same time
  const auto programme = [&](PulseProgrammer& programmer, const Matrix<float>& weights) {
    longest = std::max(longest, programmer.initialise(weights, spec_.threads));
  };
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    const Index sources = graph.population(p.source).size, targets = graph.population(p.target).size;
    const auto draw = [&](Index rows, Index cols, Purpose purpose) {
      return initial(spec_.initial).draw(rows, cols, Stream(spec_.seed, graph.name(p), purpose));
    };
    if (parts_->arrays[k]) {
      const Matrix<float> weights = draw(targets, sources, Purpose::initial_weights);
      programme(*parts_->programmers[k], weights);
      if (parts_->feedback[k] && graph.replica) programme(*parts_->feedback_programmers[k], weights.transpose());
    }
    if (parts_->feedback[k] && !graph.replica)
      programme(*parts_->feedback_programmers[k], draw(sources, targets, Purpose::feedback_weights));
  }
  // fast arrays are shifted to where their devices' steps are equal, which they read as zero
  for (const auto& fast : parts_->fast)
    if (fast) fast->set_weights(Matrix<float>::Zero(fast->model().targets(), fast->model().sources()), spec_.threads);
  stay();
  return to_sc_time(longest);
}

bool Substrate::has_array(std::size_t k) const { return parts_->arrays[k] != nullptr; }
bool Substrate::has_feedback(std::size_t k) const { return parts_->feedback[k] != nullptr; }
Crossbar& Substrate::feedback(std::size_t k) { return *parts_->feedback[k]; }
Crossbar& Substrate::array(std::size_t k) { return *parts_->arrays[k]; }
PulseProgrammer& Substrate::programmer(std::size_t k) { return *parts_->programmers[k]; }
PulseProgrammer* Substrate::replica_programmer(std::size_t k) {
  return spec_.graph.replica ? parts_->feedback_programmers[k].get() : nullptr;
}
NeuronBank& Substrate::bank(Index p) { return *parts_->at(p).bank; }

const Dac& Substrate::input_dac() const { return *parts_->input_dac; }
const Dac& Substrate::nudge_dac() const { return *parts_->nudge_dac; }
const Adc& Substrate::logit_adc() const { return *parts_->logit_adc; }
const Adc& Substrate::adc(Index p) const { return *parts_->at(p).adc; }

double Substrate::spectral_radius() const { return settle::spectral_radius(loop_); }

Crossbar* Substrate::fast(std::size_t k) { return parts_->fast[k].get(); }

std::vector<Crossbar*> Substrate::crossbars() {
  std::vector<Crossbar*> all;
  for (const auto* family : {&parts_->arrays, &parts_->fast, &parts_->feedback})
    for (const auto& array : *family)
      if (array) all.push_back(array.get());
  return all;
}

void Substrate::catch_up() {
  for (Crossbar* array : crossbars()) array->catch_up(spec_.threads);
}

void Substrate::stay() {
  for (Crossbar* array : crossbars()) array->solve_wires(spec_.threads);
}

void Substrate::age(double seconds) {
  for (Crossbar* array : crossbars()) array->age(seconds, spec_.threads);
}

double Substrate::pulses_total() {
  double pulses = 0;
  for (const Crossbar* array : crossbars()) pulses += array->pulses_total();
  return pulses;
}

}  // namespace settle::hw
