// Conditions and orders over the columns of a sweep's results, as `settle sweep --show` takes them.
//
//   test_accuracy >= 0.84 and (beta = 0.1 or not case = 'residual') and neuron.tau_s in (1e-8, 2e-8)
//
// They are parsed here and become SQL of known columns and bound values: no text of the user's reaches SQLite.
#pragma once

#include <string>

#include "src/sweep/database/results_table.h"

namespace settle {

/// The column that a word means: its name, the last part of a key's name, or test_accuracy for test_accuracy_best.
/// `option` stands for the place in errors: InputError, one line with the nearest column.
const ViewColumn& find_column(const std::string& word, const ViewColumns& columns, const std::string& option);

/// The rows for which a condition holds; all for an empty one. `used` gets the columns that it names. InputError, one
/// line, where the condition cannot be read. A comparison with a value that is not known does not hold.
RowSelection parse_condition(const std::string& text, const ViewColumns& columns, const std::string& option,
                             std::vector<std::string>* used = nullptr);

/// Columns separated by commas, each with - before it, or "desc" after it, for the largest first, as SQL to order by;
/// what is not known comes last.
std::string parse_order(const std::string& text, const ViewColumns& columns, const std::string& option,
                        std::vector<std::string>* used = nullptr);

}  // namespace settle
