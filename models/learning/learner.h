// The host's learning: for each trained projection, the contrast of the batch and an optimiser.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/learning/contrast.h"
#include "settle/models/learning/optimizer.h"
#include "settle/models/learning/protocol.h"
#include "settle/models/network/graph.h"

namespace settle {

class Learner {
 public:
  /// Makes an optimiser for each trained projection; its learning rate has the factor Projection::rate.
  Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates,
          ContrastTerms terms = ContrastTerms::post);

  /// Adds samples to the contrast of projection k: pre (sources x n) and post (targets x n), padding left out.
  void add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads);
  /// Whether projection k also learns from what the nudge changes at its source (ContrastTerms::both). Then the same
  /// samples are added to that term too: pre is the source's difference, post the target's free state.
  bool has_source_term(std::size_t k) const { return parts_[k].source_term.has_value(); }
  void add_source_term(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads);
  /// Ends the batch. Returns how far each weight of projection k should move.
  const Matrix<float>& change(std::size_t k, int threads);

  /// Sets the share of the learning rate that is in use: a schedule over the run.
  void set_rate_share(double share) { rate_share_ = share; }
  double rate_share() const { return rate_share_; }

  /// The state of projection k's optimiser.
  void visit_state(std::size_t k, Archive& archive);
  Optimizer& optimizer(std::size_t k) { return *parts_[k].optimizer; }

 private:
  struct Part {
    Contrast contrast;
    std::optional<Contrast> source_term;  // a sum of its own, so that blocks do not change the order of summation
    std::unique_ptr<Optimizer> optimizer;
    Matrix<float> change;
  };
  std::vector<Part> parts_;  // by projection
  Matrix<float> sum_;        // scratch: the sum of both terms
  double rate_share_ = 1;
};

}  // namespace settle
