#include "src/data/idx.h"

#include "src/data/idx_samples.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {

void fuzz_idx(const std::string& bytes) {
  static const ScratchFolder folder;
  const bool labels = !bytes.empty() && bytes[0] % 2 != 0;
  const std::string file = folder.write("idx-ubyte", bytes.empty() ? "" : bytes.substr(1));
  accepts("idx-ubyte", [&] {
    const Idx idx = read_idx(file, labels ? IdxContent::labels : IdxContent::images);
    if (labels)
      labels_of(idx, file);
    else
      images_of(idx, file);
  });
}

}  // namespace settle
