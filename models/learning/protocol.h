// The choices that equilibrium propagation leaves open, and how this circuit carries it out.
#pragma once

namespace settle {

/// The learning rule.
enum class Rule { ep };

/// Whether the clamped phase is nudged with the error, or a second one with its negative too, and half of what lies
/// between them is learned from: without the bias that a nudge's square brings (Laborieux et al., Frontiers in
/// Neuroscience 2021).
enum class Nudging { one_sided, symmetric };

/// What the error that nudges is computed from: the free state, once, or the clamped state, again and again.
enum class ErrorMode { held, recomputed };

/// Whether the difference that the learning sees is divided by its population's scale (path_gains).
enum class DifferenceMode { layer_scaled, plain };

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
