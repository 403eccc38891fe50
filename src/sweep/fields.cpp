#include "src/sweep/fields.h"

namespace settle {

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + '"';
}

std::string grid_header(const std::vector<Axis>& grid) {
  std::string text;
  for (const Axis& axis : grid) text += "," + field(axis.key);
  return text;
}

std::string grid_fields(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += "," + field(value);
  return text;
}

}  // namespace settle
