// The state of a chip between epochs, in an HDF5 file that h5py opens.
//
// /projections/NAME/{state, owed, optimizer/...}, /populations/NAME@gain, and attributes epoch, seed, steps. `state`
// is what the devices hold (normalised); weights are weight_scale (an attribute) times it. Matrices are stored a row
// for each target, a column for each source. Resuming from one belongs to a later version; evaluating does not.
#pragma once

#include <filesystem>

#include "hw/chip.h"

namespace settle {

/// Writes the chip's state after `epoch` epochs; replaces an earlier one at once, when complete (RunError).
void save_checkpoint(const std::filesystem::path& path, hw::Chip& chip, int epoch, std::int64_t seed);

/// Puts the devices' states into a chip of the same shape. Returns the epoch. InputError when the file is missing,
/// is not a checkpoint, or belongs to another network.
int load_checkpoint(const std::filesystem::path& path, hw::Chip& chip);

}  // namespace settle
