// Labelled samples as the host gets them: a pixel code for each input, a class for each sample.
#pragma once

#include <cstdint>

#include "settle/models/numeric/matrix.h"

namespace settle {

struct Samples {
  Matrix<std::uint8_t> pixels;  // inputs x samples; 0..255 stands for 0..1 of full scale
  Vector<std::uint8_t> labels;  // one for each sample, below `classes`
  Index classes = 0;

  Index size() const { return pixels.cols(); }
};

}  // namespace settle
