// IDX files for tests, as bytes, and their compression.
#pragma once

#include <cstdint>
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
