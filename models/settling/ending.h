// The ending of a sample's way through a phase.
#pragma once

namespace settle {

/// How a sample's way through a phase ends.
enum class Ending {
  settled,
  cycle,     // of period two: every second state is the same, and they do not approach each other
  diverged,  // not a finite number
  neither
};

}  // namespace settle
