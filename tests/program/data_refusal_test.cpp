// Data sets that are not there, or damaged: the file is named.
#include "tests/program/refusal.h"

namespace settle::data_refusal_test {
namespace {

const TinyHalf half = tiny_half(6, 3);

/// A file of the data set, and what it holds instead.
struct Damage {
  const char* name;
  const char* file;
  std::string bytes;
  std::vector<const char*> mentions;
};
std::ostream& operator<<(std::ostream& out, const Damage& d) { return out << d.name; }

std::string without_end(const std::string& bytes) { return bytes.substr(0, bytes.size() - 20); }

constexpr const char *images_file = "train-images-idx3-ubyte", *labels_file = "train-labels-idx1-ubyte";

const Damage damages[] = {
    {"truncated_gzip", images_file, without_end(gzip(half.images)), {images_file, "cut off", "fetch the file again"}},
    {"wrong_magic", images_file, "PNG" + half.images, {images_file, "magic number", "0x00000803"}},
    {"labels_as_images", images_file, half.labels, {images_file, "file of labels"}},
    {"too_short", images_file, without_end(half.images), {images_file, "364 bytes", "expected 384"}},
    {"too_long", images_file, half.images + "x", {images_file, "more than the 384 bytes"}},
    {"empty_file", labels_file, "", {labels_file, "ends within its header"}},
    {"no_samples", labels_file, idx_bytes({0}, ""), {labels_file, "no samples"}},
    {"counts_differ", labels_file, idx_bytes({5}, "\1\2\1\2\1"), {images_file, "600 images", "5 labels", labels_file}},
    {"one_class", labels_file, idx_bytes({600}, std::string(600, '\0')), {labels_file, "two classes"}},
    {"test_label_of_no_class",
     "t10k-labels-idx1-ubyte",
     idx_bytes({200}, std::string(199, '\1') + '\7'),
     {"t10k-labels-idx1-ubyte", "label 7 of sample 199", "below 3"}},
    {"test_images_of_another_size",
     "t10k-images-idx3-ubyte",
     idx_bytes({200, 4, 4}, std::string(200 * 16, 'x')),
     {"t10k-images-idx3-ubyte", "4 x 4", "8 x 8"}},
    {"floats_beyond_one",
     "t10k-images-idx3-ubyte",
     float_idx({2, 2, 1}, {0.5f, 1, 1.5f, 0}),
     {"t10k-images-idx3-ubyte", "1.5 in image 1", "from 0 to 1"}},
    {"integers_beyond_a_byte",
     images_file,
     int_idx({2, 1, 2}, {0, 255, 256, 0}),
     {images_file, "256 in image 1", "from 0 to 255"}},
    {"negative_labels", labels_file, int_idx({600}, std::vector<int>(600, -1)), {labels_file, "label -1 of sample 0"}},
    {"planes_without_channels",
     images_file,
     idx_bytes({600, 8, 8, 8}, std::string(600 * 512, 'x')),
     {images_file, "8 x 8 x 8", "channels", "n x d"}},
};

class Data : public RefusalTest, public testing::WithParamInterface<Damage> {};

TEST_P(Data, IsRefusedInOneLine) {
  write(std::string("data/") + GetParam().file, GetParam().bytes);
  expect_refused({"", {"train", "tiny.toml", "--out", "out"}, GetParam().mentions});
  expect_refused({"", {"check", "tiny.toml"}, GetParam().mentions});
}

INSTANTIATE_TEST_SUITE_P(Refusal, Data, testing::ValuesIn(damages), named);

TEST_F(RefusalTest, LabelsOutOfRangeOfAKnownSet) {
  write(std::string("data/") + labels_file, idx_bytes({600}, std::string(599, '\1') + '\12'));
  expect_refused({"",
                  {"train", "tiny.toml", "--out", "out", "--set", "data.name=mnist"},
                  {labels_file, "label 10 of sample 599", "below 10"}});
}

TEST_F(RefusalTest, NoDataFolder) {
  expect_refused({"",
                  {"train", "tiny.toml", "--out", "out", "--set", "data.path=nowhere"},
                  {"data.path", "nowhere is not a folder", "four IDX files"}});
}

TEST_F(RefusalTest, DataFolderWithoutTheFiles) {
  std::filesystem::create_directory(path("empty"));
  expect_refused({"",
                  {"train", "tiny.toml", "--out", "out", "--set", "data.path=empty"},
                  {"empty", "no train-images-idx3-ubyte or train-images-idx3-ubyte.gz"}});
}

TEST_F(RefusalTest, ANearMatchIsNamed) {
  std::filesystem::rename(path("data/train-images-idx3-ubyte"), path("data/train-img-idx3-ubyte"));
  expect_refused(
      {"", {"check", "tiny.toml"}, {"no train-images-idx3-ubyte", "there is train-img-idx3-ubyte", "rename"}});
}

TEST_F(RefusalTest, TwoSetsInAFolder) {
  for (const char* set : {"emnist-letters", "emnist-digits"})
    for (const char* part : {"train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"}) {
      std::string usual = std::string(part) + "-ubyte";
      if (usual.rfind("test", 0) == 0) usual.replace(0, 4, "t10k");
      write("data/" + std::string(set) + "-" + part + "-ubyte", read("data/" + usual));
    }
  for (const char* usual : {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"})
    std::filesystem::remove(path("data/" + std::string(usual) + "-ubyte"));
  expect_refused({"",
                  {"check", "tiny.toml"},
                  {"emnist-letters-train-images-idx3-ubyte", "emnist-digits-train-images-idx3-ubyte", "data.name"}});
  EXPECT_EQ(settle({"check", "tiny.toml", "--set", "data.name=emnist-letters"}).status, 0);
}

TEST_F(RefusalTest, KnownSetThatIsNotInstalled) {
  expect_refused({"",
                  {"train", "tiny.toml", "--out", "out", "--set", "data.name=mnist", "--set", "data.path=\"\""},
                  {"data.name", "mnist", "datasets/mnist", "SETTLE_DATA"}});
}

TEST_F(RefusalTest, UnknownSetWithoutPath) {
  expect_refused({"",
                  {"train", "tiny.toml", "--out", "out", "--set", "data.path=\"\""},
                  {"unknown data set `tiny`", "fashion-mnist", "data.path"}});
}

TEST_F(RunTest, CompressedDataIsTheSameData) {
  train("plain");
  for (const char* file : {"data/train-images-idx3-ubyte", "data/t10k-labels-idx1-ubyte"}) {
    write(std::string(file) + ".gz", gzip(read(file)));
    std::filesystem::remove(path(file));
  }
  train("compressed");
  EXPECT_EQ(read("compressed/costs.csv"), read("plain/costs.csv"));
}

}  // namespace
}  // namespace settle::data_refusal_test
