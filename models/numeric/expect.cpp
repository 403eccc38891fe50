#include "settle/models/numeric/expect.h"

#include <cmath>

namespace settle {

void expect_shape(const std::string& what, Index rows, Index cols, Index wanted_rows, Index wanted_cols) {
  if (rows == wanted_rows && cols == wanted_cols) return;
  refuse_argument(what, ": must be ", wanted_rows, " x ", wanted_cols, ", not ", rows, " x ", cols);
}

void expect_numbers(const std::string& what, const Matrix<float>& matrix) {
  if (matrix.allFinite()) return;
  for (Index c = 0; c < matrix.cols(); ++c)
    for (Index r = 0; r < matrix.rows(); ++r)
      if (!std::isfinite(matrix(r, c)))
        refuse_argument(what, ": is ", matrix(r, c), " in row ", r, ", column ", c, " (counted from 0)");
}

void expect_whole(const std::string& what, const Matrix<float>& matrix, float most) {
  for (Index c = 0; c < matrix.cols(); ++c)
    for (Index r = 0; r < matrix.rows(); ++r) {
      const float value = matrix(r, c);
      // written so that NaN fails it
      if (!(std::abs(value) <= most && value == std::rint(value)))
        refuse_argument(what, ": must be whole numbers from ", -most, " to ", most, ", not ", value, " in row ", r,
                        ", column ", c, " (counted from 0)");
    }
}

void expect_size(const std::string& what, Index rows, Index cols) {
  if (rows < 1 || cols < 1)
    refuse_argument(what, ": must have one row and one column or more, not ", rows, " x ", cols);
}

void expect_between(const std::string& what, double low, double value, double high) {
  if (!(low <= value && value <= high)) refuse_argument(what, ": must be from ", low, " to ", high, ", not ", value);
}

void refuse_name(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  std::string all;
  for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
  throw InputError("there is no " + kind + " called " + name + "; there are " + all);
}

}  // namespace settle
