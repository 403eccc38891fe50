// The choices that equilibrium propagation leaves open, and how this circuit carries it out.
#pragma once

namespace settle {

/// The learning rule: equilibrium propagation, or a reference that the host computes (back_propagation.h):
/// back-propagation, or feedback alignment. References run on the network without feedback between hidden populations.
enum class Rule { ep, bp, fa };

/// Whether the clamped phase is nudged with the error, or a second one with its negative too, and half of what lies
/// between them is learned from: without the bias that a nudge's square brings (Laborieux et al., Frontiers in
/// Neuroscience 2021).
enum class Nudging { one_sided, symmetric };

/// Whether the clamped phase's nudge stays, or grows by itself in each step of the map, as in the published code of the
/// residual and AGT nets.
enum class NudgeCourse { constant, ramped };

/// What the error that nudges is computed from: the free state, once, or the clamped state, again and again.
enum class ErrorMode { held, recomputed };

/// Whether the difference that the learning sees is divided by its population's scale (path_gains).
enum class DifferenceMode { layer_scaled, plain };

/// What the update multiplies. FRE-RNN takes what the nudge changes at the target with the source's free state
/// (`post`). `both` adds the target's free state with what it changes at the source, which strong feedback makes as
/// large: their sum is the change of the product of both states, the gradient of the loss where feedback is symmetric
/// (Scellier and Bengio, Frontiers in Computational Neuroscience 2017; here without the product of both changes, which
/// is of the nudge's second order).
enum class ContrastTerms { post, both };

/// How weights are updated.
enum class Update {
  ideal,   // exactly, without pulses
  host,    // the controller accumulates a batch and sends whole pulses
  in_situ  // each sample's outer product is applied in place by pulse trains
};

/// How the trains of an update in place are made: by chance, or evenly spaced.
enum class PulseCoding { stochastic, deterministic };

/// How a phase is computed: three analyses of one circuit.
enum class Analysis { operating_point, map, transient };

/// What is converted of the clamped phase: its difference to the held free state, or both states at full scale.
enum class Readout { difference, absolute };

}  // namespace settle
