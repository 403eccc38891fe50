// The digital host: runs the protocol of equilibrium propagation on a chip, and learns from it.
#pragma once

#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/chip/chip.h"
#include "settle/models/learning/host_memory.h"
#include "settle/models/learning/learner.h"
#include "settle/models/learning/machine.h"
#include "settle/models/learning/samples.h"
#include "settle/models/learning/softmax.h"

namespace settle {

/// What the host runs: the rule, how phases are settled, and the samples that it has room for.
struct HostSpec {
  LearningSpec learning;
  std::string initial = NetworkSpec{}.initial;  // distribution of the random feedback of Rule::fa
  SettlingSpec settling;  // clamped_steps: most rounds of a recomputed error; tolerance: the change that settles it
  std::uint64_t seed = 1;
  Index block = 0;  // samples that are presented at once, rounded up to whole chunks; 0: a chunk for each thread
  int threads = 1;
  Index batch = 500;  // the most samples of a batch, for which there is memory (Accumulate::factors)
  Index samples = 0;  // in all, for which there is memory (SampleMemory::sram)
};

/// What the way of some samples through both phases shows the host, a column for each.
struct ShownSamples {
  Matrix<float> logits, outputs, error;            // outputs x samples: before and after SoftMax, and target minus that
  std::vector<Matrix<float>> states, differences;  // by population: what drives the input, and no differences of it; of
                                                   // the read-out nothing
};

/// The host of one chip.
class Host {
 public:
  Host(const HostSpec& spec, Chip& chip);

  /// Trains on one batch, then changes all weights once (update ideal or host). Each sample has both phases; with the
  /// rules bp and fa it has the free phase, and the host computes the rest. InputError for a batch that the memory for
  /// factors does not hold.
  Score train(const Samples& samples, const std::vector<Index>& batch);
  /// Classifies samples [first, first + count); their SoftMax outputs, outputs x count, go to `outputs`.
  Score infer(const Samples& samples, Index first, Index count, Matrix<float>& outputs);
  /// Does with samples [first, first + count) what training does, but learns nothing from it.
  ShownSamples look(const Samples& samples, Index first, Index count);
  /// Does with one sample what training does, but learns nothing from it: for waveforms.
  void show(const Samples& samples, Index sample);
  /// Has the chip measure how long it takes to settle, on the first samples.
  void measure_settling(const Samples& samples);

  /// The choices of clamped phases that the specifications make.
  ClampedProtocol clamped_protocol() const;
  const HostMemory& memory() const { return memory_; }
  Learner& learner() { return learner_; }
  /// The state that learning leaves in the host: optimisers, and the number of samples.
  void visit_state(Archive& archive);

 private:
  /// Runs the protocol for one block: the free phase, then the clamped phases or the host's sweep, then the conversion
  /// of what is held. The functions compute the error of the free phase, and of clamped ones.
  void run_protocol(const Block& block, const ErrorOf& free_error, const ErrorOf& clamped_error);
  void make_room_for_states(Index samples);
  void visit_states(Archive& archive);
  void access_states(const Block& block);
  void recall_states(const Block& block);
  void keep_states(const Block& block);
  bool has_clamped_phase() const;
  void add_up_readings(const Block& block);
  void back_propagate(const Block& block);
  void learn(const Block& block);
  void expect_finite_weights() const;
  void update();
  const Matrix<float>& states_of(Index target) const;
  ConstView<float> post_of(const Projection& projection, Index samples);
  /// The error that the host computes, and what that costs; the samples' score is added to `score`. Refers to all
  /// three.
  ErrorOf scored(const Block& block, const Vector<std::uint8_t>& labels, Score& score);
  void build_memory();
  void fetch(const Block& block);
  void access(const Block& block, const Action& action, double bytes_per_sample, const Energy& word_j);
  double factor_bytes(const Connection& connection) const;
  void book_factors(const Block& block, double products, double factor_bytes);
  void book_update(double parameters);
  void compute(const Block& block, const Action& action, double operations_per_sample, const Energy& each);
  /// Calls body(block, offset) for blocks that together hold `count` samples.
  template <class Body>
  void for_blocks(Index count, std::uint64_t& numbered, const Body& body);

  HostSpec spec_;
  Chip& chip_;
  const Graph& graph_;
  Learner learner_;
  HostMemory memory_;
  std::uint64_t trained_ = 0;                                  // samples so far, which numbers them
  static constexpr std::uint64_t first_inferred = 1ull << 62;  // beyond the numbers of all trained samples
  std::uint64_t inferred_ = first_inferred;
  Matrix<std::uint8_t> pixels_;
  std::vector<std::shared_ptr<const Connection>> connections_;  // by projection
  Matrix<float> outputs_, error_, scaled_;
  Matrix<float> word_lines_, bit_lines_;          // scratch: what lines carry, read after read
  std::vector<Matrix<float>> held_, difference_;  // by population, as converted
  // Start::previous: by population, the codes of each sample's last free states, neurons x samples, and the block's
  // places among them
  std::vector<Matrix<std::int16_t>> kept_;
  std::vector<Index> places_;
  std::vector<Matrix<float>> feedback_;  // by projection, of Rule::fa
};

}  // namespace settle
