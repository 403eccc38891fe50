// The host's learning: for each trained projection, the contrast of the batch and an optimiser.
#pragma once

#include <functional>
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

/// What a batch shows of one projection, a column for each sample: the free states of its source and of its target (of
/// the read-out: SoftMax's outputs), and what the nudge changes at its target (of the read-out: the error).
struct ShownBatch {
  Matrix<float> pre;               // sources x samples
  Matrix<float> post, difference;  // targets x samples
};

/// A learning rule of one's own, in place of the contrast: direction (targets x sources, zero at first) <- where the
/// weights of projection k should go, which the optimiser makes a change of. Called once a batch for each trained
/// projection, in their order.
using OwnRule = std::function<void(std::size_t k, const ShownBatch& batch, Matrix<float>& direction)>;

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
  /// Has the weights learn by a rule of one's own from the next batch on; null: by the contrast. What has been added of
  /// a batch is dropped.
  void set_rule(OwnRule rule, int threads);
  bool has_own_rule() const { return bool(rule_); }
  /// Shows samples to that rule, padding left out: columns of what ShownBatch has.
  void show(std::size_t k, ConstView<float> pre, ConstView<float> post, ConstView<float> difference);
  /// Ends the batch. InputError where a rule of one's own gives a direction of another shape or one that is not finite.
  /// Returns how far each weight of projection k should move.
  const Matrix<float>& change(std::size_t k, int threads);
  /// Ends the batch, and returns the direction alone, which an optimiser would be given: as large as the weights.
  const Matrix<float>& direction(std::size_t k, int threads);

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
    ShownBatch shown;
  };
  std::vector<Part> parts_;         // by projection
  std::vector<std::string> names_;  // of projections
  OwnRule rule_;
  Matrix<float> sum_;  // scratch: the sum of both terms, or an own rule's direction
  double rate_share_ = 1;
};

}  // namespace settle
