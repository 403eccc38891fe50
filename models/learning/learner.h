// What the host keeps for each trained projection: the batch's contrast and the optimiser.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/learning/contrast.h"
#include "models/learning/optimizer.h"
#include "models/learning/protocol.h"
#include "models/network/graph.h"

namespace settle {

class Learner {
 public:
  /// An optimiser for each trained projection, whose learning rate has its factor (Projection::rate).
  Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates,
          ContrastTerms terms = ContrastTerms::post);

  /// Adds samples to the contrast of projection k: pre (sources x n) and post (targets x n), padding left out.
  void add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads);
  /// Whether that has a term of what the nudge changes at the source; if so, adds the same samples to it.
  bool has_source_term(std::size_t k) const { return parts_[k].source_term.has_value(); }
  void add_source_term(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads);
  /// Ends the batch: what each weight of projection k should change by.
  const Matrix<float>& change(std::size_t k, int threads);

  /// Changes are this share of what the optimiser makes at its learning rate: a schedule over the run.
  void set_rate_share(double share) { rate_share_ = share; }
  double rate_share() const { return rate_share_; }

  Optimizer& optimizer(std::size_t k) { return *parts_[k].optimizer; }

 private:
  struct Part {
    Contrast contrast;
    std::optional<Contrast> source_term;  // summed by itself, so that blocks do not change the order of the sum
    std::unique_ptr<Optimizer> optimizer;
    Matrix<float> change;
  };
  std::vector<Part> parts_;  // by projection
  Matrix<float> sum_;        // of both terms
  double rate_share_ = 1;
};

}  // namespace settle
