// IDX files, the format of MNIST: a big-endian header (element type, dimensions), then the elements. Plain or gzip.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace settle {

struct Idx {
  std::vector<std::uint32_t> dimensions;  // each at least 1
  std::vector<std::uint8_t> elements;     // the last dimension runs fastest
};

/// Reads the IDX file of unsigned bytes at `path`, which must have `rank` dimensions: 3 for images, 1 for labels.
///
/// Throws InputError, one line with the file and how to mend it: the file is missing, is no such IDX file, has
/// implausible dimensions, is shorter or longer than they say, or its gzip stream is cut off or damaged.
Idx read_idx(const std::string& path, int rank);

}  // namespace settle
