// The file of a sweep: a base configuration, and what is varied. docs/sweeps.md describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/config/parse.h"
#include "src/sweep/early_stopping.h"
#include "src/sweep/search/search_spec.h"

namespace settle {

/// A key with its values; each is one point of the axis.
struct Axis {
  std::string key;
  std::vector<Override> values;
  bool with_previous = false;  // walked together with the axis before it, which has as many values
};

/// A named row: what [[case]] sets. Without any there is one, without a name.
struct Case {
  std::string name;
  std::vector<Override> settings;
};

struct SweepFile {
  std::string source;                  // its path
  std::string base_source, base_text;  // the configuration that all points start from
  std::vector<Override> settings;      // of all points: [config] and [set]
  std::vector<Override> asked;         // of all points: --set, which goes before what the file says
  std::vector<Case> cases;
  std::vector<Axis> grid;       // [grid], and then [zip], [random] and [sobol], each walked together
  std::vector<Override> seeds;  // empty: the base's own
  bool analyze = false;         // whether the loop of each point's trained network is analysed too
  EarlyStopping early;
  std::optional<SearchSpec> search;  // its axes are those of `grid`, walked together, whose values rounds add
};

/// Reads the file and its base, which is looked for from the file's folder; `sets` are options --set for all points.
/// Keys are not checked here, unless a range is given for them: they are when the points are made. Throws InputError,
/// one line "file:line: key: what".
SweepFile read_sweep(const std::string& path, const std::vector<std::string>& sets = {});

/// SHA-256 of all that decides what the points are: comments in the sweep file do not, those in its base do.
std::string fingerprint(const SweepFile& sweep);

}  // namespace settle
