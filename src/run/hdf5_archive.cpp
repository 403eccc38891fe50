#include "src/run/hdf5_archive.h"

namespace settle {

std::string Hdf5Archive::group() const {
  std::string path;
  for (const std::string& name : path_) path += "/" + name;
  return path;
}

void Hdf5Archive::open(const std::string& name) {
  path_.push_back(name);
  if (!loading_) {
    file_.make_group(group());
  } else if (!file_.has(group())) {
    file_.refuse("has no " + group() + "; it belongs to another network");
  }
}

bool Hdf5Archive::keeps(const std::string& name) const { return !loading_ || file_.has(group() + "/" + name); }

template <class Real>
void Hdf5Archive::transfer(const std::string& name, Matrix<Real>& value) {
  const std::string path = group() + "/" + name;
  if (!loading_) {
    file_.write(path, value);
    return;
  }
  if (!file_.has(path)) file_.refuse("has no " + path + "; it belongs to another network");
  Matrix<Real> read;
  file_.read(path, read);
  const bool any_size = value.size() == 0;
  if (!any_size && (read.rows() != value.rows() || read.cols() != value.cols()))
    file_.refuse(path + " has another size; the checkpoint belongs to another network");
  value = read;
}

void Hdf5Archive::number(const std::string& name, double& value) {
  const std::string at = path_.empty() ? "/" : group();
  if (loading_) {
    value = file_.get(at, name);
  } else {
    file_.set(at, name, value);
  }
}

void Hdf5Archive::number(const std::string& name, std::int64_t& value) {
  const std::string at = path_.empty() ? "/" : group();
  if (loading_) {
    value = file_.get_integer(at, name);
  } else {
    file_.set(at, name, value);
  }
}

}  // namespace settle
