#include "settle/models/learning/host.h"

#include <algorithm>
#include <utility>

#include "settle/models/chip/finite.h"
#include "settle/models/error.h"
#include "settle/models/network/initial.h"

namespace settle {
namespace {

constexpr double softmax_operations = 20;  // per output: an exponential, a division, the error

}  // namespace

Host::Host(const HostSpec& spec, Chip& chip)
    : spec_(spec),
      chip_(chip),
      graph_(chip.design().graph),
      learner_(graph_, spec.learning.optimizer, {spec.learning.learning_rate, spec.learning.optimizer_numbers},
               spec.learning.contrast),
      memory_(host_memory(chip.design(), spec.learning, spec.batch, spec.samples)),
      held_(graph_.populations.size()),
      difference_(graph_.populations.size()) {
  for (const Projection& p : graph_.projections) connections_.push_back(graph_.connection(p));
  build_memory();
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
  const bool together = chip_.design().settling.analysis == Analysis::transient;
  // no more at a time than there are threads for: the less there is, the more of it stays in their caches
  const Index wanted = together ? count : spec_.block == 0 ? spec_.threads * chunk : spec_.block;
  const Index size = (wanted + chunk - 1) / chunk * chunk;
  for (Index first = 0; first < count; first += size) {
    const Block block{std::min(size, count - first), chunk, numbered, spec_.threads};
    body(block, first);
    numbered += std::uint64_t(block.samples);
  }
}

Score Host::train(const Samples& samples, const std::vector<Index>& batch) {
  if (memory_.factors > 0 && Index(batch.size()) > spec_.batch)
    throw InputError("a batch of " + std::to_string(batch.size()) +
                     " samples: the host has memory for the factors of " + std::to_string(spec_.batch) +
                     "; raise HostSpec::batch");
  Score score;
  make_room_for_states(samples.pixels.cols());
  chip_.catch_up();
  if (has_clamped_phase()) chip_.auto_zero();
  for_blocks(Index(batch.size()), trained_, [&](const Block& block, Index first) {
    pixels_.resize(samples.pixels.rows(), block.samples);
    Vector<std::uint8_t> labels(block.samples);
    const auto place = batch.begin() + first;
    if (!kept_.empty()) places_.assign(place, place + block.samples);
    block.for_chunks([&](Index k, Index first_of_chunk, Index) {
      for (Index c = first_of_chunk; c < first_of_chunk + block.count(k); ++c) {
        const Index sample = batch[std::size_t(first + c)];
        pixels_.col(c) = samples.pixels.col(sample);
        labels[c] = samples.labels[sample];
      }
    });
    Score of_clamped_states;
    run_protocol(block, scored(block, labels, score), scored(block, labels, of_clamped_states));
    learn(block);
  });
  if (chip_.design().learning.update == Update::in_situ)
    expect_finite_weights();
  else
    update();
  chip_.range_amplifiers();
  return score;
}

void Host::run_protocol(const Block& block, const ErrorOf& free_error, const ErrorOf& clamped_error) {
  fetch(block);
  chip_.present(block, pixels_);
  if (!places_.empty()) recall_states(block);
  free_phase(chip_, spec_.learning.rule == Rule::ep ? Use::learning : Use::inference, free_error, outputs_, error_);
  chip_.hold();
  if (has_clamped_phase()) {
    contrast_phases(chip_, clamped_protocol(), error_, clamped_error, difference_);
  } else {
    back_propagate(block);
  }
  expect_finite(graph_, difference_, block, "the difference");
  chip_.read_held(held_);  // after the differences, which suffer more from what the capacitors lose
  if (!places_.empty()) keep_states(block);
  places_.clear();
  if (has_clamped_phase()) add_up_readings(block);
}

// The host adds up what it gets of several readings. (That the second of two signs is taken off is left out.)
void Host::add_up_readings(const Block& block) {
  const LearningSpec& learning = chip_.design().learning;
  const double readings = double(readings_of(learning));
  if (learning.nudging == Nudging::lock_in || (learning.clamped_repeats == 1 && readings <= 2)) return;
  double neurons = 0;
  for (Index p = 1; p < graph_.readout(); ++p) neurons += double(graph_.population(p).size);
  const double additions = (readings - 1) * neurons;
  compute(block, action::host_arithmetic, additions, chip_.meter().costs().host_operation_j());
  access(block, action::accumulation, 2 * 4 * additions, chip_.meter().costs().sram_access_j(memory_.codes));
}

// Without neurons there is nothing to nudge: the read-out learns from its error, as it does behind neurons, and
// equilibrium propagation is the delta rule, dW = rate error x^T (Widrow and Hoff, IRE WESCON 1960).
bool Host::has_clamped_phase() const { return spec_.learning.rule == Rule::ep && chip_.circuit().has_neurons(); }

ClampedProtocol Host::clamped_protocol() const {
  // every round of the map counts; at an operating point the rounds end when the error does not move
  const LearningSpec& learning = chip_.design().learning;
  return {phase_nudges(learning),
          learning.clamped_repeats,
          learning.nudging == Nudging::lock_in,
          spec_.learning.error,
          int(spec_.settling.clamped_steps),
          spec_.settling.tolerance,
          chip_.design().settling.analysis == Analysis::map};
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
  compute(block, action::host_product, chip_.back_propagation_multiplications(),
          chip_.meter().costs().host_multiply_j());
}

void Host::learn(const Block& block) {
  const ChipDesign& design = chip_.design();
  chip_.meter().enter(Phase::update);  // pulses in place
  double multiplications = 0, factors = 0;
  WriteTime longest;
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
      longest = longer(longest, chip_.programmer(k).apply(words, bits, rate, spec_.threads));
      if (PulseProgrammer* replica = chip_.replica_programmer(k))
        longest = longer(longest, replica->apply(bits, words, rate, spec_.threads));
    } else {
      if (learner_.has_own_rule())
        learner_.show(k, inputs, columns(states_of(p.target), 0, block.samples), post);
      else
        learner_.add(k, inputs, post, spec_.threads);
      multiplications += connection.multiplications();
    }
    factors += factor_bytes(connection);
    if (learner_.has_source_term(k) && !learner_.has_own_rule()) {
      scaled_ = float(chip_.difference_ratio(p.source, p.target)) * difference_[std::size_t(p.source)];
      learner_.add_source_term(k, columns(std::as_const(scaled_), 0, block.samples),
                               columns(std::as_const(held_[std::size_t(p.target)]), 0, block.samples), spec_.threads);
      multiplications += connection.multiplications();
      factors += factor_bytes(connection);
    }
  }
  book_factors(block, multiplications, factors);
  compute(block, action::host_product, multiplications, chip_.meter().costs().host_multiply_j());
  if (longest.seconds > 0) chip_.pass(longest);
}

// The free states of a projection's target; the read-out has SoftMax in place of neurons.
const Matrix<float>& Host::states_of(Index target) const {
  return target == graph_.readout() ? outputs_ : held_[std::size_t(target)];
}

// The differences at the projection's target, or the error at the read-out: the second factor of its outer products.
// Rules bp and fa learn from a gradient, which has the projection's gain in it.
ConstView<float> Host::post_of(const Projection& p, Index samples) {
  const Matrix<float>& post = p.target == graph_.readout() ? error_ : difference_[std::size_t(p.target)];
  if (spec_.learning.rule == Rule::ep || p.alpha == 1) return columns(post, 0, samples);
  scaled_ = float(p.alpha) * post;
  return columns(std::as_const(scaled_), 0, samples);
}

void Host::expect_finite_weights() const {
  for (std::size_t k = 0; k < graph_.projections.size(); ++k)
    if (const auto* array = chip_.array(k))
      expect_finite(array->model().effective(), "a weight of " + graph_.name(graph_.projections[k]));
}

void Host::update() {
  chip_.meter().enter(Phase::update);
  double parameters = 0;
  WriteTime longest;  // arrays are programmed at the same time
  for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
    if (!graph_.projections[k].forward) continue;
    const Matrix<float>& change = learner_.change(k, spec_.threads);
    const std::string name = graph_.name(graph_.projections[k]);
    expect_finite(change, "the change of weights of " + name);
    longest = longer(longest, chip_.programmer(k).change(change, spec_.threads));
    if (PulseProgrammer* replica = chip_.replica_programmer(k))
      longest = longer(longest, replica->change(change.transpose(), spec_.threads));
    parameters += double(change.size());
  }
  expect_finite_weights();
  book_update(parameters);
  chip_.pass(longest);
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
    fetch(block);
    chip_.present(block, pixels_);
    const Vector<std::uint8_t> labels = samples.labels.segment(first + offset, block.samples);
    free_phase(chip_, Use::inference, scored(block, labels, score), outputs_, error_);
    outputs.middleCols(offset, block.samples) = outputs_.leftCols(block.samples);
  });
  return score;
}

ShownSamples Host::look(const Samples& samples, Index first, Index count) {
  ShownSamples shown;
  const Index outputs = graph_.population(graph_.readout()).size;
  for (Matrix<float>* each : {&shown.logits, &shown.outputs, &shown.error}) each->resize(outputs, count);
  shown.states.resize(graph_.populations.size());
  shown.differences.resize(graph_.populations.size());
  for (Index p = 0; p < graph_.readout(); ++p) {
    shown.states[std::size_t(p)].resize(graph_.population(p).size, count);
    if (p > 0) shown.differences[std::size_t(p)].resize(graph_.population(p).size, count);
  }
  chip_.catch_up();
  chip_.solve_wires();
  if (has_clamped_phase()) chip_.auto_zero();
  inferred_ = first_inferred + std::uint64_t(first);
  for_blocks(count, inferred_, [&](const Block& block, Index offset) {
    const auto keep = [&](Matrix<float>& all, const Matrix<float>& of_block) {
      all.middleCols(offset, block.samples) = of_block.leftCols(block.samples);
    };
    pixels_ = samples.pixels.middleCols(first + offset, block.samples);
    const Vector<std::uint8_t> labels = samples.labels.segment(first + offset, block.samples);
    Score score;
    const ErrorOf error_of = scored(block, labels, score);
    run_protocol(
        block,
        [&](Matrix<float>& logits, Matrix<float>& error) {
          keep(shown.logits, logits);
          error_of(logits, error);
        },
        error_of);
    keep(shown.outputs, outputs_);
    keep(shown.error, error_);
    for (std::size_t p = 0; p < held_.size() - 1; ++p) keep(shown.states[p], held_[p]);
    for (std::size_t p = 1; p < held_.size() - 1; ++p) keep(shown.differences[p], difference_[p]);
  });
  chip_.go_idle();
  return shown;
}

void Host::show(const Samples& samples, Index sample) {
  const Block block{1, 1, trained_++, spec_.threads};
  pixels_ = samples.pixels.col(sample);
  Score score;
  const Vector<std::uint8_t> labels = samples.labels.segment(sample, 1);
  run_protocol(block, scored(block, labels, score), scored(block, labels, score));
  chip_.go_idle();
}

void Host::measure_settling(const Samples& samples) { chip_.measure_settling(samples.pixels, samples.labels); }

void Host::visit_state(Archive& archive) {
  archive.count("trained_samples", trained_);
  visit_states(archive);
  archive.group("projections", [&] {
    for (std::size_t k = 0; k < graph_.projections.size(); ++k)
      if (graph_.projections[k].forward)
        archive.group(graph_.name(graph_.projections[k]), [&] { learner_.visit_state(k, archive); });
  });
}

}  // namespace settle
