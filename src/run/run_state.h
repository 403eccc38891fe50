// How far a run has come, beside the state of its chip and its host: what it needs to go on.
#pragma once

#include "settle/models/archive.h"
#include "settle/models/learning/softmax.h"
#include "src/run/result.h"

namespace settle {

/// The part of an epoch that a run is in.
enum class Stage { training, test };

/// A run that is between two batches of an epoch, or two blocks of its test, or at the start of an epoch: the first
/// one, a later one, or, at its end, one that there is not.
struct RunState {
  int epoch() const { return current.epoch; }

  Stage stage = Stage::training;
  std::int64_t next = 0;            // batch to train, or sample to test, that the stage goes on with
  Score score;                      // of the stage so far
  Matrix<std::int64_t> confusion;   // of the test so far
  EpochResult current;              // what is known of the epoch
  std::vector<EpochResult> epochs;  // those that are over
  Matrix<std::int64_t> tested;      // confusion of the last test that is over
  Index trained = 0, inferred = 0;  // sample presentations
  WriteErrors written;              // of the initial weights

  RunState() { current.epoch = 1; }

  /// All of it but seconds of wall clock, which differ between equal runs.
  void visit_state(Archive& archive);
};

}  // namespace settle
