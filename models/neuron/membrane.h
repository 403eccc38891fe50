// A step of membranes in time: tau dv/dt = -v + h, at most so fast, and the thermal noise of such a node.
#pragma once

#include "settle/models/neuron/bank.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// One step of `step_s` seconds for a bank's neurons: what depends on neither state nor drive, computed once. A
/// membrane in float stands still when a step would move it by less than half a unit in its last place, which is as far
/// from its goal as 3e-8 tau/step: where that matters, membranes are double.
template <class Real>
class MembraneStep {
 public:
  MembraneStep() = default;
  template <class BankReal>
  MembraneStep(const Bank<BankReal>& bank, double step_s);

  double step_s() const { return step_s_; }

  /// v <- h + (v - h) e^(-step/tau), exact for a drive h that is constant over the step. With a slew limit S
  /// (NeuronSpec::slew) dv/dt = clamp((h - v)/tau, -S, S), which is exact too: a straight line until the limit lets go,
  /// then an exponential. `scale`: what v and h are divided by, as differences are (path_gains). neurons x samples.
  void advance(ConstView<Real> drive, View<Real> membrane, double scale = 1) const;

  /// drive <- what advance() is to be given for a drive that goes on over the step as it went over the last one: then
  /// the step is of second order (an exponential Adams-Bashforth step: Cox and Matthews, J. Comput. Phys. 176, 430,
  /// 2002). `last` is the drive a step ago, and becomes what `drive` was. Steps of a time constant or more hold the
  /// drive: extrapolated so far it would mean nothing, and endless ones are the synchronous map.
  void extrapolate(View<Real> drive, View<Real> last) const;

  /// x <- e^(-step/tau) x: noise forgets.
  void decay(View<Real> x) const;
  /// x += rms sqrt(1 - e^(-2 step/tau)) xi: after decay() or advance() a step of an Ornstein-Uhlenbeck process of
  /// variance rms^2 and correlation e^(-t/tau), exact for any step (Gillespie, Phys. Rev. E 54, 2084, 1996). xi
  /// is standard normal, a function of the stream, the sample's number (`first_sample` is column 0's) and `step`.
  void kick(const Stream& stream, std::uint64_t first_sample, std::uint32_t step, Real rms, View<Real> x) const;
  /// The same with an rms for each neuron, times `factor`.
  template <class BankReal>
  void kick(const Stream& stream, std::uint64_t first_sample, std::uint32_t step, const Vector<BankReal>& rms,
            Real factor, View<Real> x) const;

  /// A step of membranes behind amplifiers, which are lags too (Bank::drive_tau_s): for a drive h that is constant over
  /// the step, amplifiers a and membranes v move exactly as tau_a da/dt = h - a, tau dv/dt = a - v do. With a slew
  /// limit membranes follow the amplifiers' new state.
  void advance_behind(ConstView<Real> drive, View<Real> amplifier, View<Real> membrane, double scale = 1) const;

 private:
  double step_s_ = 0;
  double slew_ = 0;
  Vector<Real> tau_s_, decay_, kick_, lead_;
  Vector<Real> amplifier_decay_, coupling_;  // behind amplifiers: their decay, and what a distance a - h adds to v
};

}  // namespace settle
