// Ctrl-C, and what else asks a program to end: noticed between batches, so that a run stops with everything saved.
#pragma once

#include <stdexcept>
#include <vector>

namespace settle {

/// Exit status of a run that was interrupted and has saved what it had: 128 + SIGINT.
constexpr int exit_interrupted = 130;

/// The signals that ask for an end: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal has closed), and those with which
/// batch schedulers warn of one: SIGUSR1, SIGUSR2, SIGXCPU.
const std::vector<int>& ending_signals();

/// Takes them over; SIGHUP is left alone where it is ignored, as nohup has it. A second SIGINT or SIGTERM ends the
/// program at once.
void watch_for_interrupt();
bool interrupt_requested();

/// Thrown between batches once an interrupt is requested.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

}  // namespace settle
