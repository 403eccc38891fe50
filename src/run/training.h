// A training run: epochs of batches and a test after each, on a chip in SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "settle/models/network/graph.h"
#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/result.h"
#include "src/run/run_folder.h"

namespace settle {

/// Trains as the configuration says and returns what came of it; after each epoch metrics.csv, costs.csv and the
/// checkpoint in `folder` are up to date, and the checkpoint every run.checkpoint_minutes too. Goes on from the
/// checkpoint that is there, if there is one, to the same bytes as a run that was never cut off. An interrupt ends the
/// run between two batches, with a checkpoint (RunResult::interrupted), or in the middle of one that takes long, with
/// one of the state before it; Interrupted or Stopped where there is no such state yet. RunError when the loss is no
/// longer finite, InputError when the checkpoint cannot be used. `accepted` is called when it can, or there is none,
/// before anything is written. With `until_epoch` it ends after this epoch as if it were interrupted there, and goes on
/// from there another time. Once in a process.
RunResult run_training(const Configuration& configuration, const Dataset& data, const RunFolder& folder,
                       const std::function<void()>& accepted = {}, std::optional<std::int64_t> until_epoch = {});

/// Adds each sample (a column of outputs) to the cell of its true class (row) and likeliest class (column).
void count_confusion(const Matrix<float>& outputs, const Eigen::Ref<const Vector<std::uint8_t>>& labels,
                     Matrix<std::int64_t>& confusion);

/// "784-512-512-10", from the graph of the configuration's network.
std::string describe_network(const Graph& graph);

}  // namespace settle
