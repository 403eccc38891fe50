#include "src/data/idx.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "models/error.h"
#include "tests/src/data/idx_files.h"
#include "tests/src/temporary_folder.h"

namespace settle {
namespace {

const std::string pixels = "abcdefghijkl";
const std::string images = idx_bytes({3, 2, 2}, pixels);

std::string many_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * i >> 3);
  return bytes;
}

// The error of reading `bytes` as images, without the file's name, which must come first.
std::string error(const std::string& bytes, int rank = 3) {
  const TemporaryFolder folder;
  const std::string file = folder.write("images", bytes);
  const std::string message = message_of<InputError>([&] { read_idx(file, rank); });
  EXPECT_EQ(message.substr(0, file.size() + 2), file + ": ");
  EXPECT_EQ(message.find('\n'), std::string::npos);
  return message.substr(std::min(message.size(), file.size() + 2));
}

TEST(Idx, ReadsPlainAndGzip) {
  const TemporaryFolder folder;
  for (const std::string& bytes : {images, gzip(images)}) {
    const Idx idx = read_idx(folder.write("images", bytes), 3);
    EXPECT_EQ(idx.dimensions, (std::vector<std::uint32_t>{3, 2, 2}));
    EXPECT_EQ(std::string(idx.elements.begin(), idx.elements.end()), pixels);
  }
}

TEST(Idx, ReadsMoreThanItsBuffer) {
  const TemporaryFolder folder;
  const std::string many = many_bytes(3'000'001);
  const std::string bytes = idx_bytes({3'000'001}, many);
  for (const std::string& encoded : {bytes, gzip(bytes)}) {
    const Idx idx = read_idx(folder.write("labels", encoded), 1);
    EXPECT_TRUE(std::equal(idx.elements.begin(), idx.elements.end(), many.begin(), many.end(),
                           [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
  }
}

TEST(Idx, MissingFilesAndFolders) {
  const TemporaryFolder folder;
  const auto read = [](const std::string& path) { return message_of<InputError>([&] { read_idx(path, 3); }); };
  EXPECT_EQ(read(folder.path() + "/x"), folder.path() + "/x: cannot be opened; check that it exists and can be read");
  EXPECT_EQ(read(folder.path()), folder.path() + ": is a folder, not an IDX file");
}

TEST(Idx, WrongMagicNumbers) {
  EXPECT_EQ(error(idx_bytes({12}, pixels)), "magic number 0x00000801, expected 0x00000803: this is a file of labels");
  EXPECT_EQ(error(images, 1), "magic number 0x00000803, expected 0x00000801: this is a file of images");
  EXPECT_EQ(error("\x89PNG, a picture"),
            "magic number 0x89504e47, expected 0x00000803: not an IDX file of unsigned bytes");
}

TEST(Idx, ImplausibleDimensions) {
  EXPECT_EQ(error(idx_bytes({0, 2, 2}, "")), "holds no samples");
  EXPECT_EQ(error(idx_bytes({3, 0, 2}, "")), "holds images without pixels");
  const std::string implausible = "implausible dimensions in its header; fetch the file again";
  EXPECT_EQ(error(idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, pixels)), implausible);
  EXPECT_EQ(error(idx_bytes({0x80000000, 2, 1}, pixels)), implausible);
}

TEST(Idx, TooShortOrTooLong) {
  EXPECT_EQ(error(""), "ends within its header; fetch the file again");
  EXPECT_EQ(error(images.substr(0, 10)), "ends within its header; fetch the file again");
  const std::string shorter = "holds 11 bytes after its header, expected 12; fetch the file again";
  EXPECT_EQ(error(images.substr(0, images.size() - 1)), shorter);
  EXPECT_EQ(error(gzip(images.substr(0, images.size() - 1))), shorter);
  const std::string longer = "holds more than the 12 bytes its header promises; fetch the file again";
  EXPECT_EQ(error(images + "x"), longer);
  EXPECT_EQ(error(gzip(images + "x")), longer);
}

// Wherever a download stopped, the message is about the gzip stream.
TEST(Idx, GzipStreamsThatAreCutOff) {
  const std::string whole = gzip(images);
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_EQ(error(whole.substr(0, size)), "its gzip stream is cut off; fetch the file again") << size;
  }
}

TEST(Idx, GzipStreamsThatAreDamaged) {
  const std::string whole = gzip(images);
  std::string checksum = whole;
  checksum[whole.size() - 5] ^= 1;  // the last byte of the CRC, ahead of the four of the length
  EXPECT_EQ(error(checksum), "its gzip stream is damaged; fetch the file again");
  std::string length = whole;
  length[whole.size() - 1] ^= 1;
  EXPECT_EQ(error(length), "its gzip stream is damaged; fetch the file again");
  // In the middle: zlib hands out what came before the damage. A block that begins with 0xff is of no known type.
  std::string middle = gzip(idx_bytes({300'000}, many_bytes(300'000)), Z_NO_COMPRESSION);
  std::fill(middle.begin() + static_cast<std::ptrdiff_t>(middle.size() / 2), middle.end(), '\xff');
  EXPECT_EQ(error(middle, 1), "its gzip stream is damaged; fetch the file again");
}

}  // namespace
}  // namespace settle
