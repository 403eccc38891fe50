// What the host keeps for each trained projection: the batch's contrast and the optimiser.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/learning/contrast.h"
#include "models/learning/optimizer.h"
#include "models/network/graph.h"

namespace settle {

class Learner {
 public:
  /// An optimiser for each trained projection, whose learning rate has its factor (Projection::rate).
  Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates);

  /// Adds samples to the contrast of projection k: pre (sources x n) and post (targets x n), padding left out.
  void add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads);
  /// Ends the batch: what each weight of projection k should change by.
  const Matrix<float>& change(std::size_t k, int threads);

  /// Changes are this share of what the optimiser makes at its learning rate: a schedule over the run.
  void set_rate_share(double share) { rate_share_ = share; }
  double rate_share() const { return rate_share_; }

  Optimizer& optimizer(std::size_t k) { return *parts_[k].optimizer; }

 private:
  struct Part {
    Contrast contrast;
    std::unique_ptr<Optimizer> optimizer;
    Matrix<float> change;
  };
  std::vector<Part> parts_;  // by projection
  double rate_share_ = 1;
};

}  // namespace settle
