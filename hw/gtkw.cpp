#include "settle/hw/gtkw.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <locale>
#include <sstream>

namespace settle::hw {
namespace {

// Lines of GTKWave's save files; the bits of the flags (@) are in analyzer.h of its sources.
constexpr const char* heading = "@200\n-";     // a comment
constexpr const char* taller = "@20000\n-\n";  // gives the curve above another row

std::string number(double value, int decimals) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::fixed << std::setprecision(decimals) << value;
  return text.str();
}

enum Colour { orange = 2, yellow = 3, green = 4 };

// A row for a bit, a number or a word, under the last part of its name: without the range of bits that GTKWave adds.
std::string row(const char* flags, const Signal& s, Colour colour, int bits = 1) {
  const std::string range = bits > 1 ? "[" + std::to_string(bits - 1) + ":0]" : "";
  return std::string("@") + flags + "\n[color] " + std::to_string(int(colour)) + "\n+{" +
         s.name.substr(s.name.rfind('.') + 1) + "} SystemC." + s.name + range + "\n";
}

std::string lines(const Signal& s) {
  switch (s.kind) {
    case SignalKind::logic:
      return row("28", s, s.name == "phase.free" ? green : orange);
    case SignalKind::integer:
      return row("424", s, green, integer_bits);  // decimal, signed
    case SignalKind::word:
      return row("820", s, yellow, word_bits);  // ASCII
    case SignalKind::analog:
      break;
  }
  // A real number as a curve in steps, scaled to all of the data. Interpolation would draw a hold as a ramp.
  return row("88420", s, green) + taller;
}

}  // namespace

std::string gtkw(const std::string& name, const std::string& waveform, const std::vector<Signal>& signals,
                 double first_fs, double last_fs) {
  constexpr double width = 940;  // of the waves in the window below, in pixels
  constexpr double frame = 200;  // GTKWave's zoom is minus the binary logarithm of the time that so many pixels show
  const double zoom = -std::max(0.0, std::log2(std::max(last_fs - first_fs, 1.0) * frame / width));
  // From both names GTKWave works out where the waveform lies as seen from the save file, and looks there, wherever it
  // is started and wherever the two have gone. Without [savefile] it looks in the folder that it is started in.
  std::string text = "[dumpfile] \"" + waveform + "\"\n[savefile] \"" + name + "\"\n";
  text += "[timestart] " + number(first_fs, 0) + "\n[size] 1280 900\n[pos] -1 -1\n*" + number(zoom, 6) + " " +
          number(first_fs, 0);
  for (int marker = 0; marker < 27; ++marker) text += " -1";  // no markers
  text += "\n[treeopen] SystemC.\n[signals_width] 260\n[sst_expanded] 0\n";
  std::string group;
  for (const Signal& s : signals) {
    if (s.group != group) text += heading + s.group + "\n";
    group = s.group;
    text += lines(s);
  }
  return text + "[pattern_trace] 1\n[pattern_trace] 0\n";
}

}  // namespace settle::hw
