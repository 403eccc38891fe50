// The digital host: a thread that carries out the protocol of equilibrium propagation on the substrate.
#pragma once

#include <exception>
#include <functional>
#include <systemc>
#include <vector>

#include "hw/power_meter.h"
#include "hw/substrate.h"
#include "models/learning/learner.h"
#include "models/learning/samples.h"
#include "models/learning/softmax.h"

namespace settle::hw {

struct HostSpec {
  LearningSpec learning;
  std::string initial = NetworkSpec{}.initial;  // distribution of the random feedback of Rule::fa
  SettlingSpec settling;  // clamped_steps, tolerance: while the error is recomputed, at most so many clamped phases,
                          // and an error that moves less is settled
  std::uint64_t seed = 1;
  Index block = 0;  // samples in a transaction, rounded up to whole chunks; 0: a batch
  int threads = 1;
};

class HostController : public sc_core::sc_module {
 public:
  sc_core::sc_port<substrate_if> substrate;
  sc_core::sc_port<meter_if> meter;

  /// What the host is to do: runs in its thread, from time zero, and may wait. When it returns, the simulation stops.
  using Programme = std::function<void(HostController&)>;

  HostController(sc_core::sc_module_name name, const HostSpec& spec, const Graph& graph, Programme programme);

  /// Trains on one batch: both phases on each sample, or (rules bp and fa) the free one and a sweep of the host's own,
  /// then (update ideal or host) one change of all weights.
  Score train(const Samples& samples, const std::vector<Index>& batch);
  /// Classifies samples [first, first + count); their SoftMax outputs, outputs x count, go to `outputs`.
  Score infer(const Samples& samples, Index first, Index count, Matrix<float>& outputs);
  /// Both phases of one sample, without learning from it: for traces.
  void show(const Samples& samples, Index sample);
  /// Has the substrate measure how long it takes to settle, on the first samples.
  void measure_settling(const Samples& samples);

  Learner& learner() { return learner_; }
  /// Rethrows what ended the programme early, if anything did. After sc_start has returned.
  void rethrow() const;

 private:
  void run();
  void train_block(const Block& block, const Samples& samples, const std::vector<Index>& batch, Index first,
                   Score& score);
  void back_propagate(const Block& block, sc_core::sc_time& delay);
  void contrast(const Block& block, const Vector<std::uint8_t>& labels, sc_core::sc_time& delay);
  void clamp(const Block& block, const Vector<std::uint8_t>& labels, float sign, sc_core::sc_time& delay);
  void read_held(sc_core::sc_time& delay);
  void read_differences(std::vector<Matrix<float>>& differences, sc_core::sc_time& delay);
  void learn(const Block& block, sc_core::sc_time& delay);
  void update();
  ConstView<float> post_of(const Projection& projection, Index samples);
  void book(const Block& block, Action action, double operations_per_sample, const Estimate& each,
            sc_core::sc_time& delay);
  /// body(block, offset) for blocks that make up `count` samples.
  template <class Body>
  void for_blocks(Index count, Index chunk, std::uint64_t& numbered, const Body& body);

  HostSpec spec_;
  const Graph& graph_;
  Programme programme_;
  Learner learner_;
  std::exception_ptr failed_;
  std::uint64_t trained_ = 0;                                  // samples so far: their numbers
  static constexpr std::uint64_t first_inferred = 1ull << 62;  // out of the way of the others
  std::uint64_t inferred_ = first_inferred;
  Matrix<std::uint8_t> pixels_;
  Matrix<float> outputs_, error_, nudged_, scaled_;
  std::vector<Matrix<float>> held_, difference_, opposite_;  // by population, as converted
  std::vector<Matrix<float>> feedback_;                      // by projection, of Rule::fa
};

}  // namespace settle::hw
