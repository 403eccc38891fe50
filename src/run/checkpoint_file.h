// The bytes of a checkpoint on the disk: written so that nothing is lost, and checked before a library sees them.
//
// The HDF5 library trusts what it reads: a damaged file makes it write beyond its heap. So a checkpoint begins with a
// block of 512 bytes of text, with a checksum over all that follows; HDF5 allows such a block before a file, and other
// programs (h5py, h5dump) read the file as it is.
#pragma once

#include <filesystem>
#include <string>

namespace settle {

struct CheckpointFile {
  std::string image;   // of an HDF5 file
  double seconds = 0;  // wall clock that the unfinished epoch has taken: not in the image, which is the same in any run
};

/// Writes the file aside, waits until it is on the disk, and puts it in the place of the one that was there, which is
/// kept as checkpoint_before(). Readers find the old one or the new one, whenever the machine goes down. RunError, and
/// nothing changed, where that fails.
void write_checkpoint_file(const std::filesystem::path& path, const CheckpointFile& file);

/// The file, if it is whole. InputError, with the reason, when it is missing, damaged, or no checkpoint.
CheckpointFile read_checkpoint_file(const std::filesystem::path& path);

/// Where the checkpoint is that was there before the one at `path`.
std::filesystem::path checkpoint_before(const std::filesystem::path& path);

}  // namespace settle
