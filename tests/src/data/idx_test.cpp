#include "src/data/idx.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "tests/src/data/idx_files.h"
#include "tests/src/temporary_folder.h"

namespace settle::idx_test {
namespace {

const std::string pixels = "abcdefghijkl";
const std::string images = idx_bytes({3, 2, 2}, pixels);

std::string many_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * i >> 3);
  return bytes;
}

// The error of reading `bytes` as images, without the file's name, which must come first.
constexpr IdxContent as_images = IdxContent::images, as_labels = IdxContent::labels;

std::string error(const std::string& bytes, IdxContent content = as_images) {
  const TemporaryFolder folder;
  const std::string file = folder.write("images", bytes);
  const std::string message = message_of<InputError>([&] { read_idx(file, content); });
  EXPECT_EQ(message.substr(0, file.size() + 2), file + ": ");
  EXPECT_EQ(message.find('\n'), std::string::npos);
  return message.substr(std::min(message.size(), file.size() + 2));
}

TEST(Idx, ReadsPlainAndGzip) {
  const TemporaryFolder folder;
  for (const std::string& bytes : {images, gzip(images)}) {
    const Idx idx = read_idx(folder.write("images", bytes), as_images);
    EXPECT_EQ(idx.dimensions, (std::vector<std::uint32_t>{3, 2, 2}));
    EXPECT_EQ(std::string(idx.bytes.begin(), idx.bytes.end()), pixels);
  }
}

TEST(Idx, ReadsMoreThanItsBuffer) {
  const TemporaryFolder folder;
  const std::string many = many_bytes(3'000'001);
  const std::string bytes = idx_bytes({3'000'001}, many);
  for (const std::string& encoded : {bytes, gzip(bytes)}) {
    const Idx idx = read_idx(folder.write("labels", encoded), as_labels);
    EXPECT_TRUE(std::equal(idx.bytes.begin(), idx.bytes.end(), many.begin(), many.end(),
                           [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
  }
}

TEST(Idx, MissingFilesAndFolders) {
  const TemporaryFolder folder;
  const auto read = [](const std::string& path) { return message_of<InputError>([&] { read_idx(path, as_images); }); };
  EXPECT_EQ(read(folder.path() + "/x"), folder.path() + "/x: cannot be opened; check that it exists and can be read");
  EXPECT_EQ(read(folder.path()), folder.path() + ": is a folder, not an IDX file");
}

TEST(Idx, WrongMagicNumbers) {
  EXPECT_EQ(error(idx_bytes({12}, pixels)), "magic number 0x00000801, expected 0x00000803: this is a file of labels");
  EXPECT_EQ(error(images, as_labels), "magic number 0x00000803, expected 0x00000801: this is a file of images");
  EXPECT_EQ(error("\x89PNG, a picture"), "magic number 0x89504e47, expected 0x00000803: not an IDX file");
}

// Each type's bytes are written out by hand.
TEST(Idx, ReadsEveryType) {
  const TemporaryFolder folder;
  const auto numbers = [&](char type, const std::string& elements, std::uint32_t count) {
    const std::string header = {0, 0, type, 1};
    const Idx idx = read_idx(folder.write("x", header + big_endian(count) + elements), as_labels);
    std::vector<double> values;
    for (std::uint32_t i = 0; i < count; ++i) values.push_back(idx.number(i));
    return values;
  };
  using Values = std::vector<double>;
  EXPECT_EQ(numbers(0x08, "\xff\x01", 2), (Values{255, 1}));
  EXPECT_EQ(numbers(0x09, "\xff\x01", 2), (Values{-1, 1}));
  EXPECT_EQ(numbers(0x0b, "\xff\xfe\x01\x02", 2), (Values{-2, 258}));
  EXPECT_EQ(numbers(0x0c, std::string("\xff\xff\xff\xfd\0\1\0\2", 8), 2), (Values{-3, 65538}));
  EXPECT_EQ(numbers(0x0d, std::string("\x3f\x40\0\0\xc0\0\0\0", 8), 2), (Values{0.75, -2}));
  EXPECT_EQ(numbers(0x0e, std::string("\x3f\xe8\0\0\0\0\0\0", 8), 1), (Values{0.75}));
  const std::string unknown = {0, 0, 0x0a, 1};
  EXPECT_EQ(error(unknown + big_endian(1) + "x", as_labels),
            "magic number 0x00000a01, expected 0x00000801: not an IDX file");
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

// What a header promises is compared with what a file of this size can hold, before there is room for it.
TEST(Idx, HeadersThatPromiseMoreThanTheFileCanHold) {
  const std::string gigabytes = idx_bytes({3'900'000, 32, 32}, std::string(2'000'000, '\0'));
  const std::string bomb = gzip(gigabytes);
  EXPECT_LT(bomb.size(), 4000u);
  const std::string limit = std::to_string(1032 * bomb.size() - 16);
  EXPECT_EQ(error(bomb),
            "holds " + limit + " bytes after its header at most, expected 3993600000; fetch the file again");
  EXPECT_EQ(error(gigabytes), "holds 2000000 bytes after its header, expected 3993600000; fetch the file again");
  // a stream that inflates to more than its header says is not inflated further
  // NOLINTNEXTLINE(bugprone-string-constructor): as large as it says
  EXPECT_EQ(error(gzip(idx_bytes({3, 2, 2}, std::string(50'000'000, '\0')))),
            "holds more than the 12 bytes its header promises; fetch the file again");
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
  EXPECT_EQ(error(middle, as_labels), "its gzip stream is damaged; fetch the file again");
}

}  // namespace
}  // namespace settle::idx_test
