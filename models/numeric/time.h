// Simulated time in whole femtoseconds, as SystemC counts it: sums are exact, in any order.
#pragma once

#include <cstdint>

#include "settle/models/numeric/matrix.h"

namespace settle {

class Time {
 public:
  Time() = default;
  /// The nearest femtosecond. RunError for what is not a time, for more than SystemC can count (5 h), and for times
  /// above zero that would become none.
  static Time seconds(double seconds);
  static Time femtoseconds(std::uint64_t fs) {
    Time time;
    time.fs_ = fs;
    return time;
  }

  std::uint64_t femtoseconds() const { return fs_; }
  double to_seconds() const { return double(fs_) * 1e-15; }
  /// A multiple of this time, or the sum of two; RunError beyond what can be counted.
  Time operator*(Index times) const;
  Time operator+(Time other) const;
  Time& operator+=(Time other) { return *this = *this + other; }
  bool operator==(Time other) const { return fs_ == other.fs_; }
  bool operator!=(Time other) const { return fs_ != other.fs_; }
  bool operator<(Time other) const { return fs_ < other.fs_; }

 private:
  std::uint64_t fs_ = 0;
};

}  // namespace settle
