// An archive in memory: what a model keeps, for tests of what it is after it was read again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/error.h"

namespace settle::test {

class MemoryArchive : public Archive {
 public:
  explicit MemoryArchive(bool complete = false) : complete_(complete) {}

  /// What is visited from now on is read, as often as one likes.
  void rewind() { loading_ = true; }

  bool loading() const override { return loading_; }
  bool complete() const override { return complete_; }
  bool keeps(const std::string& name) const override {
    if (!loading_) return true;
    const std::string path = path_ + name;
    const auto group = matrices_.lower_bound(path + "/");
    return matrices_.count(path) > 0 || whole_.count(path) > 0 || doubles_.count(path) > 0 ||
           integers_.count(path) > 0 || (group != matrices_.end() && group->first.rfind(path + "/", 0) == 0);
  }
  using Archive::matrix;
  void matrix(const std::string& name, Matrix<float>& value) override { transfer(matrices_, name, value); }
  void matrix(const std::string& name, Matrix<double>& value) override { transfer(matrices_, name, value); }
  void matrix(const std::string& name, Matrix<std::int64_t>& value) override { transfer(whole_, name, value); }
  void words(const std::string& name, std::vector<std::string>& value) override { numbers(words_, name, value); }
  void number(const std::string& name, double& value) override { numbers(doubles_, name, value); }
  void number(const std::string& name, std::int64_t& value) override { numbers(integers_, name, value); }

  /// What is kept at a path of groups: "/populations/hidden1/zero_0".
  const Matrix<double>& at(const std::string& path) const { return matrices_.at(path); }

 protected:
  void open(const std::string& group) override { path_ += group + "/"; }
  void close() override { path_.erase(path_.rfind('/', path_.size() - 2) + 1); }

 private:
  template <class Kept, class Value>
  void transfer(std::map<std::string, Matrix<Kept>>& all, const std::string& name, Matrix<Value>& value) {
    if (!loading_) {
      all[path_ + name] = value.template cast<Kept>();
      return;
    }
    if (all.count(path_ + name) == 0) throw InputError(path_ + name + " is not there");
    const Matrix<Kept>& kept = all.at(path_ + name);
    if (value.size() > 0 && (kept.rows() != value.rows() || kept.cols() != value.cols()))
      throw InputError(path_ + name + " has another size");
    value = kept.template cast<Value>();
  }
  template <class Number>
  void numbers(std::map<std::string, Number>& kept, const std::string& name, Number& value) {
    if (loading_) {
      if (kept.count(path_ + name) == 0) throw InputError(path_ + name + " is not there");
      value = kept.at(path_ + name);
    } else {
      kept[path_ + name] = value;
    }
  }

  bool complete_;
  bool loading_ = false;
  std::string path_ = "/";
  std::map<std::string, Matrix<double>> matrices_;
  std::map<std::string, Matrix<std::int64_t>> whole_;
  std::map<std::string, std::vector<std::string>> words_;
  std::map<std::string, double> doubles_;
  std::map<std::string, std::int64_t> integers_;
};

}  // namespace settle::test
