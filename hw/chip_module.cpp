#include "settle/hw/chip_module.h"

#include <algorithm>

namespace settle::hw {

ChipModule::ChipModule(sc_core::sc_module_name module_name, const ChipDesign& design)
    : sc_module(module_name), chip(design, this) {
  const Graph& graph = chip.design().graph;
  const std::vector<CrossbarMacro*> arrays = chip.crossbars();
  for (CrossbarMacro* array : arrays)
    crossbars_.push_back(std::make_unique<CrossbarModule>(array->name().c_str(), *array));
  for (Index p = 1; p < graph.readout(); ++p) {
    const std::string& name = graph.population(p).name;
    states_.push_back(std::make_unique<StateChannel>((name + "_state").c_str()));
    banks_.push_back(std::make_unique<NeuronBankModule>(name.c_str(), chip.transient().bank(p)));
    banks_.back()->output(*states_.back());
  }
  const Circuit<float>& circuit = chip.circuit();
  for (std::size_t i = 0; i < circuit.reads().size(); ++i) {
    const Read<float>& read = circuit.reads()[i];
    if (read.role != Role::recurrent) continue;
    const auto array = std::find(arrays.begin(), arrays.end(), &chip.array_of_read(i)) - arrays.begin();
    banks_[std::size_t(read.sink - 1)]->couple(*crossbars_[std::size_t(array)], read.side,
                                               *states_[std::size_t(read.driver - 1)],
                                               double(gain_in_phase(circuit, read, /*clamped=*/false)),
                                               double(gain_in_phase(circuit, read, /*clamped=*/true)), read.forward());
  }
}

void ChipModule::start_meter() {
  started_j_ = spread_j_ = chip.meter().supplied_j();
  for (auto& [phase, drawn_j] : written_j_) drawn_j = chip.meter().supplied_j(phase);
  later_j_ = 0;
}

void ChipModule::wait(Time time) {
  if (time == Time()) return;
  const Meter& meter = chip.meter();
  later_j_ = 0;
  for (auto& [phase, drawn_j] : written_j_) {
    if (meter.phase() == phase)
      drawn_j = meter.supplied_j(phase);
    else
      later_j_ += meter.supplied_j(phase) - drawn_j;
  }
  even_j_ = meter.supplied_j() - later_j_ - spread_j_;
  spread_j_ += even_j_;
  even_time_ = to_sc_time(time);
  even_end_ = sc_core::sc_time_stamp() + even_time_;
  sc_core::wait(even_time_);
}

double ChipModule::left_s() const {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  return now < even_end_ ? (even_end_ - now).to_seconds() : 0.0;
}

void ChipModule::start_transient(Chip&) {
  for (const auto& bank : banks_) bank->start(chip.block());
}

// Lets all banks step in the same delta cycle, from the states before it.
void ChipModule::step(Chip&, double step_s) {
  for (const auto& bank : banks_) bank->tick(step_s);
  sc_core::wait(sc_core::SC_ZERO_TIME);  // the banks step in this delta cycle
  sc_core::wait(sc_core::SC_ZERO_TIME);
  for (const auto& bank : banks_) bank->rethrow();
}

}  // namespace settle::hw
