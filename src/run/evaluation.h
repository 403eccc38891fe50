// A run's trained weights on a chip that may be another one, and the test set on that.
#pragma once

#include <filesystem>

#include "src/config/configuration.h"
#include "src/data/dataset.h"

namespace settle {

struct Evaluation {
  int epoch = 0;  // that the weights were saved after
  Index samples = 0;
  double accuracy = 0, loss = 0;
  double energy_j = 0, seconds = 0;  // of the simulated chip, for one inference
};

/// Builds a chip from the configuration, gives it the state in the checkpoint, lets `after_s` seconds pass, and
/// classifies the test samples. InputError as load_checkpoint() and build_chip() throw it.
Evaluation evaluate(const Configuration& configuration, const Dataset& data, const std::filesystem::path& checkpoint,
                    double after_s = 0);

}  // namespace settle
