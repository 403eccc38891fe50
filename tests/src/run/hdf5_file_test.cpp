// Files that are HDF5, but not as this program writes them: sizes that the file cannot hold, several values for one,
// links to other files.
#include "src/run/hdf5_file.h"

#include <functional>

#include "settle/models/error.h"
#include "tests/src/temporary_folder.h"

namespace settle::hdf5_file_test {
namespace {

// The bytes of a file that `make` fills by HDF5's own interface.
std::string file_made_by(const std::function<void(hid_t)>& make) {
  const hid_t how = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(how, 1 << 12, false);
  const hid_t file = H5Fcreate("made", H5F_ACC_TRUNC, H5P_DEFAULT, how);
  make(file);
  H5Fflush(file, H5F_SCOPE_GLOBAL);
  std::string bytes(std::size_t(H5Fget_file_image(file, nullptr, 0)), '\0');
  H5Fget_file_image(file, bytes.data(), bytes.size());
  H5Fclose(file);
  H5Pclose(how);
  return bytes;
}

void make_set(hid_t file, const char* name, std::vector<hsize_t> size, hid_t how) {
  const hid_t space = H5Screate_simple(int(size.size()), size.data(), nullptr);
  H5Dclose(H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT));
  H5Sclose(space);
}

void make_attribute(hid_t file, const char* name, hsize_t count) {
  const hid_t space = H5Screate_simple(1, &count, nullptr);
  H5Aclose(H5Acreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT));
  H5Sclose(space);
}

std::string refusal_of(const std::string& bytes, const std::function<void(const Hdf5File&)>& read) {
  return message_of<InputError>([&] { read(Hdf5File::open("some.h5", bytes)); });
}

void read_matrix(const Hdf5File& file) {
  Matrix<float> matrix;
  file.read("/m", matrix);
}

TEST(Hdf5File, RefusesWhatIsLargerThanTheFile) {
  const std::string bytes = file_made_by([](hid_t file) { make_set(file, "m", {1 << 20, 1 << 20}, H5P_DEFAULT); });
  EXPECT_EQ(refusal_of(bytes, read_matrix), "some.h5: /m claims to be larger than the file");
}

TEST(Hdf5File, RefusesChunksAndOtherFiles) {
  const std::string chunks = file_made_by([](hid_t file) {
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[] = {2, 2};
    H5Pset_chunk(how, 2, chunk);
    make_set(file, "m", {2, 2}, how);
    H5Pclose(how);
  });
  EXPECT_EQ(refusal_of(chunks, read_matrix), "some.h5: has no plain data set called /m");
  const std::string elsewhere = file_made_by([](hid_t file) {
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(how, "/etc/passwd", 0, 16);
    make_set(file, "m", {2, 2}, how);
    H5Pclose(how);
  });
  EXPECT_EQ(refusal_of(elsewhere, read_matrix), "some.h5: has no plain data set called /m");
}

TEST(Hdf5File, FollowsNoLinks) {
  const std::string bytes = file_made_by([](hid_t file) {
    H5Lcreate_external("/etc/other.h5", "/", file, "outside", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "inside", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  });
  const Hdf5File file = Hdf5File::open("some.h5", bytes);
  EXPECT_TRUE(file.has("/inside"));
  EXPECT_FALSE(file.has("/outside"));
  EXPECT_FALSE(file.has("/outside/inside"));
  EXPECT_FALSE(file.has("/soft"));
}

TEST(Hdf5File, RefusesSeveralValuesForOne) {
  const std::string bytes = file_made_by([](hid_t file) { make_attribute(file, "a", 1000); });
  EXPECT_EQ(refusal_of(bytes, [](const Hdf5File& file) { file.get("/", "a"); }), "some.h5: has several values of a");
  EXPECT_EQ(refusal_of(bytes, [](const Hdf5File& file) { file.get_integer("/", "a"); }),
            "some.h5: has several values of a");
  EXPECT_EQ(refusal_of(bytes, [](const Hdf5File& file) { file.get_text("/", "a"); }), "some.h5: has no text called a");
}

TEST(Hdf5File, RefusesWhatIsNoHdf5File) {
  EXPECT_EQ(message_of<InputError>([] { Hdf5File::open("some.h5", "\x89HDF and no more"); }),
            "some.h5: is not an HDF5 file");
}

}  // namespace
}  // namespace settle::hdf5_file_test
