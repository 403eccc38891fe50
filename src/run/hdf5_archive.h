// A model's state in an HDF5 file: groups as visit_state() names them, matrices and lists
// of words as data sets, with their unit and meaning as attributes, and numbers as attributes of their group.
#pragma once

#include <vector>

#include "settle/models/archive.h"
#include "src/run/hdf5_file.h"

namespace settle {

class Hdf5Archive : public Archive {
 public:
  /// Writes to or reads from `file`, which outlives the archive: all of it, or what learning has left in a chip alone
  /// (Archive::complete). Reading refuses, with the file's name, what is missing or of another size.
  enum class Use { write, read_all, read_learned };
  Hdf5Archive(Hdf5File& file, Use use) : file_(file), use_(use) {}

  bool loading() const override { return use_ != Use::write; }
  bool complete() const override { return use_ != Use::read_learned; }
  bool keeps(const std::string& name) const override;
  using Archive::matrix;
  void matrix(const std::string& name, Matrix<float>& value) override { transfer(name, value); }
  void matrix(const std::string& name, Matrix<double>& value) override { transfer(name, value); }
  void matrix(const std::string& name, Matrix<std::int64_t>& value) override { transfer(name, value); }
  void words(const std::string& name, std::vector<std::string>& value) override;
  void number(const std::string& name, double& value) override;
  void number(const std::string& name, std::int64_t& value) override;

 protected:
  void open(const std::string& group) override;
  void close() override { path_.pop_back(); }
  void describe(const std::string& unit, const std::string& meaning) override {
    unit_ = unit;
    meaning_ = meaning;
  }

 private:
  template <class Number>
  void transfer(const std::string& name, Matrix<Number>& value);
  void require(const std::string& path) const;
  std::string group() const;

  Hdf5File& file_;
  Use use_;
  std::vector<std::string> path_;
  std::string unit_, meaning_;  // of the matrices that come
};

}  // namespace settle
