// A loop of three layers settles in time, free and clamped, one sample: where it ends against the models' operating
// point, when it gets there against the linearised loop's settling time, both signs of a symmetric nudge, and the
// neurons' bias. Leaves tb_settling.vcd: phases, outputs, logits and the nudge, in volts, and energy.
#include <cmath>
#include <string>
#include <vector>

#include "settle/hw/probes.h"
#include "settle/hw/system.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/network/topology.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr double tau_s = 10e-9, tolerance = 1e-5;
constexpr Index shown = 3;

ChipDesign chip_design() {
  GraphSpec graph{/*inputs=*/16, /*hidden=*/{12, 10, 8}, /*outputs=*/4};
  graph.beta = 0.1;
  ChipDesign design;
  design.graph = layered(graph);
  design.crossbar.device = device_preset("ecram");
  design.crossbar.weight_at_bound = 5;  // in Glorot limits
  design.neuron.tau_s = tau_s;
  design.neuron.gain_mismatch = 0.05;
  design.neuron.offset_mismatch = 0.03;
  design.learning.nudge = 0.5;
  design.settling.analysis = Analysis::transient;
  design.settling.tolerance = tolerance;
  design.settling.time_step_s = tau_s / 100;
  return design;
}

class Bench : public sc_core::sc_module {
 public:
  explicit Bench(sc_core::sc_module_name name)
      : sc_module(name), system_(chip_design(), HostSpec{}, [this](Host&) { settle_both_phases(); }) {
    SC_HAS_PROCESS(Bench);
    SC_METHOD(note_arrival);
    sensitive << system_.chip_module.stepped();
    dont_initialize();
  }

  int run() {
    system_.run();
    return checks_.status();
  }

 private:
  void settle_both_phases() {
    Chip& chip = system_.chip;
    chip.initialise();
    pixels_.resize(16, 1);
    for (Index i = 0; i < 16; ++i) pixels_(i) = std::uint8_t((i * 67) % 256);
    error_.resize(4, 1);
    error_ << 0.7f, -0.3f, -0.2f, -0.2f;
    chip.measure_settling(pixels_, Vector<std::uint8_t>::Zero(1));
    solve();
    chip.present({1, 1, 0, 1}, pixels_);
    watch([](const BankState<float>& b) { return b.state; }, free_goal_, /*relative=*/false);
    const double booked = chip.meter().supplied_j();
    chip.settle_free(Use::learning);
    check_bias(chip.meter().supplied_j() - booked);
    check_end("free", chip.free_count());
    // half a code of 8 bits, as measure_settling has it
    checks_.near("free: time to half a code, against the linearised loop, in tau", arrived_s_ / tau_s,
                 chip.settling_times().read_s / tau_s, 0.4);
    clamp("clamped", error_, clamped_goal_, Sign::first);
    checks_.near("clamped: time to half a code of itself, against the linearised loop", arrived_s_ / tau_s,
                 chip.settling_times().clamped_s / tau_s, 0.4);
    clamp("clamped with the opposite error", Matrix<float>(-error_), opposite_goal_, Sign::second);
    chip.go_idle();
  }

  void clamp(const char* what, const Matrix<float>& error, const std::vector<Matrix<float>>& goal, Sign sign) {
    Chip& chip = system_.chip;
    chip.nudge(error);
    watch([](const BankState<float>& b) { return b.difference; }, goal, /*relative=*/true);
    chip.settle_clamped(sign);
    check_end(what, chip.clamped_count());
  }

  // Finds the operating points, by the models.
  void solve() {
    const Circuit<float>& circuit = system_.chip.circuit();
    Equilibria equilibria(circuit, 1, {Method::sweeps, 1000, 1e-7});
    equilibria.present({1, 1, 0, 1}, pixels_);
    equilibria.settle_free(Use::learning);
    for (Index p = 1; p < circuit.readout(); ++p) free_goal_.push_back(equilibria.state().bank(p).state);
    for (const Sign sign : {Sign::first, Sign::second}) {
      const bool first = sign == Sign::first;
      Matrix<float> error = (first ? 1.0f : -1.0f) * error_;
      equilibria.nudge(error);
      equilibria.settle_clamped(sign);
      for (Index p = 1; p < circuit.readout(); ++p)
        (first ? clamped_goal_ : opposite_goal_).push_back(equilibria.state().bank(p).difference);
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
    const Chip& chip = system_.chip;
    double largest = 0;
    for (Index p = 1; p < chip.circuit().readout(); ++p) {
      const Matrix<float>& goal = (*goal_)[std::size_t(p - 1)];
      const double off = double((of_(chip.state().bank(p)) - goal).norm());
      largest = std::max(largest, off / (relative_ ? double(goal.norm()) : std::sqrt(double(goal.size()))));
    }
    return largest;
  }

  void check_end(const char* what, const SettlingCount& count) {
    checks_.at_most((std::string(what) + ": samples that did not settle").c_str(), count.unsettled, 0);
    checks_.at_most((std::string(what) + ": where it ends, from the operating point").c_str(), distance(), tolerance);
  }

  // Checks the energy of the transient that has just ended against that of its neurons' bias.
  void check_bias(double booked_j) {
    const Circuit<float>& circuit = system_.chip.circuit();
    const double seconds = (sc_core::sc_time_stamp() - start_).to_seconds();
    double neurons = 0;
    for (Index p = 1; p < circuit.readout(); ++p) neurons += double(circuit.size(p));
    const double bias_j = system_.chip.meter().costs().neuron_bias_w(tau_s) * neurons * seconds;
    checks_.at_least("free: energy over the neurons' bias alone", booked_j / bias_j, 1.0);
  }

  void note_arrival() {
    if (goal_ == nullptr) return;
    // the time of the first state from which on it is there
    constexpr double half_a_code = 1.0 / 512;
    if (distance() > half_a_code) arrived_s_ = (sc_core::sc_time_stamp() - start_).to_seconds() + tau_s / 100;
  }

  testbench::Checks checks_;
  hw::System system_;
  hw::Probes probes_{"probes", system_.chip_module, hw::chip_signals(system_.chip_module, shown), "tb_settling"};
  Matrix<std::uint8_t> pixels_;
  Matrix<float> error_;
  std::vector<Matrix<float>> free_goal_, clamped_goal_, opposite_goal_;  // by hidden population
  Of of_ = nullptr;
  const std::vector<Matrix<float>>* goal_ = nullptr;
  bool relative_ = false;
  sc_core::sc_time start_;
  double arrived_s_ = 0;
};

}  // namespace

int sc_main(int, char**) {
  hw::set_time_resolution();
  Bench bench("bench");
  return bench.run();
}
