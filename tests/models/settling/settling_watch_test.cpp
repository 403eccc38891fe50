// Samples that settle, and what the others do instead.
#include "settle/models/settling/settling_watch.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/network/topology.h"
#include "tests/models/settling/small_net.h"

namespace settle::test::settling_watch_test {
namespace {

// A net whose one population is moved by hand: sample c to value(c, look).
template <class Value>
SettlingWatch<double> watched(Net<double>& net, int looks, double tolerance, const NoiseInTime& noise,
                              const Value& value) {
  SettlingWatch<double> watch(net.circuit, net.chunk(), /*clamped=*/false, tolerance, noise);
  for (int look = 0; look < looks; ++look) {
    for (Index c = 0; c < net.samples(); ++c) net.state(1).state.col(c).setConstant(value(c, look));
    watch.look(look * 1e-9);
  }
  return watch;
}

// Membranes of the one population get this noise.
NoiseInTime membranes(Net<double>& net, double rms) {
  for (Index p = 1; p < net.circuit.readout(); ++p)
    net.circuit.bank(p).membrane_noise.setConstant(net.circuit.bank(p).size(), rms);
  return {0, true};
}

TEST(SettlingWatch, TellsSettledFromCyclesAndTheRest) {
  Net<double> net(layered_with(1, 0.1, {5}), 5, 0.1);
  const auto watch = watched(net, 40, 1e-6, {}, [](Index c, int look) {
    if (c == 0) return 1 - std::pow(0.5, look);         // settles
    if (c == 1) return look % 2 == 0 ? 0.3 : -0.3;      // a cycle
    if (c == 2) return std::sin(0.7 * look);            // wanders
    if (c == 3) return look < 30 ? 0.5 : std::nan("");  // had settled
    return 0.0;                                         // never moves
  });
  EXPECT_EQ(watch.ending(0), Ending::settled);
  EXPECT_EQ(watch.ending(1), Ending::cycle);
  EXPECT_EQ(watch.ending(2), Ending::neither);
  EXPECT_EQ(watch.ending(3), Ending::diverged);
  EXPECT_EQ(watch.ending(4), Ending::settled);
  EXPECT_FALSE(watch.all_settled());
  // 2^-20 is the first remainder below the tolerance
  EXPECT_NEAR(watch.settled_s(0), 20e-9, 1e-15);
  EXPECT_NEAR(watch.settled_s(4), 1e-9, 1e-15);
  EXPECT_TRUE(std::isnan(watch.settled_s(1)) && std::isnan(watch.settled_s(3)));
}

// A loop near instability moves little in each look, and has far to go.
TEST(SettlingWatch, SlowIsNotSettled) {
  Net<double> net(layered_with(1, 0.1, {5}), 1, 0.1);
  constexpr double ratio = 0.98, tolerance = 1e-3;
  int needed = 0;
  while (std::pow(ratio, needed) > tolerance) ++needed;
  const auto value = [&](Index, int look) { return 1 - std::pow(ratio, look); };
  EXPECT_FALSE(watched(net, needed, tolerance, {}, value).all_settled());
  EXPECT_TRUE(watched(net, needed + 1, tolerance, {}, value).all_settled());
}

TEST(SettlingWatch, NoiseIsNoMovement) {
  Net<double> net(layered_with(1, 0.1, {5}), 1, 0.1);
  const auto value = [](Index, int look) { return 0.5 + (look % 3 - 1) * 2e-3; };
  EXPECT_TRUE(watched(net, 12, 1e-6, membranes(net, 1e-3), value).all_settled());
  EXPECT_FALSE(watched(net, 12, 1e-6, membranes(net, 1e-4), value).all_settled());
}

// Noise of the membranes reaches the state through the neuron's gain, that of other outputs through the weights as
// well.
TEST(SettlingWatch, NoiseIsAmplifiedByTheNeuron) {
  const BankSpec steep({}, "ota");
  for (const bool amplified : {false, true}) {
    Net<double> net(layered_with(1, 0.1, {5, 5}), 1, 0.1, amplified ? steep : BankSpec{});
    const auto value = [](Index, int look) { return (look % 3 - 1) * 1.5e-2; };  // 5.4 is the OTA's gain
    EXPECT_EQ(watched(net, 12, 1e-6, membranes(net, 1e-3), value).all_settled(), amplified);
  }
}

// As slow as one likes, and never there: a slew limit.
TEST(SettlingWatch, WhatDoesNotSlowDownIsOnItsWay) {
  Net<double> net(layered_with(1, 0.1, {5}), 1, 0.1);
  EXPECT_EQ(watched(net, 30, 1e-1, {}, [](Index, int look) { return 1e-4 * look; }).ending(0), Ending::neither);
}

// Two populations that hold each other down, and move at once: up, down, up. One of them alone is at rest, and so is
// a sample that starts with one up and one down.
TEST(Endings, NameTheCycleOfTheMap) {
  Net<double> net(layered_with(1, 1, {6, 6}), 2, 0.3);
  net.forward[1].setConstant(-0.5);
  net.backward[1].setConstant(-0.5);
  drive_from_input(net.circuit, net.chunk(), all(Matrix<double>(Matrix<double>::Zero(6, 2))));
  const double high = 0.9948;  // tanh(6 * 0.5 * high)
  net.state(1).state.setConstant(high);
  net.state(2).state.col(0).setConstant(high);
  net.state(2).state.col(1).setConstant(-high);
  const Matrix<double> before = net.state(2).state;
  const auto ends = endings(net.circuit, net.chunk(), false, {Method::map, 100, 1e-3});
  EXPECT_EQ(ends[0], Ending::cycle);
  EXPECT_EQ(ends[1], Ending::settled);
  EXPECT_EQ(before, net.state(2).state);
}

TEST(Endings, OfAPhaseThatHasConvergedAreAllSettled) {
  Net<double> net(layered_with(1, 0.2), 6, 0.3);
  net.free(uniform<double>(6, 6, "x"), exact);
  net.clamped(uniform<double>(4, 6, "error"), exact);
  for (const bool clamped : {false, true})
    for (const Method method : {Method::sweeps, Method::map})
      for (const Ending e : endings(net.circuit, net.chunk(), clamped, {method, 100, 1e-6}))
        EXPECT_EQ(e, Ending::settled);
}

// From a free state that has not settled, the difference with its residual ends at the clamped equilibrium all the
// same: v + g d is where the circuit goes.
TEST(Residual, TakesTheDifferenceToTheTrueClampedState) {
  GraphSpec skipping{6, {8, 8, 8, 8}, 4};
  skipping.beta = 0.2;
  for (const Graph& graph : {layered_with(1, 0.3), residual(skipping)}) {
    Net<double> early(graph, 4, 0.3), late(graph, 4, 0.3);
    const Matrix<double> x = uniform<double>(6, 4, "x"), error = uniform<double>(4, 4, "error");
    early.free(x, {Method::map, 3, 1.0});
    late.free(x, exact);
    drive_from_nudge(early.circuit, early.chunk(), all(error));
    drive_from_residual(early.circuit, early.chunk());
    late.clamped(error, exact);
    early.advance(/*in_clamped_phase=*/true, 0.5e-9, 4000);
    for (Index p = 1; p < graph.readout(); ++p) {
      const double g = early.circuit.scale(p);
      const Matrix<double> there = early.state(p).state + g * early.state(p).difference;
      const Matrix<double> goal = late.state(p).state + g * late.state(p).difference;
      EXPECT_LT((there - goal).cwiseAbs().maxCoeff(), 1e-11);
      EXPECT_GT((early.state(p).state - late.state(p).state).cwiseAbs().maxCoeff(), 1e-6);
    }
  }
}

// A movement is the difference of two looks, each with noise of its own: six sigma of it are 6 sqrt(2) of a state's.
TEST(SettlingWatch, MovementsHaveTheNoiseOfTwoLooks) {
  Net<double> net(layered_with(1, 0.1, {5}), 1, 0.1);
  constexpr double rms = 1e-4;
  for (const double sigmas : {8.4, 8.6}) {
    const auto value = [&](Index, int look) { return look % 2 == 0 ? 0.0 : sigmas * rms; };
    EXPECT_EQ(watched(net, 12, 1e-9, membranes(net, rms), value).all_settled(), sigmas < 6 * std::sqrt(2.0)) << sigmas;
  }
}

}  // namespace
}  // namespace settle::test::settling_watch_test
