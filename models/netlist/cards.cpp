#include "settle/models/netlist/cards.h"

#include <charconv>

namespace settle::spice {
namespace {

std::string with_digits(double value, int digits) {
  char text[40];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits);
  return {text, written.ptr};
}

}  // namespace

void Cards::comment(const std::string& text) { text_ += text.empty() ? "\n" : "* " + text + "\n"; }

void Cards::card(const std::vector<std::string>& words) {
  constexpr std::size_t width = 110;
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      text_ += line + "\n";
      line = "+";
    }
    line += (line.empty() ? "" : " ") + word;
  }
  text_ += line + "\n";
}

std::string number(float value) { return with_digits(double(value), 9); }
std::string number(double value) { return with_digits(value, 15); }

}  // namespace settle::spice
