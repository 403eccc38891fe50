#include "hw/neuron_bank.h"

#include <algorithm>

#include "models/crossbar/device_current.h"

namespace settle::hw {

NeuronBank::NeuronBank(sc_core::sc_module_name module_name, const BankSpec& spec, Index size, double scale,
                       float curvature, const std::string& population, std::uint64_t seed)
    : sc_module(module_name),
      model_(make_bank<float>(spec, size, population, seed)),
      scale_(float(scale)),
      per_scale_(float(1 / std::max(scale, 1e-30))),
      curvature_(curvature),
      membrane_rms_(float(spec.membrane_noise)),
      output_rms_(float(spec.noise)),
      membrane_noise_(seed, population, Purpose::membrane_noise),
      output_noise_(seed, population, Purpose::output_noise) {
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
  steps_ = 0;
  state_.drive.setZero();
  membrane_.setZero(state_.drive.rows(), state_.drive.cols());
  last_goal_.resize(0, 0);
  model_.activation->apply(model_.parameters(), state_.drive.data(), state_.state.data(), model_.size(),
                           state_.state.cols());
  draw_noise();
  output->preset(carried());
  output->carry({});
}

void NeuronBank::start_clamped(const Block& block) {
  block_ = block;
  clamped_ = true;
  membrane_ = state_.difference_drive.cast<double>();
  last_goal_.resize(0, 0);
  draw_noise();  // the host has taken its time: the noise of the free phase is forgotten
  output->preset(carried());
  output->carry(state_.state);
}

void NeuronBank::tick(double step_s) {
  if (step_.step_s() != step_s) {
    step_ = MembraneStep<double>(model_, step_s);
    of_noise_ = MembraneStep<float>(model_, step_s);
  }
  tick_.notify(sc_core::SC_ZERO_TIME);
}

void NeuronBank::step() {
  drive_ = clamped_ ? state_.difference_external : state_.external;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const Input& input = inputs_[k];
    arrays[int(k)]->multiply(block_, input.driven, sources[int(k)]->read(), part_);
    arrays[int(k)]->book_read(block_, input.driven, sources[int(k)]->lines(), step_.step_s());
    drive_ += (clamped_ ? input.difference_factor : input.factor) * part_;
  }
  const Index rows = model_.size(), cols = drive_.cols();
  goal_ = drive_.cast<double>();
  if (last_goal_.size() == 0) last_goal_ = goal_;
  step_.extrapolate(columns(goal_, 0, cols), columns(last_goal_, 0, cols));
  step_.advance(columns(std::as_const(goal_), 0, cols), columns(membrane_, 0, cols), clamped_ ? scale_ : 1.0f);
  if (membrane_rms_ > 0)
    step_.kick(membrane_noise_, block_.first_sample, steps_, membrane_rms_ * (clamped_ ? per_scale_ : 1.0),
               columns(membrane_, 0, cols));
  Matrix<float>& membrane = clamped_ ? state_.difference_drive : state_.drive;
  membrane = membrane_.cast<float>();
  const Activation<float>& f = *model_.activation;
  if (clamped_) {
    f.apply_difference(scale_, model_.parameters(), state_.drive.data(), state_.state.data(), membrane.data(),
                       state_.difference.data(), rows, cols);
  } else {
    f.apply(model_.parameters(), membrane.data(), state_.state.data(), rows, cols);
  }
  if (output_rms_ > 0) {
    of_noise_.decay(columns(noise_, 0, cols));
    of_noise_.kick(output_noise_, block_.first_sample, steps_, output_rms_, columns(noise_, 0, cols));
  }
  ++steps_;
  book_bias(block_, step_.step_s());
  output->next() = carried();
  output->send();
}

// As it is at any time.
void NeuronBank::draw_noise() {
  if (output_rms_ == 0) return;
  noise_.resize(state_.state.rows(), state_.state.cols());
  for (Index c = 0; c < noise_.cols(); ++c) {
    fill_normal(output_noise_, block_.first_sample + std::uint64_t(c), steps_, noise_.col(c).data(), noise_.rows());
    noise_.col(c) *= output_rms_;
  }
  ++steps_;
}

// The states or differences with their noise.
const Matrix<float>& NeuronBank::outputs() {
  const Matrix<float>& states = clamped_ ? state_.difference : state_.state;
  if (output_rms_ == 0) return states;
  noisy_ = states + (clamped_ ? per_scale_ : 1.0f) * noise_;
  return noisy_;
}

// What its lines make devices see: its outputs, bent if the devices are not linear.
const Matrix<float>& NeuronBank::carried() {
  const Matrix<float>& states = outputs();
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
