#include "src/trace/gtkw.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace settle {
namespace {

// Display flags of GTKWave's save files (analyzer.h of its sources gives the bits).
constexpr const char* heading = "@200\n-{}\n";      // a comment line
constexpr const char* logic = "@28\nSystemC.{}\n";  // one bit
// A real number as a curve in steps, scaled to all of the data. Interpolation would draw a hold as a ramp.
constexpr const char* analog = "@88420\nSystemC.{}\n";
constexpr const char* taller = "@20000\n-\n";  // gives the curve above another row

}  // namespace

std::string gtkw(const std::string& waveform, const std::vector<hw::Signal>& signals, double length_fs) {
  constexpr double width = 960;  // of the waves in the window below, in pixels
  constexpr double frame = 200;  // GTKWave's zoom is minus the binary logarithm of the time that so many pixels show
  const double zoom = -std::max(0.0, std::log2(std::max(length_fs, 1.0) * frame / width));
  std::string text = fmt::format("[dumpfile] \"{}\"\n[timestart] 0\n[size] 1280 900\n[pos] -1 -1\n", waveform);
  text +=
      fmt::format("*{:.6f} 0 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n", zoom);
  text += "[treeopen] SystemC.\n[signals_width] 180\n[sst_expanded] 0\n";
  std::string group;
  for (const hw::Signal& s : signals) {
    if (s.group != group) text += fmt::format(heading, s.group);
    group = s.group;
    if (s.kind == hw::SignalKind::logic) {
      text += fmt::format(logic, s.name);
    } else {
      text += fmt::format(analog, s.name) + taller;
    }
  }
  return text + "[pattern_trace] 1\n[pattern_trace] 0\n";
}

}  // namespace settle
