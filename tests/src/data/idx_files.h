// IDX files for tests, as bytes, and their compression.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace settle {

inline std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

/// A file of unsigned bytes with these dimensions, whether or not the elements fit them.
inline std::string idx_bytes(const std::vector<std::uint32_t>& dimensions, const std::string& elements) {
  std::string bytes = big_endian(0x0800 | static_cast<std::uint32_t>(dimensions.size()));
  for (const std::uint32_t size : dimensions) bytes += big_endian(size);
  return bytes + elements;
}

/// A file of big-endian int32 or float32 elements.
inline std::string int_idx(const std::vector<std::uint32_t>& dimensions, const std::vector<int>& elements) {
  std::string bytes = big_endian(0x0C00 | static_cast<std::uint32_t>(dimensions.size()));
  for (const std::uint32_t size : dimensions) bytes += big_endian(size);
  for (const int element : elements) bytes += big_endian(static_cast<std::uint32_t>(element));
  return bytes;
}
inline std::string float_idx(const std::vector<std::uint32_t>& dimensions, const std::vector<float>& elements) {
  std::string bytes = big_endian(0x0D00 | static_cast<std::uint32_t>(dimensions.size()));
  for (const std::uint32_t size : dimensions) bytes += big_endian(size);
  for (const float element : elements) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &element, sizeof bits);
    bytes += big_endian(bits);
  }
  return bytes;
}

inline std::string gzip(const std::string& bytes, int level = Z_BEST_COMPRESSION) {
  z_stream stream{};
  const int gzip_format = 15 + 16;
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in = bytes;
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace settle
