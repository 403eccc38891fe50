// States, read-out, directions and spectral radius against the golden files, in double and in float, with the
// difference layer-scaled and plain, the error held and recomputed, after K steps and at equilibrium.
#include "tests/models/settling/golden.h"

#include <gtest/gtest.h>

#include "settle/models/learning/softmax.h"
#include "settle/models/settling/stability.h"

namespace settle::test::golden_test {
namespace {

template <class Real>
constexpr double tolerance = std::is_same_v<Real, double> ? 1e-10 : 5e-6;

template <class Real>
void expect_close(const Matrix<Real>& ours, const nlohmann::json& reference, const std::string& what) {
  const Matrix<double> theirs = matrix<double>(reference);
  ASSERT_EQ(ours.rows(), theirs.rows()) << what;
  ASSERT_EQ(ours.cols(), theirs.cols()) << what;
  const double off = (ours.template cast<double>() - theirs).cwiseAbs().maxCoeff() / theirs.cwiseAbs().maxCoeff();
  EXPECT_LE(off, tolerance<Real>) << what;
}

// The clamped phase as the golden files define it, with the error held or recomputed from the clamped read-out.
template <class Real>
class ClampedPhase {
 public:
  ClampedPhase(GoldenNetwork<Real>& net, const Matrix<Real>& logits, bool held)
      : net_(net), logits_(logits), held_(held), error_(logits.rows(), logits.cols()) {}

  void run(SettleOptions options, int rounds) {
    release(net_.circuit, net_.chunk());
    recompute();
    for (int round = 0; round < rounds; ++round) {
      const Matrix<Real> before = error_;
      drive_from_nudge(net_.circuit, net_.chunk(), all(std::as_const(error_)));
      settle_clamped(net_.circuit, net_.chunk(), options, 0.0);
      if (held_ && options.method == Method::sweeps) return;
      if (!held_) recompute();
      if (options.method == Method::sweeps && (error_ - before).cwiseAbs().maxCoeff() <= Real(options.tolerance))
        return;
    }
  }

 private:
  void recompute() {
    Matrix<Real> shifted(logits_.rows(), logits_.cols());
    read_logits_difference(net_.circuit, net_.chunk(), all(shifted));
    shifted += logits_;
    softmax(all(std::as_const(shifted)), all(shifted));
    error_ = net_.y - shifted;
  }

  GoldenNetwork<Real>& net_;
  const Matrix<Real>& logits_;
  bool held_;
  Matrix<Real> error_;
};

template <class Real>
void expect_clamped(GoldenNetwork<Real>& net, const Matrix<Real>& readout, const nlohmann::json& expected,
                    const std::string& what) {
  const double samples = double(net.x.cols());
  std::vector<Matrix<Real>> difference(net.graph.populations.size());
  for (Index p = 1; p < net.graph.readout(); ++p) {
    const auto i = std::size_t(p);
    const std::string name = std::to_string(p);
    difference[i] = net.state(p).difference * Real(net.circuit.scale(p));
    if (expected.contains("difference"))
      expect_close(difference[i], expected["difference"][name], what + " difference " + name);
    if (expected.contains("state"))
      expect_close<Real>(net.state(p).state + difference[i], expected["state"][name], what + " state " + name);
  }
  if (!expected.contains("dW")) return;
  for (const Projection& p : net.graph.projections) {
    const Matrix<Real> post =
        p.target == net.graph.readout() ? Matrix<Real>(net.y - readout) : difference[std::size_t(p.target)];
    const Matrix<Real> pre = p.source == 0 ? net.x : net.state(p.source).state;
    const std::string name = edge(p.source, p.target);
    expect_close<Real>(post * pre.transpose() / Real(samples), expected["dW"][name], what + " dW " + name);
  }
}

template <class Real>
void check(const std::filesystem::path& path, bool layer_scaled, ClampedLines lines = ClampedLines::states) {
  SCOPED_TRACE(path.string());
  const nlohmann::json golden = read_json(path);
  GoldenNetwork<Real> net(golden, layer_scaled, lines);
  // at these amplitudes a line's difference is that of the state
  for (Index p = 1; p < net.graph.readout(); ++p) net.circuit.set_signal(p, net.circuit.scale(p));
  const bool is_double = std::is_same_v<Real, double>;
  const SettleOptions exact{Method::sweeps, 5000, is_double ? 1e-14 : 2e-7};
  const SettleOptions one_step{Method::map, 1, 1.0};

  drive_from_input(net.circuit, net.chunk(), all(std::as_const(net.x)));
  settle_free(net.circuit, net.chunk(), exact);
  Matrix<Real> logits(net.y.rows(), net.y.cols());
  read_logits(net.circuit, net.chunk(), all(logits));
  Matrix<Real> readout = logits;
  softmax(all(std::as_const(logits)), all(readout));
  if (golden.contains("free"))
    for (Index p = 1; p < net.graph.readout(); ++p)
      expect_close(net.state(p).state, golden["free"][std::to_string(p)], "free " + std::to_string(p));
  if (golden.contains("readout_free")) expect_close(readout, golden["readout_free"], "readout");
  if (golden.contains("spectral_radius")) {
    const double radius = golden["spectral_radius"];
    EXPECT_NEAR(spectral_radius(net.circuit), radius, tolerance<Real> * radius);
  }

  for (const bool held : {false, true}) {
    const char* name = held ? "error_held" : "error_recomputed";
    if (!golden.contains(name)) continue;
    ClampedPhase<Real> phase(net, logits, held);
    if (golden[name].contains("after_steps")) {
      phase.run(one_step, golden["clamped_steps"]);
      expect_clamped(net, readout, golden[name]["after_steps"], std::string(name) + " after steps");
    }
    if (golden[name].contains("equilibrium")) {
      phase.run(exact, 5000);
      expect_clamped(net, readout, golden[name]["equilibrium"], std::string(name) + " equilibrium");
    }
  }
}

TEST(Golden, DoubleLayerScaled) {
  for (const auto& f : golden_files()) check<double>(f, true);
}
TEST(Golden, DoublePlain) {
  for (const auto& f : golden_files()) check<double>(f, false);
}
TEST(Golden, FloatLayerScaled) {
  for (const auto& f : golden_files()) check<float>(f, true);
}
TEST(Golden, FloatPlain) {
  for (const auto& f : golden_files()) check<float>(f, false);
}
TEST(Golden, DoubleDifferencesOnLines) {
  for (const auto& f : golden_files()) check<double>(f, true, ClampedLines::differences);
}
TEST(Golden, FloatDifferencesOnLines) {
  for (const auto& f : golden_files()) check<float>(f, true, ClampedLines::differences);
}

// Small amplitudes on the lines give the directions of a small nudge, whatever the nudge of the circuit is.
template <class Real>
void expect_directions_of_a_small_nudge() {
  for (const auto& f : golden_files()) {
    SCOPED_TRACE(f.string());
    const nlohmann::json golden = read_json(f);
    nlohmann::json gently = golden;
    gently["nudge"] = 1e-14;
    GoldenNetwork<Real> nudged(gently, true), amplified(golden, true, ClampedLines::differences);
    const SettleOptions exact{Method::sweeps, 5000, std::is_same_v<Real, double> ? 1e-14 : 2e-7};
    for (GoldenNetwork<Real>* net : {&nudged, &amplified}) {
      for (Index p = 1; p < net->graph.readout(); ++p)
        if (net == &amplified) net->circuit.set_signal(p, 1e-14);
      drive_from_input(net->circuit, net->chunk(), all(std::as_const(net->x)));
      settle_free(net->circuit, net->chunk(), exact);
      release(net->circuit, net->chunk());
      drive_from_nudge(net->circuit, net->chunk(), all(std::as_const(net->y)));
      settle_clamped(net->circuit, net->chunk(), exact, 0.0);
    }
    for (Index p = 1; p < nudged.graph.readout(); ++p) {
      const Matrix<Real>&a = amplified.state(p).difference, &b = nudged.state(p).difference;
      EXPECT_LE(double((a - b).cwiseAbs().maxCoeff()), tolerance<Real> * double(b.cwiseAbs().maxCoeff())) << p;
    }
  }
}
TEST(Golden, SmallAmplitudesGiveTheDirectionsOfASmallNudge) {
  expect_directions_of_a_small_nudge<double>();
  expect_directions_of_a_small_nudge<float>();
}

TEST(Golden, FilesAreThere) { EXPECT_GE(golden_files().size(), 4u); }

}  // namespace
}  // namespace settle::test::golden_test
