#include "src/netlist/cards.h"

#include <fmt/format.h>

namespace settle {

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

std::string number(float value) { return fmt::format("{:.9g}", value); }
std::string number(double value) { return fmt::format("{:.15g}", value); }

}  // namespace settle
