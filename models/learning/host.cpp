#include "models/learning/host.h"

#include <algorithm>
#include <utility>

#include "models/network/initial.h"

namespace settle {
namespace {

constexpr double softmax_operations = 20;  // per output: an exponential, a division, the error
constexpr double update_operations = 12;   // per parameter: Adam's arithmetic

const std::string host_name = "host";

}  // namespace

Host::Host(const HostSpec& spec, Chip& chip)
    : spec_(spec),
      chip_(chip),
      graph_(chip.design().graph),
      learner_(graph_, spec.learning.optimizer, {spec.learning.learning_rate, spec.learning.optimizer_numbers},
               spec.learning.contrast),
      held_(graph_.populations.size()),
      difference_(graph_.populations.size()) {
  for (const Projection& p : graph_.projections) connections_.push_back(graph_.connection(p));
  if (spec_.learning.rule != Rule::fa) return;
  for (const Projection& p : graph_.projections) {
    const Stream stream(spec_.seed, graph_.stream_name(p), Purpose::feedback_weights);
    feedback_.push_back(
        initial(spec_.initial).draw(graph_.population(p.source).size, graph_.population(p.target).size, stream));
  }
}

template <class Body>
void Host::for_blocks(Index count, std::uint64_t& numbered, const Body& body) {
  const Index chunk = chunk_width(count);
  // the samples of a transient step together, until all have settled: blocks would change when that is
  const bool together = spec_.block == 0 || chip_.design().settling.analysis == Analysis::transient;
  const Index wanted = together ? count : spec_.block;
  const Index size = (wanted + chunk - 1) / chunk * chunk;
  for (Index first = 0; first < count; first += size) {
    const Block block{std::min(size, count - first), chunk, numbered, spec_.threads};
    body(block, first);
    numbered += std::uint64_t(block.samples);
  }
}

Score Host::train(const Samples& samples, const std::vector<Index>& batch) {
  Score score;
  chip_.catch_up();
  if (spec_.learning.rule == Rule::ep) chip_.auto_zero();
  for_blocks(Index(batch.size()), trained_, [&](const Block& block, Index first) {
    pixels_.resize(samples.pixels.rows(), block.samples);
    Vector<std::uint8_t> labels(block.samples);
    block.for_chunks([&](Index k, Index first_of_chunk, Index) {
      for (Index c = first_of_chunk; c < first_of_chunk + block.count(k); ++c) {
        const Index sample = batch[std::size_t(first + c)];
        pixels_.col(c) = samples.pixels.col(sample);
        labels[c] = samples.labels[sample];
      }
    });
    score = run_protocol(block, labels, score);
    learn(block);
  });
  if (chip_.design().learning.update != Update::in_situ) update();
  chip_.range_amplifiers();
  return score;
}

Score Host::run_protocol(const Block& block, const Vector<std::uint8_t>& labels, Score score) {
  chip_.present(block, pixels_);
  free_phase(chip_, spec_.learning.rule == Rule::ep ? Use::learning : Use::inference, scored(block, labels, score),
             outputs_, error_);
  chip_.hold();
  if (spec_.learning.rule == Rule::ep) {
    Score of_clamped_states;
    contrast_phases(chip_, clamped_protocol(), error_, scored(block, labels, of_clamped_states), difference_);
  } else {
    back_propagate(block);
  }
  chip_.read_held(held_);  // after the differences, which suffer more from what the capacitors lose
  return score;
}

ClampedProtocol Host::clamped_protocol() const {
  // every round of the map counts; at an operating point the rounds end when the error does not move
  return {chip_.design().learning.nudging, spec_.learning.error, int(spec_.settling.clamped_steps),
          spec_.settling.tolerance, chip_.design().settling.analysis == Analysis::map};
}

ErrorOf Host::scored(const Block& block, const Vector<std::uint8_t>& labels, Score& score) {
  return [&](Matrix<float>& logits, Matrix<float>& error) {
    softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
    score = error_of(logits, labels, error, score);
    compute(block, action::host_arithmetic, softmax_operations * double(logits.rows()),
            chip_.meter().costs().host_operation_j());
  };
}

void Host::back_propagate(const Block& block) {
  chip_.back_propagate(error_, feedback_, difference_);
  compute(block, action::host_arithmetic, chip_.back_propagation_multiplications(),
          chip_.meter().costs().host_multiply_j());
}

void Host::learn(const Block& block) {
  const ChipDesign& design = chip_.design();
  chip_.meter().enter(Phase::update);  // pulses in place
  double multiplications = 0, longest_s = 0;
  for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
    const Projection& p = graph_.projections[k];
    if (!p.forward) continue;
    const Matrix<float>& pre = held_[std::size_t(p.source)];
    const ConstView<float> inputs = columns(pre, 0, block.samples), post = post_of(p, block.samples);
    const Connection& connection = *connections_[k];
    if (design.learning.update == Update::in_situ) {
      const double rate = learner_.rate_share() * p.rate * spec_.learning.learning_rate;
      const ConstView<float> words = connection.lines(Side::word_lines, inputs, word_lines_),
                             bits = connection.lines(Side::bit_lines, post, bit_lines_);
      longest_s = std::max(longest_s, chip_.programmer(k).apply(words, bits, rate, spec_.threads));
      if (PulseProgrammer* replica = chip_.replica_programmer(k))
        longest_s = std::max(longest_s, replica->apply(bits, words, rate, spec_.threads));
    } else {
      learner_.add(k, inputs, post, spec_.threads);
      multiplications += connection.multiplications();
    }
    if (learner_.has_source_term(k)) {
      scaled_ = float(chip_.difference_ratio(p.source, p.target)) * difference_[std::size_t(p.source)];
      learner_.add_source_term(k, columns(std::as_const(scaled_), 0, block.samples),
                               columns(std::as_const(held_[std::size_t(p.target)]), 0, block.samples), spec_.threads);
      multiplications += connection.multiplications();
    }
  }
  compute(block, action::host_arithmetic, multiplications, chip_.meter().costs().host_multiply_j());
  if (longest_s > 0) chip_.pass(Phase::update, longest_s);
}

// The differences at the projection's target, or the error at the read-out: the second factor of its outer products.
// Rules bp and fa learn from a gradient, which has the projection's gain in it.
ConstView<float> Host::post_of(const Projection& p, Index samples) {
  const Matrix<float>& post = p.target == graph_.readout() ? error_ : difference_[std::size_t(p.target)];
  if (spec_.learning.rule == Rule::ep || p.alpha == 1) return columns(post, 0, samples);
  scaled_ = float(p.alpha) * post;
  return columns(std::as_const(scaled_), 0, samples);
}

void Host::update() {
  Meter& meter = chip_.meter();
  meter.enter(Phase::update);
  double parameters = 0, longest_s = 0;  // arrays are programmed at the same time
  for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
    if (!graph_.projections[k].forward) continue;
    const Matrix<float>& change = learner_.change(k, spec_.threads);
    longest_s = std::max(longest_s, chip_.programmer(k).change(change, spec_.threads));
    if (PulseProgrammer* replica = chip_.replica_programmer(k))
      longest_s = std::max(longest_s, replica->change(change.transpose(), spec_.threads));
    parameters += double(change.size());
  }
  const double host_s = meter.costs().host_s(parameters * update_operations);
  meter.enter(Phase::host);
  meter.book(host_name, action::host_update, parameters, meter.costs().host_update_j() * parameters, host_s);
  chip_.pass(Phase::host, host_s);
  chip_.pass(Phase::update, longest_s);
}

Score Host::infer(const Samples& samples, Index first, Index count, Matrix<float>& outputs) {
  Score score;
  chip_.catch_up();
  chip_.solve_wires();
  // by the samples' places, so that noise, and with it the score, is the same whenever the same weights are tested
  inferred_ = first_inferred + std::uint64_t(first);
  outputs.resize(graph_.population(graph_.readout()).size, count);
  for_blocks(count, inferred_, [&](const Block& block, Index offset) {
    pixels_ = samples.pixels.middleCols(first + offset, block.samples);
    chip_.present(block, pixels_);
    const Vector<std::uint8_t> labels = samples.labels.segment(first + offset, block.samples);
    free_phase(chip_, Use::inference, scored(block, labels, score), outputs_, error_);
    outputs.middleCols(offset, block.samples) = outputs_.leftCols(block.samples);
  });
  return score;
}

void Host::show(const Samples& samples, Index sample) {
  const Block block{1, 1, trained_++, spec_.threads};
  pixels_ = samples.pixels.col(sample);
  run_protocol(block, samples.labels.segment(sample, 1), {});
  chip_.go_idle();
}

void Host::measure_settling(const Samples& samples) { chip_.measure_settling(samples.pixels, samples.labels); }

void Host::compute(const Block& block, const Action& action, double operations_per_sample, const Estimate& each) {
  Meter& meter = chip_.meter();
  if (chip_.driven_phase() != Phase::clamped) chip_.go_idle();
  meter.enter(Phase::host);
  const double seconds = meter.costs().host_s(operations_per_sample);
  for (Index k = 0; k < block.chunks(); ++k) {
    const double operations = operations_per_sample * double(block.count(k));
    meter.book(host_name, action, operations, each * operations, seconds * double(block.count(k)));
  }
  chip_.pass(Phase::host, seconds, block.samples);
}

void Host::visit_state(Archive& archive) {
  archive.count("trained_samples", trained_);
  archive.group("projections", [&] {
    for (std::size_t k = 0; k < graph_.projections.size(); ++k)
      if (graph_.projections[k].forward)
        archive.group(graph_.name(graph_.projections[k]), [&] { learner_.visit_state(k, archive); });
  });
}

}  // namespace settle
