// A crossbar in SystemC: an array of the models behind an interface that neuron banks read through.
#pragma once

#include "settle/hw/systemc.h"
#include "settle/models/chip/crossbar_macro.h"

namespace settle::hw {

/// What neuron banks read an array through.
class crossbar_if : public sc_core::sc_interface {
 public:
  /// y <- W x with the word lines driven, W^T x with the bit lines (CrossbarMacro::multiply). Books nothing.
  virtual void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const = 0;
  /// A complete read of lines that are driven for `seconds`, with noise, charge and energy (CrossbarMacro::read). The
  /// caller waits for that time.
  virtual void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) = 0;
};

/// A crossbar as a module.
class CrossbarModule : public sc_core::sc_module, public crossbar_if {
 public:
  /// `array` outlives the module.
  CrossbarModule(sc_core::sc_module_name name, CrossbarMacro& array) : sc_module(name), array_(array) {}

  void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const override {
    array_.multiply(block, driven, x, y);
  }
  void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) override {
    array_.read(block, driven, x, y, seconds);
  }

 private:
  CrossbarMacro& array_;
};

}  // namespace settle::hw
