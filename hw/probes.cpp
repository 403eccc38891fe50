#include "settle/hw/probes.h"

#include <charconv>

#include "settle/hw/sim_time.h"

namespace settle::hw {
namespace {

// VCD as SystemC writes it has no text: a word is a vector of its characters, and viewers show that as ASCII.
sc_dt::uint64 ascii(const std::string& word) {
  sc_dt::uint64 bits = 0;
  for (const char c : word) bits = bits << 8 | sc_dt::uint64(static_cast<unsigned char>(c));
  return bits;
}

// Rounds to 8 digits, all that a state has: SystemC writes each one of a double, and viewers have no room for them.
double rounded(double value) {
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific, 7);
  std::from_chars(digits, written.ptr, value);
  return value;
}

}  // namespace

Probes::Probes(sc_core::sc_module_name module_name, ChipModule& module, std::vector<Signal> signals, std::string file,
               const ProbeWindow& window)
    : sc_module(module_name),
      module_(module),
      signals_(std::move(signals)),
      values_(signals_.size()),
      path_(std::move(file)),
      start_(to_sc_time(window.start_s)),
      end_(window.end_s > 0 ? to_sc_time(window.end_s) : sc_core::sc_max_time()),
      every_(window.every) {
  SC_HAS_PROCESS(Probes);
  SC_METHOD(refresh);
  sensitive << module.stepped();
  dont_initialize();
  SC_METHOD(close);
  sensitive << closing_;
  dont_initialize();
}

Probes::~Probes() { close(); }

void Probes::close() {
  if (file_ != nullptr) sc_core::sc_close_vcd_trace_file(file_);
  file_ = nullptr;
}

void Probes::refresh() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  if (!due() || now < start_ || now > end_) return;
  read();
  if (entries_ == 0) {
    first_ = now;
    open();
  }
  ++entries_;
}

// Whether this is an entry: a change of phase, a conversion (the chip is idle), or one step in so many.
bool Probes::due() {
  const bool changed = module_.chip.driven_phase() != phase_;
  phase_ = module_.chip.driven_phase();
  step_ = changed ? 0 : step_ + 1;
  return phase_ == Phase::idle || step_ % every_ == 0;
}

// Opens the file with the first entry, so that a window that starts later does not begin with zeros that no signal has
// had.
void Probes::open() {
  file_ = sc_core::sc_create_vcd_trace_file(path_.c_str());
  file_->set_time_unit(1, sc_core::SC_FS);  // the resolution: SystemC warns of each time that falls between
  // an entry is written when time moves on
  if (end_ < sc_core::sc_max_time())
    closing_.notify(end_ - sc_core::sc_time_stamp() + sc_core::sc_get_time_resolution());
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    const std::string& name = signals_[i].name;
    switch (signals_[i].kind) {
      case SignalKind::logic:
        sc_core::sc_trace(file_, values_[i].logic, name);
        break;
      case SignalKind::analog:
        sc_core::sc_trace(file_, values_[i].analog, name);
        break;
      case SignalKind::integer:
        sc_core::sc_trace(file_, values_[i].integer, name, integer_bits);
        break;
      case SignalKind::word:
        sc_core::sc_trace(file_, values_[i].text, name, word_bits);
        break;
    }
  }
}

void Probes::read() {
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    const double value = signals_[i].read();
    switch (signals_[i].kind) {
      case SignalKind::logic:
        values_[i].logic = value != 0;
        break;
      case SignalKind::analog:
        values_[i].analog = rounded(value);
        break;
      case SignalKind::integer:
        values_[i].integer = int(value);
        break;
      case SignalKind::word:
        values_[i].text = ascii(signals_[i].words[std::size_t(value)]);
        break;
    }
  }
}

}  // namespace settle::hw
