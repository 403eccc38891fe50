#include "settle/models/numeric/random.h"

#include <Random123/philox.h>

namespace settle {
namespace {

// FNV-1a over the name, finished by Philox itself with the seed and the purpose: names that differ in one letter, or
// seeds in one bit, give unrelated keys.
std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3ull;
  return hash;
}

r123::Philox4x32::ctr_type philox(std::uint32_t c0, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3,
                                  std::uint32_t k0, std::uint32_t k1) {
  return r123::Philox4x32{}({{c0, c1, c2, c3}}, {{k0, k1}});
}

}  // namespace

Stream::Stream(std::uint64_t seed, std::string_view instance, Purpose purpose) {
  const std::uint64_t name = fnv1a(instance);
  const auto mixed = philox(std::uint32_t(name), std::uint32_t(name >> 32), std::uint32_t(purpose), 0x5e771eu,
                            std::uint32_t(seed), std::uint32_t(seed >> 32));
  key[0] = mixed[0];
  key[1] = mixed[1];
}

Words random_words(const Stream& stream, std::uint32_t element, std::uint64_t sample, std::uint32_t step) {
  const auto c =
      philox(element, std::uint32_t(sample), std::uint32_t(sample >> 32), step, stream.key[0], stream.key[1]);
  return {{c[0], c[1], c[2], c[3]}};
}

}  // namespace settle
