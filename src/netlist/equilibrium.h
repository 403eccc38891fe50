// The operating points that a deck's equilibria are compared with.
#pragma once

#include "src/netlist/nodes.h"

namespace settle {

/// Both equilibria under this input and this nudge (fractions of full scale). RunError where a phase does not converge.
NodeValues solve_equilibria(const Loop<float>& loop, const Vector<double>& input, const Vector<double>& nudge);

}  // namespace settle
