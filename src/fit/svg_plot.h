// A plot as SVG: points, lines and error bars between two axes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace settle {

using PlotPoints = std::vector<std::pair<double, double>>;

class SvgPlot {
 public:
  /// The axes' titles; the axes end where the points do.
  SvgPlot(std::string x_title, std::string y_title) : x_title_(std::move(x_title)), y_title_(std::move(y_title)) {}

  void add_points(const PlotPoints& points, const std::string& colour);
  void add_line(const PlotPoints& points, const std::string& colour);
  /// Vertical bars of `half` the length each, around the points.
  void add_bars(const PlotPoints& points, const std::vector<double>& half, const std::string& colour);

  std::string svg() const;

 private:
  struct Series {
    enum Kind { points, line, bars } kind;
    PlotPoints at;
    std::vector<double> half;
    std::string colour;
  };
  std::string x_title_, y_title_;
  std::vector<Series> series_;
};

}  // namespace settle
