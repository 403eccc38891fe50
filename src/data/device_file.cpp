#include "src/data/device_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <sstream>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/config/assign.h"
#include "src/config/nearest.h"
#include "src/config/toml_file.h"
#include "src/data/device_table.h"

namespace settle {
namespace {

// The responses that a file can have, by their names in words.
std::vector<std::string> response_names() {
  std::vector<std::string> names;
  for (const Response r : {Response::constant, Response::linear, Response::soft_bounds, Response::exponential,
                           Response::power, Response::table})
    names.emplace_back(name(r));
  return names;
}

Response response_of(const std::string& word) {
  for (const Response r :
       {Response::constant, Response::linear, Response::soft_bounds, Response::exponential, Response::power})
    if (word == name(r)) return r;
  return Response::table;
}

// The steps of a table in units of the states, which the file's conductances are the ends of.
StepTable normalised(StepTable table, const OwnDevice& d) {
  const double per_siemens =
      (d.preset.w_max - d.preset.w_min) / (d.conductance_max_siemens - d.conductance_min_siemens);
  for (MeasuredSteps* steps : {&table.up, &table.down})
    for (std::size_t i = 0; i < steps->state.size(); ++i) {
      steps->state[i] = (steps->state[i] - d.conductance_min_siemens) * per_siemens + d.preset.w_min;
      steps->mean[i] *= per_siemens;
      steps->deviation[i] *= per_siemens;
    }
  return table;
}

class DeviceFileReader {
 public:
  using StepReader = std::function<StepTable(const std::string& path)>;
  DeviceFileReader(const std::string& path, StepReader read_steps)
      : path_(path), read_steps_(std::move(read_steps)), rows_(parameters(file_)) {}

  OwnDevice read(const std::string& text) {
    const toml::table table = parse_toml(text, path_);
    for (const auto& [key, node] : table) set(std::string(key.str()), node, line_of(path_, key.source()));
    require(!file_.response.empty(), "response", "one of constant, linear, soft-bounds, exponential, power, table");
    require(file_.conductance_min_siemens > 0, "conductance_min_siemens", "the lowest conductance");
    require(file_.conductance_max_siemens > file_.conductance_min_siemens, "conductance_max_siemens",
            "the highest conductance, above conductance_min_siemens");
    const bool measured = file_.response == name(Response::table);
    require(measured == !file_.table.empty(), "table", "a CSV file for response = \"table\", and for that alone");
    require(measured == (file_.numbers.count("dw_min") == 0), "dw_min",
            "the mean step, except of a table, which has its own");
    for (const char* pulse : {"pulse_v", "pulse_s"})
      require(file_.estimates.count(pulse) > 0, pulse, "what one write pulse is, which its energy follows from");
    const bool by_gate = file_.written == name(Written::gate);
    require(by_gate == (file_.estimates.count("gate_capacitance_f") > 0), "gate_capacitance_f",
            "what a pulse charges, for written = \"gate\" and for that alone");
    return device();
  }

 private:
  void set(const std::string& name, const toml::node& node, const std::string& place) {
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Parameter& p) { return p.name == name; });
    if (row == rows_.end())
      refuse(fmt::format("{}: unknown key `{}` of a device file{}", place, name, did_you_mean(name, names_of(rows_))));
    if (name == "response" && node.is_string()) return set_response(*row, *node.value<std::string>(), place);
    if (const auto wrong = assign(row->value, node)) refuse(fmt::format("{}: {}: {}", place, name, *wrong));
  }

  static void set_response(const Parameter& row, const std::string& word, const std::string& place) {
    if (const auto wrong = assign(row.value, toml::value<std::string>(hyphened(word))))
      refuse(fmt::format("{}: {}: {}", place, row.name, *wrong));
  }

  void require(bool stated, const char* key, const char* meaning) const {
    if (!stated) refuse(fmt::format("{}: {}: state it rightly: {}", path_, key, meaning));
  }

  OwnDevice device() const {
    OwnDevice own{{}, file_.conductance_min_siemens, file_.conductance_max_siemens, file_.read_v};
    DevicePreset& p = own.preset;
    p.name = std::filesystem::path(path_).stem().string();
    p.response = response_of(file_.response);
    p.source = file_.source;
    p.pulse_source = file_.pulse_source.empty() ? file_.source : file_.pulse_source;
    p.notes = file_.notes;
    p.written = file_.written == name(Written::gate) ? Written::gate : Written::channel;
    for (const DeviceParameter& parameter : device_parameters())
      if (const auto stated = file_.numbers.find(parameter.name); stated != file_.numbers.end())
        p.*parameter.member = stated->second;
    for (const DeviceEstimate& estimate : device_estimates())
      if (const auto stated = file_.estimates.find(estimate.name); stated != file_.estimates.end())
        p.*estimate.member = stated->second;
    if (p.response != Response::table) return own;
    const std::filesystem::path beside = std::filesystem::path(path_).parent_path() / file_.table;
    p.table = normalised(read_steps_(beside.string()), own);
    p.dw_min = mean_step(p.table, 0.5 * (p.w_min + p.w_max));
    if (!(p.dw_min > 0)) refuse(beside.string() + ": the mean step half way between w_min and w_max must be above 0");
    return own;
  }

  std::string path_;
  StepReader read_steps_;
  DeviceFile file_;
  Parameters rows_;  // points into file_
};

}  // namespace

Parameters parameters(DeviceFile& s) {
  Parameters rows = {
      {"response", text(s.response, response_names()), "Law by which a pulse moves the device (docs/devices.md)."},
      {"table", path(s.table), "CSV file of measured steps, beside this file."},
      {"conductance_min_siemens", from(1e-12, s.conductance_min_siemens, 0.1), "Conductance of w_min, in siemens."},
      {"conductance_max_siemens", from(1e-12, s.conductance_max_siemens, 0.1), "Conductance of w_max, in siemens."},
      {"read_v", from(0, s.read_v, 100), "Voltage at which the conductances were read, in volts; 0: not known."},
      {"source", text(s.source), "Where the response comes from."},
      {"pulse_source", text(s.pulse_source), "Where the pulse comes from; empty: the same."},
      {"notes", text(s.notes), "What else is known."},
      {"written", text(s.written, {name(Written::channel), name(Written::gate)}),
       "What a write pulse's energy goes to: the channel (V^2 G t) or a gate (C V^2)."}};
  for (const DeviceEstimate& p : device_estimates())
    rows.push_back({p.name, ReplacingEstimateValue{&s.estimates, p.name, p.low, p.high}, p.meaning});
  for (const DeviceParameter& p : device_parameters())
    rows.push_back({p.name, ReplacingValue{&s.numbers, p.name, p.low, p.high}, p.meaning});
  return rows;
}

std::string hyphened(std::string response) {
  std::replace(response.begin(), response.end(), ' ', '-');
  return response;
}

OwnDevice read_device_file(const std::string& path) {
  return DeviceFileReader(path, read_step_table).read(read_text(path));
}

OwnDevice device_in(const std::string& text, const std::string& table, const std::string& path) {
  const auto steps = [&](const std::string& beside) { return step_table_of(table, beside); };
  return DeviceFileReader(path, steps).read(text);
}

DevicePreset stated_device(const DeviceSpec& spec) {
  DevicePreset device = spec.file.empty() ? device_preset(spec.preset) : read_device_file(spec.file).preset;
  if (spec.file.empty() && !spec.table.empty()) {  // of the preset beside it, what writes it is all that counts
    DevicePreset of_table;
    of_table.response = Response::table;
    of_table.name = spec.table;
    of_table.written = device.written;
    for (const DeviceEstimate& p : device_estimates()) of_table.*p.member = device.*p.member;
    device = of_table;
  }
  for (const DeviceParameter& p : device_parameters())
    if (const auto own = spec.replace.find(p.name); own != spec.replace.end()) device.*p.member = own->second;
  for (const DeviceEstimate& p : device_estimates())
    if (const auto own = spec.replace_estimates.find(p.name); own != spec.replace_estimates.end())
      device.*p.member = own->second;
  if (spec.written != "preset") device.written = spec.written == name(Written::gate) ? Written::gate : Written::channel;
  return device;
}

std::string device_file_text(const DeviceFile& device, const std::string& comment) {
  DeviceFile copy = device;  // the rows point to what can be changed
  std::string text;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
  for (const Parameter& row : parameters(copy)) {
    const std::string value = to_toml(row.value);
    const bool stated = value != "\"preset\"" && value != "\"\"" && value != "0.0";
    if (stated) text += fmt::format("\n# {}\n{} = {}\n", row.meaning, row.name, value);
  }
  return text;
}

}  // namespace settle
