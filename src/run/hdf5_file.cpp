#include "src/run/hdf5_file.h"

#include <array>

#include "models/error.h"

namespace settle {
namespace {

template <class Real>
using RowMajor = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Real>
hid_t in_file() {
  return sizeof(Real) == sizeof(float) ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
}
template <class Real>
hid_t in_memory() {
  return sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
}

// Closes a handle when it goes out of scope.
struct Handle {
  hid_t id;
  herr_t (*close)(hid_t);
  ~Handle() {
    if (id >= 0) close(id);
  }
};

}  // namespace

Hdf5File Hdf5File::create(const std::string& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are reported by us, in one line
  Hdf5File file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), path, /*reading=*/false);
  if (file.file_ < 0) file.fail("cannot be created");
  return file;
}

Hdf5File Hdf5File::open(const std::string& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  Hdf5File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), path, /*reading=*/true);
  if (file.file_ < 0) file.fail("is not an HDF5 file, or is cut off; copy it again, or train again");
  return file;
}

Hdf5File::~Hdf5File() {
  if (file_ >= 0) H5Fclose(file_);
}

void Hdf5File::close() {
  const hid_t file = file_;
  file_ = -1;
  if (H5Fclose(file) < 0) fail("cannot be written (is the disk full?)");
}

template <class Real>
void Hdf5File::write_rows(const std::string& name, const Matrix<Real>& matrix) {
  const RowMajor<Real> rows = matrix;
  const std::array<hsize_t, 2> size = {hsize_t(rows.rows()), hsize_t(rows.cols())};
  const Handle links{check(H5Pcreate(H5P_LINK_CREATE), name), H5Pclose};
  H5Pset_create_intermediate_group(links.id, 1);
  const Handle space{check(H5Screate_simple(2, size.data(), nullptr), name), H5Sclose};
  const Handle how{check(H5Pcreate(H5P_DATASET_CREATE), name), H5Pclose};
  H5Pset_obj_track_times(how.id, false);  // the same state, the same bytes
  const Handle set{
      check(H5Dcreate2(file_, name.c_str(), in_file<Real>(), space.id, links.id, how.id, H5P_DEFAULT), name), H5Dclose};
  check(H5Dwrite(set.id, in_memory<Real>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), name);
}

template <class Real>
void Hdf5File::read_rows(const std::string& name, Matrix<Real>& matrix) const {
  const Handle set{check(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), name), H5Dclose};
  const Handle space{check(H5Dget_space(set.id), name), H5Sclose};
  std::array<hsize_t, 2> size{};
  if (H5Sget_simple_extent_ndims(space.id) != 2) fail("has no matrix called " + name);
  H5Sget_simple_extent_dims(space.id, size.data(), nullptr);
  RowMajor<Real> rows{Index(size[0]), Index(size[1])};
  check(H5Dread(set.id, in_memory<Real>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), name);
  matrix = rows;
}

void Hdf5File::write(const std::string& name, const Matrix<float>& matrix) { write_rows(name, matrix); }
void Hdf5File::write(const std::string& name, const Matrix<double>& matrix) { write_rows(name, matrix); }
void Hdf5File::read(const std::string& name, Matrix<float>& matrix) const { read_rows(name, matrix); }
void Hdf5File::read(const std::string& name, Matrix<double>& matrix) const { read_rows(name, matrix); }

void Hdf5File::make_group(const std::string& name) {
  if (has(name)) return;
  const Handle group{check(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), name), H5Gclose};
}

// A path exists when each part of it does.
bool Hdf5File::has(const std::string& name) const {
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    if (H5Lexists(file_, name.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

void Hdf5File::set(const std::string& object, const std::string& attribute, double value) {
  set_number(object, attribute, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::set(const std::string& object, const std::string& attribute, std::int64_t value) {
  set_number(object, attribute, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Hdf5File::set_number(const std::string& object, const std::string& attribute, hid_t stored, hid_t native,
                          const void* value) {
  const Handle space{check(H5Screate(H5S_SCALAR), attribute), H5Sclose};
  const Handle made{check(H5Acreate_by_name(file_, object.c_str(), attribute.c_str(), stored, space.id, H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT),
                          attribute),
                    H5Aclose};
  check(H5Awrite(made.id, native, value), attribute);
}

bool Hdf5File::has_number(const std::string& object, const std::string& attribute) const {
  return H5Aexists_by_name(file_, object.c_str(), attribute.c_str(), H5P_DEFAULT) > 0;
}

double Hdf5File::get(const std::string& object, const std::string& attribute) const {
  double value = 0;
  get_number(object, attribute, H5T_NATIVE_DOUBLE, &value);
  return value;
}

std::int64_t Hdf5File::get_integer(const std::string& object, const std::string& attribute) const {
  std::int64_t value = 0;
  get_number(object, attribute, H5T_NATIVE_INT64, &value);
  return value;
}

void Hdf5File::get_number(const std::string& object, const std::string& attribute, hid_t native, void* value) const {
  const Handle found{
      check(H5Aopen_by_name(file_, object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT), attribute), H5Aclose};
  check(H5Aread(found.id, native, value), attribute);
}

void Hdf5File::fail(const std::string& what) const {
  if (reading_) throw InputError(path_ + ": " + what);
  throw RunError(path_ + ": " + what);
}

hid_t Hdf5File::check(hid_t id, const std::string& what) const {
  if (id < 0) fail("cannot read or write " + what);
  return id;
}

}  // namespace settle
