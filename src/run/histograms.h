// How weights, conductances and settling times are spread: histograms.csv of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/samples.h"

namespace settle {

constexpr const char* histograms_file = "histograms.csv";

/// Counts of values in bins of one width, a power of two, whose edges are multiples of it: about 24 to 48 from the
/// smallest value to the largest. Values that are not finite are left out.
struct Histogram {
  std::string quantity;  // "weight", "conductance", "settling time"
  std::string where;     // the projection, or the phase
  std::string when;      // "initial", of what was programmed before training, or "final"
  std::string unit;      // "S", "s", or none
  double first = 0, width = 0;
  std::vector<std::int64_t> counts;
};

Histogram histogram_of(const std::vector<double>& values);

/// Weights as they were written, and the conductances that reads find in the devices of their cells, both of a pair:
/// of each projection.
std::vector<Histogram> histograms_of_arrays(Chip& chip, const std::string& when);
/// Settling times of the phases of training, of the first of these samples: 8, and 8 more for each 10,000 presentations
/// that the run has `trained`, so that a short run does not become a long one, and 64 at most. Times them anew, which
/// leaves the chip's timers set by the last of them (Chip::measure_settling).
std::vector<Histogram> histograms_of_settling(Chip& chip, const Samples& samples, Index trained);

/// histograms.csv: a row for each bin. What is `initial` in an earlier file stays in front of the rows of `histograms`.
std::string histograms_csv(const std::vector<Histogram>& histograms, const std::filesystem::path& earlier = {});

}  // namespace settle
