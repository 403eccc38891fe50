#include "src/run/interrupt.h"

#include <atomic>
#include <csignal>
#include <ctime>
#include <mutex>
#include <system_error>
#include <thread>

#include <unistd.h>

#include "settle/models/numeric/stop.h"

namespace settle {
namespace {

// What a signal handler may touch.
std::atomic<std::int64_t> requested_at_ns{0};  // by the clock below; 0: not yet
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t clock_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// Schedulers send a warning more than once, and services several signals together: they are one request.
void on_signal(int signal) {
  const bool again = interrupt_requested();
  if (!again) requested_at_ns = clock_ns();
  if (signal != SIGINT && signal != SIGTERM) return;
  std::signal(signal, SIG_DFL);
  if (again && signal == SIGINT) std::raise(SIGINT);  // blocked until we return
}

std::atomic<std::int64_t> patience_ns{0};

bool out_of_patience() {
  const std::int64_t at = requested_at_ns;
  return at != 0 && clock_ns() - at > patience_ns;
}

// Has signals come to a thread that does nothing else. A handler runs on the stack of the thread that it interrupts,
// and oneDNN's products keep numbers where its frame is put: they would write beyond their buffers, or give other
// results.
void take_signals_elsewhere() {
  static std::once_flag once;
  std::call_once(once, [] {
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : ending_signals()) sigaddset(&ours, signal);
    try {
      std::thread([ours] {
        pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);  // whoever started us may have blocked them
        for (;;) ::pause();
      }).detach();
    } catch (const std::system_error&) {
      return;  // there is no room for another thread: better interrupted than not at all
    }
    pthread_sigmask(SIG_BLOCK, &ours, nullptr);  // here, and in the threads that are made from now on
  });
}

// Who reads what we print may end first, as a `tee` that gets the same Ctrl-C does: a write then fails, and nothing
// else. A handler, as programs that we start would inherit that the signal is ignored.
void outlive_readers() {
  struct sigaction before = {};
  sigaction(SIGPIPE, nullptr, &before);
  if (before.sa_handler != SIG_DFL) return;
  struct sigaction ours = {};
  ours.sa_handler = [](int) {};
  ours.sa_flags = SA_RESTART;
  sigemptyset(&ours.sa_mask);
  sigaction(SIGPIPE, &ours, nullptr);
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
  outlive_readers();
  take_signals_elsewhere();
}

bool interrupt_requested() { return requested_at_ns != 0; }

EndsLongWork::EndsLongWork(double patience_s) {
  wait_for(patience_s);
  ask_whether_to_stop(out_of_patience);
}

EndsLongWork::~EndsLongWork() { ask_whether_to_stop(nullptr); }

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): while there is one
void EndsLongWork::wait_for(double patience_s) { patience_ns = std::int64_t(patience_s * 1e9); }

}  // namespace settle
