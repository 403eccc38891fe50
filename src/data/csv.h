// A CSV file whose columns are found by name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace settle {

/// Rows of text fields under a header. Errors are InputError and name file and line.
class CsvTable {
 public:
  /// Fields may be quoted, with commas, line breaks and doubled quotes inside.
  CsvTable(std::string text, std::filesystem::path file);

  std::size_t rows() const { return rows_.size(); }
  bool has(const std::string& column) const;
  const std::string& text(std::size_t row, const std::string& column) const;
  /// An empty field is NaN: a figure that was not taken.
  double number(std::size_t row, const std::string& column) const;

 private:
  struct Row {
    std::size_t line;
    std::vector<std::string> fields;
  };
  Row next_row(const std::string& text, std::size_t& position, std::size_t& line) const;
  std::size_t column_index(const std::string& column) const;
  [[noreturn]] void fail(std::size_t line, const std::string& what) const;

  std::filesystem::path file_;
  Row header_;
  std::vector<Row> rows_;
};

/// The table in a file that the key `key` names; InputError where it cannot be read.
CsvTable read_csv(const std::string& path, const std::string& key);

}  // namespace settle
