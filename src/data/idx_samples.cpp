#include "src/data/idx_samples.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/input_file.h"

namespace settle {
namespace {

constexpr std::uint32_t most_channels = 4;

// Sets the three sizes, and says whether the channels come last.
bool set_sizes(const Idx& idx, const std::string& file, Images& images) {
  const std::vector<std::uint32_t> d(idx.dimensions.begin() + 1, idx.dimensions.end());
  if (d.size() == 1) {
    images.width = d[0];
    images.flat = true;
  } else if (d.size() == 2) {
    images.height = d[0];
    images.width = d[1];
  } else if (d.size() == 3 && (d[0] <= most_channels || d[2] <= most_channels)) {
    const bool last = d[2] <= most_channels && (d[0] > most_channels || d[2] < d[0]);
    images.channels = last ? d[2] : d[0];
    images.height = last ? d[0] : d[1];
    images.width = last ? d[1] : d[2];
    return last;
  } else {
    refuse(fmt::format(
        "{}: images of {}; expected n x height x width, with 1 to {} channels before or after those, or n x d", file,
        fmt::join(d, " x "), most_channels));
  }
  return false;
}

std::uint8_t byte_of(const Idx& idx, std::size_t element, std::size_t pixels, const std::string& file) {
  const double value = idx.number(element), most = idx.is_float() ? 1 : 255;
  if (!(0 <= value && value <= most))
    refuse(fmt::format("{}: {} in image {} (counted from 0): {} images hold numbers from 0 to {}; scale them", file,
                       value, element / pixels, idx.is_float() ? "float" : "integer", most));
  return std::uint8_t(std::lround(value * 255 / most));
}

}  // namespace

std::string Images::size() const {
  if (channels > 1) return fmt::format("{} x {} x {} pixels", channels, height, width);
  return flat ? fmt::format("{} numbers", width) : fmt::format("{} x {} pixels", height, width);
}

Images images_of(const Idx& idx, const std::string& file) {
  Images images;
  const bool channels_last = set_sizes(idx, file, images);
  const Index plane = images.height * images.width, all = images.channels * plane;
  if (idx.type == IdxType::unsigned_byte && !channels_last) {
    // An IDX image is contiguous and so is a column: the bytes are the matrix.
    images.pixels = Eigen::Map<const Matrix<std::uint8_t>>(idx.bytes.data(), all, Index{idx.dimensions[0]});
    return images;
  }
  images.pixels.resize(all, Index{idx.dimensions[0]});
  for (Index n = 0; n < images.count(); ++n)
    for (Index k = 0; k < all; ++k) {
      const Index place = channels_last ? k % plane * images.channels + k / plane : k;
      images.pixels(k, n) = byte_of(idx, std::size_t(n * all + place), std::size_t(all), file);
    }
  return images;
}

std::vector<std::int64_t> labels_of(const Idx& idx, const std::string& file) {
  const std::size_t count = idx.dimensions[0], columns = idx.dimensions.size() > 1 ? idx.dimensions[1] : 1;
  std::vector<std::int64_t> labels(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double label = idx.number(i * columns);
    if (!(std::abs(label) < 1e9) || label != std::floor(label))
      refuse(fmt::format("{}: label {} of sample {} (counted from 0) is no whole number", file, label, i));
    labels[i] = std::int64_t(label);
  }
  return labels;
}

}  // namespace settle
