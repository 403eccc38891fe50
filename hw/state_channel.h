// Carries the analog state of a bank, a block of samples at once, to the crossbars that read it.
#pragma once

#include <systemc>
#include <utility>

#include "models/numeric/matrix.h"

namespace settle::hw {

class state_if : public sc_core::sc_interface {
 public:
  /// The state as of the last update phase, neurons x samples.
  virtual const Matrix<float>& read() const = 0;
  /// To be filled and sent: what readers see after the next update phase.
  virtual Matrix<float>& next() = 0;
  virtual void send() = 0;
  /// Sets what readers see at once: the start of a phase, between steps.
  virtual void preset(const Matrix<float>& state) = 0;
  /// What the lines really carry while differences travel: the free state. Until then, and with an empty one, what
  /// is read.
  virtual void carry(const Matrix<float>& state) = 0;
  virtual const Matrix<float>& lines() const = 0;
};

/// A primitive channel: what is sent becomes visible in the update phase, so that banks that step in the same delta
/// cycle all see the states before the step.
class StateChannel : public sc_core::sc_prim_channel, public state_if {
 public:
  explicit StateChannel(const char* name) : sc_prim_channel(name) {}

  const Matrix<float>& read() const override { return current_; }
  Matrix<float>& next() override { return next_; }
  void send() override { request_update(); }
  void preset(const Matrix<float>& state) override { current_ = next_ = state; }
  void carry(const Matrix<float>& state) override { carried_ = state; }
  const Matrix<float>& lines() const override { return carried_.size() > 0 ? carried_ : current_; }

 private:
  void update() override { std::swap(current_, next_); }

  Matrix<float> current_, next_, carried_;
};

}  // namespace settle::hw
