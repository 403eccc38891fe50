// Whether this machine can hold what a configuration asks for. Without the question, a machine that is too small would
// swap for hours or kill the program without a word.
#pragma once

#include "settle/models/network/graph.h"
#include "src/config/configuration.h"

namespace settle {

/// The bytes that a chip of these weights and its blocks of samples take, roughly: within a factor of two of what runs
/// of all kinds of devices were seen to take.
double needed_bytes(const Configuration& c, const Graph& graph);

/// The memory of this machine, or what its operating system lets this process have of it where that is less (ulimit -v,
/// control groups).
double machine_bytes();

/// Throws InputError where the former is more than `machine`.
void expect_to_fit(const Configuration& c, const Graph& graph, double machine = machine_bytes());

}  // namespace settle
