// The checks of a testbench: each prints a line with the figure measured and its bound.
#pragma once

#include <cstdio>

namespace settle::testbench {

class Checks {
 public:
  void at_most(const char* what, double measured, double bound) {
    line(what, measured, "<=", bound, measured <= bound);
  }
  void at_least(const char* what, double measured, double bound) {
    line(what, measured, ">=", bound, measured >= bound);
  }
  void near(const char* what, double measured, double expected, double tolerance) {
    const bool ok = measured >= expected - tolerance && measured <= expected + tolerance;  // not for NaN
    std::printf("%s  %-64s %12.6g  is %.6g +- %.2g\n", mark(ok), what, measured, expected, tolerance);
  }
  /// The exit status for sc_main: 0 when all checks have passed, and there were some.
  int status() const {
    std::printf("%d checks, %d failed\n", checks_, failed_);
    return checks_ > 0 && failed_ == 0 ? 0 : 1;
  }

 private:
  void line(const char* what, double measured, const char* relation, double bound, bool ok) {
    std::printf("%s  %-64s %12.6g  %s %.6g\n", mark(ok), what, measured, relation, bound);
  }
  const char* mark(bool ok) {
    ++checks_;
    failed_ += !ok;
    return ok ? "ok    " : "FAILED";
  }

  int checks_ = 0;
  int failed_ = 0;
};

}  // namespace settle::testbench
