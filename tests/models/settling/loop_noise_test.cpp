// Noise that goes round the loop: drawn at once, and integrated in time, against the Lyapunov equation of the loop.
#include "settle/models/settling/loop_noise.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/network/initial.h"
#include "settle/models/network/topology.h"
#include "settle/models/settling/phase.h"
#include "settle/models/settling/transient.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test::loop_noise_test {
namespace {

constexpr double outputs = 1e-4;

struct Case {
  const char* name;
  Index layers, neurons;
  double beta;
  bool residual = false;
};

Graph graph_of(const Case& c) {
  GraphSpec spec{6, std::vector<Index>(std::size_t(c.layers), c.neurons), 4};
  spec.alpha = 1;
  spec.beta = c.beta;
  return c.residual ? residual(spec) : layered(spec);
}

// A circuit at the equilibrium of one input, the same in every column, so that all samples have one loop.
struct AtRest : MatrixCircuit<float> {
  AtRest(const Graph& g, Index samples, const BankSpec& neuron, ClampedLines lines = ClampedLines::states)
      : MatrixCircuit<float>(g, weights(g), std::vector<Matrix<float>>(g.projections.size()), samples, spec(lines),
                             neuron) {}

  void settle() {
    Vector<float> x(graph.population(0).size);
    fill_normal(Stream(1, "input", Purpose::test), 0, 0, x.data(), x.size());
    const Matrix<float> inputs = x.replicate(1, samples());
    drive_from_input(circuit, chunk(), all(inputs));
    settle_free(circuit, chunk(), {Method::sweeps, 2000, 1e-6});
  }

  // J = diag(f') M, with the gains that reads have in a phase, population after population.
  Matrix<double> loop(bool clamped) {
    Matrix<double> j = Matrix<double>::Zero(first(circuit.readout()), first(circuit.readout()));
    for (const Read<float>& read : circuit.reads()) {
      if (read.role != Role::recurrent) continue;
      const Matrix<double> w = forward[read.projection].cast<double>();
      j.block(first(read.sink), first(read.driver), circuit.size(read.sink), circuit.size(read.driver)) =
          circuit.line_gain(read, clamped) * (read.forward() ? w : Matrix<double>(w.transpose()));
    }
    return slopes().asDiagonal() * j;
  }
  Vector<double> slopes() {
    Vector<double> slope(first(circuit.readout()));
    for (Index p = 1; p < circuit.readout(); ++p)
      slope.segment(first(p), circuit.size(p)) = 1 - state(p).state.col(0).cast<double>().array().square();
    return slope;
  }
  Index first(Index p) const {
    Index sum = 0;
    for (Index q = 1; q < p; ++q) sum += circuit.size(q);
    return sum;
  }
  // rms over a population's neurons, from the variance of each node
  double rms_of(Index p, const Vector<double>& variance) const {
    return std::sqrt(variance.segment(first(p), circuit.size(p)).mean());
  }

 private:
  static CircuitSpec spec(ClampedLines lines) {
    CircuitSpec s;
    s.clamped_lines = lines;
    return s;
  }
  static std::vector<Matrix<float>> weights(const Graph& g) {
    std::vector<Matrix<float>> all_weights;
    for (const Projection& p : g.projections)
      all_weights.push_back(glorot_uniform(g.population(p.target).size, g.population(p.source).size,
                                           Stream(1, g.stream_name(p), Purpose::initial_weights)));
    return all_weights;
  }
};

// exp(A t) of a small t, by its series.
Matrix<double> small_exponential(const Matrix<double>& a, double t) {
  Matrix<double> sum = Matrix<double>::Identity(a.rows(), a.cols()), term = sum;
  for (int i = 1; i <= 8; ++i) {
    term = a * term * (t / i);
    sum += term;
  }
  return sum;
}

// The diagonal of P in A P + P A^T + Q = 0: the integral of exp(A t) Q exp(A^T t), over a time that is doubled, from
// Simpson's rule over the first piece.
Vector<double> stationary_variance(const Matrix<double>& a, const Matrix<double>& q) {
  constexpr double piece = 1.0 / 16;
  Matrix<double> e = small_exponential(a, piece);
  const Matrix<double> half = small_exponential(a, piece / 2);
  Matrix<double> p = piece / 6 * (q + 4 * half * q * half.transpose() + e * q * e.transpose());
  for (int i = 0; i < 12; ++i) {
    p += Matrix<double>(e * p * e.transpose());
    e = Matrix<double>(e * e);
  }
  return p.diagonal();
}

// Nodes of the loop in units of tau: outputs y = f'v + n, whose own noise n and membranes' noise are of one pole, and
// drives a behind amplifiers, where there are any.
//   dy = -y + f'a + white,  lag da = -a + M y
Vector<double> variance_of_outputs(AtRest& net, bool clamped, double membranes, double lag) {
  const Vector<double> slope = net.slopes();
  const Matrix<double> loop = net.loop(clamped);
  const Index n = slope.size(), nodes = lag > 0 ? 2 * n : n;
  const Matrix<double> one = Matrix<double>::Identity(n, n);
  Matrix<double> a = Matrix<double>::Zero(nodes, nodes), q = Matrix<double>::Zero(nodes, nodes);
  const Vector<double> own = slope.array().square() * membranes * membranes + outputs * outputs;
  q.topLeftCorner(n, n) = (2 * own).asDiagonal();
  a.topLeftCorner(n, n) = -one;
  if (lag > 0) {
    a.topRightCorner(n, n) = slope.asDiagonal();
    a.bottomLeftCorner(n, n) = slope.cwiseInverse().asDiagonal() * loop / lag;
    a.bottomRightCorner(n, n) = -one / lag;
  } else {
    a += loop;
  }
  return stationary_variance(a, q).head(n);
}

double rms(const Matrix<float>& m) { return std::sqrt(m.cast<double>().squaredNorm() / double(m.size())); }

void expect_of_lyapunov(const Case& c, double membranes, double lag, double tolerance,
                        ClampedLines lines = ClampedLines::states) {
  constexpr Index samples = 2000;
  BankSpec neuron;
  neuron.membrane_noise = membranes;
  AtRest net(graph_of(c), samples, neuron, lines);
  for (Index p = 1; p < net.circuit.readout() && lag > 0; ++p)
    net.circuit.bank(p).drive_tau_s.setConstant(net.circuit.size(p), float(lag * neuron.tau_s));
  net.settle();
  const bool clamped = lines == ClampedLines::differences;
  const Vector<double> expected = variance_of_outputs(net, clamped, membranes, lag);
  LoopNoise noise(net.circuit, outputs, net.graph, 1);
  noise.start(clamped, samples);
  noise.draw(net.chunk(), 0, 0);
  double largest = 0;
  for (Index p = 1; p < net.circuit.readout(); ++p) {
    const double ratio = rms(noise.of(p)) / net.rms_of(p, expected);
    EXPECT_NEAR(ratio, 1, tolerance) << c.name << " beta " << c.beta << " population " << p;
    largest = std::max(largest, net.rms_of(p, expected));
  }
  // so much comes from elsewhere that leaving it out would fail
  EXPECT_GT(largest / std::hypot(outputs, membranes), membranes > 0 ? 0.9 : 1.1) << c.name << " beta " << c.beta;
}

const std::vector<Case> cases = {
    {"two layers", 2, 40, 0.05},    {"two layers", 2, 40, 0.1},       {"two layers", 2, 40, 0.5},
    {"three layers", 3, 40, 0.05},  {"three layers", 3, 40, 0.2},     {"three layers", 3, 40, 0.5},
    {"ten layers", 10, 24, 0.05},   {"ten layers", 10, 24, 0.1},      {"ten layers", 10, 24, 0.2},
    {"ten layers", 10, 24, 0.5},    {"residual", 10, 24, 0.05, true}, {"residual", 10, 24, 0.1, true},
    {"residual", 10, 24, 0.5, true}};

TEST(LoopNoise, OfOutputsIsThatOfTheLyapunovEquation) {
  for (const Case& c : cases) expect_of_lyapunov(c, 0, 0, 0.1);
}

TEST(LoopNoise, OfMembranesIsThatOfTheLyapunovEquation) {
  for (const Case& c : cases) expect_of_lyapunov(c, 1e-4, 0, 0.1);
}

TEST(LoopNoise, BehindAmplifiersIsThatOfTheLyapunovEquation) {
  for (const Case& c : {cases[0], cases[4], cases[7], cases[11]})
    for (const double lag : {0.1, 0.5, 1.0}) expect_of_lyapunov(c, 0, lag, 0.1);
}

// Where lines carry differences it goes backwards.
TEST(LoopNoise, OfDifferencesIsThatOfTheLyapunovEquation) {
  for (const Case& c : cases) expect_of_lyapunov(c, 0, 0, 0.1, ClampedLines::differences);
}

// Each output's own noise, which nothing else reaches, has exactly the variance that is stated.
TEST(LoopNoise, OfOneLayerIsItsOwn) {
  constexpr Index samples = 2000;
  AtRest net(graph_of({"one", 1, 40, 0.5}), samples, {});
  net.settle();
  LoopNoise noise(net.circuit, outputs, net.graph, 1);
  noise.start(false, samples);
  noise.draw(net.chunk(), 0, 0);
  EXPECT_NEAR(rms(noise.of(1)) / outputs, 1, 5 / std::sqrt(2.0 * 40 * samples));
  const Matrix<float> first = noise.of(1);
  noise.draw(net.chunk(), 0, 1);
  const double correlation = double(first.cwiseProduct(noise.of(1)).sum()) / double(first.norm() * noise.of(1).norm());
  EXPECT_LE(std::abs(correlation), 5 / std::sqrt(40.0 * samples));
}

// Half of the variance passes one pole, 3/8 two and 5/16 three, without weights that spread it.
TEST(LoopNoise, PolesTakeTheirShare) {
  constexpr Index samples = 20000;
  Graph graph = graph_of({"chain", 4, 1, 1e-6});
  AtRest net(graph, samples, {});
  for (Matrix<float>& w : net.forward) w.setOnes();
  for (Index p = 1; p < net.circuit.readout(); ++p) {
    net.state(p).drive.setZero();
    net.state(p).state.setZero();
  }
  LoopNoise noise(net.circuit, outputs, net.graph, 1);
  noise.start(false, samples);
  noise.draw(net.chunk(), 0, 0);
  const double of_one = 1, of_two = 1.5, of_three = 1.875, of_four = 2.1875;
  const double bound = 5 * std::sqrt(2.0 / samples);
  EXPECT_NEAR(std::pow(rms(noise.of(1)) / outputs, 2), of_one, bound);
  EXPECT_NEAR(std::pow(rms(noise.of(2)) / outputs, 2), of_two, of_two * bound);
  EXPECT_NEAR(std::pow(rms(noise.of(3)) / outputs, 2), of_three, 0.05 * of_three + of_three * bound);
  EXPECT_NEAR(std::pow(rms(noise.of(4)) / outputs, 2), of_four, 0.05 * of_four + of_four * bound);
}

// A sample's noise is a function of its number, in whatever chunk it is drawn.
TEST(LoopNoise, BelongsToTheSample) {
  constexpr Index samples = 12;
  AtRest net(graph_of({"three", 3, 16, 0.01}), samples, {});
  net.settle();
  LoopNoise noise(net.circuit, outputs, net.graph, 1);
  noise.start(false, samples);
  noise.draw(net.chunk(), 100, 3);
  const Matrix<float> whole = noise.of(3);
  noise.draw(net.chunk(0, 8), 100, 3);
  noise.draw(net.chunk(8, 4), 108, 3);
  EXPECT_LE((whole - noise.of(3)).cwiseAbs().maxCoeff(), 1e-6f * whole.cwiseAbs().maxCoeff());
}

// What a transient integrates has the variance that the equation says, too.
TEST(LoopNoise, OfATransientIsThatOfTheLyapunovEquation) {
  constexpr Index samples = 400;
  const Case c{"three layers", 3, 24, 0.3};
  BankSpec neuron;
  neuron.membrane_noise = outputs;
  AtRest net(graph_of(c), samples, neuron);
  net.settle();
  const Vector<double> expected = variance_of_outputs(net, false, outputs, 0);
  std::vector<Matrix<float>> quiet;
  for (Index p = 1; p < net.circuit.readout(); ++p) quiet.push_back(net.state(p).state);
  Transient<float> transient(net.circuit, {outputs, true}, &net.graph, 1);
  transient.start(net.chunk(), false);
  const int steps_of_tau = 20;
  for (int i = 0; i < 12 * steps_of_tau; ++i) transient.step(neuron.tau_s / steps_of_tau);
  for (Index p = 1; p < net.circuit.readout(); ++p) {
    const Matrix<float> off = net.state(p).state + transient.bank(p).noise() - quiet[std::size_t(p - 1)];
    EXPECT_NEAR(rms(off) / net.rms_of(p, expected), 1, 0.04) << p;
  }
}

}  // namespace
}  // namespace settle::test::loop_noise_test
