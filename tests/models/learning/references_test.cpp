// Back-propagation and feedback alignment by the host, on the chip.
#include <gtest/gtest.h>

#include "settle/models/learning/back_propagation.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/learning/host.h"
#include "settle/models/network/initial.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::references_test {
namespace {

constexpr Index samples = 9;

ChipDesign feedforward(ChipDesign design, Rule rule) {
  design.graph.symmetric = rule != Rule::fa;
  design.graph = without_feedback(design.graph);
  return design;
}

HostSpec host_with(Rule rule) {
  HostSpec host;
  host.learning.rule = rule;
  host.learning.optimizer = "sgd";
  host.learning.learning_rate = 1;
  return host;
}

float loss_of(Host& host, const Samples& data) {
  Matrix<float> outputs;
  return float(host.infer(data, 0, data.size(), outputs).loss);
}

// A step changes the weights by the rate times the mean of -dL/dW: the loss falls by its square over the rate, to first
// order, whatever the projections' gains.
TEST(References, BackPropagationTrainsAlongTheGradient) {
  HostSpec host_spec = host_with(Rule::bp);
  host_spec.learning.learning_rate = 1e-2;
  ChipDesign design = feedforward(exact_chip({10, 8, 6, 3}), Rule::bp);
  design.graph.projections[1].alpha = 3;
  Chip chip(design);
  Host host(host_spec, chip);
  const Samples data = random_samples(10, 3, samples);
  chip.initialise();
  std::vector<Matrix<float>> before;
  for (std::size_t k = 0; k < 3; ++k) before.push_back(chip.array(k)->model().weights());
  const float loss = loss_of(host, data);
  host.train(data, range(0, samples));
  double square = 0;
  for (std::size_t k = 0; k < 3; ++k) square += double((chip.array(k)->model().weights() - before[k]).squaredNorm());
  // mean loss falls by |change|^2 / rate
  EXPECT_NEAR((loss - loss_of(host, data)) / samples / (square / 1e-2), 1, 0.03);
}

// The host's random matrices are those that random feedback would program.
TEST(References, FeedbackAlignmentUsesTheRandomFeedback) {
  const ChipDesign design = feedforward(exact_chip({10, 8, 6, 3}), Rule::fa);
  Chip chip(design);
  Host host(host_with(Rule::fa), chip);
  const Samples data = random_samples(10, 3, samples);
  chip.initialise();
  const Matrix<float> before = chip.array(1)->model().weights();
  std::vector<Matrix<float>> feedback;
  for (const Projection& p : design.graph.projections)
    feedback.push_back(glorot_uniform(design.graph.population(p.source).size, design.graph.population(p.target).size,
                                      Stream(design.seed, design.graph.stream_name(p), Purpose::feedback_weights)));
  EXPECT_LT((chip.feedback(2)->model().weights() - feedback[2]).cwiseAbs().maxCoeff(), 1e-6f);

  Equilibria own(chip.circuit(), samples, {});
  own.present({}, data.pixels);
  own.settle_free(Use::learning);
  Matrix<float> logits;
  own.read_logits(logits);
  const Matrix<float> error = error_at(logits, data.labels);
  std::vector<Matrix<float>> delta(4);
  delta[1].resize(8, samples);
  delta[2].resize(6, samples);
  back_propagate(chip.circuit(), own.chunk(), all(error), feedback, delta);
  const Matrix<float> expected = delta[2] * own.state().bank(1).state.transpose() / float(samples);

  host.train(data, range(0, samples));
  const Matrix<float> change = chip.array(1)->model().weights() - before;
  EXPECT_LT((change - expected).norm(), 1e-5f * expected.norm());
  for (std::size_t k = 0; k < feedback.size(); ++k) back_propagate(chip.circuit(), own.chunk(), all(error), {}, delta);
  const Matrix<float> of_bp = delta[2] * own.state().bank(1).state.transpose() / float(samples);
  EXPECT_GT((change - of_bp).norm(), 0.1f * of_bp.norm());
}

// No nudge, no clamped phase; and the host's multiplications are in the books.
TEST(References, HaveOnePhaseAndBookTheSweep) {
  Chip chip(feedforward(exact_chip({10, 8, 6, 3}), Rule::bp));
  Host host(host_with(Rule::bp), chip);
  const Samples data = random_samples(10, 3, samples);
  chip.initialise();
  host.measure_settling(data);
  host.train(data, range(0, samples));
  EXPECT_EQ(chip.clamped_count().samples, 0);
  EXPECT_EQ(chip.free_count().steps / chip.free_count().samples, 1);
  EXPECT_EQ(chip.free_count().unsettled, 0);
  double operations = 0;
  for (const Ledger::Row& row : chip.meter().ledger().rows()) {
    EXPECT_NE(row.action, &action::difference_amplifier);
    if (row.action == &action::host_arithmetic || row.action == &action::host_product) operations += row.count;
  }
  const double softmax = 20 * 3, sweep = 8 * 6 + 6 * 3, outer = 10 * 8 + 8 * 6 + 6 * 3;
  EXPECT_EQ(operations, samples * (softmax + sweep + outer));
}

TEST(References, AllLearn) {
  for (const Rule rule : {Rule::bp, Rule::fa}) {
    HostSpec host_spec = host_with(rule);
    host_spec.learning.optimizer = "adam";
    host_spec.learning.learning_rate = 1e-2;
    Chip chip(feedforward(real_chip({10, 8, 6, 3}), rule));
    Host host(host_spec, chip);
    const Samples data = random_samples(10, 3, samples);
    chip.initialise();
    host.measure_settling(data);
    const float before = loss_of(host, data);
    for (int epoch = 0; epoch < 60; ++epoch) host.train(data, range(0, samples));
    EXPECT_LT(loss_of(host, data), 0.7f * before);
  }
}

}  // namespace
}  // namespace settle::test::references_test
