// Steps in proportion to the direction.
#include "settle/models/learning/optimizer.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

class Sgd : public Optimizer {
 public:
  Sgd(Index, Index, const OptimizerRates& rates) : rate_(float(rates.learning_rate)) {}

  void step(const Matrix<float>& direction, Matrix<float>& change, int threads) override {
    ++steps_;
    for_pieces(direction.size(), piece, threads, [&](Index first, Index count) {
      change.reshaped().segment(first, count) = rate_ * direction.reshaped().segment(first, count);
    });
  }
  State state() override { return {{}, &steps_}; }

 private:
  float rate_;
  std::int64_t steps_ = 0;
};

}  // namespace

OptimizerFamily sgd_family() { return {"sgd", make_of<Sgd>, 0, 1}; }

}  // namespace settle
