// Polyak's heavy ball, as usual in the field: v <- momentum v + g, change = rate v.
#include "settle/models/learning/optimizer.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

OptimizerNumber kept() {
  return {"momentum", 0.9, 0, 0.9999, "Share of its last velocity that optimizer momentum keeps in each step."};
}

class Momentum : public Optimizer {
 public:
  Momentum(Index rows, Index cols, const OptimizerRates& rates)
      : rate_(float(rates.learning_rate)),
        momentum_(float(rates.of(kept()))),
        velocity_(Matrix<float>::Zero(rows, cols)) {}

  void step(const Matrix<float>& direction, Matrix<float>& change, int threads) override {
    ++steps_;
    for_pieces(direction.size(), piece, threads, [&](Index first, Index count) {
      auto v = velocity_.reshaped().segment(first, count);
      v = momentum_ * v + direction.reshaped().segment(first, count);
      change.reshaped().segment(first, count) = rate_ * v;
    });
  }
  State state() override { return {{{"velocity", &velocity_}}, &steps_}; }

 private:
  float rate_, momentum_;
  Matrix<float> velocity_;
  std::int64_t steps_ = 0;
};

}  // namespace

OptimizerFamily momentum_family() { return {"momentum", make_of<Momentum>, 1, 3, {kept()}}; }

}  // namespace settle
