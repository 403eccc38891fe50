// The images that a run learns: which data set, and how many of it.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The section [data].
struct DataSpec {
  std::string name = "fashion-mnist";
  std::string path;              // empty: where the data set usually lies
  std::int64_t train_limit = 0;  // 0: all
  std::int64_t test_limit = 0;   // 0: all
  std::int64_t downsample = 1;   // edge of the blocks of pixels that are averaged into one
};

inline Parameters parameters(DataSpec& s) {
  return {{"name", text(s.name),
           "Data set: fashion-mnist, mnist, or any name together with data.path; where several sets lie there "
           "(EMNIST), what stands before `train` in the names of its files."},
          {"path", path(s.path), "Folder of the four IDX files, plain or gzip; empty: where they usually lie."},
          {"train_limit", integer(s.train_limit, 0, 1000 * million), "First training samples to use; 0: all."},
          {"test_limit", integer(s.test_limit, 0, 1000 * million), "First test samples to use; 0: all."},
          {"downsample", integer(s.downsample, 1, 65536),
           "Averages blocks of so many by so many pixels into one; must divide both sides of the image. 7 makes 28 x "
           "28 pixels 4 x 4."}};
}

}  // namespace settle
