#include "src/fit/svg_plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/report/html.h"

namespace settle {
namespace {

constexpr double width = 1000, height = 360, left = 74, right = 12, top = 10, bottom = 44;

struct Axis {
  double low = 1e300, high = -1e300;

  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void widen() {
    const double margin = high > low ? 0.04 * (high - low) : 1;
    low -= margin, high += margin;
  }
  double share(double value) const { return (value - low) / (high - low); }
  /// Round numbers, five or so.
  std::vector<double> ticks() const {
    const double rough = (high - low) / 5, decade = std::pow(10, std::floor(std::log10(rough)));
    const double step = decade * (rough / decade < 1.5 ? 1 : rough / decade < 3.5 ? 2 : rough / decade < 7.5 ? 5 : 10);
    std::vector<double> list;
    for (double k = std::ceil(low / step); k * step <= high; ++k) list.push_back(k * step);
    return list;
  }
};

}  // namespace

void SvgPlot::add_points(const PlotPoints& points, const std::string& colour) {
  series_.push_back({Series::points, points, {}, colour});
}
void SvgPlot::add_line(const PlotPoints& points, const std::string& colour) {
  series_.push_back({Series::line, points, {}, colour});
}
void SvgPlot::add_bars(const PlotPoints& points, const std::vector<double>& half, const std::string& colour) {
  series_.push_back({Series::bars, points, half, colour});
}

std::string SvgPlot::svg() const {
  Axis x_axis, y_axis;
  for (const Series& s : series_)
    for (std::size_t i = 0; i < s.at.size(); ++i) {
      x_axis.take(s.at[i].first);
      for (const double sign : {-1.0, 1.0}) y_axis.take(s.at[i].second + (s.half.empty() ? 0 : sign * s.half[i]));
    }
  x_axis.widen();
  y_axis.widen();
  const auto x = [&](double value) { return left + x_axis.share(value) * (width - left - right); };
  const auto y = [&](double value) { return height - bottom - y_axis.share(value) * (height - top - bottom); };
  std::string text =
      fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"100%\" font-size=\"13\" fill=\"#5d6877\">\n", width, height);
  for (const double tick : x_axis.ticks())
    text += fmt::format(
        "<path d=\"M{0:.1f} {1}V{2}\" stroke=\"#eceff3\"/><text x=\"{0:.1f}\" y=\"{3}\" "
        "text-anchor=\"middle\">{4:.6g}</text>\n",
        x(tick), top, height - bottom, height - bottom + 17, tick);
  for (const double tick : y_axis.ticks())
    text += fmt::format(
        "<path d=\"M{1} {0:.1f}H{2}\" stroke=\"#eceff3\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">{5:.6g}</text>\n",
        y(tick), left, width - right, left - 6, y(tick) + 4, std::abs(tick) < 1e-12 ? 0.0 : tick);
  for (const Series& s : series_) {
    std::string path;
    for (std::size_t i = 0; i < s.at.size(); ++i) {
      const double px = x(s.at[i].first), py = y(s.at[i].second);
      if (s.kind == Series::points) path += fmt::format("M{:.1f} {:.1f}h0", px, py);
      if (s.kind == Series::line) path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? 'M' : 'L', px, py);
      if (s.kind == Series::bars)
        path += fmt::format("M{0:.1f} {1:.1f}V{2:.1f}M{0:.1f} {3:.1f}h0", px, y(s.at[i].second - s.half[i]),
                            y(s.at[i].second + s.half[i]), py);
    }
    text += fmt::format("<path d=\"{}\" stroke=\"{}\" fill=\"none\" stroke-linecap=\"round\" stroke-width=\"{}\"/>\n",
                        path, s.colour, s.kind == Series::points ? 3 : 1.5);
  }
  text += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", (left + width) / 2, height - 6,
                      escape(x_title_));
  text += fmt::format("<text transform=\"translate(14 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n</svg>\n",
                      height / 2, escape(y_title_));
  return text;
}

}  // namespace settle
