// Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1, with the defaults given there.
#pragma once

#include "settle/models/learning/optimizer.h"

namespace settle {

/// The numbers of one step.
struct AdamFactors {
  float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  float rate = 0;        // learning rate / (1 - beta1^t)
  float correction = 0;  // 1 / (1 - beta2^t)
};

class Adam : public Optimizer {
 public:
  Adam(Index rows, Index cols, const OptimizerRates& rates)
      : rate_(rates.learning_rate), mean_(Matrix<float>::Zero(rows, cols)), square_(Matrix<float>::Zero(rows, cols)) {}

  void step(const Matrix<float>& direction, Matrix<float>& change, int threads) override;
  State state() override { return {{{"mean", &mean_}, {"square", &square_}}, &steps_}; }

 private:
  double rate_;
  Matrix<float> mean_, square_;
  std::int64_t steps_ = 0;
};

}  // namespace settle
