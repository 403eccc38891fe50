#include "src/run/run_state.h"

namespace settle {
namespace {

/// A figure of an epoch that is kept, with its unit.
struct KeptFigure {
  const char* name;
  double EpochResult::*member;
  const char* unit;
};

const std::vector<KeptFigure>& kept_figures() {
  static const std::vector<KeptFigure> all = {
      {"train_loss", &EpochResult::train_loss, "1"},
      {"train_accuracy", &EpochResult::train_accuracy, "1"},
      {"test_loss", &EpochResult::test_loss, "1"},
      {"test_accuracy", &EpochResult::test_accuracy, "1"},
      {"simulated", &EpochResult::simulated_s, "s"},
      {"energy", &EpochResult::energy_j, "J"},
      {"pulses", &EpochResult::pulses, "pulses"},
      {"free_steps_mean", &EpochResult::free_steps_mean, "1"},
      {"clamped_steps_mean", &EpochResult::clamped_steps_mean, "1"},
      {"unsettled_fraction", &EpochResult::unsettled_fraction, "1"},
      {"cycle_fraction", &EpochResult::cycle_fraction, "1"},
      {"elsewhere_fraction", &EpochResult::elsewhere_fraction, "1"},
      {"read_settling", &EpochResult::read_settling_s, "s"},
      {"free_settling", &EpochResult::free_settling_s, "s"},
      {"clamped_settling", &EpochResult::clamped_settling_s, "s"},
      {"forward_settling", &EpochResult::forward_settling_s, "s"},
      {"coupling", &EpochResult::coupling, "1"},
      {"checked", &EpochResult::checked, "samples"},
      {"checked_elsewhere", &EpochResult::checked_elsewhere, "samples"},
      {"clipped_states", &EpochResult::clipped_states, "1"},
      {"clipped_differences", &EpochResult::clipped_differences, "1"},
      {"clipped_energy", &EpochResult::clipped_energy, "1"},
      {"spectral_radius_settled", &EpochResult::spectral_radius_settled, "1"},
  };
  return all;
}

// The figures of epochs as columns of metrics.csv, those that are over and the one that is not.
void visit_epochs(std::vector<EpochResult>& over, EpochResult& current, Archive& archive) {
  std::int64_t count = std::int64_t(over.size());
  archive.number("epochs", count);
  if (archive.loading()) over.assign(std::size_t(count), EpochResult{});
  for (const KeptFigure& figure : kept_figures()) {
    Vector<double> column(count + 1);
    for (Index i = 0; i < count; ++i) column[i] = over[std::size_t(i)].*figure.member;
    column[count] = current.*figure.member;
    archive.vector(figure.name, column, figure.unit, "of each epoch, as in metrics.csv; last, of the unfinished one");
    for (Index i = 0; i < count; ++i) over[std::size_t(i)].*figure.member = column[i];
    current.*figure.member = column[count];
  }
  for (Index i = 0; i < count; ++i) over[std::size_t(i)].epoch = int(i) + 1;
  current.epoch = int(count) + 1;
}

}  // namespace

void RunState::visit_state(Archive& archive) {
  archive.group("run", [&] {
    std::int64_t in_test = stage == Stage::test ? 1 : 0;
    archive.number("in_test", in_test);
    stage = in_test != 0 ? Stage::test : Stage::training;
    archive.number("next", next);
    archive.number("loss", score.loss);
    archive.count("hits", score.hits);
    archive.count("samples", score.samples);
    archive.matrix("unfinished_confusion", confusion, "samples", "true class x predicted class, of the test so far");
    archive.matrix("confusion", tested, "samples", "true class x predicted class, of the last whole test");
    archive.count("trained", trained);
    archive.count("inferred", inferred);
    archive.number("written_apparent2", written.apparent2);
    archive.number("written_hidden2", written.hidden2);
    archive.number("written_weights", written.weights);
    archive.group("metrics", [&] { visit_epochs(epochs, current, archive); });
  });
}

}  // namespace settle
