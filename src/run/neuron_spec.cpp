#include "src/run/neuron_spec.h"

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/data/csv.h"

namespace settle {
namespace {

std::vector<CurvePoint> read_curve(const std::string& path) {
  const CsvTable table = read_csv(path, "neuron.table", "input,output");
  std::vector<CurvePoint> points;
  for (std::size_t row = 0; row < table.rows(); ++row)
    points.push_back({table.number(row, "input"), table.number(row, "output")});
  try {
    Curve<float>{points};
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {} (neuron.table)", path, e.what()));
  }
  return points;
}

}  // namespace

BankSpec build_neuron(const Configuration& c) {
  BankSpec spec(c.neuron, c.network.activation, c.chip, c.noise);
  const bool measured = activation<float>(spec.activation).needs_curve;
  if (measured && c.neuron.table.empty())
    throw InputError(
        fmt::format("network.activation: {} is a measured curve: set neuron.table to its CSV file", spec.activation));
  if (measured) spec.curve = read_curve(c.neuron.table);
  return spec;
}

}  // namespace settle
