// Optimisers: from the batch's direction to the change that each weight should make.
//
// A new optimiser is one file with a class, a function that returns its record, and a line in the table of
// optimizer.cpp. Numbers of its own are rows of that record, and keys of the section [learning].
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// The optimiser of one matrix of weights. Directions point uphill: the change has their sign.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// change <- how far each weight should move, given this direction. Both have the same shape.
  virtual void step(const Matrix<float>& direction, Matrix<float>& change, int threads) = 0;

  /// The state from which an optimiser can go on later: named matrices, and the number of steps made.
  struct State {
    std::vector<std::pair<std::string, Matrix<float>*>> matrices;
    std::int64_t* steps;
  };
  virtual State state() = 0;

 protected:
  static constexpr Index piece = 16384;  // weights that one thread works on at a time
};

/// A number that an optimiser has besides the learning rate.
struct OptimizerNumber {
  std::string name;
  double standard;  // the default
  double low, high;
  std::string meaning;  // one sentence
};

/// The numbers that an optimiser is made with.
struct OptimizerRates {
  double learning_rate;
  std::map<std::string, double> numbers;  // values of OptimizerNumbers, by name

  OptimizerRates(double learning_rate_, std::map<std::string, double> numbers_ = {})
      : learning_rate(learning_rate_), numbers(std::move(numbers_)) {}

  double of(const OptimizerNumber& number) const {
    const auto found = numbers.find(number.name);
    return found == numbers.end() ? number.standard : found->second;
  }
};

/// An optimiser as a configuration names it.
struct OptimizerFamily {
  std::string name;
  std::unique_ptr<Optimizer> (*make)(Index rows, Index cols, const OptimizerRates& rates);
  int moments;     // numbers that it keeps for each weight
  int operations;  // of one step of one weight
  std::vector<OptimizerNumber> numbers = {};
};

/// A family's function `make`, for optimisers of class Kind.
template <class Kind>
std::unique_ptr<Optimizer> make_of(Index rows, Index cols, const OptimizerRates& rates) {
  return std::make_unique<Kind>(rows, cols, rates);
}

/// All that there are.
const std::vector<OptimizerFamily>& optimizers();

/// The family of that name, and an optimiser of it; InputError, which lists them, when there is none.
const OptimizerFamily& optimizer_family(const std::string& name);
std::unique_ptr<Optimizer> make_optimizer(const std::string& name, Index rows, Index cols, const OptimizerRates& rates);

}  // namespace settle
