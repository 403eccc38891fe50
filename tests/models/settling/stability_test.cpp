// The spectral radius, dense and iterative, against Eigen's eigenvalues of the loop's matrix written out.
#include "models/settling/stability.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "models/network/initial.h"

namespace settle::test {
namespace {

// Hidden populations of these sizes in a chain, with random weights and feedback of their own.
template <class Real>
struct Chain {
  std::vector<Matrix<Real>> forward, backward;
  std::vector<Bank<Real>> banks;
  Loop<Real> loop;
  std::vector<Index> sizes;
  Real alpha = Real(0.8), beta = Real(0.5);

  Chain(std::vector<Index> hidden, bool symmetric) : sizes(std::move(hidden)) {
    const std::size_t links = sizes.size() - 1;
    forward.resize(links);
    backward.resize(links);
    for (std::size_t p = 0; p < sizes.size(); ++p) banks.push_back(make_bank<Real>({}, sizes[p], "bank", 1));
    loop.banks.push_back(nullptr);
    for (const Bank<Real>& b : banks) loop.banks.push_back(&b);
    loop.banks.push_back(nullptr);
    for (std::size_t k = 0; k < links; ++k) {
      const std::string name = std::to_string(k);
      forward[k] = glorot_uniform(sizes[k + 1], sizes[k], Stream(1, name, Purpose::initial_weights)).cast<Real>();
      backward[k] = glorot_uniform(sizes[k], sizes[k + 1], Stream(1, name, Purpose::feedback_weights)).cast<Real>();
      loop.couplings.push_back({Index(k) + 1, Index(k) + 2, alpha, beta, &forward[k],
                                symmetric ? &forward[k] : &backward[k], symmetric ? Op::transpose : Op::none});
    }
    // the read-out's feedback is the nudge, and no part of the loop
    loop.couplings.push_back({Index(sizes.size()), loop.readout(), 1, 1, &forward[0], &forward[0], Op::transpose});
  }

  double dense_radius(const std::vector<Vector<double>>& slopes = {}) const {
    std::vector<Index> first = {0};
    for (const Index n : sizes) first.push_back(first.back() + n);
    Matrix<double> m = Matrix<double>::Zero(first.back(), first.back());
    for (std::size_t k = 0; k + 1 < sizes.size(); ++k) {
      const bool symmetric = loop.couplings[k].backward_op == Op::transpose;
      const Matrix<double> w = forward[k].template cast<double>();
      const Matrix<double> b = symmetric ? Matrix<double>(w.transpose()) : backward[k].template cast<double>();
      m.block(first[k + 1], first[k], sizes[k + 1], sizes[k]) = double(alpha) * w;
      m.block(first[k], first[k + 1], sizes[k], sizes[k + 1]) = double(beta) * b;
    }
    for (std::size_t p = 0; p < sizes.size() && !slopes.empty(); ++p)
      m.middleRows(first[p], sizes[p]) = slopes[p + 1].asDiagonal() * m.middleRows(first[p], sizes[p]);
    return m.eigenvalues().cwiseAbs().maxCoeff();
  }
};

TEST(SpectralRadius, OfTwoNeuronsByHand) {
  Chain<double> chain({1, 1}, true);
  chain.forward[0](0, 0) = 0.7;
  EXPECT_NEAR(spectral_radius(chain.loop), 0.7 * std::sqrt(0.8 * 0.5), 1e-12);
}

TEST(SpectralRadius, OfSmallLoops) {
  for (const bool symmetric : {true, false}) {
    const Chain<double> wide({20, 30, 10}, symmetric);
    EXPECT_NEAR(spectral_radius(wide.loop) / wide.dense_radius(), 1, 1e-10);
    const Chain<float> narrow({20, 30, 10}, symmetric);
    EXPECT_NEAR(spectral_radius(narrow.loop) / narrow.dense_radius(), 1, 1e-5);
  }
}

TEST(SpectralRadius, OfLargeLoopsByIteration) {
  for (const bool symmetric : {true, false}) {
    const Chain<float> chain({150, 150}, symmetric);
    const double radius = chain.dense_radius();
    EXPECT_NEAR(spectral_radius(chain.loop) / radius, 1, 1e-3) << symmetric;
    EXPECT_GT(radius, 0.3);
  }
}

TEST(SpectralRadius, OfACircuitLinearisedAtItsSlopes) {
  for (const Index size : {20, 110}) {
    const Chain<double> chain({size, size}, true);
    std::vector<Vector<double>> slopes(4);
    for (const std::size_t p : {1u, 2u}) slopes[p] = Vector<double>::LinSpaced(size, 0.1, 1.0);
    const double radius = chain.dense_radius(slopes);
    EXPECT_NEAR(spectral_radius(chain.loop, slopes) / radius, 1, 1e-3) << size;
    EXPECT_LT(radius, 0.9 * spectral_radius(chain.loop));
  }
}

// A loop of two populations has its eigenvalues in pairs +-lambda, and zeros for what the larger one has more.
TEST(LoopEigenvalues, OfSmallLoopsAreAll) {
  const Chain<double> chain({5, 8}, false);
  const auto values = loop_eigenvalues(chain.loop, {}, 4);
  ASSERT_EQ(values.size(), 13u);
  EXPECT_NEAR(std::abs(values[0]), chain.dense_radius(), 1e-12);
  const Eigen::MatrixXd once = 0.8 * chain.forward[0] * 0.5 * chain.backward[0];  // around the loop
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
  const auto values = loop_eigenvalues(chain.loop, {}, 20);
  EXPECT_GE(values.size(), 10u);
  EXPECT_LE(values.size(), 21u);
  EXPECT_NEAR(std::abs(values[0]) / chain.dense_radius(), 1, 1e-3);
  EXPECT_GT(std::abs(values.back()), 0.3 * std::abs(values[0]));
}

TEST(LoopEigenvalues, OfNoLoopAreNone) {
  Chain<double> chain({5, 8}, true);
  chain.loop.couplings[0].beta = 0;
  EXPECT_TRUE(loop_eigenvalues(chain.loop, {}, 4).empty());
}

// tanh: slopes 1 - s^2
TEST(Slopes, AreThoseOfEachSampleAndTheirMean) {
  Chain<double> chain({3, 2}, true);
  std::vector<BankState<double>> states(2);
  std::vector<BankState<double>*> pointers = {nullptr, &states[0], &states[1], nullptr};
  states[0].resize(3, 2);
  states[1].resize(2, 2);
  states[0].state << 0.1, 0.5, -0.3, 0.9, 0, -0.7;
  states[1].state << 0.2, -0.2, 0.4, 0.6;
  for (BankState<double>& b : states) b.drive = b.state.array().atanh();
  const Chunk<double> chunk{&pointers, 0, 2};
  const Slopes first = slopes_of_sample(chain.loop, chunk, 0), second = slopes_of_sample(chain.loop, chunk, 1),
               mean = mean_slopes(chain.loop, chunk);
  EXPECT_NEAR(first[1][0], 1 - 0.01, 1e-12);
  EXPECT_NEAR(second[1][1], 1 - 0.81, 1e-12);
  EXPECT_NEAR(second[2][0], 1 - 0.04, 1e-12);
  for (const std::size_t p : {1u, 2u}) EXPECT_LT((mean[p] - (first[p] + second[p]) / 2).norm(), 1e-12);
  EXPECT_EQ(mean[0].size() + mean[3].size(), 0);
}

TEST(SpectralRadius, OfNoLoopIsZero) {
  Loop<float> loop;
  loop.banks.assign(2, nullptr);
  EXPECT_EQ(spectral_radius(loop), 0);
  // large enough for the iterative solver, which does not work on a matrix of zeros
  const Bank<float> alone = make_bank<float>({}, 256, "bank", 1);
  loop.banks = {nullptr, &alone, nullptr};
  EXPECT_EQ(spectral_radius(loop), 0);
}

}  // namespace
}  // namespace settle::test
