// Further tests of a run's last weights, once its training has ended.
#pragma once

#include <filesystem>

#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/result.h"

namespace settle {

/// Tests the weights of a checkpoint on chips with other figures (run.accuracy_draws) and after a rest (run.rest_s), as
/// far as the configuration asks for it and the run was not interrupted; an interrupt ends it (RunResult::interrupted).
void test_last_weights(const Configuration& configuration, const Dataset& data, const std::filesystem::path& checkpoint,
                       RunResult& result);

}  // namespace settle
