// Normal deviates in bulk.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/numeric/normal.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/highway.h>

#include "settle/models/numeric/normal-inl.h"
#include "settle/models/numeric/random.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

void FillNormal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float* out, size_t n) {
  size_t i = 0;
  for (; i + kTile <= n; i += kTile) tile_of_normals(stream, std::uint32_t(i / kTile), sample, step, out + i);
  if (i < n) {
    float rest[kTile];
    tile_of_normals(stream, std::uint32_t(i / kTile), sample, step, rest);
    std::copy(rest, rest + (n - i), out + i);
  }
}

void AddNormal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float sigma, const float* in, float* out,
               size_t n) {
  float xi[kTile];
  for (size_t i = 0; i < n; i += kTile) {
    tile_of_normals(stream, std::uint32_t(i / kTile), sample, step, xi);
    const size_t count = std::min(kTile, n - i);
    for (size_t k = 0; k < count; ++k) out[i + k] = in[i + k] + sigma * xi[k];
  }
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(FillNormal);
HWY_EXPORT(AddNormal);

void fill_normal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float* out, Index n) {
  HWY_DYNAMIC_DISPATCH(FillNormal)(stream, sample, step, out, size_t(n));
}

void add_normal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float sigma, const float* in,
                float* out, Index n) {
  HWY_DYNAMIC_DISPATCH(AddNormal)(stream, sample, step, sigma, in, out, size_t(n));
}

}  // namespace settle
#endif
