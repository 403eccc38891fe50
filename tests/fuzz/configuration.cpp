#include <sstream>
#include <vector>

#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/device_spec.h"
#include "src/run/neuron_spec.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What is accepted can be written, and reads back to the same.
void expect_to_read_back(const Configuration& configuration) {
  const std::string written = resolved_configuration(configuration);
  const std::string again = resolved_configuration(parse_configuration(written, "written.toml", {}));
  if (again != written) throw std::logic_error("reads back to another configuration:\n" + written + "\n" + again);
}

bool names_no_file(const Configuration& c) {
  return c.device.file.empty() && c.device.table.empty() && c.neuron.table.empty();
}

}  // namespace

void fuzz_configuration(const std::string& bytes) {
  const Halves halves(bytes);
  Configuration configuration;
  const bool sound =
      accepts("", [&] { configuration = parse_configuration(halves.first, "config.toml", lines_of(halves.second)); });
  if (!sound) return;
  expect_to_read_back(configuration);
  if (names_no_file(configuration))
    accepts("", [&] {
      build_crossbar(configuration);
      build_neuron(configuration);
    });
}

}  // namespace settle
