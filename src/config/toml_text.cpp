#include "src/config/toml_text.h"

#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace settle {
namespace {

constexpr int most_nested = 32, most_parts = 32;  // brackets in one another, and parts of a key a.b.c

/// Goes through a text by its characters.
class Characters {
 public:
  explicit Characters(const std::string& text) : text_(text) { skip_byte_order_mark(); }

  bool at_end() const { return at_ == text_.size(); }
  /// Whether `word` comes next.
  bool sees(const char* word) const { return text_.compare(at_, std::char_traits<char>::length(word), word) == 0; }
  char byte() const { return text_[at_]; }
  TextFault fault(std::string what) const { return {line_, column_, std::move(what)}; }

  /// Goes one character on. What is wrong with it, or nothing.
  std::optional<std::string> take() {
    const auto first = static_cast<unsigned char>(text_[at_]);
    const std::size_t length = length_of(first);
    if (length == 0 || !is_whole(length))
      return fmt::format("holds the byte {:#04x}, which is no UTF-8: write it in UTF-8", first);
    const bool return_before_line = first == '\r' && text_.compare(at_, 2, "\r\n") == 0;
    const bool control = (first < 0x20 && first != '\t' && first != '\n' && !return_before_line) || first == 0x7f;
    if (control) return fmt::format("holds the control character {:#04x}: take it out", first);
    if (first == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
    at_ += length;
    return std::nullopt;
  }

 private:
  void skip_byte_order_mark() {
    if (sees("\xef\xbb\xbf")) at_ = 3;
  }

  // Bytes of the character that begins with this one; none where no character does.
  static std::size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    if (first >= 0xf0 && first < 0xf5) return 4;
    return 0;
  }

  // Whether that many bytes are one character: none that a shorter form has, none of UTF-16's halves, none that Unicode
  // has not.
  bool is_whole(std::size_t length) const {
    if (length > text_.size() - at_) return false;
    std::uint32_t code = static_cast<unsigned char>(text_[at_]) & (length == 1 ? 0x7fu : 0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text_[at_ + i]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3fu);
    }
    const bool half = code >= 0xd800 && code < 0xe000;
    return !half && code <= 0x10ffff && (length != 3 || code >= 0x800) && (length != 4 || code >= 0x10000);
  }

  const std::string& text_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
};

/// Tells strings and comments from the rest, in any text that the library would read in the same way.
class TomlScan {
 public:
  explicit TomlScan(const std::string& text) : characters_(text) {}

  std::optional<TextFault> run() {
    while (!characters_.at_end() && !fault_) step();
    return fault_;
  }

 private:
  void fail(std::string what) { fault_ = characters_.fault(std::move(what)); }

  void take() {
    if (auto wrong = characters_.take()) fail(std::move(*wrong));
  }

  void take_word(std::size_t characters) {
    for (std::size_t i = 0; i < characters && !fault_; ++i) take();
  }

  void step() {
    const char c = characters_.byte();
    if (c == '#') return skip_comment();
    if (c == '"' || c == '\'') return take_string(c);
    if (is_beyond_ascii()) {
      const TextFault outside =
          characters_.fault("a character beyond ASCII outside of quotes: keys and texts that have one go in quotes");
      take();  // it may not even be UTF-8
      if (!fault_) fault_ = outside;
      return;
    }
    if (c == '[' || c == '{') ++nested_;
    if ((c == ']' || c == '}') && nested_ > 0) --nested_;
    if (c == '.') ++parts_;
    if (c == '=' || c == ',' || c == '\n' || c == '[' || c == '{') parts_ = 1;
    if (c != ' ' && c != '\t' && c != '\r') last_ = c;
    if (nested_ > most_nested) return fail(fmt::format("brackets are nested deeper than {}", most_nested));
    if (parts_ > most_parts) return fail(fmt::format("a key has more than {} parts", most_parts));
    take();
  }

  void skip_comment() {
    while (!characters_.at_end() && characters_.byte() != '\n' && !fault_) take();
  }

  // A string begins where a key or a value can: where a quote stands within a word, the library goes on with the word.
  void take_string(char quote) {
    if (std::strchr("\n=,[{.", last_) == nullptr) return fail("a quote within a word or after a value");
    last_ = quote;
    const std::string three(3, quote);
    const TextFault open = characters_.fault("a quote is opened and never closed");
    const bool of_lines = characters_.sees(three.c_str());
    take_word(of_lines ? 3 : 1);
    while (!characters_.at_end() && !fault_) {
      const char c = characters_.byte();
      if (c == '\n' && !of_lines) break;
      if (c == '\\' && quote == '"') {
        take_escape(of_lines);
      } else if (of_lines && characters_.sees(three.c_str())) {
        take_word(3);  // and up to two quotes that belong to the string
        for (int i = 0; i < 2 && !characters_.at_end() && characters_.byte() == quote && !fault_; ++i) take();
        return;
      } else {
        take();
        if (c == quote && !of_lines) return;
      }
    }
    if (!fault_) fault_ = open;
  }

  // A backslash and what it stands before; at the end of a line of a text of lines, also the blanks that it leaves out.
  // There the library takes any character beyond ASCII for a blank, or not.
  void take_escape(bool of_lines) {
    take();
    const std::string blanks = of_lines ? " \t\r\n" : "";
    if (characters_.at_end()) return;
    if (blanks.find(characters_.byte()) == blanks.npos && !is_beyond_ascii()) {
      if (characters_.byte() != '\n') take();
      return;
    }
    while (!characters_.at_end() && !fault_ && blanks.find(characters_.byte()) != blanks.npos) take();
    if (!characters_.at_end() && !fault_ && is_beyond_ascii())
      fail("a character beyond ASCII follows a backslash: write \\\\ for a backslash, or take it out");
  }

  bool is_beyond_ascii() const { return static_cast<unsigned char>(characters_.byte()) >= 0x80; }

  Characters characters_;
  int nested_ = 0, parts_ = 1;
  char last_ = '\n';  // that was not blank, outside of strings and comments
  std::optional<TextFault> fault_;
};

}  // namespace

std::optional<TextFault> find_fault(const std::string& text) {
  if (text.size() > most_toml_bytes)
    return TextFault{1, 1, fmt::format("is longer than the {} bytes that a TOML text can have here", most_toml_bytes)};
  return TomlScan(text).run();
}

}  // namespace settle
