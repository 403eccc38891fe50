// The content of a VCD file, and of the .gtkw that arranges it.
#pragma once

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace settle {

/// A variable's changes: time in steps of the file, and the value as it is written, without its type.
using Changes = std::vector<std::pair<long long, std::string>>;

/// The changes of each variable, by its name with scopes and range: "SystemC.hidden1.v0",
/// "SystemC.logit_adc.code0[24:0]".
inline std::map<std::string, Changes> vcd_changes(const std::string& vcd) {
  std::map<std::string, Changes> changes;
  std::multimap<std::string, std::string> names;  // by identifier
  std::string scope, word;
  long long time = 0;
  bool defined = false;
  std::istringstream lines(vcd);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (!(words >> word)) continue;
    if (!defined && word == "$scope") {
      words >> word >> word;
      scope += word + ".";
    } else if (!defined && word == "$upscope") {
      const auto dot = scope.find_last_of('.', scope.size() - 2);
      scope.resize(dot == std::string::npos ? 0 : dot + 1);
    } else if (!defined && word == "$var") {
      std::string identifier, name;
      words >> word >> word >> identifier >> name;
      if (words >> word && word[0] == '[') name += word;
      names.emplace(identifier, scope + name);
      changes[scope + name];
    } else if (word == "$enddefinitions") {
      defined = true;
    } else if (word[0] == '#') {
      time = std::stoll(word.substr(1));
    } else if (defined && std::string("01rb").find(word[0]) != std::string::npos) {
      const bool bit = word[0] == '0' || word[0] == '1';
      const std::string value = bit ? word.substr(0, 1) : word.substr(1);
      std::string identifier = word.substr(1);
      if (!bit) words >> identifier;
      const auto [first, last] = names.equal_range(identifier);
      for (auto name = first; name != last; ++name) changes[name->second].emplace_back(time, value);
    }
  }
  return changes;
}

inline std::set<std::string> vcd_names(const std::string& vcd) {
  std::set<std::string> names;
  for (const auto& [name, changes] : vcd_changes(vcd)) names.insert(name);
  return names;
}

/// A vector of bits as characters, and as a number with a sign in its first one of `bits`.
inline std::string as_text(const std::string& bits) {
  std::string text;
  const std::string padded = std::string((8 - bits.size() % 8) % 8, '0') + bits;
  for (std::size_t i = 0; i < padded.size(); i += 8) {
    const char c = char(std::stoi(padded.substr(i, 8), nullptr, 2));
    if (c != 0) text += c;
  }
  return text;
}
inline long long as_number(const std::string& digits, std::size_t bits) {
  const long long number = std::stoll(digits, nullptr, 2);
  return digits.size() == bits && digits[0] == '1' ? number - (1ll << bits) : number;
}

/// The signals of a save file: the lines that are not settings ([...], *), flags (@) or comments (-), without aliases.
inline std::set<std::string> gtkw_names(const std::string& gtkw) {
  std::set<std::string> names;
  std::istringstream lines(gtkw);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("+{", 0) == 0) line = line.substr(line.find("} ") + 2);
    if (!line.empty() && std::string("[*@-").find(line[0]) == std::string::npos) names.insert(line);
  }
  return names;
}

/// The times at which something changes, in time steps of the file.
inline std::vector<long long> vcd_times(const std::string& vcd) {
  std::vector<long long> times;
  std::istringstream lines(vcd);
  for (std::string line; std::getline(lines, line);)
    if (line.size() > 1 && line[0] == '#') times.push_back(std::stoll(line.substr(1)));
  return times;
}

/// The time of the last change; 0 without any.
inline long long last_time(const std::string& vcd) {
  const std::vector<long long> times = vcd_times(vcd);
  return times.empty() ? 0 : times.back();
}

}  // namespace settle
