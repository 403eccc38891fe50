// A channel that carries the analog state of a bank, a block of samples at once, to the crossbars that read it.
#pragma once

#include <utility>

#include "settle/hw/systemc.h"
#include "settle/models/numeric/matrix.h"

namespace settle::hw {

class state_if : public sc_core::sc_interface {
 public:
  /// The state after the last update phase, neurons x samples.
  virtual const Matrix<float>& read() const = 0;
  /// The state that readers get after the next update phase: to be filled, then sent.
  virtual Matrix<float>& next() = 0;
  virtual void send() = 0;
  /// Sets the state at once, without an update phase: at the start of a phase of the chip, when nothing steps.
  virtual void preset(const Matrix<float>& state) = 0;
};

/// A primitive channel. What is sent becomes visible in the update phase, so that banks that step in the same delta
/// cycle all read the states before the step.
class StateChannel : public sc_core::sc_prim_channel, public state_if {
 public:
  explicit StateChannel(const char* name) : sc_prim_channel(name) {}

  const Matrix<float>& read() const override { return current_; }
  Matrix<float>& next() override { return next_; }
  void send() override { request_update(); }
  void preset(const Matrix<float>& state) override { current_ = next_ = state; }

 private:
  void update() override { std::swap(current_, next_); }

  Matrix<float> current_, next_;
};

}  // namespace settle::hw
