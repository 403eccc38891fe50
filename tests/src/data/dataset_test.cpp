#include "src/data/dataset.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "tests/src/data/idx_files.h"
#include "tests/src/temporary_folder.h"

namespace settle::dataset_test {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> as_vector(const Vector<std::uint8_t>& v) { return {v.data(), v.data() + v.size()}; }

// The four files of a small data set: 3 training and 2 test images of 2 x 3 pixels, labels 0..2.
struct Files {
  std::string train_images = idx_bytes({3, 2, 3}, "abcdefghijklmnopqr");
  std::string train_labels = idx_bytes({3}, std::string("\0\2\1", 3));
  std::string test_images = idx_bytes({2, 2, 3}, "stuvwxyzABCD");
  std::string test_labels = idx_bytes({2}, std::string("\1\0", 2));

  void write(const TemporaryFolder& folder, bool compressed = false) const {
    const auto file = [&](const std::string& name, const std::string& bytes) {
      folder.write(compressed ? name + ".gz" : name, compressed ? gzip(bytes) : bytes);
    };
    file("train-images-idx3-ubyte", train_images);
    file("train-labels-idx1-ubyte", train_labels);
    file("t10k-images-idx3-ubyte", test_images);
    file("t10k-labels-idx1-ubyte", test_labels);
  }
};

DataSpec in(const TemporaryFolder& folder, const std::string& name = "small") {
  DataSpec data;
  data.name = name;
  data.path = folder.path();
  return data;
}

std::string error(const DataSpec& data) {
  const std::string message = message_of<InputError>([&] { load_dataset(data); });
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

std::string error(const Files& files, const std::string& name = "small") {
  const TemporaryFolder folder;
  files.write(folder);
  std::string message = error(in(folder, name));
  for (auto at = message.find(folder.path()); at != std::string::npos; at = message.find(folder.path())) {
    message.replace(at, folder.path().size() + 1, "");
  }
  return message;
}

TEST(Dataset, ReadsPlainAndGzip) {
  for (const bool compressed : {false, true}) {
    const TemporaryFolder folder;
    Files{}.write(folder, compressed);
    const Dataset set = load_dataset(in(folder));
    EXPECT_EQ(set.name, "small");
    EXPECT_EQ(set.where, folder.path());
    ASSERT_EQ(set.train.pixels.rows(), 6);
    ASSERT_EQ(set.train.size(), 3);
    ASSERT_EQ(set.test.size(), 2);
    EXPECT_EQ(set.train.pixels(0, 0), 'a');
    EXPECT_EQ(set.train.pixels(1, 0), 'b');
    EXPECT_EQ(set.train.pixels(5, 2), 'r');
    EXPECT_EQ(set.test.pixels(0, 1), 'y');
    EXPECT_EQ(as_vector(set.train.labels), (std::vector<std::uint8_t>{0, 2, 1}));
    EXPECT_EQ(as_vector(set.test.labels), (std::vector<std::uint8_t>{1, 0}));
    EXPECT_EQ(set.train.classes, 3);
    EXPECT_EQ(set.test.classes, 3);
  }
}

TEST(Dataset, LimitsTakeTheFirstSamplesAndKeepTheClasses) {
  const TemporaryFolder folder;
  Files{}.write(folder);
  DataSpec data = in(folder);
  data.train_limit = 1;
  data.test_limit = 100;
  const Dataset set = load_dataset(data);
  ASSERT_EQ(set.train.size(), 1);
  EXPECT_EQ(set.train.pixels(5, 0), 'f');
  EXPECT_EQ(as_vector(set.train.labels), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(set.test.size(), 2);
  EXPECT_EQ(set.train.classes, 3);
}

// 4 x 6 pixels: blocks of 2 x 2 whose sums are worked out by hand, one of them half way between two whole numbers.
TEST(Dataset, DownsamplingRoundsTheMeansOfBlocks) {
  const std::string image = {1, 2, 0,  0, char(255), char(255),  //
                             3, 4, 0,  1, char(255), char(255),  //
                             7, 0, 10, 0, 0,         100,        //
                             0, 0, 0,  0, 100,       101};
  Files files;
  files.train_images = idx_bytes({3, 4, 6}, image + image + std::string(24, 9));
  files.test_images = idx_bytes({2, 4, 6}, std::string(24, 1) + image);
  const TemporaryFolder folder;
  files.write(folder);
  DataSpec data = in(folder);
  data.downsample = 2;
  const Dataset set = load_dataset(data);
  const std::vector<std::uint8_t> means = {3, 0, 255, 2, 3, 75};  // 2.5, 0.25, 255, 1.75, 2.5, 75.25
  EXPECT_EQ(as_vector(set.train.pixels.col(0)), means);
  EXPECT_EQ(as_vector(set.test.pixels.col(1)), means);
  EXPECT_EQ(as_vector(set.train.pixels.col(2)), std::vector<std::uint8_t>(6, 9));
}

// Names that data sets are published under, each with the four files of one set.
TEST(Dataset, ReadsPublishedNames) {
  const std::vector<std::vector<std::string>> names = {
      {"train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"},
      {"emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte",
       "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte"},
      {"qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int", "qmnist-test-images-idx3-ubyte",
       "qmnist-test-labels-idx2-int"},
      {"TRAIN-IMAGES-IDX3-UBYTE", "TRAIN-LABELS-IDX1-UBYTE", "T10K-IMAGES-IDX3-UBYTE", "T10K-LABELS-IDX1-UBYTE"},
      {"train_images.idx", "train_labels.idx", "test_images.idx", "test_labels.idx"}};
  const Files files;
  for (const auto& set : names)
    for (const bool compressed : {false, true}) {
      const TemporaryFolder folder;
      const std::string* contents[] = {&files.train_images, &files.train_labels, &files.test_images,
                                       &files.test_labels};
      for (std::size_t i = 0; i < 4; ++i)
        folder.write(compressed ? set[i] + ".gz" : set[i], compressed ? gzip(*contents[i]) : *contents[i]);
      const Dataset data = load_dataset(in(folder));
      EXPECT_EQ(as_vector(data.train.labels), (std::vector<std::uint8_t>{0, 2, 1})) << set[0];
      EXPECT_EQ(data.test.pixels(0, 1), 'y') << set[0];
    }
}

Dataset load(const Files& files) {
  const TemporaryFolder folder;
  files.write(folder);
  return load_dataset(in(folder));
}

TEST(Dataset, ReadsOtherTypes) {
  Files files;
  files.train_labels = int_idx({3}, {0, 2, 1});
  files.test_labels = int_idx({2, 8}, {1, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9});  // as QMNIST: the class first
  files.test_images = float_idx({2, 2, 3}, {0, 1, 0.5, 0.25, 0, 0, 0, 0, 0, 0, 0, 1});
  const Dataset set = load(files);
  EXPECT_EQ(as_vector(set.train.labels), (std::vector<std::uint8_t>{0, 2, 1}));
  EXPECT_EQ(as_vector(set.test.labels), (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(set.train.pixels(0, 0), 'a') << "train and test may differ in type";
  EXPECT_EQ(as_vector(set.test.pixels.col(0)), (std::vector<std::uint8_t>{0, 255, 128, 64, 0, 0}));
  files.train_images = int_idx({3, 2, 3}, std::vector<int>(18, 200));
  EXPECT_EQ(load(files).train.pixels(17), 200);
}

// Two planes of 4 x 6: the first and the last dimension are told apart by their size.
TEST(Dataset, ReadsChannelsInEitherPlace) {
  Files first;
  std::string planes, pixels;
  for (int c = 0; c < 2; ++c)
    for (int k = 0; k < 24; ++k) planes += char(100 * c + k);
  for (int k = 0; k < 24; ++k)
    for (int c = 0; c < 2; ++c) pixels += char(100 * c + k);
  first.train_images = idx_bytes({3, 2, 4, 6}, planes + planes + planes);
  first.test_images = idx_bytes({2, 4, 6, 2}, pixels + pixels);  // the same images: alike, whatever the order
  const Dataset set = load(first);
  ASSERT_EQ(set.train.pixels.rows(), 48);
  EXPECT_EQ(as_vector(set.train.pixels.col(2)), as_vector(set.test.pixels.col(1)));
  EXPECT_EQ(set.test.pixels(24, 0), 100);
  const TemporaryFolder folder;
  first.write(folder);
  DataSpec data = in(folder);
  data.downsample = 2;
  const Dataset smaller = load_dataset(data);
  ASSERT_EQ(smaller.train.pixels.rows(), 12);
  EXPECT_EQ(smaller.train.pixels(0, 0), 4);  // of 0, 1, 6, 7: 3.5
  EXPECT_EQ(smaller.train.pixels(6, 0), 104);
}

TEST(Dataset, ReadsFlatVectors) {
  Files files;
  files.train_images = idx_bytes({3, 6}, "abcdefghijklmnopqr");
  files.test_images = idx_bytes({2, 6}, "stuvwxyzABCD");
  EXPECT_EQ(load(files).train.pixels(5, 2), 'r');
  files.test_images = idx_bytes({2, 5}, "stuvwxyzAB");
  EXPECT_EQ(error(files),
            "t10k-images-idx3-ubyte: images of 5 numbers, but 6 in train-images-idx3-ubyte; they must be of one data "
            "set");
}

TEST(DatasetErrors, DownsamplingThatDoesNotDivide) {
  const TemporaryFolder folder;
  Files{}.write(folder);
  DataSpec data = in(folder);
  data.downsample = 2;
  EXPECT_EQ(error(data), "data.downsample: 2 does not divide both sides of the 2 x 3 pixels of " + folder.path() +
                             "/train-images-idx3-ubyte");
}

TEST(DatasetErrors, HalvesThatDoNotMatch) {
  Files files;
  files.train_labels = idx_bytes({2}, std::string("\0\1", 2));
  EXPECT_EQ(error(files),
            "train-images-idx3-ubyte: 3 images, but 2 labels in train-labels-idx1-ubyte; fetch both files again");
  files = Files{};
  files.test_images = idx_bytes({2, 3, 2}, "stuvwxyzABCD");
  EXPECT_EQ(error(files),
            "t10k-images-idx3-ubyte: images of 3 x 2 pixels, but 2 x 3 in train-images-idx3-ubyte; they must be of "
            "one data set");
  files.test_images = idx_bytes({2, 1, 3}, "stuvwx");
  EXPECT_NE(error(files).find("images of 1 x 3 pixels, but 2 x 3"), std::string::npos);
  files.test_images = idx_bytes({2, 2, 1}, "stuv");
  EXPECT_NE(error(files).find("images of 2 x 1 pixels, but 2 x 3"), std::string::npos);
}

TEST(DatasetErrors, LabelsOutOfRange) {
  Files files;
  files.test_labels = idx_bytes({2}, std::string("\1\3", 2));
  EXPECT_EQ(error(files),
            "t10k-labels-idx1-ubyte: label 3 of sample 1 (counted from 0) must be below 3, the number of classes");
  files.train_labels = idx_bytes({3}, std::string("\0\0\0", 3));
  EXPECT_EQ(error(files), "train-labels-idx1-ubyte: every label is 0; a classifier needs two classes or more");
  files.train_labels = idx_bytes({3}, std::string("\0\12\1", 3));
  for (const char* name : {"mnist", "fashion-mnist"}) {
    EXPECT_EQ(error(files, name),
              "train-labels-idx1-ubyte: label 10 of sample 1 (counted from 0) must be below 10, the number of classes");
  }
  const TemporaryFolder folder;
  files.write(folder);
  EXPECT_EQ(load_dataset(in(folder)).train.classes, 11) << "any other set may have more classes";
}

TEST(DatasetErrors, WhatIsMissing) {
  const TemporaryFolder folder;
  Files{}.write(folder);
  fs::remove(folder.path() + "/t10k-labels-idx1-ubyte");
  EXPECT_EQ(error(in(folder)),
            folder.path() + ": no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz in this folder");

  DataSpec data;
  data.path = folder.path() + "/none";
  EXPECT_EQ(error(data), "data.path: " + data.path + " is not a folder; it must hold the four IDX files");
  data.path = "";
  data.name = "cifar";
  EXPECT_EQ(error(data),
            "data.name: unknown data set `cifar`; choose fashion-mnist or mnist, or set data.path to the folder of its "
            "four IDX files");
}

/// Sets SETTLE_DATA and the current folder for one test.
class MnistSearch : public testing::Test {
 protected:
  void SetUp() override { fs::current_path(folder_.path()); }
  void TearDown() override {
    fs::current_path(before_);
    if (data_before_ == nullptr) {
      unsetenv("SETTLE_DATA");
    } else {
      setenv("SETTLE_DATA", saved_.c_str(), 1);
    }
  }
  std::string where() {
    DataSpec data;
    data.name = "mnist";
    return load_dataset(data).where;
  }

  const TemporaryFolder folder_;
  const fs::path before_ = fs::current_path();
  const char* data_before_ = std::getenv("SETTLE_DATA");
  const std::string saved_ = data_before_ == nullptr ? "" : data_before_;
};

TEST_F(MnistSearch, GoesFromTheEnvironmentToTheCurrentFolder) {
  const auto put = [&](const std::string& name) {
    fs::create_directories(name);
    Files{}.write(folder_);
    for (const auto& file : fs::directory_iterator(folder_.path())) {
      if (file.is_regular_file()) fs::rename(file.path(), fs::path(name) / file.path().filename());
    }
  };
  unsetenv("SETTLE_DATA");
  put("datasets/mnist");
  EXPECT_EQ(where(), "datasets/mnist");
  put("elsewhere/mnist");
  setenv("SETTLE_DATA", "elsewhere", 1);
  EXPECT_EQ(where(), "elsewhere/mnist");
  put("elsewhere");
  EXPECT_EQ(where(), "elsewhere");
  setenv("SETTLE_DATA", "", 1);
  EXPECT_EQ(where(), "datasets/mnist");
}

TEST_F(MnistSearch, SaysWhereItLooked) {
  DataSpec data;
  data.name = "mnist";
  setenv("SETTLE_DATA", "nowhere", 1);
  EXPECT_EQ(error(data),
            "data.name: mnist is not in nowhere or nowhere/mnist or datasets/mnist; set data.path or "
            "the environment's SETTLE_DATA to the folder of the four IDX files");
}

TEST(RealData, FashionMnist) {
  if (!fs::exists("/usr/share/datasets/fashion-mnist")) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const Dataset set = load_dataset(DataSpec{});
  EXPECT_EQ(set.train.size(), 60000);
  EXPECT_EQ(set.test.size(), 10000);
  EXPECT_EQ(set.train.pixels.rows(), 784);
  EXPECT_EQ(set.train.classes, 10);
  EXPECT_EQ(set.train.labels[0], 9);  // an ankle boot
  std::vector<int> counts(10);
  for (const std::uint8_t label : set.train.labels) ++counts[label];
  EXPECT_EQ(counts, std::vector<int>(10, 6000));
}

TEST(RealData, Mnist) {
  DataSpec data;
  data.name = "mnist";
  Dataset set;
  try {
    set = load_dataset(data);
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(set.train.size(), 60000);
  EXPECT_EQ(set.test.size(), 10000);
  EXPECT_EQ(as_vector(set.train.labels.head(5)), (std::vector<std::uint8_t>{5, 0, 4, 1, 9}));
  // The mean that every tutorial normalises with.
  const double sum = set.train.pixels.cast<double>().sum();
  EXPECT_NEAR(sum / 255 / static_cast<double>(set.train.pixels.size()), 0.1307, 5e-5);
}

}  // namespace
}  // namespace settle::dataset_test
