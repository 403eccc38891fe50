#include "src/data/idx.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include "models/error.h"

namespace settle {
namespace {

constexpr std::uint32_t unsigned_bytes = 0x0800;        // the magic number's third byte; its fourth is the rank
constexpr std::uint64_t most_elements = 4'000'000'000;  // more is a damaged header

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

void check_magic(ByteReader& file, int rank) {
  const std::uint32_t expected = unsigned_bytes | static_cast<std::uint32_t>(rank);
  const std::uint32_t found = read_big_endian(file);
  if (found == expected) return;
  const char* hint = "not an IDX file of unsigned bytes";
  if (found == (unsigned_bytes | 1)) hint = "this is a file of labels";
  if (found == (unsigned_bytes | 3)) hint = "this is a file of images";
  file.fail(fmt::format("magic number {:#010x}, expected {:#010x}: {}", found, expected, hint));
}

/// The dimensions; their product, the number of elements, is at least 1 and at most most_elements.
std::vector<std::uint32_t> read_dimensions(ByteReader& file, int rank) {
  std::vector<std::uint32_t> dimensions;
  std::uint64_t elements = 1;
  for (int i = 0; i < rank; ++i) {
    const std::uint32_t size = read_big_endian(file);
    if (size == 0) file.fail(i == 0 ? "holds no samples" : "holds images without pixels");
    if (size > most_elements / elements) file.fail("implausible dimensions in its header; fetch the file again");
    elements *= size;
    dimensions.push_back(size);
  }
  return dimensions;
}

/// Grows with what the file holds, so that a damaged header cannot ask for gigabytes.
std::vector<std::uint8_t> read_elements(ByteReader& file, std::uint64_t count) {
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

}  // namespace

Idx read_idx(const std::string& path, int rank) {
  ByteReader file(path);
  check_magic(file, rank);
  Idx idx;
  idx.dimensions = read_dimensions(file, rank);
  std::uint64_t count = 1;
  for (const std::uint32_t size : idx.dimensions) count *= size;
  idx.elements = read_elements(file, count);
  // Reading past the last element also makes zlib compare the checksum.
  std::uint8_t extra = 0;
  if (file.read(&extra, 1) != 0) {
    file.fail(fmt::format("holds more than the {} bytes its header promises; fetch the file again", count));
  }
  return idx;
}

}  // namespace settle
