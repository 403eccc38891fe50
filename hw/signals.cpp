#include "settle/hw/signals.h"

#include <algorithm>
#include <memory>

#include "settle/models/settling/phase.h"

namespace settle::hw {
namespace {

std::function<double(Index, Index)> plain(std::function<double()> read) {
  return [read = std::move(read)](Index, Index) { return read(); };
}

class Families {
 public:
  explicit Families(ChipModule& module)
      : module_(module),
        chip_(module.chip),
        graph_(chip_.design().graph),
        volts_(chip_.design().chip.neuron_full_scale_v) {}

  std::vector<SignalFamily> all() {
    protocol();
    supply();
    for (Index p = 1; p < graph_.readout(); ++p) {
      population(p);
      codes(graph_.population(p).name + "_adc", chip_.difference_readout(p).adc(), graph_.population(p).size);
    }
    const Index outputs = graph_.population(graph_.readout()).size;
    logits(outputs);
    codes("logit_adc", chip_.logit_adc(), outputs);
    if (chip_.circuit().has_neurons()) {
      nudge(outputs);
      codes("nudge_dac", chip_.nudge_dac(), outputs);
    }
    codes("input_dac", chip_.input_dac(), graph_.population(0).size);
    for (const CrossbarMacro* array : chip_.crossbars()) conductances(*array);
    return std::move(families_);
  }

 private:
  void add(std::string part, std::string quantity, SignalKind kind, Index rows,
           std::function<double(Index, Index)> read) {
    families_.push_back({std::move(part), std::move(quantity), kind, rows, 0, false, std::move(read)});
  }

  void protocol() {
    const auto in = [c = &chip_](Phase phase) {
      return plain([c, phase]() { return double(c->driven_phase() == phase); });
    };
    add("phase", "now", SignalKind::word, 0, plain([c = &chip_]() {
          const Phase now = c->driven_phase();
          return now == Phase::idle ? 0.0 : now == Phase::free ? 1.0 : 2.0;
        }));
    families_.back().words = {"idle", "free", "clamped"};
    add("phase", "free", SignalKind::logic, 0, in(Phase::free));
    add("phase", "clamped", SignalKind::logic, 0, in(Phase::clamped));
    add("phase", "sample", SignalKind::integer, 0,
        plain([c = &chip_]() { return double(c->block().first_sample % (1u << 24)); }));
  }

  void supply() {
    add("meter", "energy_j", SignalKind::analog, 0, plain([m = &module_]() { return m->drawn_j(); }));
    add("meter", "power_w", SignalKind::analog, 0, plain([m = &module_]() { return m->even_w(); }));
  }

  template <class ConverterRow>
  void codes(const std::string& part, const ConverterRow& converters, Index lines) {
    if (converters.model().nominal().exact()) return;
    add(part, "code", SignalKind::integer, lines, [&converters](Index i, Index) { return converters.code(i); });
  }

  void population(Index p) {
    const std::string& name = graph_.population(p).name;
    const Index size = graph_.population(p).size;
    const double volts = volts_;
    const Circuit<float>* circuit = &chip_.circuit();
    const bool differences = circuit->clamped_lines() == ClampedLines::differences;
    const CircuitState<float>* states = &chip_.state();
    const auto is_clamped = [c = &chip_]() { return c->driven_phase() == Phase::clamped; };
    const auto of_difference = [=](const Matrix<float>& difference, Index i) {
      return is_clamped() && difference.size() > 0 ? circuit->signal(p) * double(difference(i, 0)) : 0.0;
    };
    const auto value = [](const Matrix<float>& m, Index i) { return m.size() > 0 ? double(m(i, 0)) : 0.0; };
    add(name, "v", SignalKind::analog, size, [=, c = &chip_](Index i, Index) {
      if (states->samples() == 0) return 0.0;
      const BankState<float>& bank = states->bank(p);
      // what lines carry
      const double changed = of_difference(bank.difference, i) + value(c->output_noise(p), i);
      if (differences && is_clamped()) return volts * (changed + value(bank.line_offset, i));
      return volts * (value(bank.state, i) + changed);
    });
    add(name, "dv", SignalKind::analog, size, [=](Index i, Index) {
      return states->samples() > 0 ? volts * of_difference(states->bank(p).difference, i) : 0.0;
    });
    add(name, "u", SignalKind::analog, size, [=](Index i, Index) {
      if (states->samples() == 0) return 0.0;
      const BankState<float>& bank = states->bank(p);
      return volts *
             ((differences && is_clamped() ? 0.0 : value(bank.drive, i)) + of_difference(bank.difference_drive, i));
    });
    families_.back().on_request = true;
    if (!differences) return;
    add(name, "held", SignalKind::analog, size,
        [=](Index i, Index) { return is_clamped() ? volts * value(states->bank(p).state, i) : 0.0; });
    add(name, "held_u", SignalKind::analog, size,
        [=](Index i, Index) { return is_clamped() ? volts * value(states->bank(p).drive, i) : 0.0; });
    families_.back().on_request = true;
  }

  // Computes the logits that the read-out's arrays make of the present states, without noise; once for all of their
  // signals.
  void logits(Index outputs) {
    struct Latest {
      sc_core::sc_time time = sc_core::SC_ZERO_TIME;
      sc_dt::uint64 delta = ~sc_dt::uint64{0};
      Matrix<float> logits, change;
    };
    const auto latest = std::make_shared<Latest>();
    latest->logits.setZero(outputs, 1);
    latest->change.setZero(outputs, 1);
    add(graph_.population(graph_.readout()).name, "logit", SignalKind::analog, outputs,
        [latest, c = &chip_](Index i, Index) {
          if (c->state().samples() == 0) return 0.0;
          if (latest->delta != sc_core::sc_delta_count() || latest->time != sc_core::sc_time_stamp()) {
            const Chunk<float> first_sample = c->state().chunk(0, 1);
            read_logits(c->circuit(), first_sample, columns(latest->logits, 0, 1));
            read_logits_difference(c->circuit(), first_sample, columns(latest->change, 0, 1));
            latest->delta = sc_core::sc_delta_count();
            latest->time = sc_core::sc_time_stamp();
          }
          const bool follows = c->driven_phase() == Phase::clamped &&
                               c->circuit().clamped_lines() == ClampedLines::states;  // others leave it undriven
          return double(latest->logits(i)) + (follows ? double(latest->change(i)) : 0.0);
        });
  }

  void nudge(Index outputs) {
    add("nudge", "v", SignalKind::analog, outputs, [c = &chip_, volts = volts_](Index i, Index) {
      const Matrix<float>& error = c->nudged_error();
      return c->driven_phase() == Phase::clamped && error.size() > 0 ? volts * double(error(i, 0)) : 0.0;
    });
  }

  void conductances(const CrossbarMacro& array) {
    const Crossbar& model = array.model();
    const auto cells = [&](const char* quantity, bool subtracted) {
      families_.push_back({array.name(), quantity, SignalKind::analog, model.targets(), model.sources(), true,
                           [&model, subtracted](Index target, Index source) {
                             return subtracted ? model.subtracted_siemens(target, source)
                                               : model.siemens(target, source);
                           }});
    };
    cells("g", false);
    if (model.spec().mapping != Mapping::offset) cells("gsub", true);
  }

  ChipModule& module_;
  Chip& chip_;
  const Graph& graph_;
  double volts_;
  std::vector<SignalFamily> families_;
};

}  // namespace

Signal SignalFamily::member(Index i, Index j) const {
  std::string name = part + "." + quantity;
  if (rows > 0) name += std::to_string(i);
  if (columns > 0) name += "_" + std::to_string(j);
  return {name, part, kind, [read = read, i, j]() { return read(i, j); }, words};
}

std::vector<SignalFamily> signal_families(ChipModule& module) { return Families(module).all(); }

std::vector<Signal> chip_signals(ChipModule& module, Index lines) {
  std::vector<Signal> signals;
  for (const SignalFamily& family : signal_families(module)) {
    if (family.on_request) continue;
    for (Index i = 0; i < std::max<Index>(1, std::min(lines, family.rows)); ++i) signals.push_back(family.member(i));
  }
  return signals;
}

}  // namespace settle::hw
