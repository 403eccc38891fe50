// Ctrl-C: noticed between batches, so that a run stops with everything it has found out.
#pragma once

#include <stdexcept>

namespace settle {

/// Takes over SIGINT and SIGTERM. A second signal ends the program at once.
void watch_for_interrupt();
bool interrupt_requested();

/// Thrown between batches once an interrupt is requested.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

}  // namespace settle
