#include "src/data/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/idx_folder.h"
#include "src/data/idx_samples.h"
#include "src/data/input_file.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr int all_labels = 256;

/// A data set that is known by name.
struct Known {
  const char* name;
  int classes;  // labels at or above it are errors
  const char* remedy;
};
constexpr Known known_sets[] = {
    {"fashion-mnist", 10, "install it with `apt install dataset-fashion-mnist`, or set data.path"},
    {"mnist", 10, "set data.path or the environment's SETTLE_DATA to the folder of the four IDX files"},
};

const Known* find_known(const std::string& name) {
  for (const Known& known : known_sets) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::vector<fs::path> usual_folders(const std::string& name) {
  if (name == "fashion-mnist") return {"/usr/share/datasets/fashion-mnist"};
  std::vector<fs::path> folders;
  if (const char* root = std::getenv("SETTLE_DATA"); root != nullptr && *root != '\0') {
    folders.emplace_back(root);
    folders.push_back(fs::path(root) / "mnist");
  }
  folders.emplace_back("datasets/mnist");
  return folders;
}

/// The folder to read from: the first with training images.
fs::path find_folder(const DataSpec& data) {
  if (!data.path.empty()) {
    std::error_code unreadable;
    if (fs::is_directory(data.path, unreadable)) return data.path;
    refuse(fmt::format("data.path: {} is not a folder; it must hold the four IDX files", data.path));
  }
  const Known* known = find_known(data.name);
  if (known == nullptr) {
    refuse(
        fmt::format("data.name: unknown data set `{}`; choose fashion-mnist or mnist, or set data.path to "
                    "the folder of its four IDX files",
                    data.name));
  }
  std::vector<std::string> tried;
  for (const fs::path& folder : usual_folders(data.name)) {
    if (find_idx(folder, data.name, Part::train, IdxContent::images)) return folder;
    tried.push_back(folder.string());
  }
  refuse(fmt::format("data.name: {} is not in {}; {}", data.name, fmt::join(tried, " or "), known->remedy));
}

/// One half of a data set, whole.
struct Half {
  std::string images_file, labels_file;
  Images images;
  std::vector<std::int64_t> labels;
};

Half read_half(const fs::path& folder, const std::string& set, Part part) {
  const auto file = [&](IdxContent content) { return require_idx(folder, set, part, content).string(); };
  Half half{file(IdxContent::images), file(IdxContent::labels), {}, {}};
  half.images = images_of(read_idx(half.images_file, IdxContent::images), half.images_file);
  half.labels = labels_of(read_idx(half.labels_file, IdxContent::labels), half.labels_file);
  if (half.images.count() != Index(half.labels.size())) {
    refuse(fmt::format("{}: {} images, but {} labels in {}; fetch both files again", half.images_file,
                       half.images.count(), half.labels.size(), half.labels_file));
  }
  return half;
}

void check_labels(const Half& half, int classes) {
  const auto& labels = half.labels;
  const auto wrong =
      std::find_if(labels.begin(), labels.end(), [&](std::int64_t label) { return label < 0 || label >= classes; });
  if (wrong == labels.end()) return;
  refuse(fmt::format("{}: label {} of sample {} (counted from 0) must be {}below {}, the number of classes",
                     half.labels_file, *wrong, wrong - labels.begin(), *wrong < 0 ? "at least 0 and " : "", classes));
}

Samples take_first(const Half& half, std::int64_t limit, int classes) {
  const Index all = half.images.count(), taken = limit == 0 ? all : std::min<Index>(limit, all);
  Samples samples;
  samples.pixels = half.images.pixels.leftCols(taken);
  samples.labels.resize(taken);
  for (Index i = 0; i < taken; ++i) samples.labels[i] = std::uint8_t(half.labels[std::size_t(i)]);
  samples.classes = classes;
  return samples;
}

/// Images of height x width pixels, a column each and rows after one another, to the means of edge x edge blocks.
Matrix<std::uint8_t> downsampled(const Matrix<std::uint8_t>& images, Index height, Index width, Index edge) {
  const Index down = height / edge, across = width / edge;
  Matrix<std::uint8_t> smaller(down * across, images.cols());
  for (Index n = 0; n < images.cols(); ++n) {
    Vector<std::uint32_t> sums = Vector<std::uint32_t>::Zero(down * across);
    for (Index row = 0; row < height; ++row)
      for (Index col = 0; col < width; ++col) sums[row / edge * across + col / edge] += images(row * width + col, n);
    const auto block = std::uint32_t(edge * edge);
    smaller.col(n) = ((sums.array() + block / 2) / block).cast<std::uint8_t>();  // rounded
  }
  return smaller;
}

void check_divides(std::int64_t edge, const Half& half) {
  if (half.images.height % edge == 0 && half.images.width % edge == 0) return;
  refuse(fmt::format("data.downsample: {} does not divide both sides of the {} of {}", edge, half.images.size(),
                     half.images_file));
}

void check_same_size(const Half& train, const Half& test) {
  if (train.images.alike(test.images)) return;
  const std::string size = test.images.size(), of_train = train.images.size();
  refuse(fmt::format("{}: images of {}, but {} in {}; they must be of one data set", test.images_file, size,
                     of_train.substr(0, of_train.rfind(' ')), train.images_file));
}

}  // namespace

Dataset load_dataset(const DataSpec& data) {
  const fs::path folder = find_folder(data);
  const Half train = read_half(folder, data.name, Part::train);
  const Half test = read_half(folder, data.name, Part::test);
  check_same_size(train, test);

  const Known* known = find_known(data.name);
  check_labels(train, known != nullptr ? known->classes : all_labels);
  const int classes = 1 + int(*std::max_element(train.labels.begin(), train.labels.end()));
  if (classes < 2) {
    refuse(train.labels_file + ": every label is 0; a classifier needs two classes or more");
  }
  check_labels(test, classes);

  Dataset set{take_first(train, data.train_limit, classes), take_first(test, data.test_limit, classes), data.name,
              folder.string()};
  if (data.downsample == 1) return set;
  check_divides(data.downsample, train);
  // Planes lie below one another, and no block reaches over the edge of one.
  const Index height = train.images.channels * train.images.height;
  for (Samples* half : {&set.train, &set.test})
    half->pixels = downsampled(half->pixels, height, train.images.width, data.downsample);
  return set;
}

}  // namespace settle
