// A model's state in an HDF5 file: groups as visit_state() names them, matrices as data sets, numbers as attributes.
#pragma once

#include <vector>

#include "models/archive.h"
#include "src/run/hdf5_file.h"

namespace settle {

class Hdf5Archive : public Archive {
 public:
  /// Writes to or reads from `file`, which outlives the archive. Reading refuses, with the file's name, what is missing
  /// or of another size.
  enum class Direction { write, read };
  Hdf5Archive(Hdf5File& file, Direction direction) : file_(file), loading_(direction == Direction::read) {}

  bool loading() const override { return loading_; }
  bool keeps(const std::string& name) const override;
  void matrix(const std::string& name, Matrix<float>& value) override { transfer(name, value); }
  void matrix(const std::string& name, Matrix<double>& value) override { transfer(name, value); }
  void number(const std::string& name, double& value) override;
  void number(const std::string& name, std::int64_t& value) override;

 protected:
  void open(const std::string& group) override;
  void close() override { path_.pop_back(); }

 private:
  template <class Real>
  void transfer(const std::string& name, Matrix<Real>& value);
  std::string group() const;

  Hdf5File& file_;
  bool loading_;
  std::vector<std::string> path_;
};

}  // namespace settle
