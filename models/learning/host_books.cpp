// What the host books: its memory, and what it computes.
#include <cmath>

#include "settle/models/learning/host.h"

namespace settle {
namespace {

const std::string host_name = "host", memory_name = "host memory";

}  // namespace

// Memory for learning has power while the chip learns: before and after, there is nothing in it that is needed. Tests
// between epochs stand for a chip that has learned and only infers; what must be retained for the next epoch meanwhile
// is not booked.
void Host::build_memory() {
  Meter& meter = chip_.meter();
  const Costs& costs = meter.costs();
  meter.keep_codes(memory_name, costs.sram_access_j(memory_.codes));
  const double always_w = costs.sram_leakage_w(memory_.always()), learning_w = costs.sram_leakage_w(memory_.all());
  meter.add_standing(memory_name, action::memory_leakage, {always_w, learning_w, always_w});
}

// Pixels come from where the samples are, and are stored as codes for the DACs and for the outer products.
void Host::fetch(const Block& block) {
  chip_.go_idle();
  Meter& meter = chip_.meter();
  meter.enter(Phase::load);
  const Index pixels = graph_.population(0).size;
  switch (chip_.design().chip.host_samples) {
    case SampleMemory::dram:
      access(block, action::dram_fetch, double(pixels), meter.costs().dram_access_j());
      break;
    case SampleMemory::sram:
      access(block, action::sram_fetch, double(pixels), meter.costs().sram_access_j(memory_.samples));
      break;
    case SampleMemory::stream:
      break;
  }
  for (Index k = 0; k < block.chunks(); ++k)
    meter.book_codes(double(pixels * block.count(k)), charged_bits(int(chip_.design().converter.dac_bits)));
  const ChipSpec& spec = chip_.design().chip;
  if (spec.host_samples == SampleMemory::dram && spec.dram_bytes_per_s > 0)
    chip_.pass(Phase::load, double(pixels) / spec.dram_bytes_per_s, block.samples);
}

void Host::access(const Block& block, const Action& action, double bytes_per_sample, const Energy& word_j) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double words = bytes_per_sample * double(block.count(k)) / word_bytes;
    chip_.meter().book(memory_name, action, words, word_j * words);
  }
}

// The codes that are read of one sample for an outer product. In each cycle the lanes make a square tile of it, for
// which they need as many codes of either factor as the tile has rows; for trains of pulses each line gets its code.
double Host::factor_bytes(const Connection& connection) const {
  const ChipDesign& design = chip_.design();
  const double code = code_bytes(design.converter.adc_bits);
  if (design.learning.update == Update::in_situ)
    return code * double((connection.word_lines() + connection.bit_lines()) * connection.reads());
  return code * 2 * connection.multiplications() / std::sqrt(double(design.chip.host_lanes));
}

// The memory's part in the outer products of a block.
void Host::book_factors(const Block& block, double products, double factor_bytes) {
  const Costs& costs = chip_.meter().costs();
  chip_.meter().enter(Phase::host);
  if (memory_.factors > 0) {
    // stored for the whole batch, and read when it is complete
    access(block, action::factor_codes, memory_.codes + factor_bytes, costs.sram_access_j(memory_.of_learning()));
    return;
  }
  access(block, action::factor_codes, factor_bytes, costs.sram_access_j(memory_.codes));
  if (memory_.accumulators > 0)
    access(block, action::accumulation, 2 * 4 * products, costs.sram_access_j(memory_.of_learning()));
}

void Host::compute(const Block& block, const Action& action, double operations_per_sample, const Energy& each) {
  Meter& meter = chip_.meter();
  if (chip_.driven_phase() != Phase::clamped) chip_.go_idle();
  meter.enter(Phase::host);
  const double seconds = meter.costs().host_s(operations_per_sample);
  for (Index k = 0; k < block.chunks(); ++k) {
    const double operations = operations_per_sample * double(block.count(k));
    meter.book(host_name, action, operations, each * operations, seconds * double(block.count(k)));
  }
  chip_.pass(Phase::host, seconds, block.samples);
}

// The optimiser's arithmetic and memory, and the time that they take.
void Host::book_update(double parameters) {
  Meter& meter = chip_.meter();
  meter.enter(Phase::host);
  const double operations = parameters * optimizer_family(spec_.learning.optimizer).operations;
  const double seconds = meter.costs().host_s(operations);
  meter.book(host_name, action::host_update, parameters, meter.costs().host_operation_j() * operations, seconds);
  const double words = 2 * memory_.updated() / word_bytes;
  meter.book(memory_name, action::optimizer_state, words, meter.costs().sram_access_j(memory_.of_learning()) * words);
  chip_.pass(Phase::host, seconds);
}

}  // namespace settle
