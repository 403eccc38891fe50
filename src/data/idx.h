// IDX files, the format of MNIST: a big-endian header (element type, dimensions), then the elements. Plain or gzip.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace settle {

/// The types of elements, by the third byte of the magic number.
enum class IdxType : std::uint8_t {
  unsigned_byte = 0x08,
  signed_byte = 0x09,
  int16 = 0x0B,
  int32 = 0x0C,
  float32 = 0x0D,
  float64 = 0x0E
};

struct Idx {
  std::vector<std::uint32_t> dimensions;  // each at least 1
  IdxType type = IdxType::unsigned_byte;
  std::vector<std::uint8_t> bytes;  // the elements, big-endian; the last dimension runs fastest

  bool is_float() const { return type == IdxType::float32 || type == IdxType::float64; }
  /// An element, by its place in the file.
  double number(std::size_t element) const;
};

/// Images have two dimensions or more, labels one, or two of which the first column counts.
enum class IdxContent { images, labels };

/// Reads the IDX file at `path`.
///
/// Throws InputError, one line with the file and how to mend it: the file is missing, is no IDX file or one of another
/// content, has implausible dimensions, is shorter or longer than they say, or its gzip stream is cut off or damaged.
Idx read_idx(const std::string& path, IdxContent content);

}  // namespace settle
