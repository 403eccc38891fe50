// Device files: a synaptic device of the user's own, in TOML, in place of a preset.
#pragma once

#include <string>

#include "settle/models/device/device_spec.h"
#include "settle/models/parameter.h"

namespace settle {

/// What a device file states: what a preset has, and the conductances and the read voltage that it was measured at.
struct DeviceFile {
  std::string response;
  std::string table;  // CSV file of a response that is a table, beside the device file
  double conductance_min_siemens = 0, conductance_max_siemens = 0;  // of w_min and w_max
  double read_v = 0;                                                // at which it was measured; 0: not stated
  std::string written = "channel";
  std::string source, pulse_source, notes;
  std::map<std::string, double> numbers;      // device_parameters() that are stated
  std::map<std::string, Estimate> estimates;  // device_estimates() that are stated
};
Parameters parameters(DeviceFile& s);

/// The name of a response as this program writes it: blanks of "soft bounds" are hyphens.
std::string hyphened(std::string response);

/// The device of a file, as a preset that is called after it.
struct OwnDevice {
  DevicePreset preset;
  double conductance_min_siemens, conductance_max_siemens, read_v;
};

/// Reads a device file. Throws InputError, one line "file:line: key: what": a key is unknown, out of range or missing.
OwnDevice read_device_file(const std::string& path);

/// The device that read_device_file(path) would find if the file there held `text`, and the one of its table, beside
/// it, `table`.
OwnDevice device_in(const std::string& text, const std::string& table, const std::string& path);

/// What the keys of [device] make together: the preset or the device file, a table's response without its steps, and
/// the numbers that are replaced. Nothing is checked.
DevicePreset stated_device(const DeviceSpec& spec);

/// The file's text, with its keys explained and `comment` (lines without #) above; numbers read back to the same bits.
std::string device_file_text(const DeviceFile& device, const std::string& comment);

}  // namespace settle
