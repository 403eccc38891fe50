// A chip and its host in SystemC, for tests. In a child process (in_child.h).
#pragma once

#include <functional>

#include "settle/hw/system.h"

namespace settle::test {

/// Elaborates the system and runs a programme in its host's thread that sees all of it.
inline void run_system(const ChipDesign& design, const HostSpec& host_spec,
                       const std::function<void(hw::System&)>& programme) {
  hw::System* self = nullptr;
  hw::System system(design, host_spec, [&](Host&) { programme(*self); });
  self = &system;
  system.run();
}

}  // namespace settle::test
