#include "src/run/interrupt.h"

#include <csignal>

namespace settle {
namespace {

volatile std::sig_atomic_t requested = 0;

// Schedulers send a warning more than once, and services several signals together: they are one request.
void on_signal(int signal) {
  const bool again = requested != 0;
  requested = 1;
  if (signal != SIGINT && signal != SIGTERM) return;
  std::signal(signal, SIG_DFL);
  if (again && signal == SIGINT) std::raise(SIGINT);  // blocked until we return
}

}  // namespace

const std::vector<int>& ending_signals() {
  static const std::vector<int> all = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
  return all;
}

void watch_for_interrupt() {
  for (const int signal : ending_signals()) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;
    struct sigaction ours = {};
    ours.sa_handler = on_signal;
    ours.sa_flags = SA_RESTART;
    sigemptyset(&ours.sa_mask);
    sigaction(signal, &ours, nullptr);
  }
}

bool interrupt_requested() { return requested != 0; }

}  // namespace settle
