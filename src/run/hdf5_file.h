// The little of HDF5 that checkpoints need: groups, float matrices and numbers as attributes. What cannot be written is
// a RunError, what cannot be read an InputError.
#pragma once

#include <string>

#include <hdf5.h>

#include "models/numeric/matrix.h"

namespace settle {

class Hdf5File {
 public:
  static Hdf5File create(const std::string& path);
  static Hdf5File open(const std::string& path);
  Hdf5File(Hdf5File&& other) noexcept : file_(other.file_), path_(std::move(other.path_)), reading_(other.reading_) {
    other.file_ = -1;
  }
  Hdf5File& operator=(Hdf5File&&) = delete;
  ~Hdf5File();

  /// Writes and reads at a path such as "/a/b"; missing groups are made. A row of the file is a row of the matrix.
  void write(const std::string& name, const Matrix<float>& matrix);
  Matrix<float> read(const std::string& name) const;
  bool has(const std::string& name) const;
  void set(const std::string& object, const std::string& attribute, double value);
  double get(const std::string& object, const std::string& attribute) const;
  /// Flushes and closes; what could not be written is an error here, at the latest.
  void close();

 private:
  Hdf5File(hid_t file, std::string path, bool reading) : file_(file), path_(std::move(path)), reading_(reading) {}
  [[noreturn]] void fail(const std::string& what) const;
  hid_t check(hid_t id, const std::string& what) const;

  hid_t file_;
  std::string path_;
  bool reading_;
};

}  // namespace settle
