#include "settle/models/numeric/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <unistd.h>

#include "settle/models/numeric/stop.h"

namespace settle {
namespace {

// One call of parallel_for. Pieces are claimed one at a time.
struct Job {
  Job(Index pieces, const std::function<void(Index)>& work) : count(pieces), body(work) {}

  void work_on() {
    for (Index i = next++; i < count; i = next++) {
      try {
        go_on_or_stop();
        body(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure);
        if (failed_at > i) {
          failed_at = i;
          failed = std::current_exception();
        }
      }
    }
  }

  const Index count;
  const std::function<void(Index)>& body;
  std::atomic<Index> next{0};
  std::mutex failure;
  Index failed_at = std::numeric_limits<Index>::max();
  std::exception_ptr failed;
};

class Pool {
 public:
  void run(Job& job, int helpers) {
    helpers = std::min(helpers, hire(helpers));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      places_ = helpers;
      ++number_;
    }
    wake_.notify_all();
    job.work_on();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = nullptr;  // who has not begun by now need not
    }
    watch([this] { return busy_ == 0; });
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  // Makes threads until there are so many. Returns how many there are: fewer where the system gives no more, with which
  // the work takes longer and is the same.
  int hire(int wanted) {
    try {
      while (int(workers_.size()) < wanted) workers_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
    }
    return int(workers_.size());
  }

  void serve() {
    std::uint64_t seen = 0;
    for (;;) {
      watch([&] { return number_ != seen; });
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return number_ != seen; });
      seen = number_;
      if (job_ == nullptr || places_ == 0) continue;
      Job& job = *job_;
      --places_;
      ++busy_;
      lock.unlock();
      job.work_on();
      lock.lock();
      if (--busy_ == 0) idle_.notify_one();
    }
  }

  // The next job, or the end of another's piece, often comes within microseconds: less than it takes to fall asleep and
  // wake up.
  template <class Event>
  static void watch(const Event& has_come) {
    constexpr int looks = 200;
    for (int i = 0; i < looks && !has_come(); ++i) std::this_thread::yield();
  }

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::vector<std::thread> workers_;
  Job* job_ = nullptr;
  int places_ = 0;
  std::atomic<int> busy_{0};
  std::atomic<std::uint64_t> number_{0};
};

// Lives until the process ends, with its threads. A forked child has none of its parent's, and makes a pool of its own.
Pool& pool() {
  static Pool* current = nullptr;
  static pid_t owner = 0;
  if (owner != ::getpid()) {
    current = new Pool;
    owner = ::getpid();
  }
  return *current;
}

std::atomic<int> default_threads{0};  // 0: one for each core

}  // namespace

void parallel_for(Index count, int threads, const std::function<void(Index)>& body) {
  const int helpers = int(std::min<Index>(threads, count)) - 1;
  Job job(count, body);
  if (helpers > 0) {
    pool().run(job, helpers);
  } else {
    job.work_on();
  }
  if (job.failed) std::rethrow_exception(job.failed);
}

int threads_for(std::int64_t wanted) {
  if (wanted > 0) return int(wanted);
  return default_threads > 0 ? int(default_threads) : std::max(1, int(std::thread::hardware_concurrency()));
}

void set_default_threads(int count) { default_threads = count; }

Index chunk_width(Index batch) {
  constexpr Index widest = 128;  // wide enough for the products, narrow enough to keep a chunk in cache
  const Index chunks = (batch + widest - 1) / widest;
  return (batch + chunks - 1) / chunks;
}

}  // namespace settle
