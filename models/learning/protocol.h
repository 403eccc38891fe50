// The choices that equilibrium propagation leaves open, and how this circuit carries it out.
#pragma once

namespace settle {

/// The learning rule: equilibrium propagation, or a reference that the host computes (back_propagation.h):
/// back-propagation, or feedback alignment. References run on the network without feedback between hidden populations.
enum class Rule { ep, bp, fa };

/// The signs of the nudge: one clamped phase with the error, or a second one with its negative too, and half of the
/// difference between them is learned from. The second phase removes the bias that a nudge's square brings (Laborieux
/// et al., Frontiers in Neuroscience 2021). With lock-in such pairs of phases follow each other, what is in step with
/// the sign is added up on capacitors, and that is converted once.
enum class Nudging { one_sided, symmetric, lock_in };

/// The course of the nudge during a clamped phase: constant, or growing by itself in each step of the map, as in the
/// published code of the residual and AGT nets.
enum class NudgeCourse { constant, ramped };

/// The states from which the nudge's error is computed: the free state, once, or the clamped state, again and again.
enum class ErrorMode { held, recomputed };

/// The unit of the differences that the learning gets: their population's scale (path_gains), or full scale.
enum class DifferenceMode { layer_scaled, plain };

/// The products that an update is made of. `post`, as in FRE-RNN, multiplies the source's free state with what the
/// nudge changes at the target. `both` adds the target's free state times what the nudge changes at the source, which
/// strong feedback makes as large. Their sum is the change of the product of both states, the gradient of the loss
/// where feedback is symmetric (Scellier and Bengio, Frontiers in Computational Neuroscience 2017; here without the
/// product of both changes, which is of the nudge's second order).
enum class ContrastTerms { post, both };

/// The way in which weights are updated.
enum class Update {
  ideal,   // exactly, without pulses
  host,    // the host accumulates a batch and sends whole pulses
  in_situ  // each sample's outer product is applied in place by pulse trains
};

/// The spacing of pulses in the trains of an update in place: by chance, or even.
enum class PulseCoding { stochastic, deterministic };

/// The way in which a phase is computed: three analyses of one circuit.
enum class Analysis { operating_point, map, transient };

/// The quantity that is converted after a clamped phase: its difference to the held free state, or both states at full
/// scale.
enum class Readout { difference, absolute };

}  // namespace settle
