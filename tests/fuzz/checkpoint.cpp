#include "src/run/checkpoint.h"

#include <cstdlib>

#include "src/config/parse.h"
#include "src/run/checkpoint_file.h"
#include "src/run/chip_spec.h"
#include "src/run/run_folder.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

// The network of the checkpoints in the corpus.
Chip small_chip() {
  return Chip(build_chip(parse_configuration("[network]\nhidden = [2]\n[run]\nthreads = 1\n", "small.toml", {}), 4, 2));
}

}  // namespace

// The bytes as they are. What has a checksum that is right was written by this program, or by somebody who means it:
// what the HDF5 library makes of that is out of scope, but for sizes and links, which hdf5_file.h bounds and
// hdf5_file_test.cpp tries.
void fuzz_checkpoint(const std::string& bytes) {
  static const ScratchFolder folder;
  const std::string file = folder.write("checkpoint.h5", bytes);
  accepts("checkpoint.h5", [&] {
    read_checkpoint_file(file);  // most are refused here, without a chip
    Chip chip = small_chip();
    load_checkpoint(file, chip);
  });
}

bool loads_checkpoint(const std::string& bytes) {
  const ScratchFolder folder;
  Chip chip = small_chip();
  try {
    load_checkpoint(folder.write("checkpoint.h5", bytes), chip);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace settle
