// Two neuron banks coupled by one crossbar, alpha forwards and beta backwards through the same devices: their transient
// under a constant drive, step by step; and banks on their own with mismatch, a slew limit, and thermal noise. Leaves
// tb_neuron_bank.vcd: outputs, in volts.
#include <cmath>
#include <string>
#include <vector>

#include "settle/hw/testbench.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/thermal.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr Index lower_size = 8, upper_size = 6, many = 4000;
constexpr double tau_s = 10e-9, alpha = 1.0, beta = 0.5;
constexpr double gain_mismatch = 0.05, offset_mismatch = 0.03;
constexpr double slew = 2e7;  // full scales per second: 0.2 in a time constant
const double noise_rms = capacitor_noise_v(100e-15, 300) / ChipSpec{}.neuron_full_scale_v;

BankSpec neurons_with(double gain, double offset) {
  BankSpec spec;
  spec.tau_s = tau_s;
  spec.gain_mismatch = gain;
  spec.offset_mismatch = offset;
  return spec;
}
const BankSpec matched = neurons_with(0, 0), mismatched = neurons_with(gain_mismatch, offset_mismatch);

ArraySpec array_spec() {
  ArraySpec spec;
  spec.device = device_preset("ecram");
  spec.weight_at_bound = 1;
  return spec;
}

BankSpec slew_limited() {
  BankSpec spec = matched;
  spec.slew = slew;
  return spec;
}
// Thermal noise of a 100 fF membrane, and as much again of the output's amplifier.
BankSpec with_noise() {
  BankSpec spec = matched;
  spec.membrane_noise = spec.noise = noise_rms;
  return spec;
}
const BankSpec slewing = slew_limited(), noisy = with_noise();

class Bench {
 public:
  Bench() {
    bench_.couple("lower", "array", "upper", alpha);
    bench_.couple("upper", "array", "lower", beta, Side::bit_lines);
    for (const char* nodes : {"lower.v[0-3]", "upper.v[0-3]", "single.v0", "slow.v0", "noisy.v0"}) bench_.probe(nodes);
  }

  int run() {
    Matrix<float> weights(upper_size, lower_size);
    for (Index i = 0; i < weights.size(); ++i) weights(i) = 0.25f * std::sin(1.7f * float(i));
    array_.set_weights(weights, 1);
    for (Index i = 0; i < lower_size; ++i) lower_.now.external(i) = 0.8f * std::cos(2.3f * float(i));
    check_single();
    check_order();
    check_equilibrium();
    check_mismatch();
    check_slew();
    check_noise();
    return checks_.status();
  }

 private:
  // Runs a transient of `steps` steps from a reset.
  void transient(double step_s, int steps) {
    bench_.restart(step_s);
    bench_.run(step_s * steps);
  }

  // The membrane of a neuron on its own under a constant drive, which the integrator follows exactly.
  void check_single() {
    constexpr double drive = 0.7;
    single_.now.external(0) = float(drive);
    double off = 0;
    for (int steps = 1; steps <= 64; steps *= 2) {
      transient(tau_s / 8, steps);
      const double expected = drive * (1 - std::exp(-steps / 8.0));
      off = std::max(off, std::abs(double(single_.now.drive(0)) - expected));
      off = std::max(off, std::abs(double(single_.now.state(0)) - std::tanh(expected)));
    }
    checks_.at_most("one neuron: largest error against 1 - exp(-t/tau)", off, 1e-6);
  }

  Matrix<float> coupled_state_at(double seconds, int steps) {
    transient(seconds / steps, steps);
    Matrix<float> both(lower_size + upper_size, 1);
    both << lower_.now.state, upper_.now.state;
    return both;
  }

  // Coupled neurons see their drive change within a step, which is extrapolated: an error of the second order.
  void check_order() {
    constexpr double when = 1.5 * tau_s;
    const Matrix<float> exact = coupled_state_at(when, 3 * 2048);
    double last = 0;
    for (const int steps : {12, 24, 48}) {
      const double error = double((coupled_state_at(when, steps) - exact).norm());
      if (last > 0) checks_.near("coupled pair: error divided by this when the step is halved", last / error, 4, 0.6);
      last = error;
    }
    checks_.at_least("and that error is not nothing", last, 1e-5);
  }

  // The transient ends where the models' operating point is.
  void check_equilibrium() {
    const double start = sc_core::sc_time_stamp().to_seconds();
    transient(tau_s / 10, 400);

    // each input drives a neuron of the lower bank; nothing reads the upper one out
    const Matrix<float> wires = Matrix<float>::Identity(lower_size, lower_size);
    const Graph graph{{{"input", lower_size}, {"lower", lower_size}, {"upper", upper_size}, {"readout", 0}},
                      {{0, 1}, {1, 2, /*forward=*/true, /*backward=*/true, alpha, beta}}};
    const ProjectionArrays<float> input{&wires};
    const ProjectionArrays<float> pair{&array_.model().effective(), nullptr, array_.model().weight_scale()};
    const Circuit<float> circuit(graph, {{}, lower_.bank, upper_.bank, {}}, {input, pair},
                                 {/*nudge=*/0, /*layer_scaled=*/false});
    Equilibria equilibria(circuit, 1, {Method::sweeps, 999, 1e-7});
    equilibria.drive(lower_.now.external);
    equilibria.settle_free(Use::learning);
    const Matrix<float>& lower = equilibria.state().bank(1).state;
    const Matrix<float>& upper = equilibria.state().bank(2).state;
    checks_.at_least("operating point: the models find it within 999 sweeps", equilibria.settled(), 1);
    checks_.at_most("end of the transient, lower bank, against the operating point",
                    (lower_.now.state - lower).cwiseAbs().maxCoeff(), 1e-6);
    checks_.at_most("end of the transient, upper bank, against the operating point",
                    (upper_.now.state - upper).cwiseAbs().maxCoeff(), 1e-6);
    checks_.at_least("feedback moved the lower bank, fraction of full scale",
                     (lower_.now.state - Matrix<float>(lower_.now.external.array().tanh())).cwiseAbs().maxCoeff(),
                     0.01);

    const double seconds = sc_core::sc_time_stamp().to_seconds() - start;
    checks_.near("simulated time of 400 steps, in tau", seconds / tau_s, 40, 1e-9);
  }

  // Without a drive only the offsets are left; with one, gains as well: s = tanh(g (h + o)).
  void check_mismatch() {
    constexpr double drive = 0.5;
    for (const double h : {0.0, drive}) {
      spread_.now.external.setConstant(float(h));
      transient(30 * tau_s, 1);
      const Eigen::ArrayXd u = spread_.now.state.cast<double>().array().atanh();
      const double mean = u.mean(), deviation = std::sqrt((u - mean).square().sum() / double(many - 1));
      const double expected =
          std::sqrt(std::pow(h * gain_mismatch, 2) + std::pow(offset_mismatch, 2) * (1 + std::pow(gain_mismatch, 2)));
      const char* what =
          h > 0 ? "mismatch, driven: mean of atanh(output)" : "mismatch, undriven: mean of atanh(output)";
      checks_.near(what, mean, h, 5 * expected / std::sqrt(double(many)));
      checks_.near("and its standard deviation", deviation, expected, 5 * expected / std::sqrt(2.0 * double(many)));
    }
  }

  // dv/dt = clamp((h - v)/tau, -S, S): straight up to h - S tau, from there exponentially.
  void check_slew() {
    constexpr double drive = 0.9, straight_s = (drive - slew * tau_s) / slew;
    slow_.now.external(0) = float(drive);
    double off = 0;
    for (int steps = 1; steps <= 64; steps *= 2) {
      const double t = steps * tau_s / 3, rest = slew * tau_s * std::exp(-(t - straight_s) / tau_s);
      transient(tau_s / 3, steps);
      off = std::max(off, std::abs(double(slow_.now.drive(0)) - (t < straight_s ? slew * t : drive - rest)));
    }
    checks_.at_most("slew limit: largest error against the solution", off, 1e-6);
  }

  // Undriven neurons after many time constants, and a time constant later: both noises have the variance k T / C, and
  // forget as e^(-t/tau). The output is tanh of the membrane, and its amplifier's noise.
  void check_noise() {
    constexpr double lag_s = 10e-9, step_s = 2e-9;
    noisy_.now.external.setZero();
    transient(step_s, int(12 * tau_s / step_s));
    const Eigen::ArrayXd membrane = noisy_.now.drive.cast<double>(), output = noisy_.transient.noise().cast<double>();
    bench_.run(lag_s);
    check_process("membrane", membrane, noisy_.now.drive.cast<double>(), lag_s);
    check_process("output", output, noisy_.transient.noise().cast<double>(), lag_s);
  }

  void check_process(const std::string& what, const Eigen::ArrayXd& before, const Eigen::ArrayXd& now, double lag_s) {
    const double variance = now.square().mean(), n = double(many), expected = std::exp(-lag_s / tau_s);
    const double correlation = (now * before).mean() / std::sqrt(variance * before.square().mean());
    checks_.near((what + " noise: variance over k T / C").c_str(), variance / (noise_rms * noise_rms), 1,
                 5 * std::sqrt(2 / n));
    checks_.near((what + " noise: correlation over a time constant").c_str(), correlation, expected,
                 5 * (1 - expected * expected) / std::sqrt(n));
  }

  testbench::Checks checks_;
  hw::Testbench bench_{"tb_neuron_bank", /*step_s=*/tau_s / 10, /*seed=*/3};
  CrossbarMacro& array_ = bench_.crossbar("array", lower_size, upper_size, array_spec());
  hw::Neurons &lower_ = bench_.bank("lower", lower_size, matched), &upper_ = bench_.bank("upper", upper_size, matched),
              &single_ = bench_.bank("single", 1, matched), &spread_ = bench_.bank("spread", many, mismatched),
              &slow_ = bench_.bank("slow", 1, slewing), &noisy_ = bench_.bank("noisy", many, noisy);
};

}  // namespace

int sc_main(int, char**) { return Bench().run(); }
