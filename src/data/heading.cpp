#include "src/data/heading.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace settle {
namespace {

using Units = std::map<std::string, double>;

std::optional<double> look_up(const Units& units, const std::string& unit) {
  const auto found = units.find(unit);
  return found == units.end() ? std::nullopt : std::optional<double>(found->second);
}

bool is_unit(const std::string& word) {
  return siemens_in(word) || ohms_in(word) || amperes_in(word) || volts_in(word);
}

// Both signs for micro, in UTF-8, and that of ohm.
std::string in_ascii(std::string text) {
  for (const auto& [sign, letters] :
       {std::pair{"\xc2\xb5", "u"}, {"\xce\xbc", "u"}, {"\xe2\x84\xa6", "ohm"}, {"\xce\xa9", "ohm"}})
    for (std::size_t at = text.find(sign); at != text.npos; at = text.find(sign))
      text.replace(at, std::string(sign).size(), letters);
  return text;
}

}  // namespace

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
  return first == text.npos ? "" : text.substr(first, last - first + 1);
}

std::string lower(const std::string& text) {
  std::string result = text;
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::optional<double> siemens_in(const std::string& unit) {
  return look_up(
      {{"s", 1}, {"siemens", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"microsiemens", 1e-6}, {"ns", 1e-9}, {"ps", 1e-12}},
      unit);
}
std::optional<double> ohms_in(const std::string& unit) {
  return look_up({{"ohm", 1}, {"ohms", 1}, {"kohm", 1e3}, {"mohm", 1e6}, {"megohm", 1e6}, {"gohm", 1e9}}, unit);
}
std::optional<double> amperes_in(const std::string& unit) {
  return look_up({{"a", 1}, {"ma", 1e-3}, {"ua", 1e-6}, {"na", 1e-9}, {"pa", 1e-12}}, unit);
}
std::optional<double> volts_in(const std::string& unit) { return look_up({{"v", 1}, {"mv", 1e-3}}, unit); }

Heading heading(const std::string& column) {
  std::vector<std::string> words(1);
  for (const char c : lower(in_ascii(trimmed(column)))) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty() && words.size() > 1) words.pop_back();
  Heading result;
  if (words.size() > 1 && is_unit(words.back())) {
    result.unit = words.back();
    words.pop_back();
  }
  for (const std::string& word : words) result.name += (result.name.empty() ? "" : " ") + word;
  return result;
}

std::optional<std::size_t> find_column(const CsvTable& table, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    for (std::size_t i = 0; i < table.columns().size(); ++i)
      if (heading(table.columns()[i]).name == name) return i;
  return std::nullopt;
}

const std::vector<std::string>& conductance_names() {
  static const std::vector<std::string> names = {"conductance", "state", "g",    "conductance after",
                                                 "g after",     "gd",    "cond", "conductance value"};
  return names;
}

const std::vector<std::string>& direction_names() {
  static const std::vector<std::string> names = {"polarity",   "direction", "pulse polarity", "sign",
                                                 "pulse type", "type",      "operation",      "phase"};
  return names;
}

int direction_of(const std::string& word) {
  static const std::vector<std::string> up = {"up",  "+",   "+1", "1",        "1.0", "set",     "potentiation",
                                              "pot", "ltp", "p",  "positive", "pos", "increase"},
                                        down = {"down", "-",   "-1", "-1.0",     "reset", "depression",
                                                "dep",  "ltd", "d",  "negative", "neg",   "decrease"};
  const std::string w = lower(trimmed(word));
  const auto in = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), w) != list.end();
  };
  return in(up) ? 1 : in(down) ? -1 : 0;
}

}  // namespace settle
