#include "settle/models/learning/learner.h"

namespace settle {

Learner::Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates, ContrastTerms terms) {
  for (const Projection& p : graph.projections) {
    const auto connection = p.forward ? graph.connection(p) : dense(0, 0);
    const Index rows = connection->bit_lines(), cols = connection->word_lines();
    const OptimizerRates own(p.rate * rates.learning_rate, rates.numbers);
    const bool in_the_loop = p.backward && graph.is_hidden(p.source) && graph.is_hidden(p.target);
    std::optional<Contrast> source_term;
    if (terms == ContrastTerms::both && p.forward && in_the_loop) source_term.emplace(connection);
    parts_.push_back({Contrast(connection), std::move(source_term), make_optimizer(optimizer, rows, cols, own),
                      Matrix<float>(rows, cols)});
  }
}

void Learner::add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads) {
  parts_[k].contrast.add(pre, post, threads);
}

void Learner::add_source_term(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads) {
  parts_[k].source_term->add(pre, post, threads);
}

const Matrix<float>& Learner::change(std::size_t k, int threads) {
  Part& part = parts_[k];
  const Matrix<float>* direction = &part.contrast.finish(threads);
  if (part.source_term) {
    sum_ = *direction + part.source_term->finish(threads);
    direction = &sum_;
  }
  part.optimizer->step(*direction, part.change, threads);
  if (rate_share_ != 1) part.change *= float(rate_share_);
  return part.change;
}

void Learner::visit_state(std::size_t k, Archive& archive) {
  const Optimizer::State state = parts_[k].optimizer->state();
  archive.group("optimizer", [&] {
    for (const auto& [name, matrix] : state.matrices)
      archive.matrix(name, *matrix, "1", "what the optimiser keeps for each weight");
  });
  archive.number("optimizer_steps", *state.steps);
}

}  // namespace settle
