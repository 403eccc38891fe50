// What the uncertainty of figures makes of a sum of energies or areas.
//
// Every term of a sum is in proportion to powers of figures (Action::figures), so sums under other figures follow from
// the nominal ones, and a run needs to be simulated once. A figure that several terms share moves them together;
// figures move independently of each other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "settle/models/cost/area.h"
#include "settle/models/cost/figures.h"
#include "settle/models/cost/ledger.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// A part of a sum with every figure at its nominal value, and what that is in proportion to.
struct Term {
  double nominal;
  std::vector<Dependence> figures;
};
using Terms = std::vector<Term>;

/// The energy that a row of the ledger was supplied with. One in proportion to the chip's area (area_key) has a term
/// for each component of it. A power of the area is taken for the product of its components' figures, each to that
/// power times its share of the area, which is right for small changes. Keys point into `row` and `area`.
Terms terms_of(const Ledger::Row& row, const std::vector<AreaRow>& area);
Terms terms_of(const AreaRow& row);

/// A sum with every figure at its nominal value, and percentiles of what it is under the figures' distributions.
struct Spread {
  double nominal, p5, p50, p95;
};
inline Spread operator*(const Spread& s, double factor) {
  return {s.nominal * factor, s.p5 * factor, s.p50 * factor, s.p95 * factor};
}

/// The percentiles of at least one value that was found, each between the two nearest, beside a nominal one.
Spread spread_of(double nominal, std::vector<double> values);

/// A standard normal variable, drawn once in each of `count` strata of equal probability, in random order.
std::vector<double> stratified_normals(const Stream& stream, std::size_t count);

/// The logarithm of a figure over its nominal value, `deviations` standard deviations from the median: the figure is
/// low and high at the 10th and the 90th percentile, and log-normal on either side (provenance.h).
double log_factor(const Estimate& figure, double deviations);

class MonteCarlo {
 public:
  /// Draws all figures: each a Latin hypercube's column, from a stream of its own key. The same seed gives the same.
  MonteCarlo(const Figures& figures, std::uint64_t seed);

  /// Figures that were not drawn count as exact.
  Spread spread(const Terms& terms) const;

 private:
  std::map<std::string, std::vector<double>> log_factors_;  // of each figure, by draw
};

/// What one figure does to a sum while all others are nominal: the sum with the figure at its low and at its high, over
/// the nominal sum.
struct Swing {
  std::string figure;
  double low, high;
};
/// Those of all uncertain figures that the sum depends on, the largest first.
std::vector<Swing> swings(const Figures& figures, const Terms& terms);

}  // namespace settle
