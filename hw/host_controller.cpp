#include "hw/host_controller.h"

#include "hw/sim_time.h"
#include "models/network/initial.h"

namespace settle::hw {
namespace {

constexpr double softmax_operations = 20;  // per output: an exponential, a division, the error
constexpr double update_operations = 12;   // per parameter: Adam's arithmetic

void to_softmax(Matrix<float>& logits) {
  softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
}

}  // namespace

HostController::HostController(sc_core::sc_module_name module_name, const HostSpec& spec, const Graph& graph,
                               Programme programme)
    : sc_module(module_name),
      spec_(spec),
      graph_(graph),
      programme_(std::move(programme)),
      learner_(graph, spec.learning.optimizer, {spec.learning.learning_rate, spec.learning.optimizer_numbers},
               spec.learning.contrast),
      held_(graph.populations.size()),
      difference_(graph.populations.size()),
      opposite_(graph.populations.size()) {
  SC_HAS_PROCESS(HostController);
  SC_THREAD(run);
  set_stack_size(8 << 20);  // numerical libraries below expect a thread's stack, not a coroutine's
  if (spec_.learning.rule != Rule::fa) return;
  for (const Projection& p : graph_.projections) {
    const Stream stream(spec_.seed, graph_.name(p), Purpose::feedback_weights);
    feedback_.push_back(
        initial(spec_.initial).draw(graph_.population(p.source).size, graph_.population(p.target).size, stream));
  }
}

// An exception must not travel through the kernel's coroutines: it is kept and thrown after sc_start.
void HostController::run() {
  try {
    programme_(*this);
  } catch (const std::exception&) {
    failed_ = std::current_exception();
  }
  sc_core::sc_stop();
}

void HostController::rethrow() const {
  if (failed_) std::rethrow_exception(failed_);
}

template <class Body>
void HostController::for_blocks(Index count, Index chunk, std::uint64_t& numbered, const Body& body) {
  // the samples of a transient step together, until all have settled: blocks would change when that is
  const bool together = spec_.block == 0 || substrate->spec().settling.analysis == Analysis::transient;
  const Index wanted = together ? count : spec_.block;
  const Index size = (wanted + chunk - 1) / chunk * chunk;
  for (Index first = 0; first < count; first += size) {
    const Block block{std::min(size, count - first), chunk, numbered, spec_.threads};
    body(block, first);
    numbered += std::uint64_t(block.samples);
  }
}

Score HostController::train(const Samples& samples, const std::vector<Index>& batch) {
  Score score;
  substrate->catch_up();
  sc_core::sc_time calibration;
  if (spec_.learning.rule == Rule::ep) substrate->auto_zero(calibration);
  if (calibration != sc_core::SC_ZERO_TIME) wait(calibration);
  const Index count = Index(batch.size());
  for_blocks(count, chunk_width(count), trained_,
             [&](const Block& block, Index first) { train_block(block, samples, batch, first, score); });
  if (substrate->spec().learning.update != Update::in_situ) update();
  substrate->range_amplifiers();
  return score;
}

void HostController::train_block(const Block& block, const Samples& samples, const std::vector<Index>& batch,
                                 Index first, Score& score) {
  pixels_.resize(samples.pixels.rows(), block.samples);
  Vector<std::uint8_t> labels(block.samples);
  block.for_chunks([&](Index k, Index first_of_chunk, Index) {
    for (Index c = first_of_chunk; c < first_of_chunk + block.count(k); ++c) {
      const Index sample = batch[std::size_t(first + c)];
      pixels_.col(c) = samples.pixels.col(sample);
      labels[c] = samples.labels[sample];
    }
  });
  sc_core::sc_time delay;
  substrate->present(block, pixels_, delay);
  substrate->settle_free(/*for_training=*/spec_.learning.rule == Rule::ep, delay);
  substrate->read_logits(outputs_, delay);
  to_softmax(outputs_);
  score = error_of(outputs_, labels, error_, score);
  book(block, Action::host_arithmetic, softmax_operations * double(outputs_.rows()), meter->costs().host_operation_j(),
       delay);
  substrate->hold(delay);
  if (spec_.learning.rule == Rule::ep) {
    contrast(block, labels, delay);
  } else {
    back_propagate(block, delay);
  }
  read_held(delay);  // after the differences, which suffer more from what the capacitors lose
  learn(block, delay);
  wait(delay);
}

void HostController::back_propagate(const Block& block, sc_core::sc_time& delay) {
  substrate->back_propagate(error_, feedback_, difference_);
  book(block, Action::host_arithmetic, substrate->back_propagation_multiplications(), meter->costs().host_multiply_j(),
       delay);
}

// The differences that the nudge makes, and half of what lies between them where it is symmetric.
void HostController::contrast(const Block& block, const Vector<std::uint8_t>& labels, sc_core::sc_time& delay) {
  clamp(block, labels, 1.0f, delay);
  read_differences(difference_, delay);
  if (substrate->spec().learning.nudging == Nudging::one_sided) return;
  clamp(block, labels, -1.0f, delay);
  read_differences(opposite_, delay);
  for (Index p = 1; p < graph_.readout(); ++p)
    difference_[std::size_t(p)] = 0.5f * (difference_[std::size_t(p)] - opposite_[std::size_t(p)]);
}

// The clamped phase, with the error of the free state held, or recomputed until it settles too. Of the second sign, it
// starts from the clamped phase of the first.
void HostController::clamp(const Block& block, const Vector<std::uint8_t>& labels, float sign,
                           sc_core::sc_time& delay) {
  nudged_ = sign * error_;
  substrate->nudge(nudged_, delay);
  substrate->settle_clamped(/*turned=*/sign < 0, delay);
  if (spec_.learning.error == ErrorMode::held) return;
  Matrix<float> outputs, error, last = error_;
  for (int round = 1; round < spec_.settling.clamped_steps; ++round) {
    substrate->read_logits(outputs, delay);
    to_softmax(outputs);
    error_of(outputs, labels, error);
    book(block, Action::host_arithmetic, softmax_operations * double(outputs.rows()), meter->costs().host_operation_j(),
         delay);
    // every round of the map counts; at an operating point the rounds end when the error does not move
    const bool fixed_rounds = substrate->spec().settling.analysis == Analysis::map;
    if (!fixed_rounds && (error - last).cwiseAbs().maxCoeff() <= float(spec_.settling.tolerance)) return;
    last = error;
    nudged_ = sign * error;
    substrate->nudge(nudged_, delay);
    substrate->settle_clamped(/*turned=*/false, delay);
  }
}

void HostController::read_differences(std::vector<Matrix<float>>& differences, sc_core::sc_time& delay) {
  sc_core::sc_time reading;  // each bank has converters of its own, which work at the same time
  for (Index p = 1; p < graph_.readout(); ++p) {
    sc_core::sc_time of_bank;
    substrate->read_difference(p, differences[std::size_t(p)], of_bank);
    reading = std::max(reading, of_bank);
  }
  delay += reading;
}

void HostController::read_held(sc_core::sc_time& delay) {
  sc_core::sc_time reading;  // as above
  for (Index p = 0; p < graph_.readout(); ++p) {
    sc_core::sc_time of_bank;
    substrate->read_held(p, held_[std::size_t(p)], of_bank);
    reading = std::max(reading, of_bank);
  }
  delay += reading;
}

void HostController::learn(const Block& block, sc_core::sc_time& delay) {
  double multiplications = 0, longest = 0;
  for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
    const Projection& p = graph_.projections[k];
    if (!p.forward) continue;
    const Matrix<float>& pre = held_[std::size_t(p.source)];
    const ConstView<float> inputs = columns(pre, 0, block.samples), post = post_of(p, block.samples);
    if (substrate->spec().learning.update == Update::in_situ) {
      const double rate = learner_.rate_share() * p.rate * spec_.learning.learning_rate;
      longest = std::max(longest, substrate->programmer(k).apply(inputs, post, rate, spec_.threads));
      if (PulseProgrammer* replica = substrate->replica_programmer(k))
        longest = std::max(longest, replica->apply(post, inputs, rate, spec_.threads));
    } else {
      learner_.add(k, inputs, post, spec_.threads);
      multiplications += double(pre.rows()) * double(post.rows());
    }
    if (learner_.has_source_term(k)) {
      scaled_ = float(substrate->difference_ratio(p.source, p.target)) * difference_[std::size_t(p.source)];
      learner_.add_source_term(k, columns(std::as_const(scaled_), 0, block.samples),
                               columns(std::as_const(held_[std::size_t(p.target)]), 0, block.samples), spec_.threads);
      multiplications += double(pre.rows()) * double(post.rows());
    }
  }
  book(block, Action::host_arithmetic, multiplications, meter->costs().host_multiply_j(), delay);
  delay += to_sc_time(longest);
}

// Of the references, which are a gradient, with the projection's gain.
ConstView<float> HostController::post_of(const Projection& p, Index samples) {
  const Matrix<float>& post = p.target == graph_.readout() ? error_ : difference_[std::size_t(p.target)];
  if (spec_.learning.rule == Rule::ep || p.alpha == 1) return columns(post, 0, samples);
  scaled_ = float(p.alpha) * post;
  return columns(std::as_const(scaled_), 0, samples);
}

void HostController::update() {
  double parameters = 0, longest = 0;  // arrays are programmed at the same time
  for (std::size_t k = 0; k < graph_.projections.size(); ++k) {
    if (!graph_.projections[k].forward) continue;
    const Matrix<float>& change = learner_.change(k, spec_.threads);
    longest = std::max(longest, substrate->programmer(k).change(change, spec_.threads));
    if (PulseProgrammer* replica = substrate->replica_programmer(k))
      longest = std::max(longest, replica->change(change.transpose(), spec_.threads));
    parameters += double(change.size());
  }
  meter->book(basename(), Action::host_update, parameters, meter->costs().host_update_j() * parameters);
  wait(to_sc_time(meter->costs().host_s(parameters * update_operations)) + to_sc_time(longest));
}

Score HostController::infer(const Samples& samples, Index first, Index count, Matrix<float>& outputs) {
  Score score;
  substrate->catch_up();
  substrate->stay();
  // by the samples' places, so that noise, and with it the score, is the same whenever the same weights are tested
  inferred_ = first_inferred + std::uint64_t(first);
  outputs.resize(graph_.population(graph_.readout()).size, count);
  for_blocks(count, chunk_width(count), inferred_, [&](const Block& block, Index offset) {
    pixels_ = samples.pixels.middleCols(first + offset, block.samples);
    sc_core::sc_time delay;
    substrate->present(block, pixels_, delay);
    substrate->settle_free(/*for_training=*/false, delay);
    substrate->read_logits(outputs_, delay);
    to_softmax(outputs_);
    outputs.middleCols(offset, block.samples) = outputs_.leftCols(block.samples);
    score = error_of(outputs_, samples.labels.segment(first + offset, block.samples), error_, score);
    book(block, Action::host_arithmetic, softmax_operations * double(outputs_.rows()),
         meter->costs().host_operation_j(), delay);
    wait(delay);
  });
  return score;
}

void HostController::show(const Samples& samples, Index sample) {
  const Block block{1, 1, trained_++, spec_.threads};
  const Vector<std::uint8_t> label = samples.labels.segment(sample, 1);
  pixels_ = samples.pixels.col(sample);
  // delays are waited for one by one, so that each shows where it belongs, with the energy that it takes
  const auto timed = [&](const auto& call) {
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    const double begin_j = meter->nominal_j();
    sc_core::sc_time delay;
    call(delay);
    if (sc_core::sc_time_stamp() == begin) meter->spread(meter->nominal_j() - begin_j, delay);
    sc_core::wait(delay);
  };
  const auto convert = [&](const auto& call) {
    substrate->rest();
    timed(call);
  };
  convert([&](sc_core::sc_time& delay) { substrate->present(block, pixels_, delay); });
  timed([&](sc_core::sc_time& delay) { substrate->settle_free(/*for_training=*/true, delay); });
  convert([&](sc_core::sc_time& delay) { substrate->read_logits(outputs_, delay); });
  convert([&](sc_core::sc_time& delay) {
    to_softmax(outputs_);
    error_of(outputs_, label, error_);
    book(block, Action::host_arithmetic, softmax_operations * double(outputs_.rows()),
         meter->costs().host_operation_j(), delay);
    substrate->hold(delay);
  });
  for (const float sign : {1.0f, -1.0f}) {
    if (spec_.learning.rule != Rule::ep || (sign < 0 && substrate->spec().learning.nudging == Nudging::one_sided))
      break;
    timed([&](sc_core::sc_time& delay) { clamp(block, label, sign, delay); });
    convert([&](sc_core::sc_time& delay) { read_differences(difference_, delay); });
  }
  convert([&](sc_core::sc_time& delay) { read_held(delay); });
  substrate->rest();
}

void HostController::measure_settling(const Samples& samples) {
  const Index count = std::min<Index>(samples.size(), 8);
  Matrix<float> targets = Matrix<float>::Zero(graph_.population(graph_.readout()).size, count);
  for (Index c = 0; c < count; ++c) targets(samples.labels[c], c) = 1;
  substrate->measure_settling(samples.pixels.leftCols(count), targets);
}

void HostController::book(const Block& block, Action action, double operations_per_sample, const Estimate& each,
                          sc_core::sc_time& delay) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double operations = operations_per_sample * double(block.count(k));
    meter->book(basename(), action, operations, each * operations);
  }
  delay += to_sc_time(meter->costs().host_s(operations_per_sample), block.samples);
}

}  // namespace settle::hw
