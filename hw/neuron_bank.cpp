#include "hw/neuron_bank.h"

#include <cmath>

#include "models/crossbar/device_current.h"

namespace settle::hw {

NeuronBank::NeuronBank(sc_core::sc_module_name module_name, const NeuronSpec& spec, Index size, double scale,
                       float curvature, const std::string& population, std::uint64_t seed)
    : sc_module(module_name),
      model_(make_bank<float>(spec, size, population, seed)),
      scale_(float(scale)),
      curvature_(curvature) {
  SC_HAS_PROCESS(NeuronBank);
  SC_METHOD(step);
  sensitive << tick_;
  dont_initialize();
}

void NeuronBank::couple(crossbar_if& array, Side driven, state_if& source, double factor, double difference_factor) {
  arrays(array);
  sources(source);
  inputs_.push_back({driven, float(factor), float(difference_factor)});
}

void NeuronBank::start_free(const Block& block) {
  block_ = block;
  clamped_ = false;
  state_.drive.setZero();
  model_.activation->apply(model_.parameters(), state_.drive.data(), state_.state.data(), model_.size(),
                           state_.state.cols());
  output->preset(carried());
  output->carry({});
}

void NeuronBank::start_clamped(const Block& block) {
  block_ = block;
  clamped_ = true;
  output->preset(carried());
  output->carry(state_.state);
}

void NeuronBank::tick(double step_s) {
  step_s_ = step_s;
  tick_.notify(sc_core::SC_ZERO_TIME);
}

void NeuronBank::step() {
  drive_ = clamped_ ? state_.difference_external : state_.external;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const Input& input = inputs_[k];
    arrays[int(k)]->multiply(block_, input.driven, sources[int(k)]->read(), part_);
    arrays[int(k)]->book_read(block_, input.driven, sources[int(k)]->lines(), step_s_);
    drive_ += (clamped_ ? input.difference_factor : input.factor) * part_;
  }
  Matrix<float>& membrane = clamped_ ? state_.difference_drive : state_.drive;
  advance(model_, step_s_, columns(std::as_const(drive_), 0, drive_.cols()), columns(membrane, 0, membrane.cols()));
  const Activation<float>& f = *model_.activation;
  const Index rows = model_.size(), cols = membrane.cols();
  change_ = clamped_ ? f.apply_difference(scale_, model_.parameters(), state_.drive.data(), state_.state.data(),
                                          membrane.data(), state_.difference.data(), rows, cols)
                     : f.apply(model_.parameters(), membrane.data(), state_.state.data(), rows, cols);
  book_bias(block_, step_s_);
  output->next() = carried();
  output->send();
}

// What its lines make devices see: its states or differences, bent if the devices are not linear.
const Matrix<float>& NeuronBank::carried() {
  const Matrix<float>& states = clamped_ ? state_.difference : state_.state;
  if (curvature_ == 0) return states;
  state_.line.resize(states.rows(), states.cols());
  const Index cols = states.cols();
  if (clamped_) {
    drive_line_difference(curvature_, scale_, columns(std::as_const(state_.state), 0, cols), columns(states, 0, cols),
                          columns(state_.line, 0, cols));
  } else {
    drive_line(curvature_, columns(states, 0, cols), columns(state_.line, 0, cols));
  }
  return state_.line;
}

void NeuronBank::book_bias(const Block& block, double seconds) {
  // a neuron's current is in proportion to its speed
  const double mean_tau_s = 1 / double(model_.tau_s.cwiseInverse().mean());
  const Estimate power = meter->costs().neuron_bias_w(mean_tau_s);
  for (Index k = 0; k < block.chunks(); ++k) {
    const double neurons = double(model_.size() * block.count(k));
    meter->book(basename(), Action::neuron_bias, neurons, power * (seconds * neurons));
  }
}

}  // namespace settle::hw
