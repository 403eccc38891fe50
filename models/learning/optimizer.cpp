#include "models/learning/optimizer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index piece = 16384;  // weights that one thread works on at a time

// body(first, count) over all weights.
template <class Body>
void over_pieces(Index size, int threads, const Body& body) {
  parallel_for((size + piece - 1) / piece, threads,
               [&](Index k) { body(k * piece, std::min(piece, size - k * piece)); });
}

class Sgd : public Optimizer {
 public:
  Sgd(Index, Index, const OptimizerRates& rates) : rate_(float(rates.learning_rate)) {}

  void step(const Matrix<float>& direction, Matrix<float>& change, int threads) override {
    ++steps_;
    over_pieces(direction.size(), threads, [&](Index first, Index count) {
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
    over_pieces(direction.size(), threads, [&](Index first, Index count) {
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

// Kingma and Ba, ICLR 2015, algorithm 1, with the defaults given there.
class Adam : public Optimizer {
 public:
  Adam(Index rows, Index cols, const OptimizerRates& rates)
      : rate_(rates.learning_rate), mean_(Matrix<float>::Zero(rows, cols)), square_(Matrix<float>::Zero(rows, cols)) {}

  void step(const Matrix<float>& direction, Matrix<float>& change, int threads) override {
    ++steps_;
    const double t = double(steps_);
    const float rate = float(rate_ / (1 - std::pow(double(beta1), t)));
    const float correction = float(1 / (1 - std::pow(double(beta2), t)));
    over_pieces(direction.size(), threads, [&](Index first, Index count) {
      const auto g = direction.reshaped().segment(first, count).array();
      auto m = mean_.reshaped().segment(first, count).array();
      auto v = square_.reshaped().segment(first, count).array();
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g.square();
      change.reshaped().segment(first, count).array() = rate * m / ((v * correction).sqrt() + epsilon);
    });
  }
  State state() override { return {{{"mean", &mean_}, {"square", &square_}}, &steps_}; }

 private:
  static constexpr float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  double rate_;
  Matrix<float> mean_, square_;
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
