#include <fmt/format.h>

#include "models/device/preset.h"
#include "models/error.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"
#include "src/run/chip_spec.h"
#include "src/run/outputs.h"

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
  const auto row = [](const char* label, const std::string& value) { fmt::print("{:<34} {}\n", label, value); };
  row("preset", p.name);
  row("response", name(p.response));
  row("source", p.source);
  if (p.response == Response::exact) return;
  row("step, dw_min (normalised)", fmt::format("{}", p.dw_min));
  row("spread from device to device", fmt::format("{}{}", p.dtod, p.dtod_lognormal ? " (lognormal)" : ""));
  row("noise from pulse to pulse", fmt::format("{} of a step", p.ctoc));
  row("range", fmt::format("{} to {}", p.w_min, p.w_max));
  row("spread of the bounds", fmt::format("{} lower, {} upper", p.w_min_dtod, p.w_max_dtod));
  row("up against down", fmt::format("{}, spread {}", p.bias, p.bias_dtod));
  if (p.response == Response::linear)
    row("gamma up, down", fmt::format("{}, {} (spread {})", p.gamma_up, p.gamma_down, p.gamma_dtod));
  if (p.response == Response::exponential)
    row("A up, down; gamma; a, b",
        fmt::format("{}, {}; {}, {}; {}, {}", p.a_up, p.a_down, p.gamma_up, p.gamma_down, p.z_slope, p.z_offset));
  row("pulse", range(p.pulse_v, "V") + ", " + range(p.pulse_s, "s"));
  row("source of the pulse", p.pulse_source);
}

int presets(const std::string& wanted) {
  if (wanted.empty()) {
    print_all();
    return 0;
  }
  for (const DevicePreset& p : device_presets()) {
    if (p.name != wanted) continue;
    print_one(p);
    return 0;
  }
  throw InputError(fmt::format("no preset is called {}; did you mean {}? `settle presets` lists them all", wanted,
                               nearest(wanted, families().presets)));
}

}  // namespace

void add_presets(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("presets", "list the device presets, or show one with its source");
  auto wanted = std::make_shared<std::string>();
  command->add_option("NAME", *wanted, "a preset");
  command->callback([wanted, &status] { status = presets(*wanted); });
}

}  // namespace settle
