#include "settle/hw/testbench.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <utility>

#include <fnmatch.h>

#include "settle/hw/gtkw.h"
#include "settle/hw/sim_time.h"
#include "settle/models/error.h"
#include "settle/models/network/connection.h"

namespace settle::hw {
namespace {

const Block one_sample{1, 1, 0, 1};

// Before the first object of SystemC: in the initialiser of a base class.
sc_core::sc_module_name with_resolution(sc_core::sc_module_name name) {
  set_time_resolution();
  return name;
}

std::string names_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

Signal of_ones_own(const std::string& name, SignalKind kind) {
  return {name, name.substr(0, name.find('.')), kind, {}};
}

}  // namespace

Testbench::Testbench(sc_core::sc_module_name module_name, double step_s, std::uint64_t seed)
    : sc_module(with_resolution(module_name)), step_s_(step_s), seed_(seed) {
  check_step(step_s);
  SC_HAS_PROCESS(Testbench);
  SC_THREAD(live);
}

Testbench::~Testbench() {
  if (file_ != nullptr) sc_core::sc_close_vcd_trace_file(file_);
}

void Testbench::check_step(double step_s) const {
  if (!(std::isfinite(step_s) && step_s >= 1e-15)) refuse("step_s must be at least 1e-15 s");
}

void Testbench::refuse(const std::string& what) const {
  SC_REPORT_ERROR("settle", (std::string(name()) + ": " + what).c_str());
  throw InputError(std::string(name()) + ": " + what);  // where reports do not throw
}

void Testbench::check_part(const std::string& part) const {
  if (began_) refuse(part + ": parts are made before run()");
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (part.empty() || !std::all_of(part.begin(), part.end(), is_letter))
    refuse("`" + part + "`: a part's name is letters, digits and underscores");
  if (std::find(order_.begin(), order_.end(), part) != order_.end()) refuse(part + ": there is a part of this name");
}

CrossbarMacro& Testbench::crossbar(const std::string& part, Index sources, Index targets, const ArraySpec& spec) {
  check_part(part);
  if (sources < 1 || targets < 1) refuse(part + ": needs at least one source and one target");
  try {
    auto array = std::make_unique<CrossbarMacro>(part, dense(sources, targets), spec, seed_, meter_,
                                                 WriteSpec{WriteScheme::transistor, 14});
    array_modules_[part] = std::make_unique<CrossbarModule>(part.c_str(), *array, /*bends=*/true);
    order_.push_back(part);
    return *(arrays_[part] = std::move(array));
  } catch (const InputError& error) {
    refuse(part + ": " + error.what());
  }
}

Neurons& Testbench::bank(const std::string& part, Index size, const BankSpec& spec) {
  check_part(part);
  if (size < 1) refuse(part + ": needs at least one neuron");
  try {
    auto bank = std::make_unique<Neurons>(part, spec, size, seed_);
    order_.push_back(part);
    return *(banks_[part] = std::move(bank));
  } catch (const InputError& error) {
    refuse(part + ": " + error.what());
  }
}

void Testbench::source(const std::string& part, Index size, Waveform waveform) {
  check_part(part);
  if (size < 1) refuse(part + ": needs at least one line");
  if (!waveform) refuse(part + ": needs a waveform, such as constant(0.5)");
  sources_[part] = std::make_unique<Source>(part, size, std::move(waveform));
  order_.push_back(part);
}

void Testbench::source(const std::string& part, const std::vector<const sc_core::sc_signal<double>*>& signals) {
  for (const auto* signal : signals)
    if (signal == nullptr) refuse(part + ": there is no signal (nullptr) for one of its lines");
  const double volts = meter_.costs().chip().neuron_full_scale_v;
  source(part, Index(signals.size()), [=](Index line, double) { return signals[std::size_t(line)]->read() / volts; });
}

StateChannel& Testbench::output_of(const std::string& part) {
  if (const auto bank = banks_.find(part); bank != banks_.end()) return bank->second->output;
  if (const auto source = sources_.find(part); source != sources_.end()) return source->second->output();
  refuse(part + ": there is no bank or source of this name; the parts are " + names_of(order_));
}

Index Testbench::size_of(const std::string& part) const {
  if (const auto bank = banks_.find(part); bank != banks_.end()) return bank->second->bank.size();
  return sources_.at(part)->size();
}

void Testbench::couple(const std::string& from, const std::string& array, const std::string& to, double gain,
                       Side driven) {
  if (began_) refuse(from + ", " + to + ": are coupled before run()");
  StateChannel& output = output_of(from);
  const auto found = arrays_.find(array);
  if (found == arrays_.end()) refuse(array + ": there is no crossbar of this name; the parts are " + names_of(order_));
  const auto bank = banks_.find(to);
  if (bank == banks_.end()) refuse(to + ": there is no bank of this name; the parts are " + names_of(order_));
  if (!std::isfinite(gain)) refuse(array + ": the gain must be finite");
  for (const Coupling& other : couplings_)
    if (other.array == array && other.driven == driven && other.from != from)
      refuse(from + ": the same lines of " + array + " are driven by another part already");
  const bool forward = driven == Side::word_lines;
  const Index lines = forward ? found->second->model().sources() : found->second->model().targets(),
              sums = forward ? found->second->model().targets() : found->second->model().sources();
  if (size_of(from) != lines)
    refuse(from + ": has " + std::to_string(size_of(from)) + " lines, and drives " + std::to_string(lines) + " of " +
           array);
  if (size_of(to) != sums)
    refuse(to + ": has " + std::to_string(size_of(to)) + " neurons, and " + array + " gives " + std::to_string(sums) +
           " sums");
  bank->second->module.couple(*array_modules_.at(array), driven, output, gain, gain, forward);
  couplings_.push_back({from, array, to, gain, driven});
}

std::vector<Signal> Testbench::all_nodes() const {
  const double volts = meter_.costs().chip().neuron_full_scale_v;
  std::vector<Signal> all;
  const auto add_lines = [&](const std::string& part, const StateChannel& output, Index size) {
    for (Index i = 0; i < size; ++i)
      all.push_back({part + ".v" + std::to_string(i), part, SignalKind::analog, [&output, i, volts] {
                       return i < output.read().rows() ? volts * double(output.read()(i, 0)) : 0.0;
                     }});
  };
  for (const std::string& part : order_) {
    if (const auto bank = banks_.find(part); bank != banks_.end())
      add_lines(part, bank->second->output, bank->second->bank.size());
    if (const auto source = sources_.find(part); source != sources_.end())
      add_lines(part, source->second->output(), source->second->size());
    if (const auto array = arrays_.find(part); array != arrays_.end()) {
      const Crossbar& model = array->second->model();
      for (Index target = 0; target < model.targets(); ++target)
        for (Index source = 0; source < model.sources(); ++source)
          all.push_back({part + ".g" + std::to_string(target) + "_" + std::to_string(source), part, SignalKind::analog,
                         [&model, target, source] { return model.conductance(model.programmed()(target, source)); }});
    }
  }
  all.push_back({"energy_j", "energy", SignalKind::analog, [this] { return meter_.supplied_j(); }});
  return all;
}

Signal Testbench::node_called(const std::string& name) const {
  for (const Signal& each : all_nodes())
    if (each.name == name) return each;
  refuse(name + ": there is no such node; they are PART.v0, ARRAY.g0_0 and energy_j, of the parts " + names_of(order_));
}

sc_core::sc_signal<double>& Testbench::node(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) return *found->second;
  return add_node(node_called(name));
}

sc_core::sc_signal<double>& Testbench::add_node(const Signal& node) {
  if (began_) refuse(node.name + ": nodes are asked for before run()");
  std::string plain = node.name;
  std::replace(plain.begin(), plain.end(), '.', '_');
  auto signal = std::make_unique<sc_core::sc_signal<double>>(("node_" + plain).c_str());
  readers_[node.name] = node.read;
  return *(nodes_[node.name] = std::move(signal));
}

void Testbench::probe(const std::string& glob) {
  if (began_) refuse(glob + ": probes are chosen before run()");
  bool any = false;
  for (const Signal& each : all_nodes()) {
    if (::fnmatch(glob.c_str(), each.name.c_str(), 0) != 0) continue;
    any = true;
    if (nodes_.count(each.name) == 0) add_node(each);
    if (std::none_of(shown_.begin(), shown_.end(), [&](const Signal& s) { return s.name == each.name; }))
      shown_.push_back(each);
  }
  if (!any)
    refuse(glob + ": matches no node; they are PART.v0, ARRAY.g0_0 and energy_j, of the parts " + names_of(order_));
}

void Testbench::probe(const sc_core::sc_signal<double>& signal, const std::string& name) {
  sc_core::sc_trace(trace_file(), signal, name);
  shown_.push_back(of_ones_own(name, SignalKind::analog));
}

void Testbench::probe(const sc_core::sc_signal<int>& signal, const std::string& name) {
  sc_core::sc_trace(trace_file(), signal, name, integer_bits);
  shown_.push_back(of_ones_own(name, SignalKind::integer));
}

void Testbench::probe(const sc_core::sc_signal<bool>& signal, const std::string& name) {
  sc_core::sc_trace(trace_file(), signal, name);
  shown_.push_back(of_ones_own(name, SignalKind::logic));
}

void Testbench::probe(const double* value, const std::string& name) {
  expect_there(value, name);
  sc_core::sc_trace(trace_file(), *value, name);
  shown_.push_back(of_ones_own(name, SignalKind::analog));
}

void Testbench::probe(const int* value, const std::string& name) {
  expect_there(value, name);
  sc_core::sc_trace(trace_file(), *value, name, integer_bits);
  shown_.push_back(of_ones_own(name, SignalKind::integer));
}

void Testbench::probe(const bool* value, const std::string& name) {
  expect_there(value, name);
  sc_core::sc_trace(trace_file(), *value, name);
  shown_.push_back(of_ones_own(name, SignalKind::logic));
}

sc_core::sc_trace_file* Testbench::trace_file() {
  if (began_) refuse("signals are put into the waveform before run()");
  if (file_ == nullptr) {
    file_ = sc_core::sc_create_vcd_trace_file(name());
    file_->set_time_unit(1, sc_core::SC_FS);  // the resolution: no time falls between
  }
  return file_;
}

void Testbench::expect_there(const void* value, const std::string& name) const {
  if (value == nullptr) refuse(name + ": there is no number (nullptr)");
}

void Testbench::begin() {
  if (has_lines() && std::none_of(shown_.begin(), shown_.end(), [](const Signal& s) { return bool(s.read); }))
    probe("*.v*");
  for (const Signal& each : shown_)
    if (each.read) sc_core::sc_trace(trace_file(), *nodes_.at(each.name), each.name);
  began_ = true;
}

void Testbench::run(double seconds) {
  if (!(std::isfinite(seconds) && seconds > 0)) refuse("run() takes seconds above 0");
  if (!has_lines()) return pass(seconds);  // nothing moves
  const double steps = seconds / step_s_, whole = std::round(steps);
  // steps are whole femtoseconds, and seconds may be a few more
  const bool is_whole = std::abs(steps - whole) < 1e-6;
  simulate([&] { sc_core::sc_start(is_whole ? whole * to_sc_time(step_s_) : to_sc_time(seconds)); });
}

void Testbench::run() {
  simulate([] { sc_core::sc_start(); });
}

void Testbench::pass(double seconds) {
  if (!(std::isfinite(seconds) && seconds >= 0)) refuse("pass() takes seconds, no less than 0");
  if (to_sc_time(seconds) == sc_core::SC_ZERO_TIME) return;
  to_pass_s_ += seconds;
  simulate([&] { sc_core::sc_start(to_sc_time(seconds)); });
}

void Testbench::restart(double step_s) {
  if (step_s != 0) {
    check_step(step_s);
    step_s_ = step_s;
  }
  starts_ = true;
}

void Testbench::simulate(const std::function<void()>& run) {
  const bool first = !began_;
  if (first) begin();
  resumed_.notify(sc_core::SC_ZERO_TIME);
  run();
  for (auto& bank : banks_) bank.second->module.rethrow();
  try {
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  } catch (const InputError& error) {
    refuse(error.what());
  }
  write_save_file();
  if (first && file_ != nullptr) std::printf("waveform  gtkwave %s.gtkw\n", name());
}

// The life of the bench, in steps and in time that passes.
void Testbench::live() {
  try {
    while (true) {
      if (to_pass_s_ > 0) {
        refresh();
        const double seconds = std::exchange(to_pass_s_, 0);
        meter_.pass(Time::seconds(seconds));
        has_passed_ = true;
        wait(to_sc_time(seconds));
        continue;
      }
      if (!has_lines()) {
        wait(resumed_);
        continue;
      }
      if (std::exchange(starts_, false)) start();
      refresh();
      step();
      wait(to_sc_time(step_s_));
      for (auto& bank : banks_) bank.second->module.rethrow();
    }
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the end of the simulation
  } catch (const std::exception&) {
    failed_ = std::current_exception();
    sc_core::sc_stop();
  }
}

void Testbench::start() {
  steps_ = 0;
  has_passed_ = false;
  for (auto& source : sources_) source.second->start();
  for (auto& bank : banks_) bank.second->start();
}

// All banks step in the next delta cycle, on the states and the sources' levels before the step, and sources move with
// them: what moved in this one would be there before the banks.
void Testbench::step() {
  ++steps_;
  for (auto& [name, bank] : banks_) {
    bank->expect_numbers(name);
    bank->module.tick(step_s_);
  }
  // before anything of this time has happened, in however many delta cycles
  for (auto& source : sources_) source.second->look(double(steps_) * step_s_);
  wait(sc_core::SC_ZERO_TIME);
  for (auto& source : sources_) source.second->send();
  book(step_s_);
}

// What the arrays' lines dissipate in a step, with the states at its beginning. Lines are driven once, however many
// banks have the sums.
void Testbench::book(double seconds) {
  for (std::size_t k = 0; k < couplings_.size(); ++k) {
    const Coupling& each = couplings_[k];
    const auto has_these = [&](const Coupling& c) { return c.array == each.array && c.driven == each.driven; };
    if (std::any_of(couplings_.begin(), couplings_.begin() + std::ptrdiff_t(k), has_these)) continue;
    CrossbarMacro& array = *arrays_.at(each.array);
    array.book_read(one_sample, array.sums_of(one_sample, each.driven, output_of(each.from).read()), 1, seconds);
  }
  meter_.pass(Time::seconds(seconds));
}

void Testbench::refresh() {
  for (auto& [name, signal] : nodes_) signal->write(readers_.at(name)());
}

void Testbench::write_save_file() {
  std::vector<Signal> sorted;  // by part
  for (const Signal& each : shown_)
    if (std::none_of(sorted.begin(), sorted.end(), [&](const Signal& s) { return s.group == each.group; }))
      for (const Signal& of_part : shown_)
        if (of_part.group == each.group) sorted.push_back(of_part);
  const std::string file = std::string(name()) + ".gtkw";
  std::ofstream(file) << gtkw(file, std::string(name()) + ".vcd", sorted, 0,
                              sc_core::sc_time_stamp().to_seconds() * 1e15);
}

}  // namespace settle::hw
