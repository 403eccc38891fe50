// Checkpoints: the state of a run in an HDF5 file, a group for each object that visit_state() goes through
// (models/archive.h). docs/checkpoints.md says what is where.
//
// What was built from the run's config.toml is not in the file.
#pragma once

#include <filesystem>
#include <string>

#include "settle/models/learning/host.h"
#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/run/checkpoint_file.h"
#include "src/run/run_state.h"

namespace settle {

/// What a run is: it goes on only with the same.
struct RunIdentity {
  RunIdentity(const Configuration& configuration, const Dataset& data);

  std::int64_t seed;
  std::string settings_sum, data_sum;  // SHA-256 of the settings that decide about results, and of the samples
};

/// What save_checkpoint() writes, to be written later or never (write_checkpoint_file).
CheckpointFile take_checkpoint(const std::filesystem::path& path, const RunIdentity& identity, Chip& chip, Host& host,
                               RunState& run);

/// Writes the file whole, and keeps the one that was there (write_checkpoint_file). RunError when that fails.
void save_checkpoint(const std::filesystem::path& path, const RunIdentity& identity, Chip& chip, Host& host,
                     RunState& run);

/// Sets the chip to what learning has left in it, and returns the number of finished epochs. InputError when the file
/// is missing, damaged, or of another network.
int load_checkpoint(const std::filesystem::path& path, Chip& chip);

/// Sets chip, host and run to the saved state, all of it: what follows is what would have followed there. Where the
/// file is damaged, and the one before it is not, that one is taken, and `note` says so. InputError when neither can be
/// used, or the run had another identity. False, and nothing done, where there is no checkpoint.
bool resume_checkpoint(const std::filesystem::path& path, const RunIdentity& identity, Chip& chip, Host& host,
                       RunState& run, std::string& note);

}  // namespace settle
