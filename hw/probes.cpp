#include "hw/probes.h"

namespace settle::hw {
namespace {

void add_population(std::vector<Signal>& signals, Substrate& substrate, const std::string& name, Index p, Index i) {
  const double volts = substrate.spec().chip.neuron_full_scale_v;
  const double scale = substrate.loop().scale[std::size_t(p)];
  const NeuronBank* bank = &substrate.bank(p);
  BankState<float>* state = &substrate.bank(p).state();
  const auto difference = [state, scale, i, &substrate]() {
    const bool clamped = substrate.phase() == Substrate::Phase::clamped && state->difference.size() > 0;
    return clamped ? scale * double(state->difference(i, 0)) : 0.0;
  };
  const std::string number = std::to_string(i);
  signals.push_back({name + ".v" + number, name, SignalKind::analog, [=]() {
                       if (state->state.size() == 0) return 0.0;
                       const double noise = bank->noise().size() > 0 ? double(bank->noise()(i, 0)) : 0.0;
                       return volts * (double(state->state(i, 0)) + difference() + noise);
                     }});
  signals.push_back({name + ".dv" + number, name, SignalKind::analog, [=]() { return volts * difference(); }});
}

}  // namespace

std::vector<Signal> chip_signals(Substrate& substrate, const PowerMeter& meter, Index neurons) {
  using Phase = Substrate::Phase;
  std::vector<Signal> signals;
  const auto in_phase = [&](const char* name, Phase phase) {
    signals.push_back({std::string("phase.") + name, "phase", SignalKind::logic,
                       [&substrate, phase]() { return double(substrate.phase() == phase); }});
  };
  in_phase("free", Phase::free);
  in_phase("clamped", Phase::clamped);
  signals.push_back({"meter.energy_j", "meter", SignalKind::analog, [&meter]() { return meter.nominal_j(); }});
  signals.push_back(
      {"meter.power_w", "meter", SignalKind::analog, [&meter, last_j = 0.0, last_s = 0.0, watts = 0.0]() mutable {
         const double now = sc_core::sc_time_stamp().to_seconds();
         if (now > last_s) {
           watts = (meter.nominal_j() - last_j) / (now - last_s);
           last_j = meter.nominal_j();
           last_s = now;
         }
         return watts;
       }});
  const Graph& graph = substrate.spec().graph;
  const double volts = substrate.spec().chip.neuron_full_scale_v;
  for (Index i = 0; i < std::min(neurons, graph.population(graph.readout()).size); ++i)
    signals.push_back({"nudge.v" + std::to_string(i), "nudge", SignalKind::analog, [&substrate, i, volts]() {
                         const Matrix<float>& error = substrate.nudged_error();
                         const bool driven = substrate.phase() == Phase::clamped && error.size() > 0;
                         return driven ? volts * double(error(i, 0)) : 0.0;
                       }});
  for (Index p = 1; p < graph.readout(); ++p)
    for (Index i = 0; i < std::min(neurons, graph.population(p).size); ++i)
      add_population(signals, substrate, graph.population(p).name, p, i);
  return signals;
}

Probes::Probes(sc_core::sc_module_name module_name, Substrate& substrate, std::vector<Signal> signals,
               const std::string& file)
    : sc_module(module_name),
      signals_(std::move(signals)),
      analog_(signals_.size(), 0.0),
      logic_(std::make_unique<bool[]>(signals_.size())),
      file_(sc_core::sc_create_vcd_trace_file(file.c_str())) {
  SC_HAS_PROCESS(Probes);
  SC_METHOD(refresh);
  sensitive << substrate.stepped();
  file_->set_time_unit(1, sc_core::SC_FS);  // the resolution: SystemC warns of each time that falls between
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    if (signals_[i].kind == SignalKind::logic) {
      sc_core::sc_trace(file_, logic_[i], signals_[i].name);
    } else {
      sc_core::sc_trace(file_, analog_[i], signals_[i].name);
    }
  }
}

Probes::~Probes() { sc_core::sc_close_vcd_trace_file(file_); }

void Probes::refresh() {
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    const double value = signals_[i].read();
    logic_[i] = value != 0;
    analog_[i] = value;
  }
}

}  // namespace settle::hw
