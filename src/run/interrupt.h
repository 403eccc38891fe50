// Ctrl-C, and what else asks a program to end: noticed between batches, so that a run stops with everything saved;
// where a batch takes long, in the middle of it.
#pragma once

#include <stdexcept>
#include <vector>

namespace settle {

/// Exit status of a run that was interrupted and has saved what it had: 128 + SIGINT.
constexpr int exit_interrupted = 130;

/// The signals that ask for an end: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal has closed), and those with which
/// batch schedulers warn of one: SIGUSR1, SIGUSR2, SIGXCPU.
const std::vector<int>& ending_signals();

/// Takes them over, on a thread of its own: the calling one, and those that it makes from then on, are never
/// interrupted in their work. SIGHUP is left alone where it is ignored, as nohup has it. A second SIGINT or SIGTERM
/// ends the program at once.
void watch_for_interrupt();
bool interrupt_requested();

/// Thrown between batches once an interrupt is requested.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// While it lives, work ends in its middle (Stopped, models/numeric/stop.h) when that many seconds have passed since an
/// interrupt was requested. One at a time.
class EndsLongWork {
 public:
  explicit EndsLongWork(double patience_s);
  ~EndsLongWork();
  EndsLongWork(const EndsLongWork&) = delete;
  EndsLongWork& operator=(const EndsLongWork&) = delete;

  void wait_for(double patience_s);
};

}  // namespace settle
