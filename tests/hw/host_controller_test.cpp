// The host: what it learns from a batch is what the models give, and what goes wrong in it comes out.
#include <sstream>

#include <gtest/gtest.h>

#include "models/error.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 7;

// The mean direction of all samples for each projection, from the models alone.
std::vector<Matrix<float>> directions(const hw::Substrate& substrate, const Samples& data, ErrorMode mode,
                                      float sign = 1, ContrastTerms terms = ContrastTerms::post) {
  const Loop<float>& loop = substrate.loop();
  const SettleOptions options{Method::sweeps, 1000, 1e-7};
  OwnStates own(loop, samples);
  const Chunk<float> chunk = own.chunk(samples);
  const Matrix<float> x = data.pixels.cast<float>() / 255.0f;
  Matrix<float> logits(data.classes, samples), shift(data.classes, samples), held, error;
  const auto error_at = [&](Matrix<float> sum, Matrix<float>& into) {
    softmax(all(std::as_const(sum)), all(sum));
    error_of(sum, data.labels, into);
  };
  drive_from_input(loop, chunk, all(x));
  settle_free(loop, chunk, options);
  read_logits(loop, chunk, all(logits));
  error_at(logits, held);
  error = held;
  for (int round = 0; round < (mode == ErrorMode::held ? 1 : 100); ++round) {
    const Matrix<float> nudging = sign * error;
    drive_from_nudge(loop, chunk, all(nudging));
    settle_clamped(loop, chunk, options, 0);
    read_logits_difference(loop, chunk, all(shift));
    error_at(logits + shift, error);
  }
  std::vector<Matrix<float>> all_directions;
  for (const Projection& p : substrate.spec().graph.projections) {
    const Matrix<float>& pre = p.source == 0 ? x : own.states[std::size_t(p.source)].state;
    const Matrix<float>& post = p.target == loop.readout() ? held : own.states[std::size_t(p.target)].difference;
    all_directions.push_back(post * pre.transpose() / float(samples));
    if (terms == ContrastTerms::both && p.source > 0 && p.target < loop.readout())
      all_directions.back() += float(loop.ratio(p.source, p.target)) * own.states[std::size_t(p.target)].state *
                               own.states[std::size_t(p.source)].difference.transpose() / float(samples);
  }
  return all_directions;
}

std::vector<Matrix<float>> weights(hw::Substrate& substrate) {
  std::vector<Matrix<float>> all_weights;
  for (std::size_t k = 0; k < substrate.spec().graph.projections.size(); ++k)
    all_weights.push_back(substrate.array(k).model().weights());
  return all_weights;
}

void expect_trains_along_the_models(ErrorMode mode, Nudging nudging = Nudging::one_sided,
                                    ContrastTerms terms = ContrastTerms::post) {
  hw::SubstrateSpec spec = exact_chip({10, 8, 6, 3});
  spec.settling.tolerance = 1e-6;
  spec.learning.nudge = 0.5;
  hw::HostSpec host;
  host.learning.error = mode;
  host.learning.contrast = terms;
  spec.learning.nudging = nudging;
  host.settling.tolerance = 1e-6;
  host.learning.optimizer = "sgd";
  host.learning.learning_rate = 1;
  run_chip(spec, host, [&](hw::Chip& chip) {
    const Samples data = random_samples(10, 3, samples);
    chip.substrate.initialise();
    auto expected = directions(chip.substrate, data, mode, 1, terms);
    if (nudging == Nudging::symmetric) {
      const auto opposite = directions(chip.substrate, data, mode, -1, terms);
      for (std::size_t k = 0; k + 1 < expected.size(); ++k) expected[k] = 0.5f * (expected[k] - opposite[k]);
    }
    const auto before = weights(chip.substrate);
    chip.host.train(data, range(0, samples));
    const auto after = weights(chip.substrate);
    for (std::size_t k = 0; k < expected.size(); ++k)
      EXPECT_LE((after[k] - before[k] - expected[k]).norm() / expected[k].norm(), 1e-5) << k;
  });
}

TEST(HostController, TrainsAlongTheModelsErrorHeld) {
  in_child([]() { expect_trains_along_the_models(ErrorMode::held); });
}
TEST(HostController, TrainsAlongTheModelsErrorRecomputed) {
  in_child([]() { expect_trains_along_the_models(ErrorMode::recomputed); });
}
TEST(HostController, TrainsAlongTheModelsWithASymmetricNudge) {
  in_child([]() { expect_trains_along_the_models(ErrorMode::held, Nudging::symmetric); });
  in_child([]() { expect_trains_along_the_models(ErrorMode::recomputed, Nudging::symmetric); });
}

TEST(HostController, TrainsAlongTheModelsWithBothTerms) {
  in_child([]() { expect_trains_along_the_models(ErrorMode::held, Nudging::one_sided, ContrastTerms::both); });
  in_child([]() { expect_trains_along_the_models(ErrorMode::recomputed, Nudging::symmetric, ContrastTerms::both); });
}

// What one sample changes the first two projections' weights by.
std::pair<Matrix<float>, Matrix<float>> changes(Update update, double rate_of_second) {
  hw::SubstrateSpec spec = exact_chip({10, 8, 6, 3});
  spec.learning.update = update;
  spec.graph.projections[1].rate = rate_of_second;
  hw::HostSpec host;
  host.learning.optimizer = "sgd";
  host.learning.learning_rate = 0.1;
  std::pair<Matrix<float>, Matrix<float>> result;
  run_chip(spec, host, [&](hw::Chip& chip) {
    const Samples data = random_samples(10, 3, 1);
    chip.substrate.initialise();
    const auto before = weights(chip.substrate);
    chip.host.train(data, range(0, 1));
    const auto after = weights(chip.substrate);
    result = {after[0] - before[0], after[1] - before[1]};
  });
  return result;
}

TEST(HostController, LearnsAtTheRateOfEachProjection) {
  for (const Update update : {Update::ideal, Update::in_situ}) {
    const auto norms = [&](double rate) {
      return from_child([&]() {
        const auto [first, second] = changes(update, rate);
        return std::to_string(first.norm()) + " " + std::to_string(second.norm());
      });
    };
    double first = 0, second = 0, same = 0, quarter = 0;
    std::istringstream(norms(1)) >> first >> second;
    std::istringstream(norms(0.25)) >> same >> quarter;
    EXPECT_GT(second, 1e-3);
    EXPECT_EQ(same, first);
    EXPECT_NEAR(quarter / second, 0.25, 1e-3);
  }
}

// The two differ by more than the tests above allow: neither passes for the other.
TEST(HostController, RecomputedErrorIsAnother) {
  in_child([]() {
    hw::SubstrateSpec spec = exact_chip({10, 8, 6, 3});
    spec.learning.nudge = 0.5;
    run_chip(spec, {}, [](hw::Chip& chip) {
      const Samples data = random_samples(10, 3, samples);
      chip.substrate.initialise();
      const auto held = directions(chip.substrate, data, ErrorMode::held);
      const auto recomputed = directions(chip.substrate, data, ErrorMode::recomputed);
      EXPECT_GT((held[0] - recomputed[0]).norm() / held[0].norm(), 1e-2);
    });
  });
}

template <class Exception>
void expect_comes_out(const char* message) {
  in_child([message]() {
    bool after = false;
    const auto run = [&]() {
      run_chip(exact_chip({4, 3, 2}), {}, [&](hw::Chip&) {
        sc_core::wait(hw::to_sc_time(1e-6));
        throw Exception(message);
      });
      after = true;
    };
    try {
      run();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Exception& e) {
      EXPECT_STREQ(e.what(), message);
    }
    EXPECT_FALSE(after);
    EXPECT_EQ(sc_core::sc_time_stamp(), hw::to_sc_time(1e-6));
  });
}

TEST(HostController, ExceptionsComeOutOfTheChipAsThemselves) {
  expect_comes_out<RunError>("the disk is full");
  expect_comes_out<InputError>("no such file");
  expect_comes_out<std::logic_error>("a bug");
}

}  // namespace
}  // namespace settle::test
