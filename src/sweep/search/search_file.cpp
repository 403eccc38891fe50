#include "src/sweep/search/search_file.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>

#include <fmt/format.h>

#include "src/config/toml_file.h"
#include "src/sweep/figure_name.h"

namespace settle {
namespace {

const std::vector<std::string> own_keys = {"minimise", "maximise", "subject_to", "rounds", "combinations", "seed"};

bool is_own(const std::string& key) { return std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end(); }

// "test_accuracy >= 0.84"
Limit limit_of(const toml::node& node, bool analyze, const std::string& what) {
  const auto text = node.value_exact<std::string>();
  std::istringstream words(text.value_or(""));
  words.imbue(std::locale::classic());
  std::string figure, comparison, rest;
  double value = 0;
  words >> figure >> comparison >> value;
  if (!words || words >> rest || (comparison != ">=" && comparison != "<=") || !std::isfinite(value))
    refuse(what +
           ": must be FIGURE >= NUMBER or FIGURE <= NUMBER with spaces between, such as \"test_accuracy >= "
           "0.84\", or a list of such");
  return {figure_called(figure, analyze, what), comparison == ">=", value};
}

std::int64_t integer_of(const toml::table& table, const char* name, std::int64_t lowest, std::int64_t highest,
                        std::int64_t otherwise, const std::string& what) {
  const toml::node* node = table.get(name);
  if (node == nullptr) return otherwise;
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < lowest || *value > highest)
    refuse(fmt::format("{}{}: must be an integer from {} to {}", what, name, lowest, highest));
  return *value;
}

SearchAxis axis_of(const AxisReader& reader, const Entry& entry) {
  SearchAxis axis{entry.key, {}, {}, reader.place(entry.where), reader.folder()};
  if (const toml::table* table = entry.node->as_table())
    axis.range = reader.range_of(entry, *table, {"linear", "log"});
  else
    axis.choices = reader.values_of(entry, "[4, 8] or { log = [0.01, 0.1] }");
  return axis;
}

void read_goal(const AxisReader& reader, const toml::table& table, bool analyze, const std::string& what,
               SearchSpec& search) {
  search.maximise = table.contains("maximise");
  if (search.maximise == table.contains("minimise"))
    refuse(what + "state either minimise or maximise, a figure of the results such as \"inference_joule\"");
  const toml::node& node = *table.get(search.maximise ? "maximise" : "minimise");
  const auto goal = node.value_exact<std::string>();
  if (!goal) refuse(what + "the goal must be a figure of the results, such as \"inference_joule\"");
  search.goal = figure_called(*goal, analyze, reader.place(node.source()) + ": search");
}

}  // namespace

SearchSpec read_search(const AxisReader& reader, const toml::node& node, bool analyze) {
  const std::string what = reader.place(node.source()) + ": search: ";
  const toml::table& table = reader.table_of(node, "search");
  SearchSpec search;
  read_goal(reader, table, analyze, what, search);
  if (const toml::node* limits = table.get("subject_to")) {
    const std::string place = reader.place(limits->source()) + ": subject_to";
    if (const toml::array* list = limits->as_array(); list != nullptr && list->empty())
      refuse(place + ": is an empty list, which limits nothing; give at least one limit, or leave it out");
    if (const toml::array* list = limits->as_array())
      for (const toml::node& each : *list) search.limits.push_back(limit_of(each, analyze, place));
    else
      search.limits.push_back(limit_of(*limits, analyze, place));
  }
  search.rounds = integer_of(table, "rounds", 1, 100, search.rounds, what);
  search.combinations = integer_of(table, "combinations", 2, 1000, search.combinations, what);
  search.seed = integer_of(table, "seed", 0, std::int64_t{1} << 53, search.seed, what);
  for (const Entry& entry : reader.entries_of(node, "search"))
    if (!is_own(entry.key)) search.axes.push_back(axis_of(reader, entry));
  if (search.axes.empty())
    refuse(what + "names no key to search over; give one a range, such as network.beta = { log = [0.01, 1] }");
  return search;
}

std::string text_of(const SearchSpec& search) {
  std::string text =
      fmt::format("[search] {} {}, {} rounds of {}, seed {}\n", search.maximise ? "maximise" : "minimise", search.goal,
                  search.rounds, search.combinations, search.seed);
  for (const Limit& limit : search.limits)
    text += fmt::format("{} {} {}\n", limit.figure, limit.at_least ? ">=" : "<=", limit.value);
  for (const SearchAxis& axis : search.axes) {
    text += axis.key;
    if (axis.range)
      text += fmt::format(" {} to {}, {}, {}", axis.range->low, axis.range->high, axis.range->logarithmic,
                          axis.range->integers);
    for (const Override& choice : axis.choices) text += " " + choice.value;
    text += "\n";
  }
  return text;
}

}  // namespace settle
