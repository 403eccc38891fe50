// Tables for a terminal.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/database/results_table.h"

namespace settle {

constexpr std::size_t screen_width = 100;

struct TextColumn {
  std::string heading;
  std::vector<std::string> cells;
  bool label = false;  // says which row it is: to the left, not to be left out before figures are
  std::string name;    // after --columns
};

/// The columns side by side. A label that is the same in all of two rows or more stands above the table once. Columns
/// that are empty throughout are not shown. What does not fit into `width` is left out from the right, with a line that
/// says so: the command `see`, followed by names, shows it.
std::string narrow_table(std::vector<TextColumn> columns, const std::string& see, std::size_t width = screen_width);

/// Headings for columns: the last part of a key's name where no other column ends in it.
std::vector<std::string> short_names(const ViewColumns& columns);

}  // namespace settle
