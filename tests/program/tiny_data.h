// A small data set that a small network learns in three epochs, though not without mistakes.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "tests/src/data/idx_files.h"

namespace settle {

/// The bytes of one half's two files: images of 8 x 8 pixels, of classes 0, 1, 2, 0, 1, ...
struct TinyHalf {
  std::string images, labels;
};

inline TinyHalf tiny_half(std::uint32_t samples, std::uint32_t seed) {
  std::mt19937 random(seed);  // the standard fixes its numbers
  std::string pixels, labels;
  for (std::uint32_t i = 0; i < samples; ++i) {
    const std::uint32_t label = i % 3;
    for (int row = 0; row < 8; ++row) {
      for (int column = 0; column < 8; ++column) {
        const bool bright[] = {column < 3, row < 3, row >= 4 && column >= 4};
        pixels += static_cast<char>((bright[label] ? 70 : 25) + random() % 170);
      }
    }
    labels += static_cast<char>(label);
  }
  return {idx_bytes({samples, 8, 8}, pixels), idx_bytes({samples}, labels)};
}

constexpr int tiny_train_samples = 600, tiny_test_samples = 200, tiny_classes = 3;

}  // namespace settle
