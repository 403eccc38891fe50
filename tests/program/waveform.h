// The names in a VCD file and in the .gtkw that arranges it, and the last time of a VCD.
#pragma once

#include <set>
#include <sstream>
#include <string>

namespace settle {

/// "SystemC.hidden1.v0", ...: the variables with their scopes.
inline std::set<std::string> vcd_names(const std::string& vcd) {
  std::set<std::string> names;
  std::string scope, word;
  std::istringstream lines(vcd);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    words >> word;
    if (word == "$scope") {
      words >> word >> word;
      scope += word + ".";
    } else if (word == "$upscope") {
      const auto dot = scope.find_last_of('.', scope.size() - 2);
      scope.resize(dot == std::string::npos ? 0 : dot + 1);
    } else if (word == "$var") {
      std::string name;
      words >> word >> word >> word >> name;
      names.insert(scope + name);
    } else if (word == "$enddefinitions") {
      break;
    }
  }
  return names;
}

/// The signals of a save file: the lines that are not settings ([...], *), flags (@) or comments (-).
inline std::set<std::string> gtkw_names(const std::string& gtkw) {
  std::set<std::string> names;
  std::istringstream lines(gtkw);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && std::string("[*@-").find(line[0]) == std::string::npos) names.insert(line);
  }
  return names;
}

/// In time steps of the file; 0 without any.
inline long long last_time(const std::string& vcd) {
  long long last = 0;
  std::istringstream lines(vcd);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > 1 && line[0] == '#') last = std::stoll(line.substr(1));
  }
  return last;
}

}  // namespace settle
