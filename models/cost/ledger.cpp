#include "settle/models/cost/ledger.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "settle/models/error.h"

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
    stood_.emplace_back();
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

void Ledger::visit_state(Archive& archive) {
  archive.group("ledger", [&] {
    visit_names(archive);
    visit_sums(archive);
    visit_times(archive);
  });
}

// What each row is for: its section, phase, component and action.
void Ledger::visit_names(Archive& archive) {
  std::vector<std::string> components, actions;
  Matrix<std::int64_t> places(archive.loading() ? 0 : Index(rows_.size()), 2);
  for (std::size_t i = 0; i < rows_.size() && !archive.loading(); ++i) {
    components.push_back(rows_[i].component);
    actions.emplace_back(rows_[i].action->name);
    places(Index(i), 0) = std::int64_t(rows_[i].section);
    places(Index(i), 1) = std::int64_t(rows_[i].phase);
  }
  archive.words("component", components);
  archive.words("action", actions);
  archive.matrix("section_phase", places, "1",
                 "of each row, the section (0 programming, 1 training, 2 inference) and the phase");
  if (!archive.loading()) return;
  const std::size_t count = components.size();
  rows_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const Action* action = i < actions.size() ? Action::named(actions[i]) : nullptr;
    if (action == nullptr || places.rows() != Index(count) || places.cols() != 2)
      throw InputError("its ledger has actions that this version of Settle does not know");
    const auto section = std::uint64_t(places(Index(i), 0)), phase = std::uint64_t(places(Index(i), 1));
    if (section >= times_.size() || phase >= phases().size())
      throw InputError("its ledger has phases that this version of Settle does not know");
    rows_.push_back({Section(section), Phase(phase), components[i], action});
  }
  sums_.assign(count, {0, 0, 0});
  seconds_.assign(count, 0);
  stood_.assign(count, Time());
}

// Sums of 128 bits are kept in two halves, the upper one first.
void Ledger::visit_sums(Archive& archive) {
  const Index count = Index(rows_.size());
  const auto split = [](Units sum, Matrix<std::int64_t>& to, Index i, Index k) {
    to(i, 2 * k) = std::int64_t(sum >> 64);
    to(i, 2 * k + 1) = std::int64_t(std::uint64_t(sum));
  };
  const auto joined = [](const Matrix<std::int64_t>& from, Index i, Index k) {
    return Units(from(i, 2 * k)) * (Units(1) << 64) + Units(std::uint64_t(from(i, 2 * k + 1)));
  };
  Matrix<std::int64_t> energies(count, 6), seconds(count, 2), stood(count, 1);
  Matrix<double> shown(count, 3);
  for (Index i = 0; i < count; ++i) {
    const auto at = std::size_t(i);
    for (Index k = 0; k < 3; ++k) split(sums_[at][std::size_t(k)], energies, i, k);
    split(seconds_[at], seconds, i, 0);
    stood(i) = std::int64_t(stood_[at].femtoseconds());
    shown.row(i) << rows_[at].count, rows_[at].seconds, rows_[at].energy.supplied;
  }
  archive.matrix("sums", energies, "2^-110 J", "supplied, dissipated and stored energy, each in two halves of 64 bits");
  archive.matrix("seconds", seconds, "2^-90 s", "time that the component has worked, in two halves of 64 bits");
  archive.matrix("stood", stood, "fs", "time for which what stands has stood");
  archive.matrix("rows", shown, "count, s, J", "how often, for how long, and the energy that was supplied");
  for (Index i = 0; i < count && archive.loading(); ++i) {
    const auto at = std::size_t(i);
    for (Index k = 0; k < 3; ++k) sums_[at][std::size_t(k)] = joined(energies, i, k);
    seconds_[at] = joined(seconds, i, 0);
    stood_[at] = Time::femtoseconds(std::uint64_t(stood(i)));
    rows_[at].count = shown(i, 0);
    rows_[at].seconds = shown(i, 1);
    rows_[at].energy = energy_of(sums_[at]);
  }
}

void Ledger::visit_times(Archive& archive) {
  Matrix<std::int64_t> times(Index(times_.size()), Index(times_[0].size()));
  const auto each = [&](const auto& visit) {
    for (Index section = 0; section < times.rows(); ++section)
      for (Index phase = 0; phase < times.cols(); ++phase)
        visit(times(section, phase), times_[std::size_t(section)][std::size_t(phase)]);
  };
  each([](std::int64_t& fs, Time& time) { fs = std::int64_t(time.femtoseconds()); });
  archive.matrix("times", times, "fs", "simulated time of each section (rows) and phase (columns)");
  if (archive.loading()) each([](std::int64_t& fs, Time& time) { time = Time::femtoseconds(std::uint64_t(fs)); });
}

}  // namespace settle
