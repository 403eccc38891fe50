#include "src/data/csv.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "models/error.h"

namespace settle {

CsvTable::CsvTable(std::string text, std::filesystem::path file) : file_(std::move(file)) {
  std::size_t position = 0;
  std::size_t line = 1;
  if (text.empty()) fail(1, "the file is empty; expected a header");
  header_ = next_row(text, position, line);
  while (position < text.size()) {
    Row row = next_row(text, position, line);
    if (row.fields.size() == 1 && row.fields[0].empty()) continue;
    if (row.fields.size() != header_.fields.size()) {
      fail(row.line, fmt::format("{} fields, but the header names {}; mend or delete the line", row.fields.size(),
                                 header_.fields.size()));
    }
    rows_.push_back(std::move(row));
  }
}

CsvTable::Row CsvTable::next_row(const std::string& text, std::size_t& position, std::size_t& line) const {
  Row row{line, {""}};
  bool quoted = false;
  while (position < text.size()) {
    const char c = text[position++];
    const bool doubled = quoted && c == '"' && position < text.size() && text[position] == '"';
    if (c == '\n') ++line;
    if (doubled) {
      row.fields.back() += text[position++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      row.fields.emplace_back();
    } else if (!quoted && c == '\n') {
      return row;
    } else if (quoted || c != '\r') {
      row.fields.back() += c;
    }
  }
  if (quoted) fail(row.line, "a quote is opened and never closed; mend the line");
  return row;
}

bool CsvTable::has(const std::string& column) const {
  return std::find(header_.fields.begin(), header_.fields.end(), column) != header_.fields.end();
}

const std::string& CsvTable::text(std::size_t row, const std::string& column) const {
  return rows_.at(row).fields[column_index(column)];
}

double CsvTable::number(std::size_t row, const std::string& column) const {
  const std::string& field = text(row, column);
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  char* end = nullptr;
  const double value = std::strtod(field.c_str(), &end);
  if (*end != '\0') fail(rows_[row].line, fmt::format("`{}` in column {} is not a number", field, column));
  return value;
}

std::size_t CsvTable::column_index(const std::string& column) const {
  const auto found = std::find(header_.fields.begin(), header_.fields.end(), column);
  if (found == header_.fields.end()) {
    fail(1, fmt::format("no column {}; was it written by another version of Settle?", column));
  }
  return std::size_t(found - header_.fields.begin());
}

void CsvTable::fail(std::size_t line, const std::string& what) const {
  throw InputError(fmt::format("{}:{}: {}", file_.string(), line, what));
}

CsvTable read_csv(const std::string& path, const std::string& key) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) throw InputError(fmt::format("{}: no such file ({})", path, key));
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file || std::filesystem::is_directory(path, unreadable))
    throw InputError(fmt::format("{}: cannot be read ({})", path, key));
  return CsvTable(text, path);
}

}  // namespace settle
