#include "hw/signals.h"

#include <algorithm>
#include <memory>

namespace settle::hw {
namespace {

using Phase = Substrate::Phase;

std::function<double(Index, Index)> plain(std::function<double()> read) {
  return [read = std::move(read)](Index, Index) { return read(); };
}

class Families {
 public:
  Families(Substrate& substrate, const PowerMeter& meter)
      : substrate_(substrate),
        meter_(meter),
        graph_(substrate.spec().graph),
        volts_(substrate.spec().chip.neuron_full_scale_v) {}

  std::vector<SignalFamily> all() {
    protocol();
    supply();
    for (Index p = 1; p < graph_.readout(); ++p) {
      population(p);
      codes(graph_.population(p).name + "_adc", substrate_.adc(p), graph_.population(p).size);
    }
    const Index outputs = graph_.population(graph_.readout()).size;
    logits(outputs);
    codes("logit_adc", substrate_.logit_adc(), outputs);
    nudge(outputs);
    codes("nudge_dac", substrate_.nudge_dac(), outputs);
    codes("input_dac", substrate_.input_dac(), graph_.population(0).size);
    for (const Crossbar* array : substrate_.crossbars()) conductances(*array);
    return std::move(families_);
  }

 private:
  void add(std::string part, std::string quantity, SignalKind kind, Index rows,
           std::function<double(Index, Index)> read) {
    families_.push_back({std::move(part), std::move(quantity), kind, rows, 0, false, std::move(read)});
  }

  void protocol() {
    const auto in = [s = &substrate_](Phase phase) {
      return plain([s, phase]() { return double(s->phase() == phase); });
    };
    add("phase", "now", SignalKind::word, 0, plain([s = &substrate_]() { return double(s->phase()); }));
    families_.back().words = {"idle", "free", "clamped"};  // in the order of Phase
    add("phase", "free", SignalKind::logic, 0, in(Phase::free));
    add("phase", "clamped", SignalKind::logic, 0, in(Phase::clamped));
    add("phase", "sample", SignalKind::integer, 0,
        plain([s = &substrate_]() { return double(s->block().first_sample % (1u << 24)); }));
  }

  void supply() {
    add("meter", "energy_j", SignalKind::analog, 0, plain([m = &meter_]() { return m->drawn_j(); }));
    // the mean since it was read last, but of what is known to be drawn from now on
    const auto power = [m = &meter_, last_j = 0.0, last_s = 0.0, mean_w = 0.0]() mutable {
      const double now_s = sc_core::sc_time_stamp().to_seconds(), now_j = m->drawn_j();
      if (now_s > last_s) {
        mean_w = std::max(0.0, (now_j - last_j) / (now_s - last_s));
        last_j = now_j;
        last_s = now_s;
      }
      return m->spread_w() > 0 ? m->spread_w() : mean_w;
    };
    add("meter", "power_w", SignalKind::analog, 0, plain(power));
  }

  template <class ConverterRow>
  void codes(const std::string& part, const ConverterRow& converters, Index lines) {
    if (converters.model().nominal().exact()) return;
    add(part, "code", SignalKind::integer, lines, [&converters](Index i, Index) { return converters.code(i); });
  }

  void population(Index p) {
    const std::string& name = graph_.population(p).name;
    const Index size = graph_.population(p).size;
    const double volts = volts_, scale = substrate_.loop().scale[std::size_t(p)];
    const BankState<float>* state = &substrate_.bank(p).state();
    const Matrix<float>* noise = &substrate_.bank(p).noise();
    const auto of_difference = [s = &substrate_, scale](const Matrix<float>& difference, Index i) {
      return s->phase() == Phase::clamped && difference.size() > 0 ? scale * double(difference(i, 0)) : 0.0;
    };
    const auto value = [](const Matrix<float>& m, Index i) { return m.size() > 0 ? double(m(i, 0)) : 0.0; };
    add(name, "v", SignalKind::analog, size, [=](Index i, Index) {
      return volts * (value(state->state, i) + of_difference(state->difference, i) + value(*noise, i));
    });
    add(name, "dv", SignalKind::analog, size,
        [=](Index i, Index) { return volts * of_difference(state->difference, i); });
    add(name, "u", SignalKind::analog, size,
        [=](Index i, Index) { return volts * (value(state->drive, i) + of_difference(state->difference_drive, i)); });
    families_.back().on_request = true;
  }

  // What the read-out's arrays make of the present states, without noise: computed once for all of them.
  void logits(Index outputs) {
    struct Latest {
      std::vector<BankState<float>*> states;
      sc_core::sc_time time = sc_core::SC_ZERO_TIME;
      sc_dt::uint64 delta = ~sc_dt::uint64{0};
      Matrix<float> logits, change;
    };
    const auto latest = std::make_shared<Latest>();
    latest->states.assign(graph_.populations.size(), nullptr);
    for (Index p = 1; p < graph_.readout(); ++p) latest->states[std::size_t(p)] = &substrate_.bank(p).state();
    latest->logits.setZero(outputs, 1);
    latest->change.setZero(outputs, 1);
    add(graph_.population(graph_.readout()).name, "logit", SignalKind::analog, outputs,
        [latest, s = &substrate_](Index i, Index) {
          if (latest->states[1]->state.size() == 0) return 0.0;
          if (latest->delta != sc_core::sc_delta_count() || latest->time != sc_core::sc_time_stamp()) {
            const Chunk<float> first_sample{&latest->states, 0, 1};
            read_logits(s->loop(), first_sample, columns(latest->logits, 0, 1));
            read_logits_difference(s->loop(), first_sample, columns(latest->change, 0, 1));
            latest->delta = sc_core::sc_delta_count();
            latest->time = sc_core::sc_time_stamp();
          }
          const double change = s->phase() == Phase::clamped ? double(latest->change(i)) : 0.0;
          return double(latest->logits(i)) + change;
        });
  }

  void nudge(Index outputs) {
    add("nudge", "v", SignalKind::analog, outputs, [s = &substrate_, volts = volts_](Index i, Index) {
      const Matrix<float>& error = s->nudged_error();
      return s->phase() == Phase::clamped && error.size() > 0 ? volts * double(error(i, 0)) : 0.0;
    });
  }

  void conductances(const Crossbar& array) {
    const settle::Crossbar& model = array.model();
    const auto cells = [&](const char* quantity, bool subtracted) {
      families_.push_back({array.basename(), quantity, SignalKind::analog, model.targets(), model.sources(), true,
                           [&model, subtracted](Index target, Index source) {
                             return subtracted ? model.subtracted_siemens(target, source)
                                               : model.siemens(target, source);
                           }});
    };
    cells("g", false);
    if (model.spec().mapping != Mapping::offset) cells("gsub", true);
  }

  Substrate& substrate_;
  const PowerMeter& meter_;
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

std::vector<SignalFamily> signal_families(Substrate& substrate, const PowerMeter& meter) {
  return Families(substrate, meter).all();
}

std::vector<Signal> chip_signals(Substrate& substrate, const PowerMeter& meter, Index lines) {
  std::vector<Signal> signals;
  for (const SignalFamily& family : signal_families(substrate, meter)) {
    if (family.on_request) continue;
    for (Index i = 0; i < std::max<Index>(1, std::min(lines, family.rows)); ++i) signals.push_back(family.member(i));
  }
  return signals;
}

}  // namespace settle::hw
