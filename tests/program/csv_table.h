// A small table: a header, rows of values separated by commas, and perhaps a last value in quotes.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace settle {

using CsvRow = std::map<std::string, std::string>;

inline std::vector<std::string> split_csv(const std::string& line) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

/// Throws std::out_of_range when a row is shorter than the header.
inline std::vector<CsvRow> csv_rows(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> header = split_csv(line);
  std::vector<CsvRow> rows;
  while (std::getline(lines, line)) {
    const std::vector<std::string> values = split_csv(line);
    rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) rows.back()[header[i]] = values.at(i);
  }
  return rows;
}

inline double number(const CsvRow& row, const std::string& column) { return std::stod(row.at(column)); }

}  // namespace settle
