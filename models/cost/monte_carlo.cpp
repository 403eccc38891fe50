#include "settle/models/cost/monte_carlo.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <boost/math/special_functions/erf.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace settle {
namespace {

constexpr std::size_t draws = 1000;                       // of sums, which cost little
constexpr double deviations_of_p90 = 1.2815515655446004;  // of a standard normal variable

// The one below which a share of a standard normal variable lies.
double normal_quantile(double share) { return std::sqrt(2.0) * boost::math::erf_inv(2 * share - 1); }

// Between the two nearest of a sorted list.
double percentile(const std::vector<double>& sorted, double share) {
  const double at = share * double(sorted.size() - 1);
  const auto below = std::size_t(at), above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - double(below)) * (sorted[above] - sorted[below]);
}

double nominal_of(const Terms& terms) {
  return std::accumulate(terms.begin(), terms.end(), 0.0, [](double sum, const Term& t) { return sum + t.nominal; });
}

double exponent_of(const Term& term, const std::string& figure) {
  for (const Dependence& d : term.figures)
    if (figure == d.key) return d.exponent;
  return 0;
}

// The sum with one figure at `factor` of its nominal value.
double with_factor(const Terms& terms, const std::string& figure, double factor) {
  double sum = 0;
  for (const Term& term : terms) sum += term.nominal * std::pow(factor, exponent_of(term, figure));
  return sum;
}

}  // namespace

Terms terms_of(const Ledger::Row& row, const std::vector<AreaRow>& area) {
  const auto is_area = [](const Dependence& d) { return d.key == std::string(area_key); };
  std::vector<Dependence> figures = row.action->figures;
  const auto of_area = std::find_if(figures.begin(), figures.end(), is_area);
  if (of_area == figures.end() || area.empty()) return {{row.energy.supplied, figures}};
  const double exponent = of_area->exponent;
  figures.erase(of_area);
  double all_m2 = 0;
  for (const AreaRow& part : area) all_m2 += part.area_m2;
  if (exponent != 1) {
    for (const AreaRow& part : area) figures.push_back({part.figure.c_str(), exponent * part.area_m2 / all_m2});
    return {{row.energy.supplied, figures}};
  }
  Terms terms;
  for (const AreaRow& part : area) {
    terms.push_back({row.energy.supplied * part.area_m2 / all_m2, figures});
    terms.back().figures.push_back({part.figure.c_str(), 1});
  }
  return terms;
}

Terms terms_of(const AreaRow& row) { return {{row.area_m2, {{row.figure.c_str(), 1}}}}; }

Spread spread_of(double nominal, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {nominal, percentile(values, 0.05), percentile(values, 0.5), percentile(values, 0.95)};
}

std::vector<double> stratified_normals(const Stream& stream, std::size_t count) {
  std::vector<double> normals(count);
  Engine engine(stream);
  for (std::size_t i = 0; i < count; ++i)
    normals[i] = normal_quantile((double(i) + (engine() + 0.5) * 0x1p-32) / double(count));
  for (std::size_t i = count; i > 1; --i)
    std::swap(normals[i - 1], normals[boost::random::uniform_int_distribution<std::size_t>(0, i - 1)(engine)]);
  return normals;
}

double log_factor(const Estimate& figure, double deviations) {
  const double bound = deviations < 0 ? figure[0] : figure[2];
  return std::abs(deviations) / deviations_of_p90 * std::log(bound / figure[1]);
}

MonteCarlo::MonteCarlo(const Figures& figures, std::uint64_t seed) {
  for (const auto& [key, figure] : figures.all()) {
    std::vector<double>& logs = log_factors_[key] = stratified_normals(Stream(seed, key, Purpose::figures), draws);
    for (double& x : logs) x = log_factor(figure.value, x);
  }
}

Spread MonteCarlo::spread(const Terms& terms) const {
  std::vector<double> sums(draws, 0.0), logs(draws);
  for (const Term& term : terms) {
    std::fill(logs.begin(), logs.end(), 0.0);
    for (const Dependence& d : term.figures) {
      const auto found = log_factors_.find(d.key);
      for (std::size_t i = 0; found != log_factors_.end() && i < draws; ++i) logs[i] += d.exponent * found->second[i];
    }
    for (std::size_t i = 0; i < draws; ++i) sums[i] += term.nominal * std::exp(logs[i]);
  }
  return spread_of(nominal_of(terms), std::move(sums));
}

std::vector<Swing> swings(const Figures& figures, const Terms& terms) {
  const double nominal = nominal_of(terms);
  std::vector<Swing> all;
  for (const auto& [key, figure] : figures.all()) {
    const auto [low, middle, high] = figure.value;
    const bool matters = std::any_of(terms.begin(), terms.end(),
                                     [&, k = key](const Term& t) { return t.nominal > 0 && exponent_of(t, k) != 0; });
    if (!matters || low == high) continue;
    all.push_back(
        {key, with_factor(terms, key, low / middle) / nominal, with_factor(terms, key, high / middle) / nominal});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Swing& a, const Swing& b) { return std::abs(a.high - a.low) > std::abs(b.high - b.low); });
  return all;
}

}  // namespace settle
