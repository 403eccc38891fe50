#include "settle/models/learning/learner.h"

#include <utility>

#include "settle/models/error.h"

namespace settle {
namespace {

void append_columns(Matrix<float>& all, ConstView<float> more) {
  const Index before = all.cols();
  all.conservativeResize(more.rows(), before + more.cols());
  all.rightCols(more.cols()) = more;
}

}  // namespace

Learner::Learner(const Graph& graph, const std::string& optimizer, const OptimizerRates& rates, ContrastTerms terms) {
  for (const Projection& p : graph.projections) {
    const auto connection = p.forward ? graph.connection(p) : dense(0, 0);
    const Index rows = connection->bit_lines(), cols = connection->word_lines();
    const OptimizerRates own(p.rate * rates.learning_rate, rates.numbers);
    const bool in_the_loop = p.backward && graph.is_hidden(p.source) && graph.is_hidden(p.target);
    std::optional<Contrast> source_term;
    if (terms == ContrastTerms::both && p.forward && in_the_loop) source_term.emplace(connection);
    parts_.push_back({Contrast(connection), std::move(source_term), make_optimizer(optimizer, rows, cols, own),
                      Matrix<float>(rows, cols), ShownBatch{}});
    names_.push_back(graph.name(p));
  }
}

void Learner::add(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads) {
  parts_[k].contrast.add(pre, post, threads);
}

void Learner::add_source_term(std::size_t k, ConstView<float> pre, ConstView<float> post, int threads) {
  parts_[k].source_term->add(pre, post, threads);
}

void Learner::set_rule(OwnRule rule, int threads) {
  for (Part& part : parts_) {
    part.contrast.finish(threads);
    if (part.source_term) part.source_term->finish(threads);
    part.shown = {};
  }
  rule_ = std::move(rule);
}

void Learner::show(std::size_t k, ConstView<float> pre, ConstView<float> post, ConstView<float> difference) {
  ShownBatch& shown = parts_[k].shown;
  append_columns(shown.pre, pre);
  append_columns(shown.post, post);
  append_columns(shown.difference, difference);
}

const Matrix<float>& Learner::direction(std::size_t k, int threads) {
  Part& part = parts_[k];
  if (rule_) {
    const ShownBatch shown = std::exchange(part.shown, {});
    sum_.setZero(part.change.rows(), part.change.cols());
    rule_(k, shown, sum_);
    if (sum_.rows() != part.change.rows() || sum_.cols() != part.change.cols() || !sum_.allFinite())
      throw InputError("the direction that the rule gives for " + names_[k] + " must be " +
                       std::to_string(part.change.rows()) + " x " + std::to_string(part.change.cols()) +
                       " finite numbers (targets x sources)");
    return sum_;
  }
  const Matrix<float>& of_target = part.contrast.finish(threads);
  if (!part.source_term) return of_target;
  sum_ = of_target + part.source_term->finish(threads);
  return sum_;
}

const Matrix<float>& Learner::change(std::size_t k, int threads) {
  Part& part = parts_[k];
  part.optimizer->step(direction(k, threads), part.change, threads);
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
