// A network without hidden neurons: nothing settles, nothing is nudged, and equilibrium propagation is the delta rule.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/chip/design_rules.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/learning/gradient.h"
#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::perceptron_test {
namespace {

constexpr Index inputs = 10, classes = 3, samples = 7;

// dW = mean over samples of error x^T (Widrow and Hoff, IRE WESCON 1960), from the weights alone.
Matrix<float> delta_rule(Chip& chip, const Samples& data, Index count) {
  const Matrix<float> x = data.pixels.leftCols(count).cast<float>() / 255;
  const Matrix<float> logits = chip.array(0)->model().weights() * x;
  return error_at(logits, data.labels.head(count)) * x.transpose() / float(count);
}

TEST(Perceptron, ContrastAndGradientAreTheDeltaRule) {
  Chip chip(exact_chip({inputs, classes}));
  chip.initialise();
  const Samples data = random_samples(inputs, classes, samples);
  Equilibria own(chip.circuit(), samples);
  Matrix<float> logits;
  own.present({}, data.pixels);
  own.settle_free(Use::learning);
  own.read_logits(logits);
  EXPECT_TRUE(own.settled());
  const Matrix<float> error = error_at(logits, data.labels);
  Settled solved;
  const auto ep = contrast_of(chip.circuit(), own.chunk(), own.input(), error, ContrastTerms::post);
  const auto truth = descent(chip.circuit(), own.chunk(), own.input(), error, {Method::sweeps, 10, 1e-6}, solved);
  EXPECT_TRUE(solved.converged);
  const Matrix<float> expected = float(samples) * delta_rule(chip, data, samples);
  const float scale = chip.circuit().reads().front().weights.scale;  // the gradient is by the cells' elements
  EXPECT_LE((ep[0] - expected).norm(), 1e-5f * expected.norm());
  EXPECT_LE((truth[0] - scale * expected).norm(), 1e-5f * scale * expected.norm());
}

// By every rule, for a batch on the host and for a sample in place.
TEST(Perceptron, LearnsByTheDeltaRule) {
  for (const Rule rule : {Rule::ep, Rule::bp, Rule::fa}) {
    for (const Update update : {Update::ideal, Update::in_situ}) {
      ChipDesign design = exact_chip({inputs, classes});
      design.learning.update = update;
      if (rule != Rule::ep) design.graph = without_feedback(design.graph);
      HostSpec spec;
      spec.learning.rule = rule;
      spec.learning.update = update;
      spec.learning.optimizer = "sgd";
      spec.learning.learning_rate = 0.5;
      Chip chip(design);
      Host host(spec, chip);
      const Samples data = random_samples(inputs, classes, samples);
      const Index count = update == Update::in_situ ? 1 : samples;
      chip.initialise();
      host.measure_settling(data);
      const Matrix<float> before = chip.array(0)->model().weights(), expected = 0.5f * delta_rule(chip, data, count);
      host.train(data, range(0, count));
      const Matrix<float> change = chip.array(0)->model().weights() - before;
      EXPECT_LE((change - expected).norm(), 1e-4f * expected.norm()) << int(rule) << " " << int(update);
    }
  }
}

// With everything that is not ideal: energy and time of conversions alone, in each analysis.
TEST(Perceptron, NothingSettlesOnARealChip) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
    ChipDesign design = buildable(with_read_out_errors(real_chip({inputs, classes})));
    design.crossbar.turns = Turns::at_once;
    design.crossbar.device.read_noise = 0.01;
    design.settling.analysis = analysis;
    Chip chip(design);
    HostSpec spec;
    spec.settling.analysis = analysis;
    Host host(spec, chip);
    const Samples data = random_samples(inputs, classes, samples);
    chip.initialise();
    host.measure_settling(data);
    chip.meter().enter(Section::training);
    Matrix<float> logits;
    const Score trained = host.train(data, range(0, samples)), tested = host.infer(data, 0, samples, logits);
    EXPECT_TRUE(std::isfinite(trained.loss) && logits.allFinite());
    EXPECT_EQ(tested.samples, samples);
    const Ledger& ledger = chip.meter().ledger();
    for (const Phase phase : {Phase::free, Phase::nudge, Phase::clamped, Phase::calibration})
      EXPECT_TRUE(ledger.time(Section::training, phase) == Time()) << int(phase);
    EXPECT_GT(ledger.time(Section::training, Phase::readout).to_seconds(), 0);
    EXPECT_EQ(chip.settling_times().free_s, 0);
    EXPECT_EQ(chip.settling_times().unsettled, 0);
    EXPECT_EQ(chip.free_count().samples, 2 * samples);
    EXPECT_EQ(chip.free_count().unsettled, 0);
    EXPECT_EQ(chip.clamped_count().samples, 0);
    const double supplied = ledger.total().supplied, dissipated = ledger.total().dissipated;
    EXPECT_GT(supplied, 0);
    EXPECT_TRUE(std::isfinite(dissipated));
    for (const DesignRule& rule : design_rules(chip, 1e-3)) EXPECT_TRUE(std::isfinite(rule.value)) << rule.name;
  }
}

// A perceptron has no DACs for a nudge, no neurons and no holds.
TEST(Perceptron, HasTheAreaOfWhatItHas) {
  Chip chip(exact_chip({inputs, classes}));
  for (const AreaRow& row : chip.area()) {
    const std::string part = row.component;
    if (part == "DACs") {
      EXPECT_EQ(row.count, inputs);
    }
    if (part == "neurons" || part == "hold and difference amplifiers") {
      EXPECT_EQ(row.count, 0);
    }
  }
}

}  // namespace
}  // namespace settle::test::perceptron_test
