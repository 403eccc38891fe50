#include "settle/hw/host_module.h"

#include <utility>

namespace settle::hw {

HostModule::HostModule(sc_core::sc_module_name module_name, const HostSpec& spec, Chip& chip, Programme programme)
    : sc_module(module_name), host(spec, chip), programme_(std::move(programme)) {
  SC_HAS_PROCESS(HostModule);
  SC_THREAD(run);
  set_stack_size(8 << 20);  // numerical libraries below expect a thread's stack, not a coroutine's
}

// An exception must not travel through the kernel's coroutines: it is kept and thrown after sc_start.
void HostModule::run() {
  try {
    programme_(host);
  } catch (const std::exception&) {
    failed_ = std::current_exception();
  }
  sc_core::sc_stop();
}

void HostModule::rethrow() const {
  if (failed_) std::rethrow_exception(failed_);
}

}  // namespace settle::hw
