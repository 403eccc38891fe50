#include "settle/models/network/connection.h"

#include "settle/models/numeric/blas.h"

namespace settle {
namespace {

class Dense : public Connection {
 public:
  Dense(Index sources, Index targets) : sources_(sources), targets_(targets) {}

  Index sources() const override { return sources_; }
  Index targets() const override { return targets_; }
  Index word_lines() const override { return sources_; }
  Index bit_lines() const override { return targets_; }
  Index reads() const override { return 1; }

  void add_product(Side driven, float factor, ConstView<float> cells, ConstView<float> x, float keep,
                   View<float> y) const override {
    product(driven, factor, cells, x, keep, y);
  }
  void add_product(Side driven, double factor, ConstView<double> cells, ConstView<double> x, double keep,
                   View<double> y) const override {
    product(driven, factor, cells, x, keep, y);
  }
  void add_squared_product(Side driven, float factor, ConstView<float> cells, ConstView<float> x,
                           View<float> y) const override {
    squared(driven, factor, cells, x, y);
  }
  void add_squared_product(Side driven, double factor, ConstView<double> cells, ConstView<double> x,
                           View<double> y) const override {
    squared(driven, factor, cells, x, y);
  }
  void add_outer(Index first, Index count, float factor, ConstView<float> post, ConstView<float> pre, float keep,
                 View<float> cells) const override {
    outer_columns<float>(first, count, factor, post, pre, keep, cells);
  }
  void add_outer(Index first, Index count, double factor, ConstView<double> post, ConstView<double> pre, double keep,
                 View<double> cells) const override {
    outer_columns<double>(first, count, factor, post, pre, keep, cells);
  }
  std::shared_ptr<const Connection> reversed() const override { return dense(targets_, sources_); }
  ConstView<float> lines(Side, ConstView<float> x, Matrix<float>&) const override { return x; }

 private:
  template <class Real>
  static void product(Side driven, Real factor, ConstView<Real> cells, ConstView<Real> x, Real keep, View<Real> y) {
    gemm<Real>(driven == Side::word_lines ? Op::none : Op::transpose, Op::none, factor, cells, x, keep, y);
  }
  template <class Real>
  static void squared(Side driven, Real factor, ConstView<Real> cells, ConstView<Real> x, View<Real> y) {
    if (driven == Side::word_lines) {
      y += factor * (cells.cwiseAbs2() * x);
    } else {
      y += factor * (cells.cwiseAbs2().transpose() * x);
    }
  }

  Index sources_, targets_;
};

}  // namespace

std::shared_ptr<const Connection> dense(Index sources, Index targets) {
  return std::make_shared<const Dense>(sources, targets);
}

}  // namespace settle
