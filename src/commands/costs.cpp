#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "settle/models/cost/meter.h"
#include "settle/models/device/pulse_figures.h"
#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/run/device_spec.h"

namespace settle {
namespace {

/// A figure as the configuration has it, and as it is without.
struct Listed {
  std::string key;
  Figure figure;
  Estimate standard;
  bool is_set() const { return figure.value != standard; }
};

Figures figures_of(const Configuration& c) {
  Figures figures = Meter(c.chip, c.cost).figures();
  RuleLimits rules = c.rules;
  figures.add("rules", parameters(rules));
  SenseSpec sense = c.sense;
  figures.add("sense", parameters(sense));
  WireSpec wire = c.wire;
  figures.add("wire", parameters(wire));
  add_pulse_figures(figures, build_crossbar(c).device);
  return figures;
}

std::vector<Listed> listed(const Configuration& configuration) {
  Configuration standard;
  standard.device.preset = configuration.device.preset;
  standard.device.file = configuration.device.file;
  const Figures without = figures_of(standard), with = figures_of(configuration);
  std::vector<Listed> list;
  for (const auto& [key, figure] : with.all()) {
    const auto found = without.all().find(key);
    list.push_back({key, figure, found == without.all().end() ? figure.value : found->second.value});
  }
  return list;
}

/// "45 nm, 0.9 V, 300 K", as far as it is stated.
std::string conditions(const Provenance& p) {
  std::string text;
  const auto add = [&](double value, const char* unit) {
    if (value > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", value, unit);
  };
  add(p.node_nm, "nm");
  add(p.supply_v, "V");
  add(p.temperature_k, "K");
  return text;
}

/// Words in lines of at most `width` characters, each after an indent of four.
std::string wrapped(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string lines, line = "   ";
  for (std::string word; words >> word; line += " " + word) {
    if (line.size() + 1 + word.size() <= width) continue;
    lines += line + "\n";
    line = "   ";
  }
  return lines + line + "\n";
}

constexpr const char* unknown = "not known";

std::string source_of(const Listed& l) {
  std::string source = l.figure.provenance ? l.figure.provenance->source : unknown;
  if (!l.is_set()) return source;
  const auto [low, nominal, high] = l.standard;
  return fmt::format("in place of {:.4g} ({:.4g} to {:.4g}): {}", nominal, low, high, source);
}

std::string table_line(const std::string& key, const std::array<std::string, 3>& values, const std::string& unit,
                       const std::string& evidence, const std::string& at) {
  const std::string line = fmt::format("{:<27} {:>9} {:>9} {:>9}  {:<23} {:<16} {}", key, values[0], values[1],
                                       values[2], unit, evidence, at);
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string table_line(const Listed& l) {
  const auto& known = l.figure.provenance;
  const auto number = [&](std::size_t k) { return fmt::format("{:.4g}", l.figure.value[k]); };
  const std::string evidence = l.is_set() ? "set by you" : known ? name(known->evidence) : unknown;
  return table_line(l.key, {number(0), number(1), number(2)}, known ? known->unit : "", evidence,
                    known && !l.is_set() ? conditions(*known) : "");
}

void print_table(const std::vector<Listed>& list) {
  constexpr std::size_t width = 120;
  fmt::print("{}", table_line("figure", {"low", "nominal", "high"}, "unit", "evidence", "at"));
  for (const Listed& l : list) fmt::print("{}{}", table_line(l), wrapped(source_of(l), width));
  const auto set = std::count_if(list.begin(), list.end(), [](const Listed& l) { return l.is_set(); });
  fmt::print(
      "\n{} figures, {} set by you. Low and high are the 10th and the 90th percentile, nominal is the median; between "
      "and\n"
      "beyond them the logarithm is normal on either side. --set 'KEY=[LOW, NOMINAL, HIGH]' replaces a figure.\n",
      list.size(), set);
}

std::string quoted_field(std::string text) {
  for (std::size_t at = text.find('"'); at != text.npos; at = text.find('"', at + 2)) text.insert(at, 1, '"');
  return '"' + text + '"';
}

void print_csv(const std::vector<Listed>& list) {
  fmt::print("figure,low,nominal,high,set,unit,evidence,node_nm,supply_v,temperature_k,distribution,source\n");
  for (const Listed& l : list) {
    const auto [low, nominal, high] = l.figure.value;
    fmt::print("{},{},{},{},{}", l.key, low, nominal, high, l.is_set());
    if (const auto& p = l.figure.provenance)
      fmt::print(",{},{},{},{},{},{},{}\n", p->unit, name(p->evidence), p->node_nm, p->supply_v, p->temperature_k,
                 name(p->distribution), quoted_field(p->source));
    else
      fmt::print(",,,,,,,\n");
  }
}

int costs(const std::string& path, const std::vector<std::string>& overrides, bool as_csv) {
  std::vector<std::string> notes;
  const std::vector<Listed> list = listed(path.empty() ? parse_configuration("", "the defaults", overrides, &notes)
                                                       : read_configuration(path, overrides, &notes));
  print_notes(notes);
  if (as_csv)
    print_csv(list);
  else
    print_table(list);
  return 0;
}

}  // namespace

void add_costs(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand(
      "costs", "list every uncertain figure of energy and area, and each design rule's limit, with its source");
  auto path = std::make_shared<std::string>();
  command->add_option("CONFIG", *path, "TOML file, whose own figures are marked; without it, the defaults");
  auto overrides = std::make_shared<std::vector<std::string>>();
  command->add_option("--set", *overrides, "KEY=VALUE, such as cost.hold_current_a=1e-6; may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  auto as_csv = std::make_shared<bool>(false);
  command->add_flag("--csv", *as_csv, "as comma-separated values");
  add_examples(*command,
               {{"settle costs", "every figure with its range and source"},
                {"settle costs configs/default.toml --csv", "with those marked that a configuration states"}});
  command->callback([path, overrides, as_csv, &status] { status = costs(*path, *overrides, *as_csv); });
}

}  // namespace settle
