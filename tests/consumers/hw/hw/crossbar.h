// A module of a user's own: reads a crossbar once.
#pragma once

#include "settle/hw/crossbar_module.h"
#include "settle/hw/sim_time.h"

class CrossbarReader : public sc_core::sc_module {
 public:
  sc_core::sc_port<settle::hw::crossbar_if> crossbar{"crossbar"};
  settle::Matrix<float> sums;  // of the bit lines

  explicit CrossbarReader(sc_core::sc_module_name name) : sc_module(name) {
    SC_HAS_PROCESS(CrossbarReader);
    SC_THREAD(read);
  }

 private:
  void read() {
    constexpr double seconds = 10e-9;
    const settle::Matrix<float> lines = settle::Matrix<float>::Ones(4, 1);
    crossbar->read({1, 1, 0, 1}, settle::Side::word_lines, lines, sums, seconds);
    wait(settle::hw::to_sc_time(seconds));
  }
};
