#include "settle/models/numeric/time.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "settle/models/error.h"

namespace settle {
namespace {

constexpr double per_second = 1e15;
constexpr double longest_s = 18446.0;     // 2^64 femtoseconds
constexpr double convertible_s = 9223.0;  // 2^63: what a signed integer takes

std::uint64_t rounded(double seconds) { return std::uint64_t(std::llround(seconds * per_second)); }

[[noreturn]] void too_long(double seconds) {
  throw RunError("a simulated time of " + std::to_string(seconds) + " s is not between 0 and the 5 h that " +
                 "SystemC can count in femtoseconds: lower run.epochs or device.pulse_s");
}

}  // namespace

Time Time::seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > longest_s) too_long(seconds);
  if (seconds > 0 && seconds * per_second < 0.5)
    throw RunError("a simulated time of " + std::to_string(seconds) + " s is below the resolution of 1 fs");
  const double first = std::min(seconds, convertible_s);
  return femtoseconds(rounded(first) + rounded(seconds - first));
}

Time Time::operator*(Index times) const {
  if (double(fs_) * double(times) > longest_s * per_second) too_long(to_seconds() * double(times));
  return femtoseconds(fs_ * std::uint64_t(times));
}

Time Time::operator+(Time other) const {
  if (double(fs_) + double(other.fs_) > longest_s * per_second) too_long(to_seconds() + other.to_seconds());
  return femtoseconds(fs_ + other.fs_);
}

}  // namespace settle
