#include "src/run/hdf5_file.h"

#include <algorithm>
#include <array>

#include "settle/models/error.h"

namespace settle {
namespace {

template <class Number>
using RowMajor = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Types {
  hid_t in_file, in_memory;
};
Types types(float) { return {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT}; }
Types types(double) { return {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE}; }
Types types(std::int64_t) { return {H5T_STD_I64LE, H5T_NATIVE_INT64}; }

// Closes a handle when it goes out of scope.
struct Handle {
  hid_t id;
  herr_t (*close)(hid_t);
  ~Handle() {
    if (id >= 0) close(id);
  }
};

// Text of so many bytes, filled up with zeros.
hid_t text_type(std::size_t bytes) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, std::max<std::size_t>(1, bytes));
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

// A file in memory alone, which grows by so many bytes.
hid_t in_memory() {
  const hid_t how = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(how, 1 << 22, /*backing_store=*/false);
  return how;
}

}  // namespace

Hdf5File Hdf5File::create(const std::string& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are reported by us, in one line
  const Handle how{in_memory(), H5Pclose};
  Hdf5File file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, how.id), path, /*reading=*/false);
  if (file.file_ < 0) file.fail("cannot be created");
  return file;
}

Hdf5File Hdf5File::open(const std::string& path, const std::string& image) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Handle how{in_memory(), H5Pclose};
  H5Pset_file_image(how.id, const_cast<char*>(image.data()), image.size());
  // the library refuses an image that has the name of a file; below a file there is none
  Hdf5File file(H5Fopen((path + "/image").c_str(), H5F_ACC_RDONLY, how.id), path, /*reading=*/true, image.size());
  if (file.file_ < 0) file.fail("is not an HDF5 file");
  return file;
}

Hdf5File::~Hdf5File() {
  if (file_ >= 0) H5Fclose(file_);
}

std::string Hdf5File::image() const {
  if (H5Fflush(file_, H5F_SCOPE_GLOBAL) < 0) fail("cannot be made");
  const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
  if (size < 0) fail("cannot be made");
  std::string bytes(std::size_t(size), '\0');
  if (H5Fget_file_image(file_, bytes.data(), bytes.size()) != size) fail("cannot be made");
  return bytes;
}

hid_t Hdf5File::make_set(const std::string& name, hid_t type, hid_t space) {
  const Handle links{check(H5Pcreate(H5P_LINK_CREATE), name), H5Pclose};
  H5Pset_create_intermediate_group(links.id, 1);
  const Handle how{check(H5Pcreate(H5P_DATASET_CREATE), name), H5Pclose};
  H5Pset_obj_track_times(how.id, false);  // the same state, the same bytes
  return check(H5Dcreate2(file_, name.c_str(), type, space, links.id, how.id, H5P_DEFAULT), name);
}

template <class Number>
void Hdf5File::write_rows(const std::string& name, const Matrix<Number>& matrix) {
  const RowMajor<Number> rows = matrix;
  const std::array<hsize_t, 2> size = {hsize_t(rows.rows()), hsize_t(rows.cols())};
  const Handle space{check(H5Screate_simple(2, size.data(), nullptr), name), H5Sclose};
  const Handle set{make_set(name, types(Number()).in_file, space.id), H5Dclose};
  if (rows.size() == 0) return;
  check(H5Dwrite(set.id, types(Number()).in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), name);
}

// A data set as we write them: its numbers lie in the file, one after the other.
hid_t Hdf5File::open_set(const std::string& name) const {
  const hid_t set = check(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), name);
  const Handle how{H5Dget_create_plist(set), H5Pclose};
  const H5D_layout_t layout = how.id < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(how.id);
  if ((layout == H5D_CONTIGUOUS || layout == H5D_COMPACT) && H5Pget_external_count(how.id) == 0) return set;
  H5Dclose(set);
  fail("has no plain data set called " + name);
}

void Hdf5File::expect_in_file(const std::string& name, double elements, std::size_t bytes_each) const {
  if (elements * double(bytes_each) > double(bytes_)) fail(name + " claims to be larger than the file");
}

void Hdf5File::expect_scalar(const std::string& attribute, hid_t opened) const {
  const Handle space{check(H5Aget_space(opened), attribute), H5Sclose};
  if (H5Sget_simple_extent_npoints(space.id) != 1) fail("has several values of " + attribute);
}

template <class Number>
void Hdf5File::read_rows(const std::string& name, Matrix<Number>& matrix) const {
  const Handle set{open_set(name), H5Dclose};
  const Handle space{check(H5Dget_space(set.id), name), H5Sclose};
  std::array<hsize_t, 2> size{};
  if (H5Sget_simple_extent_ndims(space.id) != 2) fail("has no matrix called " + name);
  H5Sget_simple_extent_dims(space.id, size.data(), nullptr);
  constexpr hsize_t longest = hsize_t{1} << 40;
  if (size[0] > longest || size[1] > longest) fail(name + " has no such size");
  expect_in_file(name, double(size[0]) * double(size[1]), sizeof(Number) / 2);  // or of half the precision
  RowMajor<Number> rows{Index(size[0]), Index(size[1])};
  if (rows.size() > 0)
    check(H5Dread(set.id, types(Number()).in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), name);
  matrix = rows;
}

// A list of words of one length, that of the longest.
void Hdf5File::write(const std::string& name, const std::vector<std::string>& words) {
  std::size_t longest = 1;
  for (const std::string& word : words) longest = std::max(longest, word.size());
  std::string bytes;
  for (std::string word : words) {
    word.resize(longest, '\0');
    bytes += word;
  }
  const hsize_t count = words.size();
  const Handle space{check(H5Screate_simple(1, &count, nullptr), name), H5Sclose}, type{text_type(longest), H5Tclose};
  const Handle set{make_set(name, type.id, space.id), H5Dclose};
  if (!words.empty()) check(H5Dwrite(set.id, type.id, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), name);
}

void Hdf5File::read(const std::string& name, std::vector<std::string>& words) const {
  const Handle set{open_set(name), H5Dclose};
  const Handle space{check(H5Dget_space(set.id), name), H5Sclose}, type{check(H5Dget_type(set.id), name), H5Tclose};
  hsize_t count = 0;
  if (H5Sget_simple_extent_ndims(space.id) != 1 || H5Tget_class(type.id) != H5T_STRING || H5Tis_variable_str(type.id))
    fail("has no list of words called " + name);
  H5Sget_simple_extent_dims(space.id, &count, nullptr);
  const std::size_t longest = H5Tget_size(type.id);
  expect_in_file(name, double(count), longest);
  std::string bytes(std::size_t(count) * longest, '\0');
  if (count > 0) check(H5Dread(set.id, type.id, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), name);
  words.clear();
  for (std::size_t i = 0; i < count; ++i) words.emplace_back(bytes.substr(i * longest, longest).c_str());
}

void Hdf5File::write(const std::string& name, const Matrix<float>& matrix) { write_rows(name, matrix); }
void Hdf5File::write(const std::string& name, const Matrix<double>& matrix) { write_rows(name, matrix); }
void Hdf5File::write(const std::string& name, const Matrix<std::int64_t>& matrix) { write_rows(name, matrix); }
void Hdf5File::read(const std::string& name, Matrix<float>& matrix) const { read_rows(name, matrix); }
void Hdf5File::read(const std::string& name, Matrix<double>& matrix) const { read_rows(name, matrix); }
void Hdf5File::read(const std::string& name, Matrix<std::int64_t>& matrix) const { read_rows(name, matrix); }

void Hdf5File::make_group(const std::string& name) {
  if (has(name)) return;
  const Handle group{check(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), name), H5Gclose};
}

// A path exists when each part of it does.
bool Hdf5File::has(const std::string& name) const {
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    H5L_info_t link{};
    if (H5Lexists(file_, part.c_str(), H5P_DEFAULT) <= 0) return false;
    if (H5Lget_info(file_, part.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return false;
    if (end == std::string::npos) return true;
  }
}

void Hdf5File::set(const std::string& object, const std::string& attribute, double value) {
  set_value(object, attribute, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::set(const std::string& object, const std::string& attribute, std::int64_t value) {
  set_value(object, attribute, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Hdf5File::set(const std::string& object, const std::string& attribute, const std::string& value) {
  const Handle type{text_type(value.size()), H5Tclose};
  set_value(object, attribute, type.id, type.id, value.data());
}

void Hdf5File::set_value(const std::string& object, const std::string& attribute, hid_t stored, hid_t native,
                         const void* value) {
  const Handle space{check(H5Screate(H5S_SCALAR), attribute), H5Sclose};
  const Handle made{check(H5Acreate_by_name(file_, object.c_str(), attribute.c_str(), stored, space.id, H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT),
                          attribute),
                    H5Aclose};
  check(H5Awrite(made.id, native, value), attribute);
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& attribute) const {
  return H5Aexists_by_name(file_, object.c_str(), attribute.c_str(), H5P_DEFAULT) > 0;
}

double Hdf5File::get(const std::string& object, const std::string& attribute) const {
  double value = 0;
  get_value(object, attribute, H5T_NATIVE_DOUBLE, &value);
  return value;
}

std::int64_t Hdf5File::get_integer(const std::string& object, const std::string& attribute) const {
  std::int64_t value = 0;
  get_value(object, attribute, H5T_NATIVE_INT64, &value);
  return value;
}

std::string Hdf5File::get_text(const std::string& object, const std::string& attribute) const {
  const Handle found{
      check(H5Aopen_by_name(file_, object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT), attribute), H5Aclose};
  const Handle type{check(H5Aget_type(found.id), attribute), H5Tclose};
  if (H5Tget_class(type.id) != H5T_STRING || H5Tis_variable_str(type.id)) fail("has no text called " + attribute);
  expect_scalar(attribute, found.id);
  expect_in_file(attribute, 1, H5Tget_size(type.id));
  std::string value(H5Tget_size(type.id), '\0');
  check(H5Aread(found.id, type.id, value.data()), attribute);
  value.resize(std::min(value.find('\0'), value.size()));
  return value;
}

void Hdf5File::get_value(const std::string& object, const std::string& attribute, hid_t native, void* value) const {
  const Handle found{
      check(H5Aopen_by_name(file_, object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT), attribute), H5Aclose};
  expect_scalar(attribute, found.id);
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
