#include "settle/models/netlist/waveform.h"

#include <cmath>

#include "settle/models/error.h"
#include "settle/models/netlist/cards.h"

namespace settle::spice {
namespace {

constexpr double pi = 3.14159265358979323846;

Waveform standing(const Waveform::Level& level) {
  return {level, [level](Index line, double volts) { return joined("dc ", volts * level(line, 0)); }};
}

}  // namespace

Waveform constant(double level) {
  return standing([level](Index, double) { return level; });
}

Waveform sine(double hertz, double amplitude, double offset, double phase) {
  if (hertz < 0) return sine(-hertz, -amplitude, offset, -phase);
  const Waveform::Level level = [=](Index line, double s) {
    return offset + amplitude * std::sin(2 * pi * hertz * s + phase * double(line));
  };
  if (hertz == 0) return standing(level);  // for SPICE a frequency of zero is one that it chooses
  return {level, [=](Index line, double volts) {
            return joined("sin(", volts * offset, " ", volts * amplitude, " ", hertz, " 0 0 ",
                          180 / pi * phase * double(line), ")");
          }};
}

Waveform piecewise_linear(std::vector<std::pair<double, double>> points) {
  if (points.empty()) throw InputError("piecewise_linear: has no points; give (seconds, level)");
  for (std::size_t i = 1; i < points.size(); ++i)
    if (!(points[i].first > points[i - 1].first))
      throw InputError("piecewise_linear: times must rise, point " + std::to_string(i) + " does not");
  const Waveform::Level level = [points](Index, double s) {
    if (s <= points.front().first) return points.front().second;
    for (std::size_t i = 1; i < points.size(); ++i)
      if (s < points[i].first) {
        const auto& [before, from] = points[i - 1];
        const auto& [after, to] = points[i];
        return from + (to - from) * (s - before) / (after - before);
      }
    return points.back().second;
  };
  return {level, [level, points = std::move(points)](Index line, double volts) {
            std::vector<std::pair<double, double>> driven = {{0, volts * level(line, 0)}};
            for (const auto& [seconds, value] : points)
              if (seconds > 0) driven.emplace_back(seconds, volts * value);
            return pwl(driven);
          }};
}

Waveform sample(std::vector<std::uint8_t> pixels) {
  return standing([pixels = std::move(pixels)](Index line, double) {
    if (line >= Index(pixels.size()))
      throw InputError("sample: has " + std::to_string(pixels.size()) + " pixels, and line " + std::to_string(line) +
                       " was asked for");
    return double(pixels[std::size_t(line)]) / 255;
  });
}

std::string pwl(const std::vector<std::pair<double, double>>& points) {
  std::string text = "pwl(";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto is_like = [&](std::size_t other) { return points[other].second == points[i].second; };
    if (i > 0 && i + 1 < points.size() && is_like(i - 1) && is_like(i + 1)) continue;
    text += joined(i == 0 ? "" : " ", points[i].first, " ", points[i].second);
  }
  return text + ")";
}

}  // namespace settle::spice
