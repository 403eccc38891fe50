#include "settle/models/device/pulse_fit.h"
#include "src/config/parse.h"
#include "src/data/device_file.h"
#include "src/data/device_table.h"
#include "src/data/pulse_recording.h"
#include "src/run/neuron_spec.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

void read_recording(const std::string& file, double read_v) {
  const PulseRecords records = read_pulse_recordings({file}, read_v);
  try {
    range_of(records);
  } catch (const InputError&) {  // settle fit puts the file's name before it
  }
}

void read_activation(const std::string& file) {
  Configuration configuration;
  configuration.network.activation = "table";
  configuration.neuron.table = file;
  build_neuron(configuration);
}

// A device file, beside which there is a table of steps.
void read_device(const ScratchFolder& folder, const std::string& text) {
  folder.write("steps.csv",
               "polarity,state_us,mean_us,deviation_us\nup,1,.1,.01\nup,9,.1,.01\ndown,1,-.1,.01\n"
               "down,9,-.1,.01\n");
  const OwnDevice device = read_device_file(folder.write("input.toml", text));
  if (device.preset.name != "input") throw std::logic_error("a device that is not called after its file");
}

}  // namespace

void fuzz_tables(const std::string& bytes) {
  static const ScratchFolder folder;
  const unsigned which = bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]) % 5;
  const std::string text = bytes.empty() ? "" : bytes.substr(1), csv = folder.write("input.csv", text);
  accepts(which == 4 ? "" : "input.csv", [&] {
    if (which == 0) read_step_table(csv);
    if (which == 1) read_recording(csv, 0);
    if (which == 2) read_recording(csv, 0.1);
    if (which == 3) read_activation(csv);
    if (which == 4) read_device(folder, text);
  });
}

}  // namespace settle
