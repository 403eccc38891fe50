// A plot in characters: a line within its band, for a terminal.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// A column of the plot: where most of the values lie, and their middle.
struct Band {
  double low, middle, high;
};

/// `rows` lines of text, an axis of values on the left; `below` names the horizontal axis under each part of it, evenly
/// spread.
std::string text_plot(const std::vector<Band>& columns, int rows, const std::vector<std::string>& below);

}  // namespace settle
