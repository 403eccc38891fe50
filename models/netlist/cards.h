// The cards of a SPICE deck as text: long ones are continued on lines that begin with a plus.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

namespace settle::spice {

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

/// Words, whole numbers, and numbers as above, one after the other, with nothing in between.
template <class... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  const auto add = [&text](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (std::is_floating_point_v<Part>)
      text += number(part);
    else if constexpr (std::is_integral_v<Part>)
      text += std::to_string(part);
    else
      text += part;
  };
  (add(parts), ...);
  return text;
}

}  // namespace settle::spice
