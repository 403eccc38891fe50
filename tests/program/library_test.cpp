// The library on its own and the SystemC program train the same network to the same weights.
#include <gtest/gtest.h>

#include "tests/program/checkpoint_file.h"
#include "tests/program/run_test.h"

namespace settle::library_test {
namespace {

std::string bytes_of_gzip(const std::string& file) {
  std::string bytes;
  const gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) return bytes;
  char buffer[1 << 16];
  for (int n = 0; (n = gzread(in, buffer, sizeof buffer)) > 0;) bytes.append(buffer, std::size_t(n));
  gzclose(in);
  return bytes;
}

class Library : public RunTest {
 protected:
  // Trains on the folder `data` both ways, in so many epochs of batches of so many samples.
  void expect_same_weights(const std::string& data, int batch, int epochs) {
    const std::string batches = std::to_string(batch), rounds = std::to_string(epochs);
    const Finished program =
        settle({"train", "tiny.toml", "--seed", "5", "--out", "run", "--set", "network.hidden=[32,24]", "--set",
                "data.path=" + data, "--set", "run.batch=" + batches, "--set", "run.epochs=" + rounds});
    ASSERT_EQ(program.status, 0) << program.err;
    const std::string images = path(data + "/train-images-idx3-ubyte"),
                      labels = path(data + "/train-labels-idx1-ubyte");
    Process library({SETTLE_LIBRARY_EXAMPLE, images, labels, batches, rounds, path("weights")}, path("."));
    const Finished trained = library.wait();
    ASSERT_EQ(trained.status, 0) << trained.err;
    const Contents checkpoint = checkpoint_contents(path("run/checkpoint.h5"));
    std::string states;
    for (const char* name : {"input_hidden1", "hidden1_hidden2", "hidden2_readout"}) {
      const auto found = checkpoint.find(std::string("projections/") + name + "/state");
      ASSERT_NE(found, checkpoint.end()) << name;
      states.append(found->second.begin(), found->second.end());
    }
    EXPECT_GT(states.size(), 1000u);
    EXPECT_TRUE(read("weights") == states) << "the library's devices differ from the program's";
  }

  // The first `count` of images and labels, in files without compression.
  void cut(const std::string& from, const std::string& images, const std::string& labels, const std::string& to,
           std::uint32_t count) {
    const std::string pixels = bytes_of_gzip(from + "/" + images), classes = bytes_of_gzip(from + "/" + labels);
    ASSERT_GT(pixels.size(), 16 + count * 784);
    write(to + "/" + images.substr(0, images.find(".gz")), idx_bytes({count, 28, 28}, pixels.substr(16, count * 784)));
    write(to + "/" + labels.substr(0, labels.find(".gz")), idx_bytes({count}, classes.substr(8, count)));
  }
};

TEST_F(Library, TrainsToTheSameWeightsAsTheProgram) { expect_same_weights("data", 50, 2); }

// On real images: MNIST where it is, or else Fashion-MNIST, as Debian has it.
TEST_F(Library, TrainsOnImagesToTheSameWeightsAsTheProgram) {
  const char* wanted = std::getenv("SETTLE_DATA");
  std::string from = wanted != nullptr ? std::string(wanted) + "/mnist" : "";
  if (!std::filesystem::exists(from + "/train-images-idx3-ubyte.gz")) from = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(from + "/train-images-idx3-ubyte.gz")) GTEST_SKIP() << "neither data set is there";
  std::filesystem::create_directory(path("images"));
  cut(from, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "images", 1000);
  cut(from, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "images", 200);
  expect_same_weights("images", 100, 2);
}

}  // namespace
}  // namespace settle::library_test
