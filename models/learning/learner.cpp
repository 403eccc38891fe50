#include "models/learning/learner.h"

namespace settle {

Learner::Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates) {
  for (const Projection& p : graph.projections) {
    const Index targets = p.forward ? graph.population(p.target).size : 0;
    const Index sources = p.forward ? graph.population(p.source).size : 0;
    const OptimizerRates own(p.rate * rates.learning_rate, rates.momentum);
    parts_.push_back({Contrast(targets, sources), make_optimizer(optimizer, targets, sources, own),
                      Matrix<float>(targets, sources)});
  }
}

void Learner::add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads) {
  parts_[k].contrast.add(pre, post, threads);
}

const Matrix<float>& Learner::change(std::size_t k, int threads) {
  Part& part = parts_[k];
  part.optimizer->step(part.contrast.finish(threads), part.change, threads);
  if (rate_share_ != 1) part.change *= float(rate_share_);
  return part.change;
}

}  // namespace settle
