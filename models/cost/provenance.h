// Where an uncertain figure comes from, and what its range means.
//
// A figure's low and high are its 10th and 90th percentile, and its nominal value is its median. Between and beyond
// them its logarithm is normal, with one deviation below the median and another above it (two-sided log-normal).
#pragma once

#include <string>

namespace settle {

/// How a figure has become known, the best kind first.
enum class Evidence { measured, post_layout, survey, published_model, scaled, estimated };

/// The words for it in tables.
inline const char* name(Evidence evidence) {
  switch (evidence) {
    case Evidence::measured:
      return "measured";
    case Evidence::post_layout:
      return "post-layout";
    case Evidence::survey:
      return "survey";
    case Evidence::published_model:
      return "published model";
    case Evidence::scaled:
      return "scaled";
    case Evidence::estimated:
      return "estimated";
  }
  return "";
}

/// The law that a figure is drawn by (log_factor() in monte_carlo.h).
enum class Distribution { two_sided_log_normal };

/// The words for it in tables.
inline const char* name(Distribution) { return "two-sided log-normal"; }

/// Where a figure comes from.
struct Provenance {
  std::string unit;    // as a reader says it: "J a conversion-step"
  std::string source;  // of nominal, low and high; says which of them are this project's own
  Evidence evidence;   // of the nominal value
  double node_nm = 0, supply_v = 0, temperature_k = 0;  // that the figure holds at; 0: not stated, or of no influence
  Distribution distribution = Distribution::two_sided_log_normal;
};

}  // namespace settle
