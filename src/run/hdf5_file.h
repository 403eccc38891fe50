// The little of HDF5 that checkpoints need: groups, matrices, words, and numbers as attributes. A file is made and read
// in memory: what goes to the disk, and whether what comes from there is whole, is the business of checkpoint_file.h.
#pragma once

#include <string>
#include <vector>

#include <hdf5.h>

#include "settle/models/numeric/matrix.h"

namespace settle {

class Hdf5File {
 public:
  /// A new file, and one whose bytes are `image`; `path` names it in messages. RunError where it cannot be made,
  /// InputError where it is none.
  static Hdf5File create(const std::string& path);
  static Hdf5File open(const std::string& path, const std::string& image);
  Hdf5File(Hdf5File&& other) noexcept
      : file_(other.file_), path_(std::move(other.path_)), reading_(other.reading_), bytes_(other.bytes_) {
    other.file_ = -1;
  }
  Hdf5File& operator=(Hdf5File&&) = delete;
  ~Hdf5File();

  /// Writes and reads at a path such as "/a/b"; missing groups are made. A row of the file is a row of the matrix.
  /// Nothing larger than the file is read, and nothing that lies in another file.
  void write(const std::string& name, const Matrix<float>& matrix);
  void write(const std::string& name, const Matrix<double>& matrix);
  void write(const std::string& name, const Matrix<std::int64_t>& matrix);
  void write(const std::string& name, const std::vector<std::string>& words);
  void read(const std::string& name, Matrix<float>& matrix) const;
  void read(const std::string& name, Matrix<double>& matrix) const;
  void read(const std::string& name, Matrix<std::int64_t>& matrix) const;
  void read(const std::string& name, std::vector<std::string>& words) const;
  void make_group(const std::string& name);
  /// Whether there is a group, a data set or a path to one of this name; links out of the file are none.
  bool has(const std::string& name) const;
  void set(const std::string& object, const std::string& attribute, double value);
  void set(const std::string& object, const std::string& attribute, std::int64_t value);
  void set(const std::string& object, const std::string& attribute, const std::string& value);
  bool has_attribute(const std::string& object, const std::string& attribute) const;
  double get(const std::string& object, const std::string& attribute) const;
  std::int64_t get_integer(const std::string& object, const std::string& attribute) const;
  std::string get_text(const std::string& object, const std::string& attribute) const;
  /// InputError (RunError while writing) about this file.
  [[noreturn]] void refuse(const std::string& what) const { fail(what); }
  /// The bytes of a file that was created, whole.
  std::string image() const;

 private:
  Hdf5File(hid_t file, std::string path, bool reading, std::size_t bytes = 0)
      : file_(file), path_(std::move(path)), reading_(reading), bytes_(bytes) {}
  [[noreturn]] void fail(const std::string& what) const;
  hid_t check(hid_t id, const std::string& what) const;
  hid_t open_set(const std::string& name) const;
  void expect_in_file(const std::string& name, double elements, std::size_t bytes_each) const;
  void expect_scalar(const std::string& attribute, hid_t opened) const;
  hid_t make_set(const std::string& name, hid_t type, hid_t space);
  template <class Number>
  void write_rows(const std::string& name, const Matrix<Number>& matrix);
  template <class Number>
  void read_rows(const std::string& name, Matrix<Number>& matrix) const;
  void set_value(const std::string& object, const std::string& attribute, hid_t stored, hid_t native,
                 const void* value);
  void get_value(const std::string& object, const std::string& attribute, hid_t native, void* value) const;

  hid_t file_;
  std::string path_;
  bool reading_;
  std::size_t bytes_ = 0;  // of what is read
};

}  // namespace settle
