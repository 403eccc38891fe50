// The length of a run, and how it is computed.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The section [run].
struct RunSpec {
  std::int64_t seed = 1;
  std::int64_t epochs = 3;
  std::int64_t batch = 500;
  std::int64_t block = 0;          // samples that travel in one transaction; 0: a chunk for each thread
  std::int64_t threads = 0;        // 0: one for each core
  double checkpoint_minutes = 10;  // of wall clock between checkpoints within an epoch; 0: none there
  double target_accuracy = 0;      // of the test; 0: none
  std::int64_t accuracy_draws = 0;
  double rest_s = 0;  // between the end of training and one more test; 0: none
};

inline Parameters parameters(RunSpec& s) {
  constexpr std::int64_t largest_seed = std::int64_t{1} << 53;  // exact in every reader of summary.json
  return {
      {"seed", integer(s.seed, 0, largest_seed), "Seed of every random number. The same seed, the same bytes."},
      {"epochs", integer(s.epochs, 1, 100000), "Passes over the training set."},
      {"batch", integer(s.batch, 1, million), "Samples between two updates of the weights."},
      {"block", integer(s.block, 0, million),
       "Samples that the simulator works on at once, rounded up to whole chunks of at most 128; 0: a chunk for each "
       "thread. Changes speed and memory, never results."},
      {"threads", integer(s.threads, 0, 4096), "Threads; 0: one for each core. Never changes results."},
      {"checkpoint_minutes", from(0, s.checkpoint_minutes, 1e5),
       "Minutes of wall clock between checkpoints within an epoch, from which `settle train --resume` goes on; 0: only "
       "at the end of each epoch. Never changes results."},
      {"target_accuracy", fraction(s.target_accuracy),
       "Test accuracy, as a fraction, for which the run says what energy and time it took to get there; 0: none. "
       "Does not end the run."},
      {"accuracy_draws", integer(s.accuracy_draws, 0, 1000),
       "Chips with all uncertain figures drawn anew on which the trained weights are tested, for percentiles of the "
       "accuracy; each takes the time of a test. 0: none."},
      {"rest_s", from(0, s.rest_s, 1e12),
       "Seconds that the trained chip rests before it is tested once more, as by `settle eval --after`: its devices "
       "drift "
       "and leak meanwhile. 0: none."}};
}

}  // namespace settle
