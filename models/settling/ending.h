// The ending of a sample's way through a phase.
#pragma once

namespace settle {

enum class Ending {
  settled,
  cycle,     // of period two: every second state is the same, and they do not approach each other
  diverged,  // not a finite number
  neither
};

}  // namespace settle
