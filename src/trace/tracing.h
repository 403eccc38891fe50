// Waveforms of a few samples: both phases in transient, on the initial weights or on those of a run.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/data/dataset.h"

namespace settle {

/// The name of the save file for GTKWave.
constexpr const char* gtkw_file = "trace.gtkw";

struct TraceRequest {
  std::string checkpoint;  // of a run; empty: the initial weights
  std::string folder;      // where trace.vcd (or .fst) and trace.gtkw go; made when all else is right
  bool fst = false;        // converted by vcd2fst, which GTKWave brings
};

struct TraceResult {
  std::string waveform, save_file;  // paths
  double simulated_s = 0;
  double unsettled = 0;  // phases that did not settle
  double cycles = 0;     // phases that ended in a cycle of two states
  std::vector<double> free_s,
      clamped_s;  // of each sample, from the phase's start until it had settled; NaN: it did not. Empty without a nudge
  std::size_t signals = 0;
  Index entries = 0;              // times at which the waveform was written
  double first_s = 0, end_s = 0;  // time of the first entry, and the end of the last one
};

/// Traces the first configuration.trace.samples test samples. InputError when no signal matches a glob or no step lies
/// in the window, RunError when a file cannot be written. Once in a process.
TraceResult run_trace(const Configuration& configuration, const Dataset& data, const TraceRequest& request);

/// InputError when trace.signals names what this chip does not have. Builds the chip; once in a process.
void refuse_unknown_signals(const Configuration& configuration, const Dataset& data);

}  // namespace settle
