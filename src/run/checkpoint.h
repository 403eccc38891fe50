// Checkpoints: the state of a chip and of its host in an HDF5 file, a group for each object that visit_state() goes
// through (models/archive.h).
//
// /projections/NAME has the array of a projection (state: of its devices, targets x sources), the pulses that are owed
// to it, its groups feedback and fast where it has those arrays, and the state of its optimiser; /populations/NAME has
// the gain and the zeros of a population's read-out; / has epoch, seed and the number of trained samples. What was
// built from the run's config.toml is not in the file.
#pragma once

#include <filesystem>

#include "models/learning/host.h"

namespace settle {

/// Writes the file aside and renames it, so that readers find the old or the new one. RunError when that fails.
void save_checkpoint(const std::filesystem::path& path, Chip& chip, Host& host, int epoch, std::int64_t seed);

/// Sets the chip, but not its host, to the saved state, and returns the epoch. InputError when the file is missing,
/// damaged, or of another network.
int load_checkpoint(const std::filesystem::path& path, Chip& chip);

}  // namespace settle
