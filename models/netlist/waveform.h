// What a source drives its lines to, as a function of time and as a source of SPICE.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "settle/models/numeric/matrix.h"

namespace settle::spice {

/// The level of line `line` at `seconds`, of full scale: any such function. Those below are written into a SPICE deck
/// as sources of SPICE; of others a deck has what they gave at each step.
class Waveform {
 public:
  using Level = std::function<double(Index line, double seconds)>;
  using Card = std::function<std::string(Index line, double full_scale_v)>;

  template <class Function,
            std::enable_if_t<
                std::is_convertible_v<Function, Level> && !std::is_same_v<std::decay_t<Function>, Waveform>, int> = 0>
  Waveform(Function&& level) : level_(std::forward<Function>(level)) {}  // a function is a waveform
  Waveform(Level level, Card card) : level_(std::move(level)), card_(std::move(card)) {}

  explicit operator bool() const { return bool(level_); }
  double operator()(Index line, double seconds) const { return level_(line, seconds); }
  /// The voltage of a line as a source of SPICE; null where SPICE has none.
  const Card& card() const { return card_; }

 private:
  Level level_;
  Card card_;
};

/// The same level on every line, always.
Waveform constant(double level);
/// offset + amplitude sin(2 pi hertz t + phase line): neighbouring lines are `phase` apart, in radians.
Waveform sine(double hertz, double amplitude, double offset = 0, double phase = 0);
/// Straight lines between points (seconds, level) of rising times, as SPICE's PWL; before and after them it stays.
Waveform piecewise_linear(std::vector<std::pair<double, double>> points);
/// The pixels of a sample, 0 to 255 as 0 to 1, line by line.
Waveform sample(std::vector<std::uint8_t> pixels);

/// A source for points (seconds, volts) of rising times, the first at zero. Of equal ones in a row it has the
/// first and the last.
std::string pwl(const std::vector<std::pair<double, double>>& points);

}  // namespace settle::spice
