// A crossbar in SystemC: an array of the models behind an interface that neuron banks read through.
#pragma once

#include "settle/hw/systemc.h"
#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/crossbar/device_current.h"

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
  /// `array` outlives the module. `bends`: multiply() takes what lines are driven to, and bends it where devices are
  /// not linear (Crossbar::curvature), as the lines of a chip's banks do by themselves.
  CrossbarModule(sc_core::sc_module_name name, CrossbarMacro& array, bool bends = false)
      : sc_module(name), array_(array), bends_(bends) {}

  void multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const override {
    if (!bends_ || array_.model().curvature() == 0) return array_.multiply(block, driven, x, y);
    Matrix<float> bent(x.rows(), x.cols());
    drive_line(array_.model().curvature(), columns(x, 0, x.cols()), columns(bent, 0, x.cols()));
    array_.multiply(block, driven, bent, y);
  }
  void read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) override {
    array_.read(block, driven, x, y, seconds);
  }

 private:
  CrossbarMacro& array_;
  bool bends_;
};

}  // namespace settle::hw
