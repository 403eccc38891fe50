// The states of samples that their phases start at when they are learned from again (settling.start = "previous").
#include <vector>

#include "settle/models/learning/host.h"

namespace settle {

// States of zero, a reset, until a sample has been learned from.
void Host::make_room_for_states(Index samples) {
  if (chip_.design().settling.start != Start::previous || !chip_.circuit().has_neurons()) return;
  kept_.resize(graph_.populations.size());
  for (Index p = 1; p < graph_.readout(); ++p)
    if (kept_[std::size_t(p)].cols() != samples) kept_[std::size_t(p)].setZero(graph_.population(p).size, samples);
}

// The codes of a sample's states are read or written, where samples come from.
void Host::access_states(const Block& block) {
  Meter& meter = chip_.meter();
  const ChipSpec& chip = chip_.design().chip;
  const double bytes = state_bytes(chip_.design());
  const bool dram = chip.host_samples == SampleMemory::dram;
  access(block, dram ? action::dram_states : action::stored_states, bytes,
         dram ? meter.costs().dram_access_j() : meter.costs().sram_access_j(memory_.samples));
  if (dram && chip.dram_bytes_per_s > 0) chip_.pass(Phase::load, bytes / chip.dram_bytes_per_s, block.samples);
}

void Host::recall_states(const Block& block) {
  chip_.meter().enter(Phase::load);
  access_states(block);
  const float lsb = Converter{int(chip_.design().converter.adc_bits), 1.0f}.lsb();
  std::vector<Matrix<float>> states(kept_.size());
  for (std::size_t p = 1; p + 1 < kept_.size(); ++p) {
    states[p].setZero(kept_[p].rows(), block.columns());
    block.for_chunks([&](Index k, Index first, Index) {
      for (Index c = first; c < first + block.count(k); ++c)
        states[p].col(c) = lsb * kept_[p].col(places_[std::size_t(c)]).template cast<float>();
    });
  }
  chip_.preset(states);
}

void Host::keep_states(const Block& block) {
  chip_.meter().enter(Phase::load);
  access_states(block);
  const float per_lsb = 1 / Converter{int(chip_.design().converter.adc_bits), 1.0f}.lsb();
  for (std::size_t p = 1; p + 1 < kept_.size(); ++p)
    block.for_chunks([&](Index k, Index first, Index) {
      for (Index c = first; c < first + block.count(k); ++c)
        kept_[p].col(places_[std::size_t(c)]) =
            (per_lsb * held_[p].col(c)).array().rint().template cast<std::int16_t>();
    });
}

// The codes of samples' last states, as numbers that matrices of an archive hold.
void Host::visit_states(Archive& archive) {
  if (chip_.design().settling.start != Start::previous || !archive.keeps("states_of_samples")) return;
  if (!archive.loading() && kept_.empty()) return;
  kept_.resize(graph_.populations.size());
  archive.group("states_of_samples", [&] {
    for (Index p = 1; p < graph_.readout(); ++p) {
      Matrix<float> codes = kept_[std::size_t(p)].cast<float>();
      if (archive.loading()) codes.resize(0, 0);
      archive.matrix(graph_.population(p).name, codes, "code",
                     "state of each neuron and training sample, when it was learned from last");
      kept_[std::size_t(p)] = codes.cast<std::int16_t>();
    }
  });
}

}  // namespace settle
