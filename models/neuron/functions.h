// The functions of the table in activation.cpp, with kernels for the CPU that runs.
#pragma once

#include "settle/models/neuron/activation.h"

namespace settle {

/// One function in both precisions.
struct ActivationKernels {
  Activation<float>::Kernels narrow;
  Activation<double>::Kernels wide;

  const Activation<float>::Kernels& of(float) const { return narrow; }
  const Activation<double>::Kernels& of(double) const { return wide; }
};

/// tanh(u): a differential pair in weak inversion.
ActivationKernels tanh_kernels();
/// 1 / (1 + exp(-4 (u - 1/2))): the sigmoid of equilibrium propagation without weak feedback (Ernoult et al. 2019), of
/// slope one at u = 1/2.
ActivationKernels sigmoid_kernels();
/// min(max(u, 0), 1): an amplifier between ground and its supply; the "hard sigmoid" of Scellier and Bengio (2017).
ActivationKernels clipped_relu_kernels();
/// min(max(u, -1), 1): an amplifier between two rails.
ActivationKernels hard_tanh_kernels();
/// The curve of the neurons' parameters.
ActivationKernels curve_kernels();

}  // namespace settle
