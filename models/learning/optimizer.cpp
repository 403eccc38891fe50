#include "models/learning/optimizer.h"

#include <stdexcept>

#include "models/learning/adam.h"
#include "models/numeric/parallel.h"

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

// Polyak's heavy ball, as usual in the field: v <- momentum v + g, change = rate v.
class Momentum : public Optimizer {
 public:
  Momentum(Index rows, Index cols, const OptimizerRates& rates)
      : rate_(float(rates.learning_rate)),
        momentum_(float(rates.momentum)),
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

template <class Kind>
OptimizerFamily family(const char* name) {
  return {name, [](Index rows, Index cols, const OptimizerRates& rates) {
            return std::make_unique<Kind>(rows, cols, rates);
          }};
}

}  // namespace

const std::vector<OptimizerFamily>& optimizers() {
  static const std::vector<OptimizerFamily> table = {family<Adam>("adam"), family<Sgd>("sgd"),
                                                     family<Momentum>("momentum")};
  return table;
}

std::unique_ptr<Optimizer> make_optimizer(const std::string& name, Index rows, Index cols,
                                          const OptimizerRates& rates) {
  for (const auto& f : optimizers())
    if (f.name == name) return f.make(rows, cols, rates);
  throw std::logic_error("no optimiser is called " + name);
}

}  // namespace settle
