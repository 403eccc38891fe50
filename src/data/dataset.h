// The data sets a configuration names, as the models take them.
#pragma once

#include <string>

#include "settle/models/learning/samples.h"
#include "src/data/data_spec.h"

namespace settle {

/// A data set in two halves, with the same inputs and the same number of classes.
struct Dataset {
  Samples train, test;
  std::string name;   // as configured
  std::string where;  // the folder it was read from
};

/// Reads the images and labels of both halves, {train,t10k}-{images-idx3,labels-idx1}-ubyte or under other names that
/// data sets are published in (idx_folder.h), of any type and shape (idx_samples.h), from `data.path` or else from
/// where the data set of that name usually lies. Limits take the first samples, or all where there are fewer;
/// `downsample` makes images smaller. The number of classes is one more than the largest label of the whole training
/// set, whatever the limits.
///
/// Throws InputError, one line, when a file is missing or damaged (idx.h), when images and labels differ in number,
/// training and test images in size, when a label is out of range, or when `downsample` does not divide the images.
Dataset load_dataset(const DataSpec& data);

}  // namespace settle
