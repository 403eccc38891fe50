// An amount of energy, as it is booked: where it came from a rail, where it went.
#pragma once

namespace settle {

/// In joules. What a rail supplies is dissipated or stored in a capacitor: supplied = dissipated + stored. What a
/// capacitor gives back is stored less.
struct Energy {
  double supplied = 0;
  double dissipated = 0;
  double stored = 0;
};

/// What turns into heat at once.
inline Energy heat(double joules) { return {joules, joules, 0}; }
inline Energy operator*(const Energy& e, double factor) {
  return {e.supplied * factor, e.dissipated * factor, e.stored * factor};
}
inline Energy operator+(const Energy& a, const Energy& b) {
  return {a.supplied + b.supplied, a.dissipated + b.dissipated, a.stored + b.stored};
}

}  // namespace settle
