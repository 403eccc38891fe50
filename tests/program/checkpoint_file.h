// A checkpoint as another program sees it: HDF5's own interface, nothing of Settle's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

namespace settle {

/// The bytes of every data set, by its path ("projections/input_hidden1/state").
using Contents = std::map<std::string, std::vector<char>>;

inline herr_t add_data_set(hid_t file, const char* name, const H5L_info_t*, void* contents) {
  const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
  if (object < 0) return -1;
  herr_t result = 0;
  if (H5Iget_type(object) == H5I_DATASET) {
    const hid_t type = H5Dget_type(object), space = H5Dget_space(object);
    std::vector<char> bytes(H5Tget_size(type) * std::size_t(H5Sget_simple_extent_npoints(space)));
    result = H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
    (*static_cast<Contents*>(contents))[name] = bytes;
    H5Sclose(space);
    H5Tclose(type);
  }
  H5Oclose(object);
  return result;
}

inline Contents checkpoint_contents(const std::string& path) {
  Contents contents;
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  EXPECT_GE(file, 0) << path << " is no HDF5 file";
  if (file < 0) return contents;
  EXPECT_GE(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, add_data_set, &contents), 0) << path;
  H5Fclose(file);
  return contents;
}

}  // namespace settle
