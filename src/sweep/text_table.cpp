#include "src/sweep/text_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace settle {
namespace {

constexpr const char* gap = "  ";

// Characters, of UTF-8.
std::size_t width_of(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::size_t width_of(const TextColumn& column) {
  std::size_t width = width_of(column.heading);
  for (const std::string& cell : column.cells) width = std::max(width, width_of(cell));
  return width;
}

bool is_constant(const TextColumn& column) {
  return column.label && column.cells.size() > 1 &&
         std::all_of(column.cells.begin(), column.cells.end(),
                     [&](const std::string& cell) { return cell == column.cells.front(); });
}

bool is_empty_column(const TextColumn& column) {
  return std::all_of(column.cells.begin(), column.cells.end(),
                     [](const std::string& cell) { return cell.empty() || cell == "-"; });
}

// Words, separated by commas, in lines that are not too long.
std::string in_lines(const std::vector<std::string>& words, std::size_t width) {
  std::string text, line;
  for (const std::string& word : words) {
    if (!line.empty() && width_of(line) + 2 + width_of(word) > width) {
      text += line + ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + word;
  }
  return text + line + "\n";
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, width_of(text)), ' ');
}

std::string row_of(const std::vector<TextColumn>& columns, std::size_t row, bool heading) {
  std::string line;
  for (const TextColumn& column : columns)
    line += padded(heading ? column.heading : column.cells[row], width_of(column)) + gap;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// Takes out what does not fit, the last figure first, then the last label; one column always stays.
std::vector<std::string> leave_out(std::vector<TextColumn>& columns, std::size_t width) {
  std::vector<std::string> left_out;
  const auto total = [&] {
    std::size_t sum = 0;
    for (const TextColumn& column : columns) sum += width_of(column) + 2;
    return sum - 2;
  };
  while (columns.size() > 1 && total() > width) {
    auto last = std::find_if(columns.rbegin(), columns.rend(), [](const TextColumn& c) { return !c.label; });
    if (last == columns.rend()) last = columns.rbegin();
    left_out.insert(left_out.begin(), last->name);
    columns.erase(std::next(last).base());
  }
  return left_out;
}

// The line about what was left out; that of many names all of them would be too long.
std::string about(const std::vector<std::string>& left_out, const std::string& see, std::size_t width) {
  const std::string all =
      fmt::format("left out: {}; {} {}\n", fmt::join(left_out, ", "), see, fmt::join(left_out, ","));
  if (left_out.size() == 1 || all.size() <= width) return all;
  const std::size_t others = left_out.size() - 1;
  return fmt::format("left out: {} and {} other{}; {} NAMES (or help)\n", left_out.front(), others,
                     others == 1 ? "" : "s", see);
}

}  // namespace

std::string narrow_table(std::vector<TextColumn> columns, const std::string& see, std::size_t width) {
  std::vector<std::string> constants;
  for (const TextColumn& column : columns)
    if (is_constant(column) && !is_empty_column(column))
      constants.push_back(column.heading + " = " + column.cells.front());
  const auto not_shown = [](const TextColumn& c) { return is_constant(c) || (c.label && is_empty_column(c)); };
  columns.erase(std::remove_if(columns.begin(), columns.end(), not_shown), columns.end());
  const std::vector<std::string> left_out = leave_out(columns, width);
  std::string text = constants.empty() ? "" : "all rows: " + in_lines(constants, std::min(width, screen_width) - 10);
  text += row_of(columns, 0, true);
  for (std::size_t row = 0; !columns.empty() && row < columns.front().cells.size(); ++row)
    text += row_of(columns, row, false);
  if (!left_out.empty()) text += about(left_out, see, width);
  return text;
}

std::vector<std::string> short_names(const ViewColumns& columns) {
  const auto last_part = [](const std::string& name) { return name.substr(name.rfind('.') + 1); };
  std::vector<std::string> names;
  for (const ViewColumn& column : columns) {
    const std::string part = last_part(column.name);
    const auto alike = std::count_if(columns.begin(), columns.end(),
                                     [&](const ViewColumn& other) { return last_part(other.name) == part; });
    names.push_back(alike == 1 ? part : column.name);
  }
  return names;
}

}  // namespace settle
