#include "settle/models/numeric/arithmetic.h"

#include <sstream>
#include <vector>

#include <cblas.h>
#include <dnnl.h>
#include <hwy/base.h>
#include <hwy/targets.h>

namespace settle {
namespace {

std::vector<std::int64_t> targets_of(std::int64_t mask) {  // a newer one has a lower bit
  std::vector<std::int64_t> all;
  for (; mask != 0; mask &= mask - 1) all.push_back(mask & -mask);
  return all;
}

std::string highway_target() {
  const std::vector<std::int64_t> usable = targets_of(hwy::SupportedTargets() & HWY_TARGETS);
  return usable.empty() ? "none" : hwy::TargetName(usable.front());
}

// As ONEDNN_MAX_CPU_ISA has them.
std::string onednn_isa() {
  switch (dnnl_get_effective_cpu_isa()) {
    case dnnl_cpu_isa_sse41:
      return "SSE41";
    case dnnl_cpu_isa_avx:
      return "AVX";
    case dnnl_cpu_isa_avx2:
      return "AVX2";
    case dnnl_cpu_isa_avx2_vnni:
      return "AVX2_VNNI";
    case dnnl_cpu_isa_avx512_core:
      return "AVX512_CORE";
    case dnnl_cpu_isa_avx512_core_vnni:
      return "AVX512_CORE_VNNI";
    case dnnl_cpu_isa_avx512_core_bf16:
      return "AVX512_CORE_BF16";
    case dnnl_cpu_isa_avx512_core_amx:
      return "AVX512_CORE_AMX";
    default:
      return "another";
  }
}

// The second word of "OpenBLAS 0.3.21 NO_LAPACKE ...".
std::string openblas_version() {
  std::istringstream words(openblas_get_config());
  std::string name, version;
  words >> name >> version;
  return version;
}

}  // namespace

Arithmetic arithmetic() {
  const dnnl_version_t& onednn = *dnnl_version();
  const auto dotted = [](int a, int b, int c) {
    return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c);
  };
  return {{"Highway", SETTLE_HIGHWAY_VERSION, highway_target()},
          {"oneDNN", dotted(onednn.major, onednn.minor, onednn.patch), onednn_isa()},
          {"OpenBLAS", openblas_version(), openblas_get_corename()}};
}

bool limit_kernels(const std::string& newest) {
  std::int64_t newer = 0;
  for (const std::int64_t target : targets_of(HWY_TARGETS)) {
    if (newest == hwy::TargetName(target)) {
      hwy::DisableTargets(newer);
      return true;
    }
    newer |= target;
  }
  return false;
}

}  // namespace settle
