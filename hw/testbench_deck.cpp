// The deck of a testbench's parts.
#include <cstdio>
#include <fstream>

#include "settle/hw/testbench.h"
#include "settle/models/error.h"

namespace settle::hw {

void Testbench::write_deck() {
  if (steps_ == 0 || starts_) refuse("a deck has what has been run: call write_deck() after run()");
  if (has_passed_)
    refuse("a deck has no time in which parts stand still: call restart() after pass(), and run() again");
  const std::string base = name();
  std::string deck;
  try {
    deck = spice::assembly_deck(spice_assembly());
  } catch (const InputError& error) {
    refuse(error.what());
  }
  const std::string file = base + ".cir";
  if (!(std::ofstream(file) << deck << std::flush)) refuse(file + " cannot be written in this folder");
  std::printf("deck      ngspice -b %s\n", file.c_str());
}

spice::Assembly Testbench::spice_assembly() const {
  const ChipSpec& chip = meter_.costs().chip();
  spice::Assembly assembly;
  assembly.title = "the parts of " + std::string(name()) + ", a testbench of Settle";
  assembly.full_scale_v = chip.neuron_full_scale_v;
  assembly.capacitance_f = chip.neuron_capacitance_f;
  assembly.step_s = step_s_;
  assembly.end_s = double(steps_) * step_s_;
  assembly.data_file = std::string(name()) + "_spice.txt";
  for (const std::string& part : order_) {
    if (const auto source = sources_.find(part); source != sources_.end())
      assembly.sources.push_back({part, source->second->spice_sources(step_s_, assembly.full_scale_v)});
    if (const auto bank = banks_.find(part); bank != banks_.end())
      assembly.banks.push_back({part, &bank->second->bank, &bank->second->now.external});
  }
  assembly.reads = spice_reads();
  return assembly;
}

// One for each side of an array that is driven, whatever the number of banks that have its sums.
std::vector<spice::ReadPart> Testbench::spice_reads() const {
  std::vector<spice::ReadPart> reads;
  for (const std::string& array : order_)
    for (const Side side : {Side::word_lines, Side::bit_lines}) {
      spice::ReadPart part;
      for (const Coupling& each : couplings_) {
        if (each.array != array || each.driven != side) continue;
        part.from = each.from;
        part.sinks.push_back({each.to, each.gain});
      }
      if (part.sinks.empty()) continue;
      const bool transposed = side == Side::bit_lines;
      part.read = {transposed ? array + "_back" : array, array + "_array", &arrays_.at(array)->model(), transposed};
      reads.push_back(std::move(part));
    }
  return reads;
}

}  // namespace settle::hw
