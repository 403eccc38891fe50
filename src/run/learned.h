// Whether a run has learned anything at all.
#pragma once

#include <optional>
#include <string>

#include "src/config/configuration.h"
#include "src/run/result.h"

namespace settle {

/// False when predictions have nothing to do with true classes: nearly all samples get the same class, and no more are
/// right than the commonest class has; or no more are right than when the predictions are shuffled (both to two
/// standard deviations). Nothing below 20 samples or with one class alone, where that cannot be told.
std::optional<bool> beats_guessing(const Matrix<std::int64_t>& confusion);

/// Whether a run's last test beats guessing; false also when training has sent no pulse to devices that learn by
/// pulses.
std::optional<bool> has_learned(const Configuration& configuration, const RunResult& result);

/// What says that a run has learned nothing, and what to try.
struct Complaint {
  std::string what, remedy;
};

/// Nothing when it has learned, or that cannot be told.
std::optional<Complaint> nothing_learned(const Configuration& configuration, const RunResult& result);

}  // namespace settle
