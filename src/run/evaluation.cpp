#include "src/run/evaluation.h"

#include <algorithm>

#include "settle/models/learning/host.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"

namespace settle {

Evaluation evaluate(const Configuration& configuration, const Dataset& data, const std::filesystem::path& checkpoint,
                    double after_s, Index states) {
  constexpr Index at_once = 1000;
  Chip chip(build_chip(configuration, data.test.pixels.rows(), data.test.classes));
  Host host(build_host(configuration, data.train.size() + data.test.size()), chip);
  Evaluation result;
  result.epoch = load_checkpoint(checkpoint, chip);
  chip.age(after_s);
  chip.meter().enter(Section::inference);
  host.measure_settling(data.train);  // as training does, so that the chip waits as long
  Score score;
  Matrix<float> outputs;
  for (Index first = 0; first < data.test.size(); first += at_once)
    score.add(host.infer(data.test, first, std::min(at_once, data.test.size() - first), outputs));
  const auto samples = double(score.samples);
  result.samples = score.samples;
  result.accuracy = double(score.hits) / samples;
  result.loss = score.loss / samples;
  result.energy_j = chip.meter().ledger().total().supplied / samples;
  result.seconds = chip.meter().now().to_seconds() / samples;
  if (states > 0) result.states = states_of_test(host, chip, data.test, states);
  return result;
}

}  // namespace settle
