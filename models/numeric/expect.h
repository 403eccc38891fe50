// What callers of the models' public functions may get wrong: each is refused in the same words everywhere.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "settle/models/error.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// InputError of these words and numbers, one behind the other.
template <class... Parts>
[[noreturn]] void refuse_argument(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw InputError(text.str());
}

/// InputError, "WHAT: must be 3 x 4, not 4 x 3", where a matrix has another shape.
void expect_shape(const std::string& what, Index rows, Index cols, Index wanted_rows, Index wanted_cols);
template <class M>
void expect_shape(const std::string& what, const M& matrix, Index rows, Index cols) {
  expect_shape(what, Index(matrix.rows()), Index(matrix.cols()), rows, cols);
}
/// InputError where a number is NaN or infinite.
void expect_numbers(const std::string& what, const Matrix<float>& matrix);
/// InputError where a number is not whole, or beyond +- `most`.
void expect_whole(const std::string& what, const Matrix<float>& matrix, float most);
/// InputError where a number of rows or columns is below one.
void expect_size(const std::string& what, Index rows, Index cols);
/// InputError where a number is not from `low` to `high`, or is NaN.
void expect_between(const std::string& what, double low, double value, double high);

/// InputError for a name that there is not: "there is no device called x; there are a, b".
[[noreturn]] void refuse_name(const std::string& kind, const std::string& name, const std::vector<std::string>& known);

}  // namespace settle
