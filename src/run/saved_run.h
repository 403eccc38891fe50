// Whether a run that is taken up again is what was trained: its settings and its samples.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/run_folder.h"

namespace settle {

/// Compares what the checkpoint of a run says of its settings and samples with its config.toml and with `data`, the
/// samples that its weights are used on now. Settings that are others are notes: the result is of what they are now.
/// Samples that are others are an InputError, unless `used`, the configuration that is in use, asks for others than
/// config.toml does.
std::vector<std::string> check_saved_run(const RunFolder& folder, const Configuration& used, const Dataset& data);

}  // namespace settle
