#include "src/sweep/condition.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include <fmt/format.h>

#include "src/config/nearest.h"
#include "src/data/input_file.h"
#include "src/sweep/database/connection.h"

namespace settle {
namespace {

enum class TokenKind { word, number, text, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;    // of a text: without its quotes
  std::size_t at = 0;  // from 0
};

bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool goes_on_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("_.-", c) != nullptr;
}
bool goes_on_number(const std::string& text, std::size_t at) {
  const char c = text[at];
  if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.') return true;
  return (c == '-' || c == '+') && std::tolower(text[at - 1]) == 'e';
}

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class ConditionParser {
 public:
  ConditionParser(const std::string& text, const ViewColumns& columns, const std::string& option,
                  std::vector<std::string>* used)
      : text_(text), columns_(columns), option_(option), used_(used) {
    advance();
  }

  RowSelection parse() {
    if (token_.kind == TokenKind::end) return {};
    selection_.where = any();
    if (token_.kind != TokenKind::end) refuse("`and`, `or` or the end");
    return selection_;
  }

 private:
  static constexpr int most_parentheses = 100;

  [[noreturn]] void refuse(const std::string& expected) const {
    const std::string found = token_.kind == TokenKind::end ? "the end" : "`" + text_.substr(token_.at, 20) + "`";
    settle::refuse(fmt::format("{}: character {}: expected {}, not {}; such as test_accuracy >= 0.84 and seed = 1",
                               option_, token_.at + 1, expected, found));
  }

  void advance() {
    std::size_t at = token_.at + length_;
    while (at < text_.size() && std::isspace(static_cast<unsigned char>(text_[at])) != 0) ++at;
    token_ = {TokenKind::end, "", at};
    length_ = 0;
    if (at == text_.size()) return;
    const char c = text_[at];
    if (c == '\'' || c == '"') return take_text(c);
    std::size_t end = at + 1;
    if (begins_word(c)) {
      while (end < text_.size() && goes_on_word(text_[end])) ++end;
      token_.kind = TokenKind::word;
    } else if (std::strchr("+-.0123456789", c) != nullptr) {
      while (end < text_.size() && goes_on_number(text_, end)) ++end;
      token_.kind = TokenKind::number;
    } else {
      token_.kind = TokenKind::symbol;
      if (end < text_.size() && std::strchr("<>=!", c) != nullptr && std::strchr("=>", text_[end]) != nullptr) ++end;
    }
    length_ = end - at;
    token_.text = text_.substr(at, length_);
  }

  void take_text(char quote) {
    const std::size_t end = text_.find(quote, token_.at + 1);
    if (end == std::string::npos)
      settle::refuse(fmt::format("{}: character {}: a text without its second {}", option_, token_.at + 1, quote));
    token_.kind = TokenKind::text;
    token_.text = text_.substr(token_.at + 1, end - token_.at - 1);
    length_ = end + 1 - token_.at;
  }

  bool is(TokenKind kind, const std::string& text) const { return token_.kind == kind && lower(token_.text) == text; }
  bool take(TokenKind kind, const std::string& text) {
    if (!is(kind, text)) return false;
    advance();
    return true;
  }

  std::string any() {
    std::string sql = all();
    while (take(TokenKind::word, "or")) sql += " OR " + all();
    return sql;
  }

  std::string all() {
    std::string sql = one();
    while (take(TokenKind::word, "and")) sql += " AND " + one();
    return sql;
  }

  std::string one() {
    if (++depth_ > most_parentheses) refuse("fewer parentheses");
    std::string sql;
    if (take(TokenKind::word, "not")) {
      sql = "NOT (" + one() + ")";
    } else if (take(TokenKind::symbol, "(")) {
      sql = "(" + any() + ")";
      if (!take(TokenKind::symbol, ")")) refuse("`)`");
    } else {
      sql = comparison();
    }
    --depth_;
    return sql;
  }

  std::string comparison() {
    const std::string left = operand();
    if (take(TokenKind::word, "in")) return left + " IN " + list();
    static const std::pair<const char*, const char*> operators[] = {
        {"=", "="}, {"==", "="}, {"!=", "<>"}, {"<>", "<>"}, {"<", "<"}, {"<=", "<="}, {">", ">"}, {">=", ">="}};
    for (const auto& [ours, sql] : operators)
      if (take(TokenKind::symbol, ours)) return fmt::format("{} {} {}", left, sql, operand());
    refuse("one of = != < <= > >= in");
  }

  std::string list() {
    if (!take(TokenKind::symbol, "(")) refuse("`(` and values");
    std::string sql = "(" + operand();
    while (take(TokenKind::symbol, ",")) sql += ", " + operand();
    if (!take(TokenKind::symbol, ")")) refuse("`,` or `)`");
    return sql + ")";
  }

  std::string operand() {
    const Token token = token_;
    if (token.kind == TokenKind::number) {
      const Cell value = cell_of_text(token.text.front() == '+' ? token.text.substr(1) : token.text);
      if (std::holds_alternative<std::string>(value) || std::holds_alternative<std::monostate>(value))
        refuse("a number, such as 0.84 or 1e-9");
      advance();
      return bound(value);
    }
    if (token.kind == TokenKind::text) {
      advance();
      return bound(token.text);
    }
    if (token.kind != TokenKind::word) refuse("a column, a number or a text in quotes");
    for (const char* const keyword : {"and", "or", "not", "in"})
      if (lower(token.text) == keyword) refuse("a column, a number or a text in quotes");
    if (token.text == "true" || token.text == "false") {
      advance();
      return bound(token.text);
    }
    const ViewColumn& column = find_column(token.text, columns_, option_);
    if (used_ != nullptr) used_->push_back(column.name);
    advance();
    return sql_name(column.name);
  }

  std::string bound(const Cell& value) {
    constexpr std::size_t most_values = 1000;
    if (selection_.parameters.size() == most_values) refuse("fewer than a thousand values");
    selection_.parameters.push_back(value);
    return "?";
  }

  const std::string& text_;
  const ViewColumns& columns_;
  const std::string& option_;
  std::vector<std::string>* used_;
  Token token_;
  std::size_t length_ = 0;  // of the token
  int depth_ = 0;
  RowSelection selection_;
};

// A text without blanks at its ends.
std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n"), end = text.find_last_not_of(" \t\n");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

}  // namespace

const ViewColumn& find_column(const std::string& word, const ViewColumns& columns, const std::string& option) {
  const std::string wanted = word == "test_accuracy" ? "test_accuracy_best" : word;
  std::vector<const ViewColumn*> by_last_part;
  std::vector<std::string> names = {"test_accuracy"};
  for (const ViewColumn& column : columns) {
    if (column.name == wanted) return column;
    names.push_back(column.name);
    const std::size_t dot = column.name.rfind('.');
    if (dot == std::string::npos) continue;
    names.push_back(column.name.substr(dot + 1));  // which means the column as well
    if (names.back() == wanted) by_last_part.push_back(&column);
  }
  if (by_last_part.size() == 1) return *by_last_part.front();
  if (by_last_part.size() > 1)
    refuse(fmt::format("{}: `{}` may be `{}` or `{}`; write it in full", option, word, by_last_part[0]->name,
                       by_last_part[1]->name));
  const std::string guess = did_you_mean(word, names);
  refuse(fmt::format("{}: unknown column `{}`{} --columns help lists them; a text goes in quotes", option, word,
                     guess.empty() ? "." : guess));
}

RowSelection parse_condition(const std::string& text, const ViewColumns& columns, const std::string& option,
                             std::vector<std::string>* used) {
  return ConditionParser(text, columns, option, used).parse();
}

std::string parse_order(const std::string& text, const ViewColumns& columns, const std::string& option,
                        std::vector<std::string>* used) {
  std::string sql;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string word = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    bool down = false;
    if (!word.empty() && word.front() == '-') {
      down = true;
      word = trimmed(word.substr(1));
    }
    if (const std::size_t blank = word.find(' '); blank != std::string::npos) {
      const std::string way = lower(trimmed(word.substr(blank)));
      if (way != "desc" && way != "asc")
        refuse(fmt::format("{}: `{}` after a column: write desc, asc or nothing", option, way));
      down = way == "desc";
      word.resize(blank);
    }
    if (word.empty()) refuse(option + ": expected a column, such as inference_joule; --columns help lists them");
    const std::string name = find_column(word, columns, option).name;
    if (used != nullptr) used->push_back(name);
    sql += fmt::format("{0}{1} IS NULL, {1}{2}", sql.empty() ? "" : ", ", sql_name(name), down ? " DESC" : "");
  }
  return sql;
}

}  // namespace settle
