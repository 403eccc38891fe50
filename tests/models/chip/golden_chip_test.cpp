// The golden files on the chip, in float with exact devices and converters: states, differences and update
// directions, as operating point and as map, with the error held and recomputed.
#include <gtest/gtest.h>

#include "settle/models/learning/softmax.h"
#include "settle/models/settling/phase.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/settling/golden.h"

namespace settle::test::golden_chip_test {
namespace {

constexpr double tolerance = 5e-6;
constexpr int enough_steps = 3000;

void expect_close(const Matrix<float>& ours, const nlohmann::json& reference, const std::string& what) {
  const Matrix<double> theirs = matrix<double>(reference);
  ASSERT_EQ(ours.rows(), theirs.rows()) << what;
  ASSERT_EQ(ours.cols(), theirs.cols()) << what;
  EXPECT_LE((ours.cast<double>() - theirs).cwiseAbs().maxCoeff() / theirs.cwiseAbs().maxCoeff(), tolerance) << what;
}

// One golden file on a chip. Its samples come in chunks of three, the last one padded.
class GoldenChip {
 public:
  GoldenChip(const nlohmann::json& golden, Chip& chip)
      : golden_(golden),
        chip_(chip),
        graph_(chip.design().graph),
        x_(matrix<float>(golden["x"])),
        y_(matrix<float>(golden["y"])),
        block_{x_.cols(), 3, 0, 1} {
    for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
      const std::string name = edge(graph_.projections[k].source, graph_.projections[k].target);
      chip_.array(k)->set_weights(matrix<float>(golden["W"][name]), 1);
      if (CrossbarMacro* feedback = chip_.feedback(k)) feedback->set_weights(matrix<float>(golden["B"][name]), 1);
    }
  }

  void settle_free() {
    chip_.present(block_, Matrix<std::uint8_t>::Zero(x_.rows(), block_.samples));
    drive();
    chip_.settle_free(Use::learning);
    chip_.read_logits(readout_);
    to_error(readout_, error_);
    chip_.hold();
    if (golden_.contains("free"))
      for (Index p = 1; p < graph_.readout(); ++p) expect_close(held(p), golden_["free"][std::to_string(p)], "free");
    if (golden_.contains("readout_free"))
      expect_close(readout_.leftCols(block_.samples), golden_["readout_free"], "readout");
  }

  // So many times: nudge, settle; with the error of the free state, or that of the state as it is now.
  void settle_clamped(bool error_held, int rounds) {
    Matrix<float> now = error_;
    for (int round = 0; round < rounds; ++round) {
      if (!error_held) {
        Matrix<float> logits;
        chip_.read_logits(logits);
        to_error(logits, now);
      }
      Matrix<float> error = now;
      chip_.nudge(error);
      chip_.settle_clamped(Sign::first);
    }
  }

  void expect_clamped(const nlohmann::json& expected, const std::string& what) {
    std::vector<Matrix<float>> difference(graph_.populations.size());
    for (Index p = 1; p < graph_.readout(); ++p) {
      Matrix<float>& d = difference[std::size_t(p)];
      chip_.read_difference(p, d);
      d = (d.leftCols(block_.samples) * float(chip_.circuit().scale(p))).eval();
      const std::string name = std::to_string(p);
      if (expected.contains("difference")) expect_close(d, expected["difference"][name], what + " difference " + name);
      if (expected.contains("state")) expect_close(held(p) + d, expected["state"][name], what + " state " + name);
    }
    if (!expected.contains("dW")) return;
    for (const Projection& p : graph_.projections) {
      const Matrix<float> post = p.target == graph_.readout() ? Matrix<float>(error_.leftCols(block_.samples))
                                                              : difference[std::size_t(p.target)];
      const Matrix<float> pre = p.source == 0 ? x_ : held(p.source);
      const std::string name = edge(p.source, p.target);
      expect_close(post * pre.transpose() / float(block_.samples), expected["dW"][name], what + " dW " + name);
    }
  }

 private:
  // The inputs are real numbers, not pixel codes: they drive the banks past the DACs.
  void drive() {
    Matrix<float> padded = Matrix<float>::Zero(x_.rows(), block_.columns());
    padded.leftCols(block_.samples) = x_;
    drive_from_input(chip_.circuit(), chip_.state().all(), all(std::as_const(padded)));
  }

  Matrix<float> held(Index p) {
    Matrix<float> state;
    chip_.read_held(p, state);
    return state.leftCols(block_.samples);
  }

  // logits <- SoftMax, error <- target minus that; zero in the padding.
  void to_error(Matrix<float>& logits, Matrix<float>& error) {
    softmax(all(std::as_const(logits)), all(logits));
    error.setZero(logits.rows(), logits.cols());
    error.leftCols(block_.samples) = y_ - logits.leftCols(block_.samples);
  }

  const nlohmann::json& golden_;
  Chip& chip_;
  const Graph& graph_;
  Matrix<float> x_, y_, readout_, error_;
  Block block_;
};

void check(const std::filesystem::path& path, Analysis analysis, bool error_held, DifferenceMode mode) {
  SCOPED_TRACE(path.string());
  const nlohmann::json golden = read_json(path);
  const char* name = error_held ? "error_held" : "error_recomputed";
  if (!golden.contains(name)) return;
  ChipDesign design = exact_chip({1, 1, 1});
  design.graph = golden_graph(golden);
  for (Population& p : design.graph.populations) p.name.insert(0, "population");
  design.learning.nudge = golden["nudge"];
  design.learning.difference = mode;
  design.settling.analysis = analysis;
  design.settling.tolerance = 2e-7;
  design.settling.free_steps = enough_steps;
  const bool step_by_step = analysis == Analysis::map;
  design.settling.clamped_steps = step_by_step ? 1 : enough_steps;
  Chip chip(design);
  GoldenChip golden_chip(golden, chip);
  golden_chip.settle_free();
  if (step_by_step && golden[name].contains("after_steps")) {
    golden_chip.settle_clamped(error_held, golden["clamped_steps"]);
    golden_chip.expect_clamped(golden[name]["after_steps"], std::string(name) + " after steps");
  }
  if (!golden[name].contains("equilibrium")) return;
  golden_chip.settle_clamped(error_held, error_held && !step_by_step ? 1 : 300);
  golden_chip.expect_clamped(golden[name]["equilibrium"], std::string(name) + " equilibrium");
}

void check_all(Analysis analysis, bool error_held) {
  EXPECT_GE(golden_files().size(), 4u);
  for (const auto& file : golden_files())
    for (const DifferenceMode mode : {DifferenceMode::layer_scaled, DifferenceMode::plain})
      check(file, analysis, error_held, mode);
}

TEST(GoldenChip, OperatingPointErrorHeld) { check_all(Analysis::operating_point, true); }
TEST(GoldenChip, OperatingPointErrorRecomputed) { check_all(Analysis::operating_point, false); }
TEST(GoldenChip, MapErrorHeld) { check_all(Analysis::map, true); }
TEST(GoldenChip, MapErrorRecomputed) { check_all(Analysis::map, false); }

}  // namespace
}  // namespace settle::test::golden_chip_test
