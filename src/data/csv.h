// A CSV file whose columns are found by name, however a spreadsheet or an instrument wrote it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace settle {

/// Rows of text fields under a header. Errors are InputError and name file and line.
///
/// Fields are separated by commas, semicolons, tabs or blanks, whichever the header has most of, and stripped of blanks
/// around them; they may be quoted, with separators, line breaks and doubled quotes inside. Lines end in LF, CR LF or
/// CR. A byte order mark of UTF-8 is skipped, UTF-16 is refused by name. Lines that begin with # are comments. Names of
/// columns are found whatever the case of their letters. Where commas separate nothing, they are decimal commas. Zero
/// bytes, columns by the ten thousand and names of columns as long as a book are refused.
class CsvTable {
 public:
  /// `expected`: a header such as the file should have, for errors about a column that it has not.
  CsvTable(const std::string& text, std::filesystem::path file, std::string expected = "");

  std::size_t rows() const { return rows_.size(); }
  const std::vector<std::string>& columns() const { return header_.fields; }
  bool has(const std::string& column) const;
  const std::string& text(std::size_t row, const std::string& column) const;
  const std::string& text(std::size_t row, std::size_t column) const { return rows_.at(row).fields.at(column); }
  /// An empty field is NaN: a figure that was not taken.
  double number(std::size_t row, const std::string& column) const;
  double number(std::size_t row, std::size_t column) const;

  /// Refuses the file for want of a column, or what a row holds.
  [[noreturn]] void fail_without(const std::string& column) const;
  [[noreturn]] void fail_at(std::size_t row, const std::string& what) const;

 private:
  struct Row {
    std::size_t line;
    std::vector<std::string> fields;
  };
  void check_header(const Row& header) const;
  Row next_row(const std::string& text, std::size_t& position, std::size_t& line) const;
  std::size_t column_index(const std::string& column) const;
  [[noreturn]] void fail(std::size_t line, const std::string& what) const;

  std::filesystem::path file_;
  std::string expected_;
  char separator_ = ',';  // a blank: any number of blanks and tabs
  Row header_;
  std::vector<Row> rows_;
};

/// The table in a file that the key or argument `key` names; InputError where it cannot be read.
CsvTable read_csv(const std::string& path, const std::string& key, const std::string& expected = "");

}  // namespace settle
