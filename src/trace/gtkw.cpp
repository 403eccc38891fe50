#include "src/trace/gtkw.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace settle {
namespace {

// Lines of GTKWave's save files; the bits of the flags (@) are in analyzer.h of its sources.
constexpr const char* heading = "@200\n-{}\n";  // a comment
constexpr const char* taller = "@20000\n-\n";   // gives the curve above another row

enum Colour { orange = 2, yellow = 3, green = 4 };

// A row for a bit, a number or a word, under the last part of its name: without the range of bits that GTKWave adds.
std::string row(const char* flags, const hw::Signal& s, Colour colour, int bits = 1) {
  const std::string range = bits > 1 ? fmt::format("[{}:0]", bits - 1) : "";
  return fmt::format("@{}\n[color] {}\n+{{{}}} SystemC.{}{}\n", flags, int(colour),
                     s.name.substr(s.name.rfind('.') + 1), s.name, range);
}

std::string lines(const hw::Signal& s) {
  switch (s.kind) {
    case hw::SignalKind::logic:
      return row("28", s, s.name == "phase.free" ? green : orange);
    case hw::SignalKind::integer:
      return row("424", s, green, hw::integer_bits);  // decimal, signed
    case hw::SignalKind::word:
      return row("820", s, yellow, hw::word_bits);  // ASCII
    case hw::SignalKind::analog:
      break;
  }
  // A real number as a curve in steps, scaled to all of the data. Interpolation would draw a hold as a ramp.
  return row("88420", s, green) + taller;
}

}  // namespace

std::string gtkw(const std::string& waveform, const std::vector<hw::Signal>& signals, double first_fs, double last_fs) {
  constexpr double width = 940;  // of the waves in the window below, in pixels
  constexpr double frame = 200;  // GTKWave's zoom is minus the binary logarithm of the time that so many pixels show
  const double zoom = -std::max(0.0, std::log2(std::max(last_fs - first_fs, 1.0) * frame / width));
  // From both names GTKWave works out where the waveform lies as seen from the save file, and looks there, wherever it
  // is started and wherever the two have gone. Without [savefile] it looks in the folder that it is started in.
  std::string text = fmt::format("[dumpfile] \"{}\"\n[savefile] \"{}\"\n", waveform, gtkw_file);
  text += fmt::format("[timestart] {:.0f}\n[size] 1280 900\n[pos] -1 -1\n", first_fs);
  text +=
      fmt::format("*{:.6f} {:.0f} -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n",
                  zoom, first_fs);
  text += "[treeopen] SystemC.\n[signals_width] 260\n[sst_expanded] 0\n";
  std::string group;
  for (const hw::Signal& s : signals) {
    if (s.group != group) text += fmt::format(heading, s.group);
    group = s.group;
    text += lines(s);
  }
  return text + "[pattern_trace] 1\n[pattern_trace] 0\n";
}

}  // namespace settle
