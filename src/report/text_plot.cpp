#include "src/report/text_plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace settle {

std::string text_plot(const std::vector<Band>& columns, int rows, const std::vector<std::string>& below) {
  double lowest = columns.front().low, highest = columns.front().high;
  for (const Band& b : columns) {
    lowest = std::min(lowest, b.low);
    highest = std::max(highest, b.high);
  }
  if (highest == lowest) highest = lowest + 1;
  const double per_row = (highest - lowest) / (rows - 1);
  const auto row_of = [&](double value) { return int(std::lround((value - lowest) / per_row)); };

  std::string text;
  for (int row = rows - 1; row >= 0; --row) {
    text += fmt::format("{:>9.3g} |", lowest + row * per_row);
    for (const Band& b : columns) {
      const bool inside = row_of(b.low) <= row && row <= row_of(b.high);
      text += row == row_of(b.middle) ? '*' : inside ? ':' : ' ';
    }
    while (text.back() == ' ') text.pop_back();
    text += '\n';
  }
  text += fmt::format("{:>9} +{}\n{:>11}", "", std::string(columns.size(), '-'), "");
  const std::size_t each = columns.size() / below.size();
  for (const std::string& name : below) text += fmt::format("{:<{}}", name.substr(0, each - 1), each);
  while (text.back() == ' ') text.pop_back();
  return text + '\n';
}

}  // namespace settle
