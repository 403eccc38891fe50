// Replica feedback: second arrays that follow the weights, transposed, on devices of their own.
#include <gtest/gtest.h>

#include "models/network/initial.h"
#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 40;

hw::SubstrateSpec replica_of(hw::SubstrateSpec spec) {
  spec.graph.replica = true;
  return spec;
}

// Trains for ten batches (in place: samples one by one) and shows the chip to `look`.
void train(const hw::SubstrateSpec& spec, const std::function<void(hw::Chip&)>& look) {
  hw::HostSpec host;
  host.learning.optimizer = "sgd";
  host.learning.learning_rate = 0.2;
  run_chip(spec, host, [&](hw::Chip& chip) {
    const Samples data = random_samples(10, 3, samples);
    sc_core::wait(chip.substrate.initialise());
    chip.host.measure_settling(data);
    const Index batch = spec.learning.update == Update::in_situ ? 1 : samples / 10;
    for (Index first = 0; first < samples; first += batch) chip.host.train(data, range(first, batch));
    look(chip);
  });
}

std::string weights_after(const hw::SubstrateSpec& spec) {
  return from_child([&]() {
    std::string bytes;
    train(spec, [&](hw::Chip& chip) {
      for (std::size_t k = 0; k < 3; ++k) {
        const Matrix<float> w = chip.substrate.array(k).model().weights();
        bytes.append(reinterpret_cast<const char*>(w.data()), std::size_t(w.size()) * sizeof(float));
      }
    });
    return bytes;
  });
}

double off(const std::string& a, const std::string& b) {
  const Index count = Index(a.size() / sizeof(float));
  const Eigen::Map<const Vector<float>> x(reinterpret_cast<const float*>(a.data()), count),
      y(reinterpret_cast<const float*>(b.data()), count);
  return double((x - y).norm() / x.norm());
}

// What a replica array holds against the weights that it follows.
double largest_difference(hw::Chip& chip) {
  double largest = 0;
  for (std::size_t k = 1; k < 3; ++k) {
    const Matrix<float> w = chip.substrate.array(k).model().weights(), b = chip.substrate.feedback(k).model().weights();
    largest = std::max(largest, double((b - w.transpose()).cwiseAbs().maxCoeff() / w.cwiseAbs().maxCoeff()));
  }
  return largest;
}

TEST(Replica, OfIdealDevicesIsTheTranspose) {
  const hw::SubstrateSpec ideal = exact_chip({10, 8, 6, 3});
  EXPECT_LT(off(weights_after(ideal), weights_after(replica_of(ideal))), 1e-6);
  in_child([&]() {
    train(replica_of(ideal), [](hw::Chip& chip) {
      EXPECT_FALSE(chip.substrate.has_feedback(0));
      EXPECT_EQ(largest_difference(chip), 0.0);
    });
  });
}

// Sweeps overshoot there.
TEST(Replica, FeedsBackSymmetricallyAsTheWeightsThemselvesDo) {
  const hw::SubstrateSpec ideal = exact_chip({10, 8, 6, 3});
  hw::SubstrateSpec random = ideal;
  random.graph.symmetric = false;
  for (const auto& [spec, symmetric] : {std::pair{ideal, true}, {replica_of(ideal), true}, {random, false}})
    in_child([spec = spec, symmetric = symmetric] {
      train(spec, [&](hw::Chip& chip) { EXPECT_EQ(chip.substrate.loop().symmetric, symmetric); });
    });
}

TEST(Replica, OfIdealDevicesIsTheTransposeUpdatedInPlace) {
  hw::SubstrateSpec ideal = exact_chip({10, 8, 6, 3});
  ideal.learning.update = Update::in_situ;
  EXPECT_LT(off(weights_after(ideal), weights_after(replica_of(ideal))), 1e-5);
}

// How far training has moved the weights, and the replica's, as an angle's cosine.
double cosine_of_changes(hw::Chip& chip, std::size_t k) {
  const hw::SubstrateSpec& spec = chip.substrate.spec();
  const Matrix<float> w = chip.substrate.array(k).model().weights(), b = chip.substrate.feedback(k).model().weights(),
                      start = glorot_uniform(
                          w.rows(), w.cols(),
                          Stream(spec.seed, spec.graph.name(spec.graph.projections[k]), Purpose::initial_weights));
  const Matrix<float> change = w - start, followed = b.transpose() - start;
  return double(change.cwiseProduct(followed).sum() / (change.norm() * followed.norm()));
}

// Each array has its own devices and noise, and follows all the same.
TEST(Replica, OfRealDevicesIsNearTheTranspose) {
  for (const Update update : {Update::host, Update::in_situ}) {
    hw::SubstrateSpec real = real_chip({10, 8, 6, 3});
    real.learning.update = update;
    EXPECT_GT(off(weights_after(real), weights_after(replica_of(real))), 1e-4);
    in_child([&]() {
      train(replica_of(real), [](hw::Chip& chip) {
        EXPECT_GT(largest_difference(chip), 1e-3);
        for (std::size_t k = 1; k < 3; ++k) {
          EXPECT_GT(cosine_of_changes(chip, k), 0.5) << k;
          EXPECT_LT(cosine_of_changes(chip, k), 0.9999) << k;
        }
      });
    });
  }
}

// Programming the second arrays is booked like the first's, of equal size, and needs no time of its own.
TEST(Replica, CostsASecondProgramming) {
  in_child([]() {
    train(replica_of(real_chip({10, 8, 6, 3})), [](hw::Chip& chip) {
      double first = 0, second = 0;
      for (const Ledger::Row& row : chip.meter.ledger().rows()) {
        if (row.action != Action::write_pulse) continue;
        if (row.component == "hidden1_hidden2") first += row.energy_j[1];
        if (row.component == "hidden1_hidden2_feedback") second += row.energy_j[1];
      }
      EXPECT_GT(first, 0);
      EXPECT_NEAR(second / first, 1, 0.2);
    });
  });
}

}  // namespace
}  // namespace settle::test
