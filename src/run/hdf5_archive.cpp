#include "src/run/hdf5_archive.h"

namespace settle {

std::string Hdf5Archive::group() const {
  std::string path;
  for (const std::string& name : path_) path += "/" + name;
  return path;
}

void Hdf5Archive::open(const std::string& name) {
  path_.push_back(name);
  if (!loading()) {
    file_.make_group(group());
  } else if (!file_.has(group())) {
    file_.refuse("has no " + group() + "; it belongs to another network");
  }
}

// Matrices and groups have a path, numbers are attributes of their group.
bool Hdf5Archive::keeps(const std::string& name) const {
  return !loading() || file_.has(group() + "/" + name) || file_.has_attribute(path_.empty() ? "/" : group(), name);
}

void Hdf5Archive::require(const std::string& path) const {
  if (!file_.has(path)) file_.refuse("has no " + path + "; it belongs to another network");
}

template <class Number>
void Hdf5Archive::transfer(const std::string& name, Matrix<Number>& value) {
  const std::string path = group() + "/" + name;
  if (!loading()) {
    file_.write(path, value);
    if (!unit_.empty()) file_.set(path, "unit", unit_);
    if (!meaning_.empty()) file_.set(path, "meaning", meaning_);
    return;
  }
  require(path);
  Matrix<Number> read;
  file_.read(path, read);
  const bool any_size = value.size() == 0;
  if (!any_size && (read.rows() != value.rows() || read.cols() != value.cols()))
    file_.refuse(path + " has another size; the checkpoint belongs to another network");
  value = read;
}

void Hdf5Archive::words(const std::string& name, std::vector<std::string>& value) {
  const std::string path = group() + "/" + name;
  if (!loading()) {
    file_.write(path, value);
    return;
  }
  require(path);
  file_.read(path, value);
}

void Hdf5Archive::number(const std::string& name, double& value) {
  const std::string at = path_.empty() ? "/" : group();
  if (loading()) {
    value = file_.get(at, name);
  } else {
    file_.set(at, name, value);
  }
}

void Hdf5Archive::number(const std::string& name, std::int64_t& value) {
  const std::string at = path_.empty() ? "/" : group();
  if (loading()) {
    value = file_.get_integer(at, name);
  } else {
    file_.set(at, name, value);
  }
}

}  // namespace settle
