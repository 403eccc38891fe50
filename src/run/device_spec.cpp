#include "src/run/device_spec.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/device_file.h"
#include "src/data/device_table.h"

namespace settle {
namespace {

// A measured device has the pulses of the preset beside it, and no spread but what is configured.
void use_table(const std::string& path, ArraySpec& spec) {
  if (spec.device.response == Response::exact)
    throw InputError(path + ": device.table needs the pulses of a preset that has some: set device.preset");
  const MeasuredDevice measured = read_device_table(path);
  DevicePreset device;
  device.name = path;
  device.response = Response::table;
  device.table = measured.steps;
  device.dw_min = mean_step(measured.steps, 0);
  device.written = spec.device.written;
  device.pulse_v = spec.device.pulse_v;
  device.pulse_s = spec.device.pulse_s;
  device.gate_capacitance_f = spec.device.gate_capacitance_f;
  device.pulse_source = spec.device.pulse_source;
  device.source = "measured: " + path;
  if (!(device.dw_min > 0))
    throw InputError(path +
                     ": the mean step half way between the lowest and the highest state_siemens must be above 0");
  spec.device = device;
  spec.conductance_min_siemens = measured.conductance_min_siemens;
  spec.conductance_max_siemens = measured.conductance_max_siemens;
}

void use_file(const std::string& path, ArraySpec& spec) {
  const OwnDevice own = read_device_file(path);
  spec.device = own.preset;
  spec.conductance_min_siemens = own.conductance_min_siemens;
  spec.conductance_max_siemens = own.conductance_max_siemens;
}

void fail(const std::string& what) { throw InputError(what); }

void check(const DevicePreset& d, const Configuration& c) {
  const bool two_devices = has_two_devices(c.crossbar.mapping);
  if (d.one_sided != 0 && !two_devices)
    fail(fmt::format(
        "device.preset: pulses move {} up alone, so a weight takes two of them: set crossbar.mapping = \"pair\"",
        d.name));
  if (d.response != Response::exact && d.written == Written::gate && d.gate_capacitance_f[1] == 0)
    fail("device.written: a gate needs a capacitance: set device.gate_capacitance_f");
  if (d.drift_nu_low > d.drift_nu_high && d.drift_nu_high > 0)
    fail(fmt::format("device.drift_nu_low: must not be above device.drift_nu_high, but {} is above {}", d.drift_nu_low,
                     d.drift_nu_high));
  if (d.drift_spread_low > d.drift_spread_high && d.drift_spread_high > 0)
    fail(fmt::format("device.drift_spread_low: must not be above device.drift_spread_high, but {} is above {}",
                     d.drift_spread_low, d.drift_spread_high));
  if (d.stuck_on + d.stuck_off + d.dead > 1)
    fail(fmt::format("device.dead: stuck_on, stuck_off and dead are shares of one population, but add up to {}",
                     d.stuck_on + d.stuck_off + d.dead));
  if (c.crossbar.reference == Reference::symmetry_point && c.crossbar.mapping != Mapping::reference_array)
    fail(
        "crossbar.reference: symmetry-point needs a fixed cell for each device: set crossbar.mapping = "
        "\"reference-array\"");
  if (d.levels != std::floor(d.levels) || d.levels == 1)
    fail(fmt::format("device.levels: must be a whole number of at least 2, or 0 for a continuum, not {}", d.levels));
  for (const auto& [name, value] : {std::pair{"dtod_lognormal", d.dtod_lognormal},
                                    {"one_sided", d.one_sided},
                                    {"ctoc_shrinks", d.ctoc_shrinks},
                                    {"ends_at_nominal", d.ends_at_nominal}})
    if (value != 0 && value != 1) fail(fmt::format("device.{}: must be 0 or 1, not {}", name, value));
  if (d.iv_v > 0 && c.crossbar.weak_drive == WeakDrive::scaled)
    fail("device.iv_v: bent devices see a scaled drive as another one: set crossbar.weak_drive = \"full\"");
  if (d.iv_v > 0 && c.chip.read_v / d.iv_v > 20)
    fail(fmt::format(
        "device.iv_v: {} V lets a read of {} V (chip.read_v) drive e^{:.0f} times the current: use a larger one",
        d.iv_v, c.chip.read_v, c.chip.read_v / d.iv_v));
  const double exponent = std::max(d.gamma_up, d.gamma_down) * (std::abs(d.z_slope) + std::abs(d.z_offset));
  if (d.response == Response::exponential && exponent > 40)
    fail(
        fmt::format("device.z_slope: with device.z_offset and gamma it makes steps of up to e^{:.3g} times the nominal "
                    "one: use numbers nearer to 0",
                    exponent));
  if (1 + d.per_kelvin * (c.chip.temperature_k - 300) <= 0)
    fail(
        fmt::format("device.per_kelvin: {} a kelvin leaves no conductance at {} K (chip.temperature_k): use one "
                    "nearer to 0",
                    d.per_kelvin, c.chip.temperature_k));
  if (c.learning.transfer_every > 0 && c.learning.update != Update::in_situ)
    fail("learning.transfer_every: a transfer collects updates in place: set learning.update = \"in-situ\"");
  if (c.learning.transfer_every > 0 && d.one_sided != 0)
    fail(fmt::format("learning.transfer_every: the fast array needs pulses both ways, which {} has not: set it to 0",
                     d.name));
  if (c.crossbar.mapping == Mapping::proportional && c.learning.update == Update::in_situ &&
      c.learning.transfer_every == 0 && d.response != Response::exact && d.one_sided == 0)
    fail(
        "crossbar.mapping: proportional needs the states of both devices to know which one to pulse, but pulses that "
        "coincide in the array know none: set crossbar.mapping = \"pair\", learning.update = \"host\", or "
        "learning.transfer_every above 0");
  const bool needs_two = two_devices || c.crossbar.mapping == Mapping::reference_column;
  if (needs_two && c.crossbar.tiling.bit_lines == 1)
    fail("crossbar.tile_bit_lines: a weight and what is subtracted from it need two bit lines, but there is 1");
}

}  // namespace

ArraySpec build_crossbar(const Configuration& c) {
  ArraySpec spec(device_preset(c.device.preset), c.device, c.crossbar, c.wire, c.chip);
  if (!c.device.file.empty()) use_file(c.device.file, spec);
  if (!c.device.table.empty()) use_table(c.device.table, spec);
  for (const DeviceParameter& p : device_parameters()) {
    const auto replaced = c.device.replace.find(p.name);
    if (replaced != c.device.replace.end()) spec.device.*p.member = replaced->second;
  }
  for (const DeviceEstimate& p : device_estimates()) {
    const auto replaced = c.device.replace_estimates.find(p.name);
    if (replaced != c.device.replace_estimates.end()) spec.device.*p.member = replaced->second;
  }
  if (c.device.written != "preset")
    spec.device.written = c.device.written == name(Written::gate) ? Written::gate : Written::channel;
  check(spec.device, c);
  return spec;
}

}  // namespace settle
