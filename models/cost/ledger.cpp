#include "models/cost/ledger.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "models/error.h"

namespace settle {
namespace {

constexpr int unit_bits = 110;  // 8e-34 J
constexpr int second_bits = 90;
constexpr double most_j = 1.3e5;  // of one row: 2^(127 - unit_bits)

}  // namespace

const char* name(Rail rail) {
  switch (rail) {
    case Rail::analog:
      return "analog";
    case Rail::write:
      return "write";
    case Rail::digital:
      return "digital";
  }
  throw std::logic_error("a rail without a name");
}

const char* name(Section section) {
  switch (section) {
    case Section::programming:
      return "programming";
    case Section::training:
      return "training";
    case Section::inference:
      return "inference";
  }
  throw std::logic_error("a section without a name");
}

const std::vector<Phase>& phases() {
  static const std::vector<Phase> all = {Phase::idle,     Phase::load,   Phase::free,   Phase::readout,
                                         Phase::host,     Phase::hold,   Phase::nudge,  Phase::clamped,
                                         Phase::contrast, Phase::update, Phase::verify, Phase::calibration};
  return all;
}

const char* name(Phase phase) {
  switch (phase) {
    case Phase::idle:
      return "idle";
    case Phase::load:
      return "load";
    case Phase::free:
      return "free";
    case Phase::readout:
      return "read-out";
    case Phase::host:
      return "host";
    case Phase::hold:
      return "hold";
    case Phase::nudge:
      return "nudge";
    case Phase::clamped:
      return "clamped";
    case Phase::contrast:
      return "contrast";
    case Phase::update:
      return "update";
    case Phase::verify:
      return "verify";
    case Phase::calibration:
      return "calibration";
  }
  throw std::logic_error("a phase without a name");
}

std::size_t Ledger::row_of(Section section, Phase phase, const std::string& component, const Action& action) {
  std::size_t i = 0;
  while (i < rows_.size() && (rows_[i].section != section || rows_[i].phase != phase || rows_[i].action != &action ||
                              rows_[i].component != component))
    ++i;
  if (i == rows_.size()) {
    rows_.push_back({section, phase, component, &action});
    sums_.push_back({0, 0, 0});
    seconds_.push_back(0);
    stood_.push_back(Time());
  }
  return i;
}

namespace {

// What is not finite follows from states or weights that are not; what is too much, from a figure or a very long run.
[[noreturn]] void refuse(const std::string& component, Phase phase, const Action& action, double value,
                         const char* unit) {
  char number[32];
  std::snprintf(number, sizeof number, "%.3g", value);
  const std::string what = component + ": " + number + " " + unit + " for " + action.name + " in phase " + name(phase);
  if (!std::isfinite(value)) throw NotFinite(what);
  throw RunError(what +
                 " is more than a chip takes: change the figure of [cost], [chip], [device] or [wire] that it "
                 "follows from, or shorten the run");
}

}  // namespace

void Ledger::book(Section section, Phase phase, const std::string& component, const Action& action, double count,
                  const Energy& energy, double seconds) {
  const std::size_t i = row_of(section, phase, component, action);
  const std::array<double, 3> parts = {energy.supplied, energy.dissipated, energy.stored};
  for (const double joules : parts)
    if (!(std::abs(joules) + std::abs(rows_[i].energy.supplied) + std::abs(rows_[i].energy.dissipated) < most_j))
      refuse(component, phase, action, rows_[i].energy.supplied + joules, "J");
  rows_[i].count += count;
  seconds_[i] += Units(std::ldexp(seconds, second_bits));
  rows_[i].seconds = std::ldexp(double(seconds_[i]), -second_bits);
  for (std::size_t k = 0; k < parts.size(); ++k) sums_[i][k] += Units(std::ldexp(parts[k], unit_bits));
  rows_[i].energy = energy_of(sums_[i]);
}

void Ledger::stand(Section section, Phase phase, const std::string& component, const Action& action, double watts,
                   Time time) {
  constexpr double most_w = 1e3;  // of one row, so that its energy in a femtosecond is far from most_j
  if (!(watts >= 0 && watts < most_w)) refuse(component, phase, action, watts, "W");
  const std::size_t i = row_of(section, phase, component, action);
  const Units each = Units(std::ldexp(watts * 1e-15, unit_bits)), fs = Units(time.femtoseconds());
  if (!(rows_[i].energy.supplied + watts * time.to_seconds() < most_j))
    refuse(component, phase, action, rows_[i].energy.supplied + watts * time.to_seconds(), "J");
  sums_[i][0] += each * fs;
  sums_[i][1] += each * fs;
  stood_[i] += time;
  rows_[i].count = rows_[i].seconds = stood_[i].to_seconds();
  rows_[i].energy = energy_of(sums_[i]);
}

void Ledger::pass(Section section, Phase phase, Time time) { times_[std::size_t(section)][std::size_t(phase)] += time; }

Time Ledger::time(Section section) const {
  Time sum;
  for (const Phase phase : phases()) sum += time(section, phase);
  return sum;
}

Time Ledger::time() const { return time(Section::programming) + time(Section::training) + time(Section::inference); }

Energy Ledger::energy_of(const Sum& sum) {
  const auto joules = [&](std::size_t k) { return std::ldexp(double(sum[k]), -unit_bits); };
  return {joules(0), joules(1), joules(2)};
}

// Whole numbers, so that rows can be added up in any order and cut up in any way.
template <class Wanted>
Energy Ledger::sum_of(const Wanted& wanted) const {
  Sum sum = {0, 0, 0};
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t k = 0; k < sum.size() && wanted(rows_[i]); ++k) sum[k] += sums_[i][k];
  return energy_of(sum);
}

Energy Ledger::total(Section section) const {
  return sum_of([&](const Row& row) { return row.section == section; });
}
Energy Ledger::total() const {
  return sum_of([](const Row&) { return true; });
}

}  // namespace settle
