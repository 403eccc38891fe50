#include "settle/models/numeric/stop.h"

#include <atomic>

namespace settle {
namespace {

std::atomic<bool (*)()> asked{nullptr};

}  // namespace

void ask_whether_to_stop(bool (*wanted)()) { asked = wanted; }

void go_on_or_stop() {
  bool (*const wanted)() = asked.load(std::memory_order_relaxed);
  if (wanted != nullptr && wanted()) throw Stopped();
}

}  // namespace settle
