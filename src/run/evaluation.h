// A run's trained weights on a chip that may be another one, and the test set on that.
#pragma once

#include <filesystem>
#include <optional>

#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/states_file.h"

namespace settle {

struct Evaluation {
  int epoch = 0;  // that the weights were saved after
  Index samples = 0;
  double accuracy = 0, loss = 0;
  double energy_j = 0, seconds = 0;  // of the simulated chip, for one inference
  std::optional<TestStates> states;
};

/// Builds a chip from the configuration, gives it the state in the checkpoint, lets `after_s` seconds pass, and
/// classifies the test samples; then it has the first `states` of them show both phases. InputError as
/// load_checkpoint() and build_chip() throw it.
Evaluation evaluate(const Configuration& configuration, const Dataset& data, const std::filesystem::path& checkpoint,
                    double after_s = 0, Index states = 0);

}  // namespace settle
