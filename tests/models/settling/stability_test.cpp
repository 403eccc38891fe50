// The spectral radius, dense and iterative, against Eigen's eigenvalues of the loop's matrix written out.
#include "settle/models/settling/stability.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "settle/models/network/initial.h"
#include "settle/models/network/topology.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test::stability_test {
namespace {

// Hidden populations of these sizes in a chain, with random weights and feedback of their own. The read-out's feedback
// is the nudge, and no part of the loop.
template <class Real>
struct Chain : MatrixCircuit<Real> {
  std::vector<Index> sizes;
  bool symmetric;
  static constexpr double alpha = 0.8;
  double beta;

  Chain(const std::vector<Index>& hidden, bool is_symmetric, double beta_ = 0.5)
      : MatrixCircuit<Real>(graph_of(hidden, beta_), weights(hidden), feedback(hidden, is_symmetric), 2, {}),
        sizes(hidden),
        symmetric(is_symmetric),
        beta(beta_) {}

  // The weights of link k of the chain, between hidden populations.
  Matrix<Real>& weight(std::size_t k) { return this->forward[k + 1]; }
  const Matrix<Real>& weight(std::size_t k) const { return this->forward[k + 1]; }

  double dense_radius(const std::vector<Vector<double>>& slopes = {}) const {
    std::vector<Index> first = {0};
    for (const Index n : sizes) first.push_back(first.back() + n);
    Matrix<double> m = Matrix<double>::Zero(first.back(), first.back());
    for (std::size_t k = 0; k + 1 < sizes.size(); ++k) {
      const Matrix<double> w = weight(k).template cast<double>();
      const Matrix<double> b =
          symmetric ? Matrix<double>(w.transpose()) : Matrix<double>(this->backward[k + 1].template cast<double>());
      m.block(first[k + 1], first[k], sizes[k + 1], sizes[k]) = alpha * w;
      m.block(first[k], first[k + 1], sizes[k], sizes[k + 1]) = beta * b;
    }
    for (std::size_t p = 0; p < sizes.size() && !slopes.empty(); ++p)
      m.middleRows(first[p], sizes[p]) = slopes[p + 1].asDiagonal() * m.middleRows(first[p], sizes[p]);
    return m.eigenvalues().cwiseAbs().maxCoeff();
  }

 private:
  static Graph graph_of(const std::vector<Index>& hidden, double beta) {
    GraphSpec spec{1, hidden, 1};
    spec.alpha = alpha;
    spec.beta = beta;
    return layered(spec);
  }
  static Matrix<Real> draw(Index rows, Index cols, std::size_t k, Purpose purpose) {
    return glorot_uniform(rows, cols, Stream(1, std::to_string(k), purpose)).template cast<Real>();
  }
  static std::vector<Matrix<Real>> weights(const std::vector<Index>& hidden) {
    std::vector<Matrix<Real>> all_weights = {Matrix<Real>::Zero(hidden.front(), 1)};
    for (std::size_t k = 0; k + 1 < hidden.size(); ++k)
      all_weights.push_back(draw(hidden[k + 1], hidden[k], k, Purpose::initial_weights));
    all_weights.push_back(Matrix<Real>::Zero(1, hidden.back()));
    return all_weights;
  }
  static std::vector<Matrix<Real>> feedback(const std::vector<Index>& hidden, bool symmetric) {
    std::vector<Matrix<Real>> all_feedback(hidden.size() + 1);
    for (std::size_t k = 0; k + 1 < hidden.size() && !symmetric; ++k)
      all_feedback[k + 1] = draw(hidden[k], hidden[k + 1], k, Purpose::feedback_weights);
    return all_feedback;
  }
};

TEST(SpectralRadius, OfTwoNeuronsByHand) {
  Chain<double> chain({1, 1}, true);
  chain.weight(0)(0, 0) = 0.7;
  EXPECT_NEAR(spectral_radius(chain.circuit), 0.7 * std::sqrt(0.8 * 0.5), 1e-12);
}

TEST(SpectralRadius, OfSmallLoops) {
  for (const bool symmetric : {true, false}) {
    const Chain<double> wide({20, 30, 10}, symmetric);
    EXPECT_NEAR(spectral_radius(wide.circuit) / wide.dense_radius(), 1, 1e-10);
    const Chain<float> narrow({20, 30, 10}, symmetric);
    EXPECT_NEAR(spectral_radius(narrow.circuit) / narrow.dense_radius(), 1, 1e-5);
  }
}

TEST(SpectralRadius, OfLargeLoopsByIteration) {
  for (const bool symmetric : {true, false}) {
    const Chain<float> chain({150, 150}, symmetric);
    const double radius = chain.dense_radius();
    EXPECT_NEAR(spectral_radius(chain.circuit) / radius, 1, 1e-3) << symmetric;
    EXPECT_GT(radius, 0.3);
  }
}

TEST(SpectralRadius, OfACircuitLinearisedAtItsSlopes) {
  for (const Index size : {20, 110}) {
    const Chain<double> chain({size, size}, true);
    std::vector<Vector<double>> slopes(4);
    for (const std::size_t p : {1u, 2u}) slopes[p] = Vector<double>::LinSpaced(size, 0.1, 1.0);
    const double radius = chain.dense_radius(slopes);
    EXPECT_NEAR(spectral_radius(chain.circuit, slopes) / radius, 1, 1e-3) << size;
    EXPECT_LT(radius, 0.9 * spectral_radius(chain.circuit));
  }
}

// A loop of two populations has its eigenvalues in pairs +-lambda, and zeros for what the larger one has more.
TEST(LoopEigenvalues, OfSmallLoopsAreAll) {
  const Chain<double> chain({5, 8}, false);
  const auto values = loop_eigenvalues(chain.circuit, {}, 4);
  ASSERT_EQ(values.size(), 13u);
  EXPECT_NEAR(std::abs(values[0]), chain.dense_radius(), 1e-12);
  const Eigen::MatrixXd once = 0.8 * chain.weight(0) * 0.5 * chain.backward[1];  // around the loop
  const Eigen::VectorXcd squares = once.eigenvalues();
  for (Index i = 0; i < 8; ++i) {
    double nearest = 1;
    for (const auto& z : values) nearest = std::min(nearest, std::abs(z * z - squares[i]));
    EXPECT_LT(nearest, 1e-9) << i;
  }
  for (std::size_t i = 1; i < values.size(); ++i) EXPECT_LE(std::abs(values[i]), std::abs(values[i - 1]) + 1e-15);
}

TEST(LoopEigenvalues, OfLargeLoopsAreTheLeadingOnes) {
  const Chain<float> chain({150, 150}, false);
  const auto values = loop_eigenvalues(chain.circuit, {}, 20);
  EXPECT_GE(values.size(), 10u);
  EXPECT_LE(values.size(), 21u);
  EXPECT_NEAR(std::abs(values[0]) / chain.dense_radius(), 1, 1e-3);
  EXPECT_GT(std::abs(values.back()), 0.3 * std::abs(values[0]));
}

TEST(LoopEigenvalues, OfNoLoopAreNone) {
  const Chain<double> chain({5, 8}, true, /*beta=*/0);
  EXPECT_TRUE(loop_eigenvalues(chain.circuit, {}, 4).empty());
}

// tanh: slopes 1 - s^2
TEST(Slopes, AreThoseOfEachSampleAndTheirMean) {
  Chain<double> chain({3, 2}, true);
  chain.state(1).state << 0.1, 0.5, -0.3, 0.9, 0, -0.7;
  chain.state(2).state << 0.2, -0.2, 0.4, 0.6;
  for (const Index p : {1, 2}) chain.state(p).drive = chain.state(p).state.array().atanh();
  const Chunk<double> chunk = chain.chunk();
  const Slopes first = slopes_of_sample(chain.circuit, chunk, 0), second = slopes_of_sample(chain.circuit, chunk, 1),
               mean = mean_slopes(chain.circuit, chunk);
  EXPECT_NEAR(first[1][0], 1 - 0.01, 1e-12);
  EXPECT_NEAR(second[1][1], 1 - 0.81, 1e-12);
  EXPECT_NEAR(second[2][0], 1 - 0.04, 1e-12);
  for (const std::size_t p : {1u, 2u}) EXPECT_LT((mean[p] - (first[p] + second[p]) / 2).norm(), 1e-12);
  EXPECT_EQ(mean[0].size() + mean[3].size(), 0);
}

// Also where it is large enough for the iterative solver, which does not work on a matrix of zeros.
TEST(SpectralRadius, OfNoLoopIsZero) {
  for (const Index size : {3, 256}) {
    const Chain<float> alone({size}, true);
    EXPECT_EQ(spectral_radius(alone.circuit), 0);
  }
}

}  // namespace
}  // namespace settle::test::stability_test
