// What costs energy: a record for each action, beside the figures and the formula of the part that takes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace settle {

/// The supply that an action draws from.
enum class Rail {
  analog,   // chip.supply_v: drivers, amplifiers, neurons, converters
  write,    // the pump that makes the pulses' voltage; what is booked is what the pump itself draws from chip.supply_v
  digital,  // the host and the links of codes to it, at chip.supply_v
};
const char* name(Rail rail);

/// An energy that is in proportion to a power of an uncertain figure, by the figure's key.
struct Dependence {
  const char* key;
  double exponent;
};

/// In place of a figure's key: the area of the chip's analog part, to each of whose components a figure belongs.
inline constexpr const char* area_key = "area";

/// Compared by where it is: there is one of each.
struct Action {
  const char* name;
  const char* unit;  // of what is counted
  Rail rail;
  std::vector<Dependence> figures;  // uncertain ones; the energy has each to its exponent as a factor
  const char* source;               // of the formula and its figures

  Action(const char* name_, const char* unit_, Rail rail_, std::vector<Dependence> figures_, const char* source_)
      : name(name_), unit(unit_), rail(rail_), figures(std::move(figures_)), source(source_) {
    all().push_back(this);
  }
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;

  /// The action of that name; null when there is none. Names are unique.
  static const Action* named(const std::string& name) {
    for (const Action* action : all())
      if (action->name == name) return action;
    return nullptr;
  }

 private:
  static std::vector<const Action*>& all() {
    static std::vector<const Action*> actions;
    return actions;
  }
};

}  // namespace settle
