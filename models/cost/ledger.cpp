#include "models/cost/ledger.h"

#include <cmath>
#include <stdexcept>

#include "models/error.h"

namespace settle {
namespace {

constexpr int unit_bits = 110;  // 8e-34 J
constexpr int second_bits = 90;
constexpr double most_j = 1.3e5;  // of one row: 2^(127 - unit_bits)

}  // namespace

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
  static const std::vector<Phase> all = {Phase::idle,     Phase::load,   Phase::free,       Phase::readout,
                                         Phase::host,     Phase::hold,   Phase::nudge,      Phase::clamped,
                                         Phase::contrast, Phase::update, Phase::calibration};
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
    case Phase::calibration:
      return "calibration";
  }
  throw std::logic_error("a phase without a name");
}

void Ledger::book(Section section, Phase phase, const std::string& component, const Action& action, double count,
                  const Estimate& energy_j, double seconds) {
  std::size_t i = 0;
  while (i < rows_.size() && (rows_[i].section != section || rows_[i].phase != phase || rows_[i].action != &action ||
                              rows_[i].component != component))
    ++i;
  if (i == rows_.size()) {
    rows_.push_back({section, phase, component, &action});
    sums_.push_back({0, 0, 0});
    seconds_.push_back(0);
  }
  for (std::size_t k = 0; k < energy_j.size(); ++k)
    if (!(std::abs(energy_j[k]) + rows_[i].energy_j[k] < most_j))
      throw RunError(component + ": an energy of " + std::to_string(energy_j[k]) + " J for " + action.name);
  rows_[i].count += count;
  seconds_[i] += Units(std::ldexp(seconds, second_bits));
  rows_[i].seconds = std::ldexp(double(seconds_[i]), -second_bits);
  for (std::size_t k = 0; k < energy_j.size(); ++k) {
    sums_[i][k] += Units(std::ldexp(energy_j[k], unit_bits));
    rows_[i].energy_j[k] = std::ldexp(double(sums_[i][k]), -unit_bits);
  }
}

void Ledger::pass(Section section, Phase phase, Time time) { times_[std::size_t(section)][std::size_t(phase)] += time; }

Time Ledger::time(Section section) const {
  Time sum;
  for (const Phase phase : phases()) sum += time(section, phase);
  return sum;
}

Time Ledger::time() const { return time(Section::programming) + time(Section::training) + time(Section::inference); }

// Whole numbers, so that rows can be added up in any order and cut up in any way.
template <class Wanted>
Estimate Ledger::sum_of(const Wanted& wanted) const {
  Sum sum = {0, 0, 0};
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t k = 0; k < sum.size() && wanted(rows_[i]); ++k) sum[k] += sums_[i][k];
  Estimate energy_j;
  for (std::size_t k = 0; k < sum.size(); ++k) energy_j[k] = std::ldexp(double(sum[k]), -unit_bits);
  return energy_j;
}

Estimate Ledger::total_j(Section section) const {
  return sum_of([&](const Row& row) { return row.section == section; });
}

Estimate Ledger::total_j() const {
  return sum_of([](const Row&) { return true; });
}

}  // namespace settle
