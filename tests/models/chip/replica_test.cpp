// Replica feedback: second arrays that follow the weights, transposed, on devices of their own.
#include <functional>

#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "settle/models/network/initial.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::replica_test {
namespace {

constexpr Index samples = 40;

ChipDesign replica_of(ChipDesign design) {
  design.graph.replica = true;
  return design;
}

// Trains for ten batches (in place: samples one by one) and shows the chip to `look`.
void train(const ChipDesign& design, const std::function<void(Chip&)>& look) {
  HostSpec host_spec;
  host_spec.learning.optimizer = "sgd";
  host_spec.learning.learning_rate = 0.2;
  Chip chip(design);
  Host host(host_spec, chip);
  const Samples data = random_samples(10, 3, samples);
  chip.pass(chip.initialise());
  host.measure_settling(data);
  const Index batch = design.learning.update == Update::in_situ ? 1 : samples / 10;
  for (Index first = 0; first < samples; first += batch) host.train(data, range(first, batch));
  look(chip);
}

std::vector<Matrix<float>> weights_after(const ChipDesign& design) {
  std::vector<Matrix<float>> weights;
  train(design, [&](Chip& chip) {
    for (std::size_t k = 0; k < 3; ++k) weights.push_back(chip.array(k)->model().weights());
  });
  return weights;
}

double off(const std::vector<Matrix<float>>& a, const std::vector<Matrix<float>>& b) {
  double square = 0, of_all = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    square += double((a[k] - b[k]).squaredNorm());
    of_all += double(a[k].squaredNorm());
  }
  return std::sqrt(square / of_all);
}

// What a replica array holds against the weights that it follows.
double largest_difference(Chip& chip) {
  double largest = 0;
  for (std::size_t k = 1; k < 3; ++k) {
    const Matrix<float> w = chip.array(k)->model().weights(), b = chip.feedback(k)->model().weights();
    largest = std::max(largest, double((b - w.transpose()).cwiseAbs().maxCoeff() / w.cwiseAbs().maxCoeff()));
  }
  return largest;
}

TEST(Replica, OfIdealDevicesIsTheTranspose) {
  const ChipDesign ideal = exact_chip({10, 8, 6, 3});
  EXPECT_LT(off(weights_after(ideal), weights_after(replica_of(ideal))), 1e-6);
  train(replica_of(ideal), [](Chip& chip) {
    EXPECT_EQ(chip.feedback(0), nullptr);
    EXPECT_EQ(largest_difference(chip), 0.0);
  });
}

// Sweeps overshoot there.
TEST(Replica, FeedsBackSymmetricallyAsTheWeightsThemselvesDo) {
  const ChipDesign ideal = exact_chip({10, 8, 6, 3});
  ChipDesign random = ideal;
  random.graph.symmetric = false;
  for (const auto& [design, symmetric] : {std::pair{ideal, true}, {replica_of(ideal), true}, {random, false}})
    train(design, [symmetric = symmetric](Chip& chip) { EXPECT_EQ(chip.circuit().symmetric(), symmetric); });
}

TEST(Replica, OfIdealDevicesIsTheTransposeUpdatedInPlace) {
  ChipDesign ideal = exact_chip({10, 8, 6, 3});
  ideal.learning.update = Update::in_situ;
  EXPECT_LT(off(weights_after(ideal), weights_after(replica_of(ideal))), 1e-5);
}

// How far training has moved the weights, and the replica's, as an angle's cosine.
double cosine_of_changes(Chip& chip, std::size_t k) {
  const ChipDesign& design = chip.design();
  const Matrix<float> w = chip.array(k)->model().weights(), b = chip.feedback(k)->model().weights(),
                      start = glorot_uniform(w.rows(), w.cols(),
                                             Stream(design.seed, design.graph.stream_name(design.graph.projections[k]),
                                                    Purpose::initial_weights));
  const Matrix<float> change = w - start, followed = b.transpose() - start;
  return double(change.cwiseProduct(followed).sum() / (change.norm() * followed.norm()));
}

// Each array has its own devices and noise, and follows all the same.
TEST(Replica, OfRealDevicesIsNearTheTranspose) {
  for (const Update update : {Update::host, Update::in_situ}) {
    ChipDesign real = real_chip({10, 8, 6, 3});
    real.learning.update = update;
    EXPECT_GT(off(weights_after(real), weights_after(replica_of(real))), 1e-4);
    train(replica_of(real), [](Chip& chip) {
      EXPECT_GT(largest_difference(chip), 1e-3);
      for (std::size_t k = 1; k < 3; ++k) {
        EXPECT_GT(cosine_of_changes(chip, k), 0.5) << k;
        EXPECT_LT(cosine_of_changes(chip, k), 0.9999) << k;
      }
    });
  }
}

// Programming the second arrays is booked like the first's, of equal size, and needs no time of its own.
TEST(Replica, CostsASecondProgramming) {
  train(replica_of(real_chip({10, 8, 6, 3})), [](Chip& chip) {
    double first = 0, second = 0;
    for (const Ledger::Row& row : chip.meter().ledger().rows()) {
      if (!counts_pulses(*row.action)) continue;
      if (row.component == "hidden1_hidden2") first += row.energy.supplied;
      if (row.component == "hidden1_hidden2_feedback") second += row.energy.supplied;
    }
    EXPECT_GT(first, 0);
    EXPECT_NEAR(second / first, 1, 0.2);
  });
}

}  // namespace
}  // namespace settle::test::replica_test
