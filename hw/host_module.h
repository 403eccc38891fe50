// The digital host in SystemC: a thread in which the models' host carries out the protocol, and waits.
#pragma once

#include <exception>
#include <functional>

#include "settle/hw/systemc.h"
#include "settle/models/learning/host.h"

namespace settle::hw {

class HostModule : public sc_core::sc_module {
 public:
  Host host;

  /// The host's programme: runs in its thread, from time zero. When it returns, the simulation stops.
  using Programme = std::function<void(Host&)>;

  HostModule(sc_core::sc_module_name name, const HostSpec& spec, Chip& chip, Programme programme);

  /// Rethrows what ended the programme early, if anything did. To be called after sc_start has returned.
  void rethrow() const;

 private:
  void run();

  Programme programme_;
  std::exception_ptr failed_;
};

}  // namespace settle::hw
