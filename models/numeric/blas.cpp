#include "models/numeric/blas.h"

#include <cblas.h>
#include <dlfcn.h>

#include <cstdlib>
#include <stdexcept>

#include "models/error.h"

namespace settle {
namespace {

// OpenBLAS chooses its kernels once, when it is loaded, by the CPU's family. The 0.3.21 of Debian 12 does not know
// families younger than itself and falls back to AVX2 there, at half the speed of its own AVX-512 kernels. We load
// it ourselves so that the choice can be made by what the CPU can do. OPENBLAS_CORETYPE, if set, has the last word.
void name_the_kernels() {
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (avx512) setenv("OPENBLAS_CORETYPE", "SkylakeX", /*overwrite=*/0);
}

struct Blas {
  decltype(&cblas_sgemm) sgemm;
  decltype(&cblas_dgemm) dgemm;

  Blas() {
    name_the_kernels();
    library_ = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) throw RunError("libopenblas.so.0 cannot be loaded: apt install libopenblas0-pthread");
    load(sgemm, "cblas_sgemm");
    load(dgemm, "cblas_dgemm");
    void (*set_threads)(int) = nullptr;
    load(set_threads, "openblas_set_num_threads");
    set_threads(1);
  }

 private:
  template <class Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw RunError(std::string("libopenblas.so.0 has no ") + name);
  }

  void* library_;
};

const Blas& blas() {
  static const Blas loaded;
  return loaded;
}

void call(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, float alpha, const float* a, int lda,
          const float* b, int ldb, float beta, float* c, int ldc) {
  blas().sgemm(CblasColMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
void call(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* c, int ldc) {
  blas().dgemm(CblasColMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

CBLAS_TRANSPOSE cblas(Op op) { return op == Op::none ? CblasNoTrans : CblasTrans; }

}  // namespace

template <class Real>
void gemm(Op op_a, Op op_b, Real alpha, ConstView<Real> a, ConstView<Real> b, Real beta, View<Real> c) {
  const Index m = op_a == Op::none ? a.rows() : a.cols();
  const Index k = op_a == Op::none ? a.cols() : a.rows();
  const Index kb = op_b == Op::none ? b.rows() : b.cols();
  const Index n = op_b == Op::none ? b.cols() : b.rows();
  if (k != kb || m != c.rows() || n != c.cols()) throw std::logic_error("gemm: shapes do not agree");
  call(cblas(op_a), cblas(op_b), int(m), int(n), int(k), alpha, a.data(), int(a.rows()), b.data(), int(b.rows()), beta,
       c.data(), int(c.rows()));
}

template <class Real>
void add_outer_rows(Index first_row, Index rows, Real alpha, ConstView<Real> a, ConstView<Real> b, View<Real> c) {
  if (a.cols() != b.cols() || a.rows() != c.rows() || b.rows() != c.cols() || first_row + rows > c.rows())
    throw std::logic_error("add_outer_rows: shapes do not agree");
  call(CblasNoTrans, CblasTrans, int(rows), int(c.cols()), int(a.cols()), alpha, a.data() + first_row, int(a.rows()),
       b.data(), int(b.rows()), Real(1), c.data() + first_row, int(c.rows()));
}

template void gemm<float>(Op, Op, float, ConstView<float>, ConstView<float>, float, View<float>);
template void gemm<double>(Op, Op, double, ConstView<double>, ConstView<double>, double, View<double>);
template void add_outer_rows<float>(Index, Index, float, ConstView<float>, ConstView<float>, View<float>);
template void add_outer_rows<double>(Index, Index, double, ConstView<double>, ConstView<double>, View<double>);

}  // namespace settle
