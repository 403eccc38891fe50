#include "src/run/training.h"

#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include <boost/random/uniform_int_distribution.hpp>
#include <fmt/format.h>

#include "hw/chip.h"
#include "models/error.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/interrupt.h"
#include "src/run/outputs.h"
#include "src/run/progress.h"

namespace settle {
namespace {

using Clock = std::chrono::steady_clock;

template <class Items>
void shuffle(Items& items, Engine& engine) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[boost::random::uniform_int_distribution<std::size_t>(0, i - 1)(engine)]);
}

// Batches are composed once; only their order changes from epoch to epoch (as in the paper's code).
class Batches {
 public:
  Batches(Index samples, Index size, std::uint64_t seed) : stream_(seed, "batches", Purpose::batches) {
    std::vector<Index> order(static_cast<std::size_t>(samples));
    std::iota(order.begin(), order.end(), Index(0));
    Engine engine(stream_, 0);
    shuffle(order, engine);
    for (auto first = order.begin(); first != order.end();) {
      const auto last = first + std::min<std::ptrdiff_t>(size, order.end() - first);
      batches_.emplace_back(first, last);
      first = last;
    }
  }

  std::vector<std::vector<Index>>& for_epoch(int epoch) {
    Engine engine(stream_, std::uint64_t(epoch));
    shuffle(batches_, engine);
    return batches_;
  }
  std::int64_t count() const { return std::int64_t(batches_.size()); }

 private:
  Stream stream_;
  std::vector<std::vector<Index>> batches_;
};

class Training {
 public:
  Training(const Configuration& configuration, const Dataset& data, const RunFolder& folder)
      : config_(configuration),
        data_(data),
        folder_(folder),
        batches_(data.train.size(), configuration.run.batch, std::uint64_t(configuration.run.seed)),
        progress_(int(configuration.run.epochs), configuration.run.epochs * batches_.count()) {
    hw::set_time_resolution();
    chip_.emplace(build_substrate(config_, data.train.pixels.rows(), data.train.classes), build_host(config_),
                  [this](hw::HostController& host) { programme(host); });
    result_.network = describe_network(graph());
    result_.data_name = data.name;
    result_.train_samples = data.train.size();
    result_.test_samples = data.test.size();
    const double fast_cells = config_.learning.transfer_every > 0 ? 2 : 0;
    result_.area =
        chip_area(config_.chip, config_.cost, graph(), cells_per_weight(config_.crossbar.mapping) + fast_cells);
    result_.confusion.setZero(data.train.classes, data.train.classes);
  }

  RunResult run() {
    try {
      chip_->run();
    } catch (const Interrupted&) {
      result_.interrupted = true;
    }
    finish();
    return result_;
  }

 private:
  const Graph& graph() const { return chip_->substrate.spec().graph; }

  void programme(hw::HostController& host) {
    enter(Section::programming);
    sc_core::wait(chip_->substrate.initialise());
    host.measure_settling(data_.train);
    for (int epoch = 1; epoch <= config_.run.epochs; ++epoch) {
      EpochResult r;
      r.epoch = epoch;
      enter(Section::training);
      train_epoch(host, r);
      enter(Section::inference);
      test(host, r);
      enter(Section::training);
      record(r);
    }
  }

  // Falls linearly from one to its final value over the run.
  double rate_share() const {
    const double all = double(config_.run.epochs) * double(data_.train.size());
    return 1 - (1 - config_.learning.final_rate_share) * double(result_.trained) / all;
  }

  void train_epoch(hw::HostController& host, EpochResult& r) {
    const auto start = Clock::now();
    chip_->substrate.restart_counts();
    Score score;
    for (const std::vector<Index>& batch : batches_.for_epoch(r.epoch)) {
      if (interrupt_requested()) throw Interrupted();
      host.learner().set_rate_share(rate_share());
      score.add(host.train(data_.train, batch));
      result_.trained += Index(batch.size());
      if (!std::isfinite(score.loss))
        throw RunError(
            fmt::format("the loss is not a number in epoch {}: lower learning.learning_rate or network.beta", r.epoch));
      progress_.batch(r.epoch, score);
    }
    host.measure_settling(data_.train);  // of the weights that the test sees, and the next epoch begins with
    r.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    r.train_loss = score.loss / double(score.samples);
    r.train_accuracy = double(score.hits) / double(score.samples);
    describe_settling(r);
  }

  // Of this epoch's training, and of the loop as it now is.
  void describe_settling(EpochResult& r) const {
    const hw::SettlingCount &free = chip_->substrate.free_count(), &clamped = chip_->substrate.clamped_count();
    r.free_steps_mean = free.steps / free.samples;
    r.clamped_steps_mean = clamped.samples > 0 ? clamped.steps / clamped.samples : 0;  // references have none
    r.unsettled_fraction = (free.unsettled + clamped.unsettled) / (free.samples + clamped.samples);
    r.cycle_fraction = (free.cycles + clamped.cycles) / (free.samples + clamped.samples);
    r.read_settling_s = chip_->substrate.settling_times().read_s;
    r.free_settling_s = chip_->substrate.settling_times().free_s;
    r.clamped_settling_s = chip_->substrate.settling_times().clamped_s;
    r.spectral_radius_settled = chip_->substrate.spectral_radius_settled();
    r.stray_fraction =
        double(chip_->substrate.settling_times().unsettled) / double(std::min<Index>(8, data_.train.size()));
  }

  void test(hw::HostController& host, EpochResult& r) {
    constexpr Index at_once = 1000;
    Score score;
    Matrix<float> outputs;
    result_.confusion.setZero();
    for (Index first = 0; first < data_.test.size(); first += at_once) {
      if (interrupt_requested()) throw Interrupted();
      const Index count = std::min(at_once, data_.test.size() - first);
      score.add(host.infer(data_.test, first, count, outputs));
      count_confusion(outputs, data_.test.labels.segment(first, count), result_.confusion);
    }
    result_.inferred += score.samples;
    r.test_loss = score.loss / double(score.samples);
    r.test_accuracy = double(score.hits) / double(score.samples);
  }

  // Simulated time goes to the section that it was spent in.
  void enter(Section section) {
    const double now = sc_core::sc_time_stamp().to_seconds();
    const double spent = now - entered_;
    if (chip_->meter.section() == Section::programming) result_.time.programming_s += spent;
    if (chip_->meter.section() == Section::training) result_.time.training_s += spent;
    if (chip_->meter.section() == Section::inference) result_.time.inference_s += spent;
    entered_ = now;
    chip_->meter.enter(section);
  }

  void record(EpochResult& r) {
    hw::Substrate& substrate = chip_->substrate;
    r.simulated_s = sc_core::sc_time_stamp().to_seconds();
    r.energy_j = chip_->meter.ledger().total_j()[1];
    r.pulses = substrate.pulses_total();
    result_.epochs.push_back(r);
    result_.ledger = chip_->meter.ledger();
    save_checkpoint(folder_.file("checkpoint.h5"), *chip_, r.epoch, config_.run.seed);
    folder_.write("metrics.csv", metrics_csv(result_.epochs));
    folder_.write("costs.csv", costs_csv(result_.ledger));
    progress_.epoch(r);
  }

  void finish() {
    enter(Section::training);
    result_.ledger = chip_->meter.ledger();
    result_.spectral_radius = chip_->substrate.spectral_radius();
    result_.pulses = chip_->substrate.pulses_total();
  }

  const Configuration& config_;
  const Dataset& data_;
  const RunFolder& folder_;
  Batches batches_;
  Progress progress_;
  std::optional<hw::Chip> chip_;
  RunResult result_;
  double entered_ = 0;
};

}  // namespace

std::string describe_network(const Graph& graph) {
  std::string text;
  for (const Population& p : graph.populations) text += (text.empty() ? "" : "-") + std::to_string(p.size);
  return text;
}

void count_confusion(const Matrix<float>& outputs, const Eigen::Ref<const Vector<std::uint8_t>>& labels,
                     Matrix<std::int64_t>& confusion) {
  for (Index c = 0; c < labels.size(); ++c) {
    Index likeliest;
    outputs.col(c).maxCoeff(&likeliest);
    ++confusion(labels[c], likeliest);
  }
}

RunResult run_training(const Configuration& configuration, const Dataset& data, const RunFolder& folder) {
  return Training(configuration, data, folder).run();
}

}  // namespace settle
