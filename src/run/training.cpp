#include "src/run/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "settle/hw/system.h"
#include "settle/models/error.h"
#include "settle/models/learning/batches.h"
#include "settle/models/numeric/stop.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/histograms.h"
#include "src/run/interrupt.h"
#include "src/run/last_tests.h"
#include "src/run/merits.h"
#include "src/run/outputs.h"
#include "src/run/progress.h"
#include "src/text/say.h"
#include "src/trace/choose.h"

namespace settle {
namespace {

using Clock = std::chrono::steady_clock;

// Once it is asked to end, a run waits so long for the end of its batch. What a batch has done by then is lost, which
// is all that is lost where the state before it is kept: before every batch that may take longer than a part of that.
constexpr double patience_s = 1, long_patience_s = 10, long_step_s = 0.2;

std::vector<ClippedBy> clipping(const Chip& chip) {
  std::vector<ClippedBy> all;
  const auto add = [&](const std::string& component, const char* what, const Clipping& counts) {
    if (counts.codes > 0) all.push_back({component, what, counts});
  };
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    const DifferenceReadout& bank = chip.difference_readout(p);
    const std::string component = chip.design().graph.population(p).name + "_adc";
    add(component, "states", bank.clipped_states());
    add(component, "differences", bank.clipped_differences());
  }
  add("logit_adc", "logits", chip.clipped_logits());
  return all;
}

// Wall clock since it was made, or asked last.
class Stopwatch {
 public:
  double lap() {
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - start_).count();
    start_ = now;
    return seconds;
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  Clock::time_point start_ = Clock::now();
};

const char* const remedy_of_infinity = "lower learning.learning_rate, network.beta or device.weight_range";

class Training {
 public:
  Training(const Configuration& configuration, const Dataset& data, const RunFolder& folder,
           const std::function<void()>& accepted, std::optional<std::int64_t> until_epoch)
      : config_(configuration),
        last_epoch_(std::min(configuration.run.epochs, until_epoch.value_or(configuration.run.epochs))),
        data_(data),
        folder_(folder),
        identity_(configuration, data),
        batches_(data.train.size(), configuration.run.batch, std::uint64_t(configuration.run.seed)),
        progress_(int(last_epoch_), last_epoch_ * batches_.count()) {
    hw::set_time_resolution();
    system_.emplace(build_chip(config_, data.train.pixels.rows(), data.train.classes),
                    build_host(config_, data.train.size() + data.test.size()), [this](Host&) { programme(); });
    refuse_unknown_signals();
    result_.network = describe_network(graph());
    result_.data_name = data.name;
    result_.target_accuracy = config_.run.target_accuracy;
    result_.train_samples = data.train.size();
    result_.test_samples = data.test.size();
    result_.area = result_.analog_area = chip().area();
    for (const AreaRow& row : host_area(config_.chip, config_.cost, host().memory().all())) result_.area.push_back(row);
    result_.figures = chip().meter().figures();
    run_.tested.setZero(data.train.classes, data.train.classes);
    run_.confusion = run_.tested;
    resume();
    if (accepted) accepted();
  }

  RunResult run() {
    try {
      system_->run();
    } catch (const Interrupted&) {
      result_.interrupted = true;
    } catch (const Stopped&) {
      ends_.reset();
      go_back();
      result_.interrupted = true;
    }
    ends_.reset();  // what is left to do is short
    finish();
    return result_;
  }

 private:
  Chip& chip() { return system_->chip; }
  const Chip& chip() const { return system_->chip; }
  Host& host() { return system_->host; }
  const Graph& graph() const { return chip().design().graph; }

  // The waveform comes when all else is done: too late to be told of a signal that is not there.
  void refuse_unknown_signals() {
    if (config_.trace.samples > 0)
      choose_signals(hw::signal_families(system_->chip_module), config_.trace.signals, config_.trace.neurons);
  }

  // Goes on where the folder's checkpoint is, if there is one.
  void resume() {
    std::string note;
    resumes_ = resume_checkpoint(folder_.file("checkpoint.h5"), identity_, chip(), host(), run_, note);
    if (!note.empty()) say("settle: note: {}\n", note);
    if (!resumes_) return;
    refuse_fewer_epochs();
    take_seconds(folder_.file("metrics.csv"), run_.epochs);
    const std::int64_t in_epoch = run_.stage == Stage::training ? run_.next : batches_.count();
    progress_.skip((run_.epoch() - 1) * batches_.count() + in_epoch);
    if (run_.epoch() <= config_.run.epochs)
      say("going on in epoch {}, after {} of {} batches{}\n", run_.epoch(), in_epoch, batches_.count(),
          run_.stage == Stage::test ? fmt::format(" and {} test samples", run_.next) : "");
  }

  void refuse_fewer_epochs() const {
    const bool between = run_.stage == Stage::training && run_.next == 0;
    const std::int64_t begun = run_.epoch() - (between ? 1 : 0);
    if (begun > config_.run.epochs)
      throw InputError(
          fmt::format("{}: run.epochs = {}: the run has come to epoch {}; it may get more epochs, not fewer",
                      folder_.file("config.toml").string(), config_.run.epochs, begun));
  }

  void programme() {
    if (resumes_) {
      // the simulation's clock goes on from where it was: nothing happens in this time
      if (chip().meter().now() != Time()) sc_core::wait(hw::to_sc_time(chip().meter().now()));
    } else {
      chip().meter().enter(Section::programming);
      chip().pass(chip().initialise());
      run_.written = chip().write_errors();
      host().measure_settling(data_.train);
      folder_.write(histograms_file, histograms_csv(histograms_of_arrays(chip(), "initial")));
    }
    while (run_.epoch() <= last_epoch_) {
      chip().meter().enter(Section::training);
      if (run_.stage == Stage::training) train_epoch();
      chip().meter().enter(Section::inference);
      test();
      chip().meter().enter(Section::training);
      record();
    }
    if (last_epoch_ < config_.run.epochs) throw Interrupted();  // all is saved
  }

  // Between two batches, or blocks of a test: where a run can be interrupted and later go on.
  void pause() {
    save_if_due();
    const bool may_be_long = expects_a_long_step_ || step_.seconds() > long_step_s;
    if (may_be_long) kept_ = take_checkpoint(folder_.file("checkpoint.h5"), identity_, chip(), host(), run_);
    ends_->wait_for(may_be_long ? patience_s : long_patience_s);
    expects_a_long_step_ = false;
    step_.lap();
  }

  // What comes next is of another kind than what has been timed.
  void expect_a_long_step() { expects_a_long_step_ = true; }

  void save_if_due() {
    const bool due = config_.run.checkpoint_minutes > 0 && saved_.seconds() >= 60 * config_.run.checkpoint_minutes;
    if (!due && !interrupt_requested()) return;
    if (run_.stage == Stage::training) run_.current.seconds += training_.lap();
    save();
    if (interrupt_requested()) throw Interrupted();
  }

  void save() {
    save_checkpoint(folder_.file("checkpoint.h5"), identity_, chip(), host(), run_);
    kept_ = {};
    saved_.lap();
  }

  // After the end of work in its middle: to the state before, of which there is none in the first moments of a run.
  void go_back() {
    const std::filesystem::path path = folder_.file("checkpoint.h5");
    if (!kept_.image.empty()) write_checkpoint_file(path, kept_);
    std::string note;
    if (!resume_checkpoint(path, identity_, chip(), host(), run_, note)) throw Interrupted();
    take_seconds(folder_.file("metrics.csv"), run_.epochs);
    went_back_ = true;
  }

  void train_epoch() {
    training_.lap();
    EpochResult& r = run_.current;
    const std::vector<std::vector<Index>>& batches = batches_.for_epoch(r.epoch);
    if (run_.next == 0) chip().restart_counts();
    const double all = double(config_.run.epochs) * double(data_.train.size());
    for (; run_.next < batches_.count(); ++run_.next) {
      pause();
      const std::vector<Index>& batch = batches[std::size_t(run_.next)];
      host().learner().set_rate_share(rate_share(config_.learning, double(run_.trained), all));
      run_.score.add(train_batch(r.epoch, batch));
      run_.trained += Index(batch.size());
      progress_.batch(r.epoch, run_.score);
    }
    expect_a_long_step();
    pause();
    host().measure_settling(data_.train);  // of the weights that are tested now and that the next epoch begins with
    r.seconds += training_.lap();
    r.train_loss = run_.score.loss / double(run_.score.samples);
    r.train_accuracy = double(run_.score.hits) / double(run_.score.samples);
    describe_settling(r);
    begin(Stage::test);
  }

  void begin(Stage stage) {
    run_.stage = stage;
    run_.next = 0;
    run_.score = {};
    run_.confusion.setZero();
    expect_a_long_step();
  }

  Score train_batch(int epoch, const std::vector<Index>& batch) {
    const auto in = [&] {
      return fmt::format("the batch that begins with sample {} of epoch {}",
                         run_.trained - (epoch - 1) * data_.train.size() + 1, epoch);
    };
    try {
      const Score score = host().train(data_.train, batch);
      if (!std::isfinite(score.loss)) throw NotFinite("the loss is not a number");
      return score;
    } catch (const NotFinite& e) {
      throw RunError(fmt::format("{}, in {}: {}", e.what(), in(), remedy_of_infinity));
    }
  }

  // Describes the settling in this epoch's training, and the loop as it is now.
  void describe_settling(EpochResult& r) const {
    const SettlingCount &free = chip().free_count(), &clamped = chip().clamped_count();
    r.free_steps_mean = free.steps / free.samples;
    r.clamped_steps_mean = clamped.samples > 0 ? clamped.steps / clamped.samples : 0;  // references have none
    r.unsettled_fraction = (free.unsettled + clamped.unsettled) / (free.samples + clamped.samples);
    r.cycle_fraction = (free.cycles + clamped.cycles) / (free.samples + clamped.samples);
    r.read_settling_s = chip().settling_times().read_s;
    r.free_settling_s = chip().settling_times().free_s;
    r.clamped_settling_s = chip().settling_times().clamped_s;
    r.spectral_radius_settled = chip().spectral_radius_settled();
    r.forward_settling_s = chip().settling_times().forward_s;
    r.coupling = chip().coupling();
    r.checked = free.checked;
    r.checked_elsewhere = free.elsewhere;
    for (Index p = 1; p < graph().readout(); ++p) {
      const DifferenceReadout& bank = chip().difference_readout(p);
      r.clipped_states = std::max(r.clipped_states, bank.clipped_states().share());
      r.clipped_differences = std::max(r.clipped_differences, bank.clipped_differences().share());
      r.clipped_energy = std::max(r.clipped_energy, bank.clipped_differences().lost_energy());
    }
    r.elsewhere_fraction = double(chip().settling_times().unsettled) / double(std::min<Index>(8, data_.train.size()));
  }

  void test() {
    constexpr Index at_once = 1000;
    Matrix<float> outputs;
    while (run_.next < data_.test.size()) {
      pause();
      const Index count = std::min(at_once, data_.test.size() - run_.next);
      try {
        run_.score.add(host().infer(data_.test, run_.next, count, outputs));
      } catch (const NotFinite& e) {
        throw RunError(fmt::format("{}, in the test after epoch {}: {}", e.what(), run_.epoch(), remedy_of_infinity));
      }
      count_confusion(outputs, data_.test.labels.segment(run_.next, count), run_.confusion);
      run_.next += count;
    }
    if (!std::isfinite(run_.score.loss))
      throw RunError(fmt::format("the loss of the test after epoch {} is not a number: lower learning.learning_rate",
                                 run_.epoch()));
    run_.tested = run_.confusion;  // of whole tests alone
    run_.inferred += run_.score.samples;
    run_.current.test_loss = run_.score.loss / double(run_.score.samples);
    run_.current.test_accuracy = double(run_.score.hits) / double(run_.score.samples);
  }

  // Ends the epoch. Tables come before the checkpoint: whoever goes on from the one before writes them again.
  void record() {
    EpochResult& r = run_.current;
    r.simulated_s = chip().meter().now().to_seconds();
    r.energy_j = chip().meter().ledger().total().supplied;
    r.pulses = chip().pulses_total();
    run_.epochs.push_back(r);
    result_.epochs = run_.epochs;
    result_.ledger = chip().meter().ledger();
    folder_.write("metrics.csv", metrics_csv(result_.epochs));
    folder_.write("costs.csv", costs_csv(result_, std::uint64_t(config_.run.seed)));
    run_.current = {};
    run_.current.epoch = run_.epochs.back().epoch + 1;
    begin(Stage::training);
    save();
    progress_.epoch(run_.epochs.back());
  }

  void finish() {
    result_.epochs = run_.epochs;
    result_.confusion = run_.tested;
    result_.trained = run_.trained;
    result_.inferred = run_.inferred;
    result_.written = run_.written;
    result_.ledger = chip().meter().ledger();
    if (!went_back_ && sc_core::sc_time_stamp().value() != result_.ledger.time().femtoseconds())
      throw std::logic_error("the ledger's time is not the simulation's");
    const double peak_w =
        std::max(peak_power_w(result_.ledger, Section::inference), peak_power_w(result_.ledger, Section::training));
    result_.rules = design_rules(chip(), peak_w);
    result_.noise = state_noise(chip());
    result_.clipping = clipping(chip());
    for (const Projection& p : graph().projections)
      if (p.forward) result_.multiply_adds += graph().connection(p)->multiplications();
    result_.spectral_radius = chip().spectral_radius();
    result_.pulses = chip().pulses_total();
    result_.saturated_share = chip().saturated_share();
    write_histograms();
  }

  // At the very end, because it sets the chip's timers by other samples than the first ones.
  void write_histograms() {
    const std::filesystem::path file = folder_.file(histograms_file);
    std::vector<Histogram> all = histograms_of_arrays(chip(), "final");
    if (!result_.interrupted)
      for (const Histogram& of_phase : histograms_of_settling(chip(), data_.train, run_.trained))
        all.push_back(of_phase);
    folder_.write(histograms_file, histograms_csv(all, file));
  }

  const Configuration& config_;
  const std::int64_t last_epoch_;
  const Dataset& data_;
  const RunFolder& folder_;
  const RunIdentity identity_;
  Batches batches_;
  Progress progress_;
  std::optional<hw::System> system_;
  RunState run_;
  bool resumes_ = false;  // from a checkpoint
  CheckpointFile kept_;   // what save() would have written before the last long batch; empty: nothing, or on the disk
  bool expects_a_long_step_ = true;
  Stopwatch step_;          // since the last pause
  bool went_back_ = false;  // from the middle of a batch: the simulation's time has gone on
  std::optional<EndsLongWork> ends_{std::in_place, patience_s};
  Stopwatch training_;  // since the training of this epoch was last timed
  Stopwatch saved_;     // since the last checkpoint
  RunResult result_;
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
    Index likeliest = 0;
    outputs.col(c).maxCoeff(&likeliest);
    ++confusion(labels[c], likeliest);
  }
}

RunResult run_training(const Configuration& configuration, const Dataset& data, const RunFolder& folder,
                       const std::function<void()>& accepted, std::optional<std::int64_t> until_epoch) {
  RunResult result = Training(configuration, data, folder, accepted, until_epoch).run();
  test_last_weights(configuration, data, folder.file("checkpoint.h5"), result);
  return result;
}

}  // namespace settle
