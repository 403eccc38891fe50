// Back-propagation and feedback alignment by the host, on the chip.
#include <gtest/gtest.h>

#include "models/learning/back_propagation.h"
#include "models/network/initial.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 9;

hw::SubstrateSpec feedforward(hw::SubstrateSpec spec, Rule rule) {
  spec.graph.symmetric = rule != Rule::fa;
  spec.graph = without_feedback(spec.graph);
  return spec;
}

hw::HostSpec host_with(Rule rule) {
  hw::HostSpec host;
  host.learning.rule = rule;
  host.learning.optimizer = "sgd";
  host.learning.learning_rate = 1;
  return host;
}

float loss_of(hw::Chip& chip, const Samples& data) {
  Matrix<float> outputs;
  return float(chip.host.infer(data, 0, data.size(), outputs).loss);
}

// A step changes the weights by the rate times the mean of -dL/dW: the loss falls by its square over the rate, to first
// order, whatever the projections' gains.
TEST(References, BackPropagationTrainsAlongTheGradient) {
  in_child([]() {
    hw::HostSpec host = host_with(Rule::bp);
    host.learning.learning_rate = 1e-2;
    hw::SubstrateSpec spec = feedforward(exact_chip({10, 8, 6, 3}), Rule::bp);
    spec.graph.projections[1].alpha = 3;
    run_chip(spec, host, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, samples);
      chip.substrate.initialise();
      std::vector<Matrix<float>> before;
      for (std::size_t k = 0; k < 3; ++k) before.push_back(chip.substrate.array(k).model().weights());
      const float loss = loss_of(chip, data);
      chip.host.train(data, range(0, samples));
      double square = 0;
      for (std::size_t k = 0; k < 3; ++k)
        square += double((chip.substrate.array(k).model().weights() - before[k]).squaredNorm());
      // mean loss falls by |change|^2 / rate
      EXPECT_NEAR((loss - loss_of(chip, data)) / samples / (square / 1e-2), 1, 0.03);
    });
  });
}

// The host's random matrices are those that random feedback would program.
TEST(References, FeedbackAlignmentUsesTheRandomFeedback) {
  in_child([]() {
    const hw::SubstrateSpec spec = feedforward(exact_chip({10, 8, 6, 3}), Rule::fa);
    run_chip(spec, host_with(Rule::fa), [&](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, samples);
      chip.substrate.initialise();
      const Matrix<float> before = chip.substrate.array(1).model().weights();
      std::vector<Matrix<float>> feedback;
      for (const Projection& p : spec.graph.projections)
        feedback.push_back(glorot_uniform(spec.graph.population(p.source).size, spec.graph.population(p.target).size,
                                          Stream(spec.seed, spec.graph.name(p), Purpose::feedback_weights)));
      EXPECT_LT((chip.substrate.feedback(2).model().weights() - feedback[2]).cwiseAbs().maxCoeff(), 1e-6f);

      const Loop<float>& loop = chip.substrate.loop();
      OwnStates own(loop, samples);
      const Chunk<float> chunk = own.chunk(samples);
      const Matrix<float> x = data.pixels.cast<float>() / 255.0f;
      drive_from_input(loop, chunk, all(x));
      settle_free(loop, chunk, {});
      Matrix<float> p(3, samples), error;
      read_logits(loop, chunk, all(p));
      softmax(all(std::as_const(p)), all(p));
      error_of(p, data.labels, error);
      std::vector<Matrix<float>> delta(4);
      delta[1].resize(8, samples);
      delta[2].resize(6, samples);
      back_propagate(loop, chunk, all(std::as_const(error)), feedback, delta);
      const Matrix<float> expected = delta[2] * own.states[1].state.transpose() / float(samples);

      chip.host.train(data, range(0, samples));
      const Matrix<float> change = chip.substrate.array(1).model().weights() - before;
      EXPECT_LT((change - expected).norm(), 1e-5f * expected.norm());
      for (std::size_t k = 0; k < feedback.size(); ++k)
        back_propagate(loop, chunk, all(std::as_const(error)), {}, delta);
      const Matrix<float> of_bp = delta[2] * own.states[1].state.transpose() / float(samples);
      EXPECT_GT((change - of_bp).norm(), 0.1f * of_bp.norm());
    });
  });
}

// No nudge, no clamped phase; and the host's multiplications are in the books.
TEST(References, HaveOnePhaseAndBookTheSweep) {
  in_child([]() {
    run_chip(feedforward(exact_chip({10, 8, 6, 3}), Rule::bp), host_with(Rule::bp), [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, samples);
      chip.substrate.initialise();
      chip.host.measure_settling(data);
      chip.host.train(data, range(0, samples));
      EXPECT_EQ(chip.substrate.clamped_count().samples, 0);
      EXPECT_EQ(chip.substrate.free_count().steps / chip.substrate.free_count().samples, 1);
      EXPECT_EQ(chip.substrate.free_count().unsettled, 0);
      double host = 0;
      for (const Ledger::Row& row : chip.meter.ledger().rows()) {
        EXPECT_NE(row.action, Action::difference_amplifier);
        if (row.action == Action::host_arithmetic) host += row.count;
      }
      const double softmax = 20 * 3, sweep = 8 * 6 + 6 * 3, outer = 10 * 8 + 8 * 6 + 6 * 3;
      EXPECT_EQ(host, samples * (softmax + sweep + outer));
    });
  });
}

TEST(References, AllLearn) {
  for (const Rule rule : {Rule::bp, Rule::fa}) {
    in_child([rule]() {
      hw::HostSpec host = host_with(rule);
      host.learning.optimizer = "adam";
      host.learning.learning_rate = 1e-2;
      run_chip(feedforward(real_chip({10, 8, 6, 3}), rule), host, [](hw::Chip& chip) {
        const Samples data = random_samples(10, 3, samples);
        chip.substrate.initialise();
        chip.host.measure_settling(data);
        const float before = loss_of(chip, data);
        for (int epoch = 0; epoch < 60; ++epoch) chip.host.train(data, range(0, samples));
        EXPECT_LT(loss_of(chip, data), 0.7f * before);
      });
    });
  }
}

}  // namespace
}  // namespace settle::test
