// Hold and read-out of a bank whose clamped state differs from its free one by 1e-4 of full scale: capacitors with
// k T / C, leakage and charge injection, a difference amplifier, 8-bit ADCs. Leaves tb_read_out.vcd: a held voltage as
// it falls, the amplified difference, and its code.
#include <cmath>
#include <string>
#include <vector>

#include "settle/hw/testbench.h"
#include "settle/models/chip/converters.h"
#include "settle/models/converter/difference_amplifier.h"
#include "settle/models/converter/sample_hold.h"
#include "settle/models/thermal.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr Index neurons = 64, samples = 500;
constexpr double signal = 1e-4;  // the rms of the difference, of full scale
constexpr double leakage_a = 20e-12, injection_c = 0.5e-15, held_s = 200e-9;
constexpr int bits = 8;
const Block block{samples, samples, 0, 1};

HoldBank capacitors(bool noisy, bool moving) {
  HoldSpec spec;
  spec.thermal_noise = noisy ? ThermalNoise::capacitor : ThermalNoise::none;
  spec.leakage_a = moving ? leakage_a : 0;
  spec.injection_c = moving ? injection_c : 0;
  return {spec, ChipSpec{}, neurons, "bank", /*seed=*/3};
}

AdcBank ideal_adc() { return {Converter{bits, 1.0f}, ConverterErrors{}, neurons, 1, "adc", /*seed=*/3}; }

class Bench {
 public:
  Bench() {
    bench_.probe(&held_v_, "leaking_hold.held_v");
    bench_.probe(&amplified_v_, "amplifier.output_v");
    bench_.probe(&code_, "adc.code");
  }

  int run() {
    state_.resize(neurons, samples);
    change_.resize(neurons, samples);
    for (Index i = 0; i < state_.size(); ++i) {
      state_(i) = 0.8f * std::sin(0.37f * float(i));
      change_(i) = float(std::sqrt(2.0) * signal) * std::sin(1.91f * float(i));
    }
    check_noise();
    check_droop();
    check_read_out();
    return checks_.status();
  }

 private:
  static double rms(const Matrix<float>& m) { return double(m.norm()) / std::sqrt(double(m.size())); }

  // The held state has the capacitor's noise, and the difference that of both samplings.
  void check_noise() {
    const double expected =
        capacitor_noise_v(ChipSpec{}.hold_capacitance_f, ChipSpec{}.temperature_k) / ChipSpec{}.neuron_full_scale_v;
    const double five_sigma = 5 / std::sqrt(2.0 * double(state_.size()));
    noisy_.hold(block, state_);
    checks_.near("noise of a held state over sqrt(k T / C)", rms(noisy_.held() - state_) / expected, 1, five_sigma);
    Matrix<float> difference;
    noisy_.subtract(block, state_, change_, 1, 0, difference);
    checks_.near("noise of a difference over sqrt(k T / C)", rms(difference - change_) / expected, std::sqrt(2.0),
                 2 * five_sigma);
  }

  // q / C - I t / C, for neurons whose turn at the converter comes at once, in a waveform of ten points.
  void check_droop() {
    const double capacitance = ChipSpec{}.hold_capacitance_f, full_scale_v = ChipSpec{}.neuron_full_scale_v;
    leaking_.hold(block, state_);
    const sc_core::sc_time began = sc_core::sc_time_stamp();
    double off = 0;
    for (int i = 0; i <= 10; ++i) {
      const double t = (sc_core::sc_time_stamp() - began).to_seconds();
      Matrix<float> held;
      leaking_.read(block, t, held);
      held_v_ = full_scale_v * double(held(0));
      const double expected = full_scale_v * double(state_(0)) + (injection_c - leakage_a * t) / capacitance;
      off = std::max(off, std::abs(held_v_ - expected) / full_scale_v);
      bench_.pass(held_s / 10);
    }
    checks_.at_most("held voltage against (q - I t) / C, of full scale", off, 1e-7);
    checks_.near("what 200 ns have taken, in millivolts", 1e3 * leakage_a * held_s / capacitance, 0.04, 1e-9);
  }

  // Amplified to the full scale of its ADC, the difference is right to half a code of its own; converted at full scale,
  // both states give the same code almost everywhere.
  void check_read_out() {
    const float gain = ranging_gain(float(4 * signal), 1.0f, 1024.0f);
    Matrix<float> difference;
    quiet_.hold(block, state_);
    quiet_.subtract(block, state_, change_, 1, 0, difference);
    DifferenceAmplifier(AmplifierSpec{}, 0, neurons, "bank", 3)
        .apply(columns(difference, 0, samples), gain, 1.0f, 0, 0);
    amplified_v_ = ChipSpec{}.neuron_full_scale_v * double(gain * difference(0));
    bench_.pass(adc_.convert(block, difference, gain));
    code_ = adc_.code(0);
    bench_.pass(10e-9);
    checks_.near("gain that ranging chooses: the octave below full scale over 4 rms, at most 1024", double(gain), 1024,
                 0);
    const double lsb = std::exp2(1 - bits);
    checks_.at_most("amplified difference: largest error, in codes",
                    double((difference - change_).cwiseAbs().maxCoeff()) * double(gain) / lsb, 0.5001);
    checks_.at_most("and its rms, of the signal", rms(difference - change_) / signal,
                    lsb / double(gain) / signal / std::sqrt(12.0) * 1.1);
    checks_.near("code of the first neuron over its voltage", double(code_) * lsb * ChipSpec{}.neuron_full_scale_v,
                 amplified_v_, 0.5001 * lsb * ChipSpec{}.neuron_full_scale_v);
    Matrix<float> free = state_, clamped = state_ + change_;
    adc_.convert(block, free);
    adc_.convert(block, clamped);
    checks_.at_least("read at full scale: rms error over the signal", rms(clamped - free - change_) / signal, 1);
    checks_.at_least("and states whose code does not change, fraction",
                     double(((clamped - free).array() == 0.0f).count()) / double(free.size()), 0.95);
    const double read_j = meter_.supplied_j();
    checks_.at_least("energy booked, in joules", read_j, 1e-12);
  }

  testbench::Checks checks_;
  hw::Testbench bench_{"tb_read_out"};
  Meter& meter_ = bench_.meter();
  SampleHold quiet_{capacitors(false, false), "bank", 3}, noisy_{capacitors(true, false), "bank", 3},
      leaking_{capacitors(false, true), "bank", 3};
  AdcRow adc_{"adc", ideal_adc(), meter_};
  Matrix<float> state_, change_;
  double held_v_ = 0, amplified_v_ = 0;
  int code_ = 0;
};

}  // namespace

int sc_main(int, char**) { return Bench().run(); }
