// A loop of three layers settles in time, free and clamped, one sample: where it ends against the models' operating
// point, when it gets there against the linearised loop's settling time, and both signs of a symmetric nudge. Leaves
// tb_settling.vcd: outputs, in volts, and the phases.
#include <cmath>
#include <string>
#include <vector>

#include "hw/chip.h"
#include "models/network/topology.h"
#include "testbenches/run.h"

using namespace settle;

namespace {

constexpr double tau_s = 10e-9, tolerance = 1e-5;
constexpr Index shown = 3;

hw::SubstrateSpec substrate_spec() {
  GraphSpec graph{/*inputs=*/16, /*hidden=*/{12, 10, 8}, /*outputs=*/4};
  graph.beta = 0.1;
  hw::SubstrateSpec spec;
  spec.graph = layered(graph);
  spec.crossbar.device = device_preset("ecram");
  spec.crossbar.weight_at_bound = 5;  // in Glorot limits
  spec.neuron.tau_s = tau_s;
  spec.neuron.gain_mismatch = 0.05;
  spec.neuron.offset_mismatch = 0.03;
  spec.learning.nudge = 0.5;
  spec.settling.analysis = Analysis::transient;
  spec.settling.tolerance = tolerance;
  spec.settling.time_step_s = tau_s / 100;
  return spec;
}

class Bench : public testbench::BenchModule {
 public:
  Bench(sc_core::sc_module_name name, testbench::Checks& checks)
      : BenchModule(name, checks),
        chip_(substrate_spec(), hw::HostSpec{}, [this](hw::HostController&) { settle_both_phases(); }),
        volts_(9, 0.0) {
    SC_HAS_PROCESS(Bench);
    SC_METHOD(probe);
    sensitive << chip_.substrate.stepped();
    dont_initialize();
  }

  void trace(sc_core::sc_trace_file* file) const override {
    sc_core::sc_trace(file, free_, "phase.free");
    sc_core::sc_trace(file, clamped_, "phase.clamped");
    for (std::size_t i = 0; i < volts_.size(); ++i)
      sc_core::sc_trace(file, volts_[i], "hidden" + std::to_string(i / 3 + 1) + ".v" + std::to_string(i % 3));
  }
  void simulate() override { chip_.run(); }

 private:
  void settle_both_phases() {
    hw::Substrate& s = chip_.substrate;
    s.initialise();
    pixels_.resize(16, 1);
    for (Index i = 0; i < 16; ++i) pixels_(i) = std::uint8_t((i * 67) % 256);
    error_.resize(4, 1);
    error_ << 0.7f, -0.3f, -0.2f, -0.2f;
    s.measure_settling(pixels_, Matrix<float>(Matrix<float>::Identity(4, 4).col(0)));
    solve();
    sc_core::sc_time delay;
    s.present({1, 1, 0, 1}, pixels_, delay);
    watch([](const BankState<float>& b) { return b.state; }, free_goal_, /*relative=*/false);
    s.settle_free(/*for_training=*/true, delay);
    check_end("free", s.free_count());
    // half a code of 8 bits, as measure_settling has it
    checks_.near("free: time to half a code, against the linearised loop, in tau", arrived_s_ / tau_s,
                 s.settling_times().read_s / tau_s, 0.4);
    clamp("clamped", error_, clamped_goal_, /*turned=*/false);
    checks_.near("clamped: time to half a code of itself, likewise", arrived_s_ / tau_s,
                 s.settling_times().clamped_s / tau_s, 0.4);
    clamp("clamped with the opposite error", Matrix<float>(-error_), opposite_goal_, /*turned=*/true);
    s.rest();
    sc_core::wait(delay);
  }

  void clamp(const char* what, Matrix<float> error, const std::vector<Matrix<float>>& goal, bool turned) {
    hw::Substrate& s = chip_.substrate;
    sc_core::sc_time delay;
    s.nudge(error, delay);
    watch([](const BankState<float>& b) { return b.difference; }, goal, /*relative=*/true);
    s.settle_clamped(turned, delay);
    check_end(what, s.clamped_count());
  }

  // The operating points, by the models.
  void solve() {
    const hw::Substrate& s = chip_.substrate;
    const Loop<float>& loop = s.loop();
    std::vector<BankState<float>> own(std::size_t(loop.populations()));
    std::vector<BankState<float>*> states(own.size(), nullptr);
    for (Index p = 1; p < loop.readout(); ++p) {
      own[std::size_t(p)].resize(loop.banks[std::size_t(p)]->size(), 1);
      states[std::size_t(p)] = &own[std::size_t(p)];
    }
    const Chunk<float> chunk{&states, 0, 1};
    const SettleOptions exact{Method::sweeps, 1000, 1e-7};
    const Matrix<float> x = pixels_.cast<float>() / 255;
    drive_from_input(loop, chunk, columns(x, 0, 1));
    settle_free(loop, chunk, exact);
    for (Index p = 1; p < loop.readout(); ++p) free_goal_.push_back(own[std::size_t(p)].state);
    for (const float sign : {1.0f, -1.0f}) {
      const Matrix<float> error = sign * error_;
      release(loop, chunk);
      drive_from_nudge(loop, chunk, columns(error, 0, 1));
      settle::settle_clamped(loop, chunk, exact, 0);
      for (Index p = 1; p < loop.readout(); ++p)
        (sign > 0 ? clamped_goal_ : opposite_goal_).push_back(own[std::size_t(p)].difference);
    }
  }

  using Of = Matrix<float> (*)(const BankState<float>&);

  void watch(Of of, const std::vector<Matrix<float>>& goal, bool relative) {
    of_ = of;
    goal_ = &goal;
    relative_ = relative;
    start_ = sc_core::sc_time_stamp();
    arrived_s_ = 0;
  }

  // The largest rms distance of a population from where it is to be, of full scale or of its difference.
  double distance() {
    double largest = 0;
    for (Index p = 1; p < chip_.substrate.loop().readout(); ++p) {
      const Matrix<float>& goal = (*goal_)[std::size_t(p - 1)];
      const double off = double((of_(chip_.substrate.bank(p).state()) - goal).norm());
      largest = std::max(largest, off / (relative_ ? double(goal.norm()) : std::sqrt(double(goal.size()))));
    }
    return largest;
  }

  void check_end(const char* what, const hw::SettlingCount& count) {
    checks_.at_most((std::string(what) + ": samples that did not settle").c_str(), count.unsettled, 0);
    checks_.at_most((std::string(what) + ": where it ends, from the operating point").c_str(), distance(), tolerance);
  }

  void probe() {
    hw::Substrate& s = chip_.substrate;
    free_ = s.phase() == hw::Substrate::Phase::free;
    clamped_ = s.phase() == hw::Substrate::Phase::clamped;
    for (Index p = 1; p < s.loop().readout(); ++p) {
      const BankState<float>& b = s.bank(p).state();
      if (b.state.size() == 0) return;
      for (Index i = 0; i < shown; ++i)
        volts_[std::size_t(3 * (p - 1) + i)] =
            s.spec().chip.neuron_full_scale_v *
            (double(b.state(i)) + (clamped_ ? s.loop().scale[std::size_t(p)] * double(b.difference(i)) : 0.0));
    }
    if (goal_ == nullptr) return;
    // the time of the first state from which on it is there
    constexpr double half_a_code = 1.0 / 512;
    if (distance() > half_a_code) arrived_s_ = (sc_core::sc_time_stamp() - start_).to_seconds() + tau_s / 100;
  }

  hw::Chip chip_;
  Matrix<std::uint8_t> pixels_;
  Matrix<float> error_;
  std::vector<Matrix<float>> free_goal_, clamped_goal_, opposite_goal_;  // by hidden population
  Of of_ = nullptr;
  const std::vector<Matrix<float>>* goal_ = nullptr;
  bool relative_ = false;
  sc_core::sc_time start_;
  double arrived_s_ = 0;
  std::vector<double> volts_;
  bool free_ = false, clamped_ = false;
};

}  // namespace

int sc_main(int, char**) { return testbench::run<Bench>("tb_settling"); }
