// A value of a table of the database: a number, a text, or nothing where it is not known.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace settle {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;
using CellRow = std::vector<Cell>;

/// The cell's value as text; a number reads back to the same bits. Empty where it is not known.
std::string text_of(const Cell& cell);
/// The cell's value as a number; NaN where it is none.
double number_in(const Cell& cell);
/// A number: not known where it is NaN.
Cell number_cell(double value);
/// What a field of a CSV file or a line of TOML holds: an integer, a number, or else the text itself.
Cell cell_of_text(const std::string& text);

}  // namespace settle
