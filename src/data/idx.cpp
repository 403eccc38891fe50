#include "src/data/idx.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include "settle/models/error.h"

namespace settle {
namespace {

constexpr std::uint64_t most_idx_bytes = 4'000'000'000;  // more is a damaged header
constexpr std::uint64_t most_inflation = 1032;  // bytes of each byte of gzip, which deflate has no shorter code for

/// Reads a plain or gzip file and tells a damaged stream from one that just ends.
class ByteReader {
 public:
  explicit ByteReader(std::string path) : path_(std::move(path)) {
    std::error_code unknown;  // reported by gzopen
    if (std::filesystem::is_directory(path_, unknown)) fail("is a folder, not an IDX file");
    file_.reset(gzopen(path_.c_str(), "rb"));
    if (!file_) fail("cannot be opened; check that it exists and can be read");
    gzbuffer(file_.get(), 1 << 17);
  }

  /// Reads as many bytes as there are, `count` at most. Returns their number.
  std::size_t read(std::uint8_t* bytes, std::size_t count) {
    const int got = gzread(file_.get(), bytes, static_cast<unsigned>(count));
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (status == Z_BUF_ERROR) fail("its gzip stream is cut off; fetch the file again");
    if (status == Z_ERRNO) fail("cannot be read; check the disk");
    if (got < 0) fail("its gzip stream is damaged; fetch the file again");
    return static_cast<std::size_t>(got);
  }

  bool is_compressed() const { return gzdirect(file_.get()) == 0; }

  /// The most bytes that can come after the first `before`; no bound where the file has no size (a pipe).
  std::uint64_t most_after(std::uint64_t before) const {
    std::error_code unknown;
    const bool has_size = std::filesystem::is_regular_file(path_, unknown);
    const std::uint64_t size = has_size ? std::filesystem::file_size(path_, unknown) : 0;
    if (!has_size || unknown) return std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t all = is_compressed() ? size * most_inflation : size;
    return all - std::min(all, before);
  }

  [[noreturn]] void fail(const std::string& what) const { throw InputError(path_ + ": " + what); }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
};

std::uint32_t read_big_endian(ByteReader& file) {
  std::array<std::uint8_t, 4> bytes{};
  if (file.read(bytes.data(), bytes.size()) < bytes.size()) file.fail("ends within its header; fetch the file again");
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

/// Bytes of an element; none for a type that there is not.
std::uint32_t size_of(IdxType type) {
  switch (type) {
    case IdxType::unsigned_byte:
    case IdxType::signed_byte:
      return 1;
    case IdxType::int16:
      return 2;
    case IdxType::int32:
    case IdxType::float32:
      return 4;
    case IdxType::float64:
      return 8;
  }
  return 0;
}

struct Magic {
  IdxType type;
  std::uint32_t rank;
};

Magic read_magic(ByteReader& file, IdxContent content) {
  const bool images = content == IdxContent::images;
  const std::uint32_t found = read_big_endian(file), rank = found & 0xff;
  const auto type = IdxType(found >> 8 & 0xff);
  const char* hint = nullptr;
  if (found >> 16 != 0 || size_of(type) == 0 || rank == 0)
    hint = "not an IDX file";
  else if (images && rank == 1)
    hint = "this is a file of labels";
  else if (!images && rank > 2)
    hint = "this is a file of images";
  if (hint != nullptr)
    file.fail(fmt::format("magic number {:#010x}, expected {}: {}", found, images ? "0x00000803" : "0x00000801", hint));
  return {type, rank};
}

/// The dimensions; the elements are at least 1, and at most most_idx_bytes together.
std::vector<std::uint32_t> read_dimensions(ByteReader& file, const Magic& magic) {
  std::vector<std::uint32_t> dimensions;
  std::uint64_t bytes = size_of(magic.type);
  for (std::uint32_t i = 0; i < magic.rank; ++i) {
    const std::uint32_t size = read_big_endian(file);
    if (size == 0) file.fail(i == 0 ? "holds no samples" : "holds images without pixels");
    if (size > most_idx_bytes / bytes) file.fail("implausible dimensions in its header; fetch the file again");
    bytes *= size;
    dimensions.push_back(size);
  }
  return dimensions;
}

/// Grows with what the file holds, and not at all where a file of its size cannot hold what the header promises, so
/// that a damaged header cannot ask for gigabytes.
std::vector<std::uint8_t> read_elements(ByteReader& file, std::uint64_t count, std::uint64_t header) {
  if (const std::uint64_t most = file.most_after(header); count > most)
    file.fail(fmt::format("holds {} bytes after its header{}, expected {}; fetch the file again", most,
                          file.is_compressed() ? " at most" : "", count));
  constexpr std::uint64_t step = 1 << 20;
  std::vector<std::uint8_t> elements;
  while (elements.size() < count) {
    const std::size_t before = elements.size();
    elements.resize(before + std::min(step, count - before));
    const std::size_t got = file.read(elements.data() + before, elements.size() - before);
    if (before + got < elements.size()) {
      file.fail(fmt::format("holds {} bytes after its header, expected {}; fetch the file again", before + got, count));
    }
  }
  return elements;
}

/// The IEEE number of these bits.
template <class Float, class Bits>
Float float_of(Bits bits) {
  static_assert(sizeof(Float) == sizeof(Bits));
  Float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

double Idx::number(std::size_t element) const {
  const std::uint32_t size = size_of(type);
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < size; ++k) bits = bits << 8 | bytes[element * size + k];
  switch (type) {
    case IdxType::unsigned_byte:
      return double(bits);
    case IdxType::signed_byte:
      return double(std::int8_t(bits));
    case IdxType::int16:
      return double(std::int16_t(bits));
    case IdxType::int32:
      return double(std::int32_t(bits));
    case IdxType::float32:
      return double(float_of<float>(std::uint32_t(bits)));
    case IdxType::float64:
      return float_of<double>(bits);
  }
  return 0;
}

Idx read_idx(const std::string& path, IdxContent content) {
  ByteReader file(path);
  const Magic magic = read_magic(file, content);
  Idx idx;
  idx.type = magic.type;
  idx.dimensions = read_dimensions(file, magic);
  std::uint64_t count = size_of(magic.type);
  for (const std::uint32_t size : idx.dimensions) count *= size;
  idx.bytes = read_elements(file, count, 4 * (1 + idx.dimensions.size()));
  // Reading past the last element also makes zlib compare the checksum.
  std::uint8_t extra = 0;
  if (file.read(&extra, 1) != 0) {
    file.fail(fmt::format("holds more than the {} bytes its header promises; fetch the file again", count));
  }
  return idx;
}

}  // namespace settle
