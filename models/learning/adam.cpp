// Adam's arithmetic, vectorised: three matrices of weights go by in each step, as fast as memory gives them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/learning/adam.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <cmath>

#include <hwy/highway.h>

#include "settle/models/learning/adam.h"
#include "settle/models/numeric/parallel.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void AdamStep(const AdamFactors& f, const float* direction, float* mean, float* square, float* change, Index count) {
  const auto step = [&](auto d, Index i) HWY_ATTR {
    const auto g = hn::LoadU(d, direction + i);
    const auto m = hn::MulAdd(hn::Set(d, f.beta1), hn::LoadU(d, mean + i), hn::Mul(hn::Set(d, 1 - f.beta1), g));
    const auto v =
        hn::MulAdd(hn::Set(d, f.beta2), hn::LoadU(d, square + i), hn::Mul(hn::Set(d, 1 - f.beta2), hn::Mul(g, g)));
    hn::StoreU(m, d, mean + i);
    hn::StoreU(v, d, square + i);
    const auto size = hn::Add(hn::Sqrt(hn::Mul(v, hn::Set(d, f.correction))), hn::Set(d, f.epsilon));
    hn::StoreU(hn::Div(hn::Mul(hn::Set(d, f.rate), m), size), d, change + i);
  };
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> one;
  const Index lanes = Index(hn::Lanes(full));
  Index i = 0;
  for (; i + lanes <= count; i += lanes) step(full, i);
  for (; i < count; ++i) step(one, i);
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(AdamStep);

// Twelve operations: three for the mean, four for the square, a product, a root and a sum for its size, a product and a
// quotient for the change.
OptimizerFamily adam_family() { return {"adam", make_of<Adam>, 2, 12}; }

void Adam::step(const Matrix<float>& direction, Matrix<float>& change, int threads) {
  ++steps_;
  const double t = double(steps_);
  AdamFactors f;
  f.rate = float(rate_ / (1 - std::pow(double(f.beta1), t)));
  f.correction = float(1 / (1 - std::pow(double(f.beta2), t)));
  for_pieces(direction.size(), piece, threads, [&](Index first, Index count) {
    HWY_DYNAMIC_DISPATCH(AdamStep)
    (f, direction.data() + first, mean_.data() + first, square_.data() + first, change.data() + first, count);
  });
}

}  // namespace settle
#endif
