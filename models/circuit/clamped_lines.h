// What lines carry in the clamped phase.
#pragma once

namespace settle {

/// states: as in the free phase. differences: every neuron holds its free drive v and state s, input drives go off, and
/// lines carry x = f(v + u) - s itself, where u is what the lines' differences drive. Then drivers can turn feedback
/// regulation round (Circuit::line_gain): x_p is A_p e_p, with e_p the difference over its scale, and amplitudes A_p
/// that can be chosen, so that every population regenerates the signal. (Where devices are not linear that is not quite
/// so: a small x alone meets their slope at zero, not that at s.)
enum class ClampedLines { states, differences };

}  // namespace settle
