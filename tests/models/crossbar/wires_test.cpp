// Reads with wire resistance: against an independent elimination, and against what circuit theory demands.
#include "settle/models/crossbar/wires.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/numeric/random.h"

namespace settle::test::wires_test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

Matrix<double> uniform(Index rows, Index cols, double low, double high, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<double>::NullaryExpr(rows, cols,
                                     [&](Index, Index) { return low + (high - low) * double(engine()) * 0x1p-32; });
}

Matrix<double> devices(Index rows, Index cols) { return uniform(rows, cols, 1e-6, 100e-6, "conductance"); }
Matrix<double> voltages(Index lines, Index inputs) { return uniform(lines, inputs, -0.3, 0.3, "voltage"); }

double difference(const Matrix<double>& a, const Matrix<double>& b) {
  return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

Matrix<double> read(const WireSolver& solver, const Matrix<double>& v) {
  Matrix<double> i(solver.cols(), v.cols());
  WireWorkspace<double> workspace;
  solver.read(columns(v, 0, v.cols()), columns(i, 0, i.cols()), workspace);
  return i;
}

Matrix<double> read_transposed(const WireSolver& solver, const Matrix<double>& v) {
  Matrix<double> i(solver.rows(), v.cols());
  WireWorkspace<double> workspace;
  solver.read_transposed(columns(v, 0, v.cols()), columns(i, 0, i.cols()), workspace);
  return i;
}

Matrix<double> read_sinh(const Matrix<double>& g, const Wires& wires, double v0, const Matrix<double>& v) {
  Matrix<double> i(g.cols(), v.cols());
  read_sinh(g, wires, v0, columns(v, 0, v.cols()), columns(i, 0, i.cols()));
  return i;
}

// The conductances between sources and sense amplifiers when all other nodes are eliminated, one after another, star to
// mesh: a node of conductances g_a to its neighbours leaves g_a g_b / sum g between each two of them. Nothing is
// subtracted, so that every digit holds. Segments must have resistance.
Matrix<double> star_mesh(const Matrix<double>& g, const Wires& wires) {
  const Index n = g.rows(), m = g.cols();
  Index above = n, bit = n + m;  // nodes: sources, two rows of bit lines, a word line
  const Index word = n + 2 * m, nodes = n + 3 * m;
  Matrix<double> c = Matrix<double>::Zero(nodes, nodes);
  Vector<double> star(nodes);
  const auto connect = [&](Index a, Index b, double conductance) { c(a, b) = c(b, a) += conductance; };
  const auto eliminate = [&](Index node) {
    star = c.col(node);
    c.col(node).setZero();
    c.row(node).setZero();
    const double sum = star.sum();
    if (sum == 0) return;
    const double* from = star.data();
    for (Index b = 0; b < nodes; ++b) {
      const double part = star[b] / sum;
      double* to = &c(0, b);
      for (Index a = 0; part != 0 && a < nodes; ++a) to[a] += from[a] * part;  // a loop that is quick in debug builds
    }
    c.diagonal().setZero();  // of a mesh, each node to itself
  };
  for (Index i = 0; i < n; ++i) {
    connect(i, word, 1 / (wires.source_ohm + wires.word_ohm));
    for (Index j = 0; j < m; ++j) {
      if (j > 0) connect(word + j - 1, word + j, 1 / wires.word_ohm);
      if (i > 0) connect(above + j, bit + j, 1 / wires.bit_ohm);
      connect(word + j, bit + j, g(i, j));
    }
    for (Index j = 0; j < m; ++j) eliminate(word + j);
    if (i > 0)
      for (Index j = 0; j < m; ++j) eliminate(above + j);
    std::swap(above, bit);
  }
  for (Index j = 0; j < m; ++j) connect(above + j, bit + j, 1 / (wires.bit_ohm + wires.sense_ohm));
  for (Index j = 0; j < m; ++j) eliminate(above + j);
  return c.block(0, bit, n, m);
}

void expect_agreement(const Matrix<double>& g, const Wires& wires, double tolerance = 1e-10) {
  const std::string what =
      std::to_string(g.rows()) + " x " + std::to_string(g.cols()) + ", word " + std::to_string(wires.word_ohm) + " ohm";
  const Matrix<double> expected = star_mesh(g, wires);
  const WireSolver solver(g, wires);
  const Matrix<double> v = voltages(g.rows(), 2), u = voltages(g.cols(), 2);
  EXPECT_LT(difference(read(solver, v), expected.transpose() * v), tolerance) << what;
  EXPECT_LT(difference(read_transposed(solver, u), expected * u), tolerance) << what;
  EXPECT_LT(difference(effective_conductance(g, wires), expected), tolerance) << what;
  const Matrix<float> single = effective_conductance<float>(g.cast<float>(), wires);
  EXPECT_LT(difference(single.cast<double>(), expected), 2e-6) << what;
}

TEST(Wires, AgreeWithElimination) {
  expect_agreement(devices(17, 9), {1, 2, 0, 0});
  expect_agreement(devices(9, 18), {2, 0.5, 0, 0});
  expect_agreement(devices(12, 13), {1, 1, 50, 20});
  expect_agreement(devices(12, 13), {3, 2, 0, 200});
}

TEST(Wires, SingleLinesAgreeWithElimination) {
  expect_agreement(devices(1, 30), {5, 3, 0, 0});
  expect_agreement(devices(30, 1), {5, 3, 0, 0});
  expect_agreement(devices(1, 1), {5, 3, 2, 1});
}

TEST(Wires, OneDeviceIsInSeriesWithItsWires) {
  const Matrix<double> g = Matrix<double>::Constant(1, 1, 1e-3), v = Matrix<double>::Constant(1, 1, 0.2);
  const double expected = 0.2 / (1e3 + 10 + 20 + 3 + 4);
  const WireSolver solver(g, {10, 20, 3, 4});
  EXPECT_NEAR(read(solver, v)(0, 0), expected, 1e-15);
  EXPECT_NEAR(read_transposed(solver, v)(0, 0), expected, 1e-15);
  EXPECT_NEAR(effective_conductance(g, {10, 20, 3, 4})(0, 0), expected / 0.2, 1e-15);
}

TEST(Wires, ExtremeResistancesAgreeWithElimination) {
  expect_agreement(devices(64, 64), {1e-6, 1e-6, 0, 0});
  expect_agreement(devices(64, 64), {1e5, 1e5, 0, 0});
  expect_agreement(devices(20, 20), {1e5, 1e-6, 0, 0});
  expect_agreement(devices(20, 20), {1e-6, 1e5, 0, 0});
  expect_agreement(1e-9 * devices(10, 10), {1, 1, 0, 0});
  expect_agreement(1e6 * devices(10, 10), {1, 1, 0, 0});
}

TEST(Wires, DevicesOfAllSizesAgreeWithElimination) {
  Matrix<double> g = devices(15, 16);
  for (Index i = 0; i < 15; ++i) g.row(i) *= std::pow(10, -1.5 * double(i));
  expect_agreement(g, {3, 2, 0, 0});
}

TEST(Wires, DevicesThatDoNotConduct) {
  Matrix<double> g = devices(14, 12);
  g.row(0).setZero();
  g.row(5).setZero();
  g.row(13).setZero();
  g.col(0).setZero();
  g.col(11).setZero();
  g(3, 4) = g(7, 7) = 0;
  expect_agreement(g, {2, 1, 0, 0});
  const Matrix<double> none = Matrix<double>::Zero(3, 4);
  EXPECT_EQ(read(WireSolver(none, {1, 1, 0, 0}), voltages(3, 1)).cwiseAbs().maxCoeff(), 0);
  EXPECT_EQ(effective_conductance(none, {1, 1, 0, 0}), none);
}

TEST(Wires, NoVoltagesGiveNoCurrents) {
  const WireSolver solver(devices(5, 7), {1, 1, 0, 0});
  EXPECT_EQ(read(solver, Matrix<double>::Zero(5, 2)), (Matrix<double>::Zero(7, 2)));
  EXPECT_EQ(solver.kcl_residual(solver.solve(Vector<double>::Zero(5))), 0);
}

TEST(Wires, WithoutResistanceGiveTheProduct) {
  const Matrix<double> g = devices(19, 33), v = voltages(19, 3), u = voltages(33, 3);
  for (const double ohm : {0.0, 1e-10}) {
    const Wires wires = {ohm, ohm, 0, 0};
    const WireSolver solver(g, wires);
    EXPECT_LT(difference(read(solver, v), g.transpose() * v), 1e-11);
    EXPECT_LT(difference(read_transposed(solver, u), g * u), 1e-11);
    EXPECT_LT(difference(effective_conductance(g, wires), g), 1e-11);
  }
}

// Some segments without resistance are the limit of small ones.
TEST(Wires, SomeWithoutResistance) {
  const Matrix<double> g = devices(11, 14), v = voltages(11, 2), u = voltages(14, 2);
  for (const Wires& wires : {Wires{0, 10, 0, 0}, Wires{10, 0, 0, 0}, Wires{0, 0, 100, 0}, Wires{0, 0, 0, 100},
                             Wires{0, 0, 100, 100}, Wires{0, 10, 100, 0}, Wires{10, 0, 0, 100}}) {
    const double tiny = 1e-9;
    const Matrix<double> expected = star_mesh(
        g, {std::max(wires.word_ohm, tiny), std::max(wires.bit_ohm, tiny), wires.source_ohm, wires.sense_ohm});
    const WireSolver solver(g, wires);
    EXPECT_LT(difference(read(solver, v), expected.transpose() * v), 1e-10);
    EXPECT_LT(difference(read_transposed(solver, u), expected * u), 1e-10);
    EXPECT_LT(difference(effective_conductance(g, wires), expected), 1e-10);
    const WireSolution solution = solver.solve(v.col(0));
    EXPECT_LT(difference(solution.sense_current, expected.transpose() * v.col(0)), 1e-10);
    EXPECT_LT(solver.kcl_residual(solution), 1e-9);
  }
}

// Two reads of different circuits.
TEST(Wires, AreReciprocal) {
  for (const double ohm : {0.1, 1.0, 30.0}) {
    const WireSolver solver(devices(60, 45), {ohm, 2 * ohm, 10, 5});
    const Matrix<double> forward = read(solver, Matrix<double>::Identity(60, 60));
    const Matrix<double> backward = read_transposed(solver, Matrix<double>::Identity(45, 45));
    EXPECT_LT(difference(forward, backward.transpose()), 1e-9);
  }
}

TEST(Wires, ObeyKirchhoff) {
  for (const double ohm : {0.1, 1.0, 30.0}) {
    const WireSolver solver(devices(60, 45), {ohm, 2 * ohm, 10, 5});
    const Vector<double> v = voltages(60, 1);
    WireSolution solution = solver.solve(v);
    EXPECT_LT(solver.kcl_residual(solution), 1e-9);
    // through the terminals, Ohm
    EXPECT_LT(difference(v - (10 + ohm) * solution.source_current, solution.word.col(0)), 1e-9);
    EXPECT_LT(difference((5 + 2 * ohm) * solution.sense_current, solution.bit.row(59).transpose()), 1e-9);
    EXPECT_NEAR(solution.source_current.sum(), solution.sense_current.sum(),
                1e-9 * solution.sense_current.cwiseAbs().maxCoeff());
    solution.bit(30, 20) *= 1 + 1e-4;
    EXPECT_GT(solver.kcl_residual(solution), 1e-7);
  }
}

TEST(Wires, ReadsDoNotDependOnEachOther) {
  const WireSolver solver(devices(40, 30), {1, 1, 0, 0});
  const Matrix<double> v = voltages(40, 8), together = read(solver, v);
  std::vector<Matrix<double>> alone(8);
  std::vector<std::thread> threads;
  for (Index k = 0; k < 8; ++k) threads.emplace_back([&, k] { alone[std::size_t(k)] = read(solver, v.col(k)); });
  for (std::thread& t : threads) t.join();
  for (Index k = 0; k < 8; ++k) EXPECT_EQ(alone[std::size_t(k)], together.col(k));
}

TEST(Wires, WorkspaceServesArraysOfAnySize) {
  WireWorkspace<double> workspace;
  Matrix<double> effective;
  for (const Index size : {20, 7, 33}) {
    const Matrix<double> g = devices(size, size + 3);
    effective_conductance(g, {1, 1, 0, 0}, workspace, effective);
    EXPECT_EQ(effective, effective_conductance(g, {1, 1, 0, 0}));
  }
}

TEST(Wires, TolerancesHold) {
  const Matrix<double> g = devices(100, 80), v = voltages(100, 1);
  const Wires wires = {1, 1, 0, 0};
  const Matrix<double> precise = read(WireSolver(g, wires, {1e-15, 100}), v);
  double error = 1;
  for (const double tolerance : {1e-1, 1e-3, 1e-7, 1e-11}) {
    const double before = error;
    error = difference(read(WireSolver(g, wires, {tolerance, 100}), v), precise);
    EXPECT_LT(error, tolerance);
    EXPECT_LE(error, before);
  }
}

// The message of the error that `call` throws, which must be of the kind expected.
template <class Error, class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Wires, RefuseResistancesThatAreNone) {
  const Matrix<double> g = devices(3, 3);
  for (const double bad : {-1.0, nan, infinity, -infinity}) {
    const std::pair<Wires, std::string> cases[] = {{{bad, 1, 0, 0}, "word_ohm"},
                                                   {{1, bad, 0, 0}, "bit_ohm"},
                                                   {{1, 1, bad, 0}, "source_ohm"},
                                                   {{1, 1, 0, bad}, "sense_ohm"}};
    for (const auto& [wires, name] : cases) {
      const Wires& w = wires;
      for (const std::string& message :
           {message_of<InputError>([&] { WireSolver(g, w); }),
            message_of<InputError>([&] { effective_conductance<double>(g, w); }),
            message_of<InputError>([&] { effective_conductance<float>(g.cast<float>(), w); }),
            message_of<InputError>([&] { read_sinh(g, w, 1, voltages(3, 1)); })}) {
        EXPECT_TRUE(contains(message, name + " is ")) << message;
        EXPECT_TRUE(contains(message, "give a finite resistance of at least 0")) << message;
      }
    }
  }
}

TEST(Wires, RefuseConductancesThatAreNone) {
  for (const double bad : {-1e-6, nan, infinity, -infinity}) {
    Matrix<double> g = devices(3, 4);
    g(2, 1) = bad;
    for (const std::string& message : {message_of<InputError>([&] {
                                         WireSolver(g, {1, 1, 0, 0});
                                       }),
                                       message_of<InputError>([&] {
                                         effective_conductance<double>(g, {1, 1, 0, 0});
                                       }),
                                       message_of<InputError>([&] {
                                         effective_conductance<float>(g.cast<float>(), {1, 1, 0, 0});
                                       }),
                                       message_of<InputError>([&] {
                                         read_sinh(g, {1, 1, 0, 0}, 1, voltages(3, 1));
                                       })}) {
      EXPECT_TRUE(contains(message, "row 2, column 1 is ")) << message;
      EXPECT_TRUE(contains(message, "give a finite conductance of at least 0")) << message;
    }
  }
  EXPECT_THROW(WireSolver(Matrix<double>(0, 3), {1, 1, 0, 0}), InputError);
}

TEST(Wires, RefuseVoltagesThatAreNone) {
  const WireSolver solver(devices(3, 4), {1, 1, 0, 0});
  for (const double bad : {nan, infinity, 1.01e30, -1e308}) {
    Matrix<double> v = voltages(3, 2), u = voltages(4, 2);
    v(1, 1) = u(1, 1) = bad;
    for (const std::string& message :
         {message_of<InputError>([&] { read(solver, v); }), message_of<InputError>([&] { read_transposed(solver, u); }),
          message_of<InputError>([&] { read_sinh(devices(3, 4), {}, 1, v); })})
      EXPECT_TRUE(contains(message, "line 1 of input 1 is ")) << message;
  }
}

TEST(Wires, TakeTheLargestVoltage) {
  const WireSolver solver(devices(3, 4), {1, 1, 0, 0});
  const Matrix<double> one = Matrix<double>::Ones(3, 1);
  EXPECT_LT((read(solver, most_read_v * one) / most_read_v - read(solver, one)).norm(),
            1e-9 * read(solver, one).norm());
  EXPECT_TRUE(solver.solve(most_read_v * one.col(0)).sense_current.allFinite());
}

TEST(Wires, FailWhereTheyDoNotConverge) {
  const WireSolver hasty(devices(30, 30), {10, 10, 0, 0}, {1e-11, 2});
  const std::string message = message_of<RunError>([&] { read(hasty, voltages(30, 1)); });
  EXPECT_TRUE(contains(message, "30 x 30 devices did not converge in 2 iterations")) << message;
  EXPECT_THROW(hasty.solve(voltages(30, 1)), RunError);
  const WireSolver large(Matrix<double>::Constant(3, 3, 1e200), {1, 1, 0, 0});  // beyond what double holds
  EXPECT_THROW(read(large, Matrix<double>::Constant(3, 1, 1)), RunError);
  EXPECT_THROW(read(WireSolver(Matrix<double>::Constant(3, 3, 1e300), {}), Matrix<double>::Constant(3, 1, most_read_v)),
               RunError);
}

TEST(Wires, RefuseShapesThatDoNotAgree) {
  const WireSolver solver(devices(3, 4), {1, 1, 0, 0});
  EXPECT_THROW(read(solver, voltages(4, 1)), std::logic_error);
  EXPECT_THROW(read_transposed(solver, voltages(3, 1)), std::logic_error);
  EXPECT_THROW(solver.solve(voltages(4, 1)), std::logic_error);
}

// The residual of a sinh device in series with its wires, by bisection.
TEST(SinhDevices, OneDeviceIsInSeriesWithItsWires) {
  const double g = 1e-4, v0 = 0.05, ohm = 1e3, v = 0.4;
  double low = 0, high = v;
  for (int k = 0; k < 100; ++k) {
    const double middle = (low + high) / 2;
    (middle + ohm * g * v0 * std::sinh(middle / v0) < v ? low : high) = middle;
  }
  const Matrix<double> one = Matrix<double>::Ones(1, 1);
  const double i = read_sinh(g * one, {200, 300, 100, 400}, v0, v * one)(0, 0);
  EXPECT_NEAR(i, (v - low) / ohm, 1e-10 * i);
}

TEST(SinhDevices, WithoutWiresCarrySinh) {
  const Matrix<double> g = devices(15, 11), v = voltages(15, 2);
  for (const double v0 : {0.05, 0.3}) {
    const Matrix<double> expected = g.transpose() * (v0 * (v / v0).array().sinh()).matrix();
    EXPECT_LT(difference(read_sinh(g, {}, v0, v), expected), 1e-12);
    EXPECT_LT(difference(read_sinh(g, {1e-9, 1e-9, 0, 0}, v0, v), expected), 1e-9);
  }
}

// sinh(x) = x + x^3 / 6 + ...: the currents differ from the linear ones by the order of 1 / v0^2.
TEST(SinhDevices, AreLinearInTheLimit) {
  const Matrix<double> g = devices(20, 25), v = voltages(20, 2);
  const Wires wires = {5, 3, 0, 0};
  const Matrix<double> linear = read(WireSolver(g, wires), v);
  EXPECT_LT(difference(read_sinh(g, wires, 1e6, v), linear), 1e-10);
  const double far = difference(read_sinh(g, wires, 20, v), linear),
               near = difference(read_sinh(g, wires, 10, v), linear);
  EXPECT_GT(far, 1e-7);
  EXPECT_NEAR(near / far, 4, 0.01);
}

// The currents of each line's devices, found from the node voltages of a linear circuit of the same currents.
TEST(SinhDevices, AgreeWithLinearDevicesOfTheSameCurrents) {
  const double v0 = 0.1;
  const Wires wires = {20, 10, 0, 0};
  const Matrix<double> chord = devices(16, 12), v = voltages(16, 1);
  const WireSolution linear = WireSolver(chord, wires).solve(v.col(0));
  const Matrix<double> x = (linear.word - linear.bit) / v0;
  const Matrix<double> g = (chord.array() * x.array() / x.array().sinh()).matrix();  // G v0 sinh(v / v0) = chord v
  EXPECT_LT(difference(read_sinh(g, wires, v0, v), linear.sense_current), 1e-10);
}

TEST(SinhDevices, RefuseV0ThatIsNone) {
  for (const double bad : {0.0, -1.0, nan, 1e-6}) {
    const std::string message = message_of<InputError>([&] { read_sinh(devices(3, 3), {}, bad, voltages(3, 1)); });
    EXPECT_TRUE(contains(message, "v0 is ")) << message;
  }
}

// Devices so steep that they act as short circuits beyond a voltage that hardly depends on the current.
TEST(SinhDevices, ConvergeWhereTheyAreSteep) {
  const double g = 1e-5, v0 = 0.002, ohm = 400, v = 0.3;
  const double i =
      read_sinh(Matrix<double>::Constant(1, 1, g), {200, 200, 0, 0}, v0, Matrix<double>::Constant(1, 1, v))(0, 0);
  EXPECT_NEAR(i * ohm + v0 * std::asinh(i / (g * v0)), v, 1e-10 * v);
  const Matrix<double> many = read_sinh(devices(12, 9), {100, 100, 0, 0}, v0, voltages(12, 1));
  EXPECT_LT(many.cwiseAbs().maxCoeff(), 0.3 / 100);
}

}  // namespace
}  // namespace settle::test::wires_test
