#include "src/data/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/error.h"
#include "src/data/idx.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr const char* train_prefix = "train";
constexpr const char* test_prefix = "t10k";
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
  folders.emplace_back("../shared/datasets/mnist");
  return folders;
}

std::string images_of(const char* prefix) { return fmt::format("{}-images-idx3-ubyte", prefix); }
std::string labels_of(const char* prefix) { return fmt::format("{}-labels-idx1-ubyte", prefix); }

std::optional<fs::path> find_file(const fs::path& folder, const std::string& name) {
  std::error_code unreadable;
  for (const std::string& candidate : {name, name + ".gz"}) {
    if (fs::exists(folder / candidate, unreadable)) return folder / candidate;
  }
  return std::nullopt;
}

fs::path require_file(const fs::path& folder, const std::string& name) {
  const auto found = find_file(folder, name);
  if (!found) throw InputError(fmt::format("{}: no {} or {}.gz in this folder", folder.string(), name, name));
  return *found;
}

/// The folder to read from: the first with training images.
fs::path find_folder(const DataSpec& data) {
  if (!data.path.empty()) {
    std::error_code unreadable;
    if (fs::is_directory(data.path, unreadable)) return data.path;
    throw InputError(fmt::format("data.path: {} is not a folder; it must hold the four IDX files", data.path));
  }
  const Known* known = find_known(data.name);
  if (known == nullptr) {
    throw InputError(
        fmt::format("data.name: unknown data set `{}`; choose fashion-mnist or mnist, or set data.path to "
                    "the folder of its four IDX files",
                    data.name));
  }
  std::vector<std::string> tried;
  for (const fs::path& folder : usual_folders(data.name)) {
    if (find_file(folder, images_of(train_prefix))) return folder;
    tried.push_back(folder.string());
  }
  throw InputError(fmt::format("data.name: {} is not in {}; {}", data.name, fmt::join(tried, " or "), known->remedy));
}

/// One half of a data set, whole.
struct Half {
  fs::path images_file, labels_file;
  Idx images, labels;
};

Half read_half(const fs::path& folder, const char* prefix) {
  Half half{require_file(folder, images_of(prefix)), require_file(folder, labels_of(prefix)), {}, {}};
  half.images = read_idx(half.images_file.string(), 3);
  half.labels = read_idx(half.labels_file.string(), 1);
  if (half.images.dimensions[0] != half.labels.dimensions[0]) {
    throw InputError(fmt::format("{}: {} images, but {} labels in {}; fetch both files again",
                                 half.images_file.string(), half.images.dimensions[0], half.labels.dimensions[0],
                                 half.labels_file.string()));
  }
  return half;
}

void check_labels(const Half& half, int classes) {
  const auto& labels = half.labels.elements;
  const auto wrong = std::find_if(labels.begin(), labels.end(), [&](std::uint8_t label) { return label >= classes; });
  if (wrong == labels.end()) return;
  throw InputError(fmt::format("{}: label {} of sample {} (counted from 0) must be below {}, the number of classes",
                               half.labels_file.string(), *wrong, wrong - labels.begin(), classes));
}

/// An IDX image is contiguous and so is a column: the bytes are the matrix.
Samples take_first(const Half& half, std::int64_t limit, int classes) {
  const auto& dimensions = half.images.dimensions;  // count, height, width
  const Index pixels = Index{dimensions[1]} * Index{dimensions[2]};
  const Index taken = limit == 0 ? Index{dimensions[0]} : std::min<Index>(limit, dimensions[0]);
  Samples samples;
  samples.pixels = Eigen::Map<const Matrix<std::uint8_t>>(half.images.elements.data(), pixels, taken);
  samples.labels = Eigen::Map<const Vector<std::uint8_t>>(half.labels.elements.data(), taken);
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
  const auto& dimensions = half.images.dimensions;
  if (dimensions[1] % edge == 0 && dimensions[2] % edge == 0) return;
  throw InputError(fmt::format("data.downsample: {} does not divide both sides of the {} x {} pixels of {}", edge,
                               dimensions[1], dimensions[2], half.images_file.string()));
}

void check_same_size(const Half& train, const Half& test) {
  const auto& a = train.images.dimensions;
  const auto& b = test.images.dimensions;
  if (a[1] == b[1] && a[2] == b[2]) return;
  throw InputError(fmt::format("{}: images of {} x {} pixels, but {} x {} in {}; they must be of one data set",
                               test.images_file.string(), b[1], b[2], a[1], a[2], train.images_file.string()));
}

}  // namespace

Dataset load_dataset(const DataSpec& data) {
  const fs::path folder = find_folder(data);
  const Half train = read_half(folder, train_prefix);
  const Half test = read_half(folder, test_prefix);
  check_same_size(train, test);

  const Known* known = find_known(data.name);
  check_labels(train, known != nullptr ? known->classes : all_labels);
  const int classes = 1 + *std::max_element(train.labels.elements.begin(), train.labels.elements.end());
  if (classes < 2) {
    throw InputError(train.labels_file.string() + ": every label is 0; a classifier needs two classes or more");
  }
  check_labels(test, classes);

  Dataset set{take_first(train, data.train_limit, classes), take_first(test, data.test_limit, classes), data.name,
              folder.string()};
  if (data.downsample == 1) return set;
  check_divides(data.downsample, train);
  const auto& dimensions = train.images.dimensions;
  for (Samples* half : {&set.train, &set.test})
    half->pixels = downsampled(half->pixels, dimensions[1], dimensions[2], data.downsample);
  return set;
}

}  // namespace settle
