// Images and labels from IDX files of any type, as the models take them.
#pragma once

#include <string>
#include <vector>

#include "settle/models/numeric/matrix.h"
#include "src/data/idx.h"

namespace settle {

/// Images, a column of bytes each: plane after plane, row after row.
struct Images {
  Index channels = 1, height = 1, width = 1;
  bool flat = false;  // n x d
  Matrix<std::uint8_t> pixels;

  Index count() const { return pixels.cols(); }
  bool alike(const Images& other) const {
    return channels == other.channels && height == other.height && width == other.width;
  }
  /// "28 x 28 pixels", "3 x 32 x 32 pixels", "20 numbers".
  std::string size() const;
};

/// Images of n x height x width, with a dimension of 1 to 4 channels before or after those (the smaller one, where both
/// could be), or flat vectors of n x d (one row). Integers are taken as 0 to 255; floats as 0 to 1, rounded to 255ths.
/// InputError, naming `file` and the image, for a number beyond.
Images images_of(const Idx& idx, const std::string& file);

/// Whole numbers, one for each sample: the first column where there are several (the class in QMNIST's eight). Not
/// checked against a number of classes. InputError for floats that are not whole.
std::vector<std::int64_t> labels_of(const Idx& idx, const std::string& file);

}  // namespace settle
