// How long circuits take to settle, against those whose times are known.
#include "settle/models/settling/settling_time.h"

#include <cmath>
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "settle/models/network/topology.h"
#include "settle/models/numeric/random.h"
#include "settle/models/settling/phase.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test::settling_time_test {
namespace {

constexpr double tau = 10e-9;
constexpr double step = tau / 20;  // of the integration: times are whole numbers of it

// A chain of populations, its external drives and nudges given directly; solved to the last bit.
struct Chain : MatrixCircuit<double> {
  // `layers` populations of `size` neurons with couplings of this weight from a neuron to its like.
  Chain(Index layers, Index size, Index count, double weight, double beta, double nudge)
      : MatrixCircuit<double>(graph_of(layers, size, beta), weights(layers, size, weight),
                              std::vector<Matrix<double>>(std::size_t(layers) + 1), count, {nudge}) {}

  BankState<double>& first() { return state(1); }
  BankState<double>& last() { return state(circuit.readout() - 1); }

  void solve() {
    const SettleOptions exact{Method::sweeps, 5000, 1e-14};
    settle_free(circuit, chunk(), exact);
    settle_clamped(circuit, chunk(), exact, 0.0);
  }
  SettlingTimes times(double accuracy) { return settling_times(circuit, chunk(), accuracy); }

 private:
  static Graph graph_of(Index layers, Index size, double beta) {
    GraphSpec spec{1, std::vector<Index>(std::size_t(layers), size), 1};
    spec.beta = beta;
    return layered(spec);
  }
  // The input and the read-out are there, and drive nothing by themselves.
  static std::vector<Matrix<double>> weights(Index layers, Index size, double weight) {
    std::vector<Matrix<double>> all_weights(std::size_t(layers) + 1, weight * Matrix<double>::Identity(size, size));
    all_weights.front() = Matrix<double>::Zero(size, 1);
    all_weights.back() = Matrix<double>::Zero(1, size);
    return all_weights;
  }
};

void drive(Chain& chain, double input, double nudge) {
  const Index size = chain.first().external.rows();
  for (Index c = 0; c < chain.samples(); ++c) {
    chain.first().external.col(c) = Vector<double>::LinSpaced(size, -0.5, 1.0) * input;
    chain.last().difference_external.col(c) = Vector<double>::LinSpaced(size, -1.0, 0.3) * nudge;
  }
  chain.solve();
}

// The first time at which a falling distance is at most `goal`.
double arrival(const std::function<double(double)>& distance, double goal) {
  double before = 0, after = 1000 * tau;
  for (int i = 0; i < 100; ++i) {
    const double middle = (before + after) / 2;
    (distance(middle) <= goal ? after : before) = middle;
  }
  return after;
}

double rms(const Matrix<double>& m) { return m.norm() / std::sqrt(double(m.size())); }

// One population without feedback is a membrane that approaches its drive exponentially.
TEST(SettlingTime, OfOneLayerIsThatOfItsMembrane) {
  for (const double accuracy : {0x1p-5, 0x1p-9, 0x1p-13}) {
    Chain chain(1, 11, 1, 0, 0, 0.01);
    drive(chain, 3.0, 1.0);
    const Matrix<double> h = chain.first().drive, s = chain.first().state;
    const double difference = 0.01 * rms(chain.first().difference);
    const auto left = [&](double t) { return rms(((1 - std::exp(-t / tau)) * h).array().tanh().matrix() - s); };
    const SettlingTimes times = chain.times(accuracy);
    EXPECT_NEAR(times.read_s, arrival(left, accuracy), 1.01 * step);
    EXPECT_NEAR(times.free_s, arrival(left, accuracy * difference), 1.01 * step);
    EXPECT_NEAR(times.clamped_s, tau * std::log(1 / accuracy), 1.1 * step);
    EXPECT_EQ(times.unsettled, 0);
  }
}

TEST(SettlingTime, ScalesWithTheTimeConstant) {
  Chain fast(2, 5, 1, 0.5, 0.3, 0.01), slow(2, 5, 1, 0.5, 0.3, 0.01);
  for (const Index p : {1, 2}) slow.circuit.bank(p).tau_s *= 3;
  drive(fast, 1.0, 1.0);
  drive(slow, 1.0, 1.0);
  EXPECT_NEAR(slow.times(1e-3).free_s / fast.times(1e-3).free_s, 3, 1e-9);
  EXPECT_NEAR(slow.times(1e-3).clamped_s / fast.times(1e-3).clamped_s, 3, 1e-9);
}

// Two layers without feedback in a linear range: the second follows x(t) = 1 - (1 + t / tau) exp(-t / tau).
TEST(SettlingTime, OfACascadeIsLongerThanOfOneLag) {
  const double accuracy = 1e-4, beta = 1e-9;
  Chain chain(2, 1, 1, 1.0, beta, 1e-3);
  drive(chain, 1e-3, 1.0);
  const double size = std::abs(chain.last().state(0));
  const auto left = [&](double t) { return size * (1 + t / tau) * std::exp(-t / tau); };
  // the integration's own lag is a step a layer at most
  EXPECT_NEAR(chain.times(accuracy).read_s, arrival(left, accuracy), 2 * step);
  // clamped the cascade is walked the other way: the first layer is last
  const auto way = [&](double t) { return (1 + t / tau) * std::exp(-t / tau); };
  EXPECT_NEAR(chain.times(accuracy).clamped_s, arrival(way, accuracy), 2 * step);
}

// A symmetric loop of two, linear: eigenvalues +-rho. Of the slow mode, which decays with tau / (1 - rho), the neuron
// that is not nudged has (1 + rho) / (2 rho) of its final value to go.
TEST(SettlingTime, OfALoopFollowsItsSlowestMode) {
  const double accuracy = 1e-3;
  const auto expected = [&](double rho) { return tau / (1 - rho) * std::log((1 + rho) / (2 * rho * accuracy)); };
  for (const double rho : {0.5, 0.7, 0.9}) {
    Chain chain(2, 5, 1, rho, 1.0, 1e-3);
    drive(chain, 1e-3, 1.0);
    const double time = chain.times(accuracy).clamped_s;
    EXPECT_NEAR(time / expected(rho), 1, 0.04) << rho;
    EXPECT_GT(time / expected(0.9 * rho), 1.04) << "a tenth less would show";
  }
}

TEST(SettlingTime, GrowsWithTheSpectralRadius) {
  SettlingTimes before;
  for (const double rho : {0.0, 0.2, 0.4, 0.6, 0.8, 0.9}) {
    Chain chain(3, 5, 1, rho, 0.5, 1e-3);
    drive(chain, 0.1, 1.0);
    const SettlingTimes times = chain.times(1e-3);
    EXPECT_GT(times.free_s, before.free_s) << rho;
    EXPECT_GE(times.clamped_s, before.clamped_s) << rho;
    before = times;
  }
}

TEST(SettlingTime, GrowsWithTheAccuracy) {
  Chain chain(2, 5, 1, 0.5, 0.3, 0.01);
  drive(chain, 1.0, 1.0);
  const SettlingTimes coarse = chain.times(1e-2), fine = chain.times(1e-4);
  EXPECT_LT(coarse.read_s, coarse.free_s);
  EXPECT_LT(coarse.read_s, fine.read_s);
  EXPECT_LT(coarse.free_s, fine.free_s);
  EXPECT_LT(coarse.clamped_s, fine.clamped_s);
}

TEST(SettlingTime, LeavesTheDifferencesAsTheyWere) {
  Chain chain(2, 5, 3, 0.5, 0.3, 0.01);
  drive(chain, 1.0, 1.0);
  const Matrix<double> difference = chain.first().difference, drive_before = chain.first().difference_drive,
                       external = chain.last().difference_external, state = chain.last().state;
  chain.times(1e-3);
  EXPECT_EQ(chain.first().difference, difference);
  EXPECT_EQ(chain.first().difference_drive, drive_before);
  EXPECT_EQ(chain.last().difference_external, external);
  EXPECT_EQ(chain.last().state, state);
}

TEST(SettlingTime, SlowestSampleSetsTheTime) {
  Chain both(2, 5, 2, 0.8, 0.3, 0.01), weak(2, 5, 1, 0.8, 0.3, 0.01), strong(2, 5, 1, 0.8, 0.3, 0.01);
  drive(weak, 0.1, 1.0);
  drive(strong, 4.0, 1.0);
  both.first().external << weak.first().external, strong.first().external;
  both.last().difference_external << weak.last().difference_external, strong.last().difference_external;
  both.solve();
  const double of_weak = weak.times(1e-3).read_s, of_strong = strong.times(1e-3).read_s;
  EXPECT_NE(of_weak, of_strong);
  EXPECT_DOUBLE_EQ(both.times(1e-3).read_s, std::max(of_weak, of_strong));
}

// A bistable pair of neurons with a drive that is weak and positive: from the reset it rises. A sample that is said to
// rest at the lower equilibrium never gets there, is counted, and does not set the times.
TEST(SettlingTime, SamplesOfAnotherEquilibriumAreCounted) {
  const double weight = 1.5, external = 0.05;
  Chain usual(2, 1, 1, weight, 1.0, 0.01), mixed(2, 1, 2, weight, 1.0, 0.01);
  for (Chain* chain : {&usual, &mixed}) {
    chain->first().external.setConstant(external);
    chain->last().difference_external.setConstant(1.0);
    settle_free(chain->circuit, chain->chunk(), {Method::sweeps, 5000, 1e-14});
  }
  double lower[2] = {-1, -1}, h[2] = {};
  for (int i = 0; i < 200; ++i) {
    h[0] = external + weight * lower[1];
    h[1] = weight * lower[0];
    for (const int p : {0, 1}) lower[p] = std::tanh(h[p]);
  }
  ASSERT_LT(lower[0], -0.5);
  for (const Index p : {0, 1}) {
    mixed.state(p + 1).state(0, 1) = lower[p];
    mixed.state(p + 1).drive(0, 1) = h[p];
  }
  for (Chain* chain : {&usual, &mixed})
    settle_clamped(chain->circuit, chain->chunk(), {Method::sweeps, 5000, 1e-14}, 0.0);
  const SettlingTimes alone = usual.times(1e-3), times = mixed.times(1e-3);
  EXPECT_EQ(alone.unsettled, 0);
  EXPECT_EQ(times.unsettled, 1);
  EXPECT_EQ(times.read_s, alone.read_s);
  EXPECT_EQ(times.clamped_s, alone.clamped_s);
}

// From one sign to the other the way is twice as long: to be as right in the end, twice the share of it must be gone.
TEST(SettlingTime, TheSecondSignTakesALnOfTwoLonger) {
  const double accuracy = 1e-3;
  Chain chain(1, 11, 1, 0, 0, 0.01);
  drive(chain, 3.0, 1.0);
  const SettlingTimes times = chain.times(accuracy);
  EXPECT_NEAR(times.second_sign_s, tau * std::log(2 / accuracy), 1.1 * step);
  EXPECT_NEAR(times.second_sign_s - times.clamped_s, tau * std::log(2.0), 1.1 * step);
}

}  // namespace
}  // namespace settle::test::settling_time_test
