// A crossbar and a bank of neurons, with a converter of one's own on one of its outputs: the example of
// docs/testbench.md.
#include <cmath>

#include "settle/hw/testbench.h"

using namespace settle;

SC_MODULE(Adc) {  // 6 bits over 0.3 V, as one would write it for any SystemC signal
  sc_core::sc_in<double> input;
  sc_core::sc_signal<int> code{"code"};
  void convert() { code = int(std::lround(input.read() / 0.3 * 63)); }
  SC_CTOR(Adc) {
    SC_METHOD(convert);
    sensitive << input;
  }
};

int sc_main(int, char**) {
  hw::Testbench bench("tb_own_adc");
  bench.source("input", 16, hw::sine(1e6, 0.5, 0.2, 0.4));  // 1 MHz, from line to line 0.4 rad later
  bench.crossbar("array", 16, 8, ArraySpec(device_preset("ecram"))).set_weights(0.3f * Matrix<float>::Random(8, 16), 1);
  bench.bank("neurons", 8);
  bench.couple("input", "array", "neurons");
  Adc adc("adc");
  adc.input(bench.node("neurons.v0"));
  bench.probe(adc.code, "adc.code");
  bench.run(2e-6);
  bench.write_deck();
  return adc.code.read() == std::lround(bench.node("neurons.v0").read() / 0.3 * 63) ? 0 : 1;
}
