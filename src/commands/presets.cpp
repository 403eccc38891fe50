#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "settle/models/device/device_array.h"
#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"
#include "src/data/device_file.h"
#include "src/report/text_plot.h"
#include "src/run/chip_spec.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::string range(const Estimate& e, const std::string& unit) {
  return fmt::format("{} ({} to {})", engineering(e[1], unit), engineering(e[0], unit), engineering(e[2], unit));
}

void print_all() {
  fmt::print("{:<12} {:<12} {:>9} {:>6} {:>6}  {}\n", "preset", "response", "dw_min", "dtod", "ctoc", "source");
  for (const DevicePreset& p : device_presets())
    fmt::print("{:<12} {:<12} {:>9} {:>6} {:>6}  {}\n", p.name, name(p.response), p.dw_min, p.dtod, p.ctoc, p.source);
}

void print_one(const DevicePreset& p) {
  const auto row = [](const std::string& label, const std::string& value) { fmt::print("{:<18} {}\n", label, value); };
  row("preset", p.name);
  row("response", name(p.response));
  row("source", p.source);
  if (p.response == Response::exact) return;
  row("pulse", range(p.pulse_v, "V") + ", " + range(p.pulse_s, "s"));
  if (p.written == Written::gate)
    row("written", "by a gate of " + range(p.gate_capacitance_f, "F") + ": C V^2 a pulse");
  if (p.written == Written::channel) row("written", "through its channel: V^2 G t a pulse");
  row("source of pulse", p.pulse_source);
  if (!p.notes.empty()) row("notes", p.notes);
  const auto key = [](const std::string& name, const std::string& value, const std::string& meaning) {
    fmt::print("{:<18} {:<10} {}\n", name, value, meaning);
  };
  fmt::print("\nWhat `--set device.NAME=VALUE` replaces (all else is as in a device that has none of it):\n");
  const DevicePreset none;
  for (const DeviceParameter& parameter : device_parameters()) {
    const double value = p.*parameter.member;
    const bool always =
        parameter.name == "w_max" || parameter.name == "w_min" || (parameter.name == "ctoc_shrinks" && p.ctoc > 0);
    if (always || value != none.*parameter.member) key(parameter.name, fmt::format("{}", value), parameter.meaning);
  }
  key("written", fmt::format("\"{}\"", name(p.written)), "What a write pulse's energy goes to.");
  for (const DeviceEstimate& estimate : device_estimates()) {
    const Estimate& e = p.*estimate.member;
    if (e[1] > 0) key(estimate.name, fmt::format("[{}, {}, {}]", e[0], e[1], e[2]), estimate.meaning);
  }
}

// The states that reads find of a population under pulses up and then down: the middle device, and the tenth to the
// ninetieth of a hundred.
void plot(const DevicePreset& p) {
  constexpr Index devices = 2000;
  constexpr int half = 36, rows = 18, most_pulses = 100000;
  DeviceArray array("plot", devices, 1, p, /*seed=*/1);
  const double there_and_more = 1.5 * (p.w_max - p.w_min) / p.dw_min;
  const int pulses = std::clamp(int(std::ceil(there_and_more / half)), 1, most_pulses);
  array.set_state(Matrix<float>::Constant(devices, 1, float(p.w_min)));
  std::vector<Band> columns;
  std::uint64_t round = 0;
  const auto note = [&] {
    const Matrix<float> apparent = array.apparent();
    std::vector<float> states(apparent.data(), apparent.data() + devices);
    std::sort(states.begin(), states.end());
    const auto at = [&](double share) { return double(states[std::size_t(share * (devices - 1))]); };
    columns.push_back({at(0.1), at(0.5), at(0.9)});
  };
  const int directions = p.one_sided != 0 ? 1 : 2;
  for (int direction = 0; direction < directions; ++direction)
    for (int k = 0; k < half; ++k) {
      note();
      array.pulse(Matrix<float>::Constant(devices, 1, float(direction == 0 ? pulses : -pulses)), round++, 1);
    }
  note();
  std::vector<std::string> below = {fmt::format("{} pulses up", half * pulses)};
  if (directions == 2) below.push_back(fmt::format("{} pulses down", half * pulses));
  fmt::print("\nnormalised state, as reads find it, of {} devices (* median, : 10 to 90 %)\n{}", devices,
             text_plot(columns, rows, below));
}

int presets(const std::string& wanted, bool plotted) {
  if (wanted.empty()) {
    if (plotted) throw InputError("--plot: say which preset, as in `settle presets ecram --plot`");
    print_all();
    return 0;
  }
  for (const DevicePreset& p : device_presets()) {
    if (p.name != wanted) continue;
    if (plotted && p.response == Response::exact) throw InputError("--plot: ideal has no pulses, and so no response");
    print_one(p);
    if (plotted) plot(p);
    return 0;
  }
  if (std::filesystem::path(wanted).extension() == ".toml") {
    const DevicePreset own = read_device_file(wanted).preset;
    print_one(own);
    if (plotted) plot(own);
    return 0;
  }
  throw InputError(fmt::format("no preset is called {}; `settle presets` lists them all{}", wanted,
                               did_you_mean(wanted, names_of(device_presets()), "", "")));
}

}  // namespace

void add_presets(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("presets", "list the device presets, or show one with its source");
  auto wanted = std::make_shared<std::string>();
  command->add_option("NAME", *wanted, "a preset, or a device file (NAME.toml); default: all presets, in a line each");
  auto plotted = std::make_shared<bool>(false);
  command->add_flag("--plot", *plotted, "show its response to pulses, with its spread");
  add_examples(*command, {{"settle presets", "all of them"},
                          {"settle presets ecram --plot", "one, with its response to pulses"}});
  command->callback([wanted, plotted, &status] { status = presets(*wanted, *plotted); });
}

}  // namespace settle
