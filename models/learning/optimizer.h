// Optimisers: from the batch's direction to the change that each weight should make.
//
// A new optimiser is one class and one line in the table of optimizer.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/numeric/matrix.h"

namespace settle {

/// The optimiser of one matrix of weights. Directions point uphill: the change has their sign.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// change <- what the weights should move by, for this direction. Same shapes.
  virtual void step(const Matrix<float>& direction, Matrix<float>& change, int threads) = 0;

  /// What must be kept to go on later: named matrices, and the number of steps made.
  struct State {
    std::vector<std::pair<std::string, Matrix<float>*>> matrices;
    std::int64_t* steps;
  };
  virtual State state() = 0;

 protected:
  static constexpr Index piece = 16384;  // weights that one thread works on at a time
};

/// The numbers that optimisers have.
struct OptimizerRates {
  double learning_rate;
  double momentum;

  OptimizerRates(double learning_rate_, double momentum_ = 0.9) : learning_rate(learning_rate_), momentum(momentum_) {}
};

struct OptimizerFamily {
  std::string name;
  std::function<std::unique_ptr<Optimizer>(Index rows, Index cols, const OptimizerRates& rates)> make;
};

const std::vector<OptimizerFamily>& optimizers();

/// std::logic_error when there is none of this name.
std::unique_ptr<Optimizer> make_optimizer(const std::string& name, Index rows, Index cols, const OptimizerRates& rates);

}  // namespace settle
