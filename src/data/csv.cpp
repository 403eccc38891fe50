#include "src/data/csv.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/error.h"
#include "src/data/heading.h"
#include "src/data/input_file.h"

namespace settle {
namespace {

constexpr std::size_t most_csv_bytes = 64 << 20;  // of a file; its table takes some thirty times as much at worst
constexpr std::size_t most_columns = 20000, longest_name = 200;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_sixteen_bits(const std::string& text) {
  const std::string start = text.substr(0, 2);
  return start == "\xff\xfe" || start == "\xfe\xff" || (start.size() == 2 && start.find('\0') != start.npos);
}

// The text without its byte order mark, and with lines that end in LF.
std::string plain_text(const std::string& text, const std::filesystem::path& file) {
  if (is_sixteen_bits(text))
    refuse(file.string() + ": is text in UTF-16; save it as UTF-8 (\"CSV UTF-8\" in a spreadsheet)");
  std::string plain;
  for (std::size_t i = text.rfind("\xef\xbb\xbf", 0) == 0 ? 3 : 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      plain += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      plain += '\n';
  }
  return plain;
}

// The first two lines that are neither empty nor comments.
std::array<std::string, 2> first_lines(const std::string& text) {
  std::array<std::string, 2> lines;
  std::size_t at = 0;
  for (std::size_t found = 0; at < text.size() && found < 2;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = trimmed(text.substr(at, end - at));
    if (!line.empty() && line[0] != '#') lines[found++] = line;
    at = end + 1;
  }
  return lines;
}

// What separates the fields: the separator that the header has most of, outside quotes; blanks where it has none, and
// the first row has blanks, too: one column may be called "G (uS)".
char separator_of(const std::string& text) {
  constexpr const char* candidates = ",;\t";
  const auto [header, row] = first_lines(text);
  std::size_t count[3] = {};
  bool quoted = false, blanks = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    blanks = blanks || is_blank(c);
    for (int k = 0; k < 3; ++k) count[k] += c == candidates[k];
  }
  const auto most = std::max_element(count, count + 3);
  if (*most > 0) return candidates[most - count];
  return blanks && std::any_of(row.begin(), row.end(), is_blank) ? ' ' : ',';
}

}  // namespace

CsvTable::CsvTable(const std::string& original, std::filesystem::path file, std::string expected)
    : file_(std::move(file)), expected_(std::move(expected)) {
  if (const std::size_t zero = original.find('\0'); zero != original.npos && !is_sixteen_bits(original))
    fail(line_at(original, zero), "holds a zero byte: it is no text");
  const std::string text = plain_text(original, file_);
  separator_ = separator_of(text);
  std::size_t position = 0, line = 1;
  while (position < text.size()) {
    if (text[position] == '#') {  // a comment
      position = std::min(text.find('\n', position), text.size() - 1) + 1;
      ++line;
      continue;
    }
    Row row = next_row(text, position, line);
    if (std::all_of(row.fields.begin(), row.fields.end(), [](const std::string& field) { return field.empty(); }))
      if (row.fields.size() == 1 || header_.fields.empty()) continue;
    if (header_.fields.empty()) {
      check_header(row);
      header_ = std::move(row);
      continue;
    }
    if (row.fields.size() != header_.fields.size()) {
      fail(row.line, fmt::format("{} fields, but the header names {}; mend or delete the line", row.fields.size(),
                                 header_.fields.size()));
    }
    rows_.push_back(std::move(row));
  }
  if (header_.fields.empty())
    fail(1, "the file is empty; expected a header" + (expected_.empty() ? "" : " such as " + expected_));
}

void CsvTable::check_header(const Row& header) const {
  for (const std::string& name : header.fields)
    if (name.size() > longest_name)
      fail(header.line, fmt::format("the name of a column has {} bytes, more than {}: {}", name.size(), longest_name,
                                    name.substr(0, 40)));
}

CsvTable::Row CsvTable::next_row(const std::string& text, std::size_t& position, std::size_t& line) const {
  Row row{line, {""}};
  const auto next_field = [&] {
    if (row.fields.size() == most_columns)
      fail(row.line, fmt::format("has more than the {} fields that are read", most_columns));
    row.fields.emplace_back();
  };
  bool quoted = false, blank = false;  // blank: blanks have gone before, where they separate
  while (position < text.size()) {
    const char c = text[position++];
    const bool doubled = quoted && c == '"' && position < text.size() && text[position] == '"';
    if (c == '\n') ++line;
    if (!quoted && c == '\n') break;
    if (!quoted && separator_ == ' ' && is_blank(c)) {
      blank = !row.fields.back().empty();
      continue;
    }
    if (blank) next_field();
    blank = false;
    if (doubled) {
      row.fields.back() += text[position++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == separator_) {
      next_field();
    } else {
      row.fields.back() += c;
    }
  }
  if (quoted) fail(row.line, "a quote is opened and never closed; mend the line");
  for (std::string& field : row.fields) field = trimmed(field);
  return row;
}

bool CsvTable::has(const std::string& column) const {
  return std::any_of(header_.fields.begin(), header_.fields.end(),
                     [&](const std::string& name) { return lower(name) == lower(column); });
}

const std::string& CsvTable::text(std::size_t row, const std::string& column) const {
  return rows_.at(row).fields[column_index(column)];
}

double CsvTable::number(std::size_t row, const std::string& column) const { return number(row, column_index(column)); }

double CsvTable::number(std::size_t row, std::size_t column) const {
  std::string field = text(row, column);
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (separator_ != ',' && std::count(field.begin(), field.end(), ',') == 1 && field.find('.') == field.npos)
    std::replace(field.begin(), field.end(), ',', '.');
  char* end = nullptr;
  const double value = std::strtod(field.c_str(), &end);
  if (*end != '\0')
    fail(rows_[row].line,
         fmt::format("`{}` in column {} is not a number", text(row, column), header_.fields.at(column)));
  return value;
}

std::size_t CsvTable::column_index(const std::string& column) const {
  const auto found = std::find_if(header_.fields.begin(), header_.fields.end(),
                                  [&](const std::string& name) { return lower(name) == lower(column); });
  if (found == header_.fields.end()) fail_without(column);
  return std::size_t(found - header_.fields.begin());
}

void CsvTable::fail_without(const std::string& column) const {
  if (expected_.empty())
    fail(header_.line, fmt::format("no column {}; was it written by another version of Settle?", column));
  fail(header_.line, fmt::format("no column {}; expected a header such as {}, not {}", column, expected_,
                                 fmt::join(header_.fields, ",")));
}

void CsvTable::fail_at(std::size_t row, const std::string& what) const { fail(rows_.at(row).line, what); }

void CsvTable::fail(std::size_t line, const std::string& what) const {
  refuse(fmt::format("{}:{}: {}", file_.string(), line, what));
}

CsvTable read_csv(const std::string& path, const std::string& key, const std::string& expected) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) refuse(fmt::format("{}: no such file ({})", path, key));
  if (std::filesystem::is_directory(path, unreadable)) refuse(fmt::format("{}: cannot be read ({})", path, key));
  return CsvTable(read_bytes(path, most_csv_bytes), path, expected);
}

}  // namespace settle
