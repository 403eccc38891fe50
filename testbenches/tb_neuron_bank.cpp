// Two neuron banks coupled by one crossbar, alpha forwards and beta backwards through the same devices: their transient
// under a constant drive, step by step; and banks on their own with mismatch, a slew limit, and thermal noise. Leaves
// tb_neuron_bank.vcd: outputs, in volts.
#include <cmath>
#include <string>
#include <vector>

#include "hw/crossbar.h"
#include "hw/neuron_bank.h"
#include "hw/power_meter.h"
#include "hw/sim_time.h"
#include "hw/state_channel.h"
#include "models/settling/phase.h"
#include "models/thermal.h"
#include "testbenches/run.h"

using namespace settle;

namespace {

constexpr Index lower_size = 8, upper_size = 6, many = 4000;
constexpr double tau_s = 10e-9, alpha = 1.0, beta = 0.5;
constexpr double gain_mismatch = 0.05, offset_mismatch = 0.03;
constexpr double slew = 2e7;  // full scales per second: 0.2 in a time constant
const double noise_rms = capacitor_noise_v(100e-15, 300) / ChipSpec{}.neuron_full_scale_v;
const hw::Block one_sample{1, 1, 0, 1};
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

// A bank with the channel that carries its output.
struct Neurons {
  hw::NeuronBank bank;
  hw::StateChannel output;

  Neurons(const char* name, const BankSpec& spec, Index size, hw::PowerMeter& meter)
      : bank(name, spec, size, /*scale=*/1, /*curvature=*/0, name, /*seed=*/3),
        output((std::string(name) + "_output").c_str()) {
    bank.output(output);
    bank.meter(meter);
    bank.state().resize(size, one_sample.columns());
  }
  const Matrix<float>& state() { return bank.state().state; }
};

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

class Bench : public testbench::BenchModule {
 public:
  Bench(sc_core::sc_module_name name, testbench::Checks& checks)
      : BenchModule(name, checks),
        meter_("meter", ChipSpec{}),
        array_("array", upper_size, lower_size, array_spec(), /*seed=*/3),
        lower_("lower", matched, lower_size, meter_),
        upper_("upper", matched, upper_size, meter_),
        single_("single", matched, 1, meter_),
        spread_("spread", mismatched, many, meter_),
        slow_("slow", slewing, 1, meter_),
        noisy_("noisy", noisy, many, meter_) {
    array_.meter(meter_);
    upper_.bank.couple(array_, hw::Side::word_lines, lower_.output, alpha, alpha);
    lower_.bank.couple(array_, hw::Side::bit_lines, upper_.output, beta, beta);
    SC_HAS_PROCESS(Bench);
    SC_THREAD(run);
  }

  void trace(sc_core::sc_trace_file* file) const override {
    for (std::size_t i = 0; i < lower_v_.size(); ++i) {
      sc_core::sc_trace(file, lower_v_[i], "lower" + std::to_string(i) + "_v");
      sc_core::sc_trace(file, upper_v_[i], "upper" + std::to_string(i) + "_v");
    }
    sc_core::sc_trace(file, single_v_, "single_v");
    sc_core::sc_trace(file, slow_v_, "slew_limited_v");
    sc_core::sc_trace(file, noisy_v_, "noisy_v");
  }

 private:
  void run() {
    Matrix<float> weights(upper_size, lower_size);
    for (Index i = 0; i < weights.size(); ++i) weights(i) = 0.25f * std::sin(1.7f * float(i));
    array_.set_weights(weights, 1);
    for (Index i = 0; i < lower_size; ++i) lower_.bank.state().external(i) = 0.8f * std::cos(2.3f * float(i));
    check_single();
    check_order();
    check_equilibrium();
    check_mismatch();
    check_slew();
    check_noise();
  }

  // From the reset, for `steps` steps.
  void transient(const std::vector<Neurons*>& circuit, double step_s, int steps) {
    for (Neurons* n : circuit) n->bank.start_free(one_sample);
    for (int i = 0; i < steps; ++i) step(circuit, step_s);
  }

  void step(const std::vector<Neurons*>& circuit, double step_s) {
    for (Neurons* n : circuit) n->bank.tick(step_s);  // all of them on the states before the step
    wait(hw::to_sc_time(step_s));
    probe();
  }

  // The membrane of a neuron on its own under a constant drive, which the integrator follows exactly.
  void check_single() {
    constexpr double drive = 0.7;
    single_.bank.state().external(0) = float(drive);
    double off = 0;
    for (int steps = 1; steps <= 64; steps *= 2) {
      transient({&single_}, tau_s / 8, steps);
      const double expected = drive * (1 - std::exp(-steps / 8.0));
      off = std::max(off, std::abs(double(single_.bank.state().drive(0)) - expected));
      off = std::max(off, std::abs(double(single_.state()(0)) - std::tanh(expected)));
    }
    checks_.at_most("one neuron: largest error against 1 - exp(-t/tau)", off, 1e-6);
  }

  Matrix<float> coupled_state_at(double seconds, int steps) {
    transient({&lower_, &upper_}, seconds / steps, steps);
    Matrix<float> both(lower_size + upper_size, 1);
    both << lower_.state(), upper_.state();
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
    const double booked = meter_.nominal_j();
    const double start = sc_core::sc_time_stamp().to_seconds();
    transient({&lower_, &upper_}, tau_s / 10, 400);

    BankState<float> lower, upper;
    lower.resize(lower_size, 1);
    upper.resize(upper_size, 1);
    lower.external = lower_.bank.state().external;
    const float scale = array_.model().weight_scale();
    const Matrix<float>* states = &array_.model().effective();
    Coupling<float> input{0, 1}, pair{1, 2, float(alpha) * scale, float(beta) * scale, states, states, Op::transpose};
    Loop<float> loop{{nullptr, &lower_.bank.model(), &upper_.bank.model(), nullptr}, {input, pair}, {0, 1, 1, 0}, 0};
    const std::vector<BankState<float>*> banks = {nullptr, &lower, &upper, nullptr};
    const Settled settled = settle_free(loop, Chunk<float>{&banks, 0, 1}, SettleOptions{Method::sweeps, 1000, 1e-7});
    checks_.at_most("operating point: sweeps that the models take", settled.steps, 999);
    checks_.at_most("end of the transient, lower bank, against the operating point",
                    (lower_.state() - lower.state).cwiseAbs().maxCoeff(), 1e-6);
    checks_.at_most("end of the transient, upper bank, against the operating point",
                    (upper_.state() - upper.state).cwiseAbs().maxCoeff(), 1e-6);
    checks_.at_least("feedback moved the lower bank, fraction of full scale",
                     (lower_.state() - Matrix<float>(lower.external.array().tanh())).cwiseAbs().maxCoeff(), 0.01);

    const double seconds = sc_core::sc_time_stamp().to_seconds() - start;
    checks_.near("simulated time of 400 steps, in tau", seconds / tau_s, 40, 1e-9);
    const double bias_j = meter_.costs().neuron_bias_w(tau_s)[1] * double(lower_size + upper_size) * seconds;
    checks_.at_least("energy of that over the neurons' bias alone", (meter_.nominal_j() - booked) / bias_j, 1.0);
  }

  // Without a drive only the offsets are left; with one, gains as well: s = tanh(g (h + o)).
  void check_mismatch() {
    constexpr double drive = 0.5;
    for (const double h : {0.0, drive}) {
      spread_.bank.state().external.setConstant(float(h));
      transient({&spread_}, 30 * tau_s, 1);
      const Eigen::ArrayXd u = spread_.state().cast<double>().array().atanh();
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
    slow_.bank.state().external(0) = float(drive);
    double off = 0;
    for (int steps = 1; steps <= 64; steps *= 2) {
      const double t = steps * tau_s / 3, rest = slew * tau_s * std::exp(-(t - straight_s) / tau_s);
      transient({&slow_}, tau_s / 3, steps);
      off = std::max(off, std::abs(double(slow_.bank.state().drive(0)) - (t < straight_s ? slew * t : drive - rest)));
    }
    checks_.at_most("slew limit: largest error against the solution", off, 1e-6);
  }

  // Undriven neurons after many time constants, and a time constant later: both noises have the variance k T / C, and
  // forget as e^(-t/tau). The output is tanh of the membrane, and its amplifier's noise.
  void check_noise() {
    constexpr double lag_s = 10e-9, step_s = 2e-9;
    noisy_.bank.state().external.setZero();
    transient({&noisy_}, step_s, int(12 * tau_s / step_s));
    const Eigen::ArrayXd membrane = noisy_.bank.state().drive.cast<double>(),
                         output = noisy_.bank.noise().cast<double>();
    for (int i = 0; i < int(lag_s / step_s + 0.5); ++i) step({&noisy_}, step_s);
    check_process("membrane", membrane, noisy_.bank.state().drive.cast<double>(), lag_s);
    check_process("output", output, noisy_.bank.noise().cast<double>(), lag_s);
  }

  void check_process(const std::string& what, const Eigen::ArrayXd& before, const Eigen::ArrayXd& now, double lag_s) {
    const double variance = now.square().mean(), n = double(many), expected = std::exp(-lag_s / tau_s);
    const double correlation = (now * before).mean() / std::sqrt(variance * before.square().mean());
    checks_.near((what + " noise: variance over k T / C").c_str(), variance / (noise_rms * noise_rms), 1,
                 5 * std::sqrt(2 / n));
    checks_.near((what + " noise: correlation over a time constant").c_str(), correlation, expected,
                 5 * (1 - expected * expected) / std::sqrt(n));
  }

  void probe() {
    const double volts = meter_.costs().chip().neuron_full_scale_v;
    for (std::size_t i = 0; i < lower_v_.size(); ++i) {
      lower_v_[i] = volts * double(lower_.state()(Index(i)));
      upper_v_[i] = volts * double(upper_.state()(Index(i)));
    }
    slow_v_ = volts * double(slow_.state()(0));
    noisy_v_ = volts * double(noisy_.state()(0) + (noisy_.bank.noise().size() > 0 ? noisy_.bank.noise()(0) : 0.0f));
    single_v_ = volts * double(single_.state()(0));
  }

  hw::PowerMeter meter_;
  hw::Crossbar array_;
  Neurons lower_, upper_, single_, spread_, slow_, noisy_;
  std::vector<double> lower_v_ = std::vector<double>(4, 0.0), upper_v_ = lower_v_;
  double single_v_ = 0, slow_v_ = 0, noisy_v_ = 0;
};

}  // namespace

int sc_main(int, char**) { return testbench::run<Bench>("tb_neuron_bank"); }
