// Fields of the CSV files of a sweep.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/sweep_file.h"

namespace settle {

/// A field, in quotes where it needs them.
std::string field(const std::string& text);

/// ",KEY" for each axis, and ",VALUE" for each of a point's values.
std::string grid_header(const std::vector<Axis>& grid);
std::string grid_fields(const std::vector<std::string>& values);

}  // namespace settle
