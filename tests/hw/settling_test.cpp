// The analyses of one substrate agree: its transient ends where the models' operating point is.
#include <gtest/gtest.h>

#include "models/learning/softmax.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 5;
const SettleOptions exactly_settled{Method::sweeps, 1000, 1e-7};

double distance(const Matrix<float>& a, const Matrix<float>& b) { return double((a - b).cwiseAbs().maxCoeff()); }

// Both phases, on the chip and beside it. `near`: the largest distance allowed, of full scale and of the largest
// difference; `far`: the least that a looser tolerance must leave, so that the tolerance is what the distance is due
// to.
void expect_transient_ends_at_operating_point(double tolerance, double far, double near) {
  hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
  spec.analysis = Analysis::transient;
  spec.tolerance = tolerance;
  run_chip(spec, {}, [&](hw::Chip& chip) {
    hw::Substrate& s = chip.substrate;
    s.initialise();
    const Samples data = random_samples(6, 3, samples);
    sc_core::sc_time delay;
    Matrix<float> logits, error;
    s.present({samples, samples, 0, 1}, data.pixels, delay);
    s.settle_free(true, delay);
    s.read_logits(logits, delay);
    softmax(all(std::as_const(logits)), all(logits));
    error_of(logits, data.labels, error);
    OwnStates own(s.loop(), samples);
    const Chunk<float> chunk = own.chunk(samples);
    Matrix<float> x = data.pixels.cast<float>() / 255.0f;
    drive_from_input(s.loop(), chunk, all(std::as_const(x)));
    settle_free(s.loop(), chunk, exactly_settled);
    double off = 0;
    for (Index p = 1; p < s.loop().readout(); ++p)
      off = std::max(off, distance(s.bank(p).state().state, own.states[std::size_t(p)].state));
    EXPECT_LE(off, near) << "free";
    EXPECT_GE(off, far) << "free";

    // from the very state that the chip's free phase ended in: the difference is relative to it
    for (Index p = 1; p < s.loop().readout(); ++p) own.states[std::size_t(p)] = s.bank(p).state();
    s.nudge(error, delay);
    drive_from_nudge(s.loop(), chunk, all(std::as_const(error)));
    s.settle_clamped(delay);
    settle_clamped(s.loop(), chunk, exactly_settled, 0);
    off = 0;
    for (Index p = 1; p < s.loop().readout(); ++p) {
      const Matrix<float>& goal = own.states[std::size_t(p)].difference;
      off = std::max(off, distance(s.bank(p).state().difference, goal) / double(goal.cwiseAbs().maxCoeff()));
    }
    EXPECT_LE(off, near) << "clamped";
    EXPECT_GE(off, far) << "clamped";
    EXPECT_EQ(s.free_count().unsettled + s.clamped_count().unsettled, 0);
  });
}

TEST(Transient, EndsAtTheOperatingPoint) {
  in_child([]() { expect_transient_ends_at_operating_point(3e-6, 0, 1e-5); });
}

TEST(Transient, EndsAsFarFromItAsTheToleranceAllows) {
  in_child([]() { expect_transient_ends_at_operating_point(1e-3, 1e-4, 3e-3); });
}

// With an endless step a transient is the synchronous map.
TEST(Transient, OfEndlessStepsIsTheMap) {
  const auto states = [](Analysis analysis) {
    return from_child([analysis]() {
      hw::SubstrateSpec spec = exact_chip({6, 9, 7, 3});
      spec.analysis = analysis;
      spec.time_step_s = 30 * spec.neuron.tau_s;
      spec.tolerance = 1e-6;
      spec.free_steps = 60;
      std::string bytes;
      run_chip(spec, {}, [&](hw::Chip& chip) {
        chip.substrate.initialise();
        sc_core::sc_time delay;
        chip.substrate.present({samples, samples, 0, 1}, random_samples(6, 3, samples).pixels, delay);
        chip.substrate.settle_free(true, delay);
        const Matrix<float>& state = chip.substrate.bank(1).state().state;
        bytes.assign(reinterpret_cast<const char*>(state.data()), std::size_t(state.size()) * sizeof(float));
      });
      return bytes;
    });
  };
  const std::string transient = states(Analysis::transient), map = states(Analysis::map);
  ASSERT_EQ(transient.size(), map.size());
  ASSERT_GT(map.size(), 0u);
  const auto* a = reinterpret_cast<const float*>(transient.data());
  const auto* b = reinterpret_cast<const float*>(map.data());
  for (std::size_t i = 0; i < map.size() / sizeof(float); ++i) EXPECT_NEAR(a[i], b[i], 2e-6);
}

}  // namespace
}  // namespace settle::test
