// What does the arithmetic of this process: libraries pick their vector instructions for the CPU when the program runs,
// and the last bits of sums follow from that.
#pragma once

#include <string>

namespace settle {

/// A library, its version, and the instructions that it uses here: {"Highway", "1.0.3", "AVX3"}.
struct VectorLibrary {
  std::string name, version, uses;
};

/// The libraries that compute.
struct Arithmetic {
  VectorLibrary highway;   // kernels of devices, neurons and noise
  VectorLibrary onednn;    // products in float
  VectorLibrary openblas;  // products in double, and of float vectors
};

/// What this process computes with, now.
Arithmetic arithmetic();

/// Has Highway's kernels do with the instructions of an older CPU, for comparisons of CPUs: its name for them ("SSE4",
/// "AVX2", ...), and nothing newer is used. False where it has no such name, and nothing is changed. Before the first
/// kernel. (The other two libraries read ONEDNN_MAX_CPU_ISA and OPENBLAS_CORETYPE.)
bool limit_kernels(const std::string& newest);

}  // namespace settle
