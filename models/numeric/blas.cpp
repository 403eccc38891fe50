#include "settle/models/numeric/blas.h"

#include <stdexcept>

#include <cblas.h>
#include <dnnl.h>
#include <omp.h>

namespace settle {
namespace {

// Threads run over chunks, above; the libraries' own would make a result's last bit depend on their number.
void use_one_thread() {
  static const bool of_openblas = (openblas_set_num_threads(1), true);
  thread_local const bool of_openmp = (omp_set_num_threads(1), true);  // for oneDNN, in each thread that calls it
  (void)of_openblas, (void)of_openmp;
}

char letter(CBLAS_TRANSPOSE t) { return t == CblasNoTrans ? 'N' : 'T'; }

// Products in float are what training consists of. oneDNN has kernels for AVX-512 on every CPU that has it, which are
// twice as fast as OpenBLAS's for AVX2. Its matrices lie in rows: it sees all of them transposed.
void call(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, float alpha, const float* a, int lda,
          const float* b, int ldb, float beta, float* c, int ldc) {
  // NOLINTNEXTLINE(readability-suspicious-call-argument): so the second one comes first
  if (dnnl_sgemm(letter(tb), letter(ta), n, m, k, alpha, b, ldb, a, lda, beta, c, ldc) != dnnl_success)
    throw std::logic_error("gemm: oneDNN refuses the product");
}
void call(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasColMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void call(CBLAS_TRANSPOSE ta, int rows, int cols, float alpha, const float* a, const float* x, float beta, float* y) {
  cblas_sgemv(CblasColMajor, ta, rows, cols, alpha, a, rows, x, 1, beta, y, 1);
}
void call(CBLAS_TRANSPOSE ta, int rows, int cols, double alpha, const double* a, const double* x, double beta,
          double* y) {
  cblas_dgemv(CblasColMajor, ta, rows, cols, alpha, a, rows, x, 1, beta, y, 1);
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
  if (c.size() == 0) return;
  if (k == 0) {  // a sum of nothing
    c *= beta;
    return;
  }
  use_one_thread();
  if (n == 1) {  // of one column gemm would first copy all of a
    if (beta == 0) c.setZero();
    call(cblas(op_a), int(a.rows()), int(a.cols()), alpha, a.data(), b.data(), beta, c.data());
    return;
  }
  call(cblas(op_a), cblas(op_b), int(m), int(n), int(k), alpha, a.data(), int(a.rows()), b.data(), int(b.rows()), beta,
       c.data(), int(c.rows()));
}

template <class Real>
void outer_columns(Index first, Index count, Real alpha, ConstView<Real> a, ConstView<Real> b, Real beta,
                   View<Real> c) {
  if (a.cols() != b.cols() || a.rows() != c.rows() || b.rows() != c.cols() || first + count > c.cols())
    throw std::logic_error("outer_columns: shapes do not agree");
  if (a.rows() == 0 || count == 0 || a.cols() == 0) {
    if (a.cols() == 0) c.middleCols(first, count) *= beta;
    return;
  }
  use_one_thread();
  call(CblasNoTrans, CblasTrans, int(a.rows()), int(count), int(a.cols()), alpha, a.data(), int(a.rows()),
       b.data() + first, int(b.rows()), beta, c.data() + first * c.rows(), int(c.rows()));
}

template void gemm<float>(Op, Op, float, ConstView<float>, ConstView<float>, float, View<float>);
template void gemm<double>(Op, Op, double, ConstView<double>, ConstView<double>, double, View<double>);
template void outer_columns<float>(Index, Index, float, ConstView<float>, ConstView<float>, float, View<float>);
template void outer_columns<double>(Index, Index, double, ConstView<double>, ConstView<double>, double, View<double>);

}  // namespace settle
