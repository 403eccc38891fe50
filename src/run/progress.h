// Progress of long work, on standard error: a bar on a terminal, plain lines otherwise.
#pragma once

#include <chrono>
#include <string>

#include "settle/models/learning/softmax.h"
#include "src/run/result.h"

namespace settle {

/// "2:05" or "1:02:05".
std::string clock_time(double seconds);

class Progress {
 public:
  /// `total` batches in all epochs together.
  Progress(int epochs, std::int64_t total);
  ~Progress();

  /// Begins after so many batches, which another process has done.
  void skip(std::int64_t batches) { done_ = skipped_ = batches; }
  void batch(int epoch, const Score& so_far);
  void epoch(const EpochResult& result);

 private:
  void clear();

  bool terminal_;
  int epochs_;
  std::int64_t total_, done_ = 0, skipped_ = 0;
  std::chrono::steady_clock::time_point start_, drawn_;
};

}  // namespace settle
