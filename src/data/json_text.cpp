#include "src/data/json_text.h"

#include <fmt/format.h>

#include "src/data/input_file.h"

namespace settle {

nlohmann::json parse_json_object(const std::string& text, const std::string& source, const std::string& remedy) {
  using nlohmann::json;
  constexpr int most_nested = 32;
  bool deep = false;
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > most_nested;
    return !deep;  // what is below is thrown away
  };
  json value;
  try {
    value = json::parse(text, shallow);
  } catch (const json::parse_error& error) {
    refuse(fmt::format("{}:{}: not valid JSON; {}", source, line_at(text, error.byte), remedy));
  } catch (const json::out_of_range&) {  // a number that no double can hold
    refuse(fmt::format("{}: holds a number that is too large; {}", source, remedy));
  }
  if (deep) refuse(fmt::format("{}: is nested deeper than {}; {}", source, most_nested, remedy));
  if (!value.is_object()) refuse(fmt::format("{}: not a JSON object; {}", source, remedy));
  return value;
}

}  // namespace settle
