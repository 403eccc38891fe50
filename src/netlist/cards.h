// The cards of a SPICE deck as text: long ones are continued on lines that begin with a plus.
#pragma once

#include <string>
#include <vector>

namespace settle {

class Cards {
 public:
  /// A whole line after an asterisk; empty: an empty line.
  void comment(const std::string& text);
  /// One card, its words separated by blanks.
  void card(const std::vector<std::string>& words);
  void card(const std::string& text) { card(std::vector<std::string>{text}); }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A number with the digits that a float, or a double, has need of.
std::string number(float value);
std::string number(double value);

}  // namespace settle
