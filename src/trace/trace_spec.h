// The waveforms of a few samples: which signals, and which part of time.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The section [trace].
struct TraceSpec {
  std::int64_t samples = 3;                  // written by `settle train`; 0: none
  std::vector<std::string> signals = {"*"};  // globs over the names of the signals
  std::int64_t neurons = 3;                  // of each population, the first ones
  double start_s = 0;
  double end_s = 0;        // 0: to the end
  std::int64_t every = 1;  // steps between two entries
};

inline Parameters parameters(TraceSpec& s) {
  constexpr double longest_trace_s = 9000;  // simulated time ends at 5 h
  return {
      {"samples", integer(s.samples, 0, million), "Samples in the waveforms of `settle train`; 0: none."},
      {"signals", TextListValue{&s.signals},
       "Signals in the waveforms: globs over their names, such as hidden1.v*, *.code* or hidden1_hidden2.g3_5 "
       "(docs/waveforms.md). Membranes (u) and conductances (g, gsub) only by a glob like *.g* that asks for them."},
      {"neurons", integer(s.neurons, 1, 65536),
       "Neurons, converters and cells of each kind that globs find, the first ones; a name finds any."},
      {"start_s", from(0, s.start_s, longest_trace_s), "Simulated time at which the waveforms begin, in seconds."},
      {"end_s", from(0, s.end_s, longest_trace_s), "Time at which they end, in seconds; 0: with the last sample."},
      {"every", integer(s.every, 1, million),
       "Steps of a phase from one entry of the waveforms to the next; the phase's start and end always are "
       "entries."}};
}

}  // namespace settle
