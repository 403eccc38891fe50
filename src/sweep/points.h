// The points of a sweep: every case with every combination of the grid's values and every seed.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/sweep/sweep_file.h"

namespace settle {

struct Point {
  std::string id;                   // "001", counted in the order of the points
  std::string case_name;            // empty without cases
  std::vector<std::string> values;  // of the grid's keys, for people
  std::vector<std::string> stated;  // the same in TOML, as in the file
  std::int64_t seed = 0;
  std::string title;  // "64x10 residual, network.beta = 0.1, seed 1"
  Configuration configuration;
};

/// All points, checked one by one: the last axis of the grid varies faster than the first, seeds fastest. There is no
/// waveform unless the file asks for one. Throws InputError, "file:line: key: what (point: title)".
std::vector<Point> expand(const SweepFile& sweep, std::vector<std::string>* notes = nullptr);

/// InputError for an epoch of stop_below or [halving] that is not before the last one of any of these points.
void refuse_idle_stops(const SweepFile& sweep, const std::vector<Point>& points);

/// InputError for a figure of [halving] or [search] that one of these points cannot have, for want of a key.
void refuse_figures_without_values(const SweepFile& sweep, const std::vector<Point>& points);

}  // namespace settle
