// What must be the same to the last byte, however a chip is simulated.
#pragma once

#include <cstring>
#include <string>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/softmax.h"

namespace settle::test {

class Digest {
 public:
  template <class T>
  void add(const T* values, Index count) {
    text_.append(reinterpret_cast<const char*>(values), std::size_t(count) * sizeof(T));
  }
  void add_time(Time time) {
    const std::uint64_t fs = time.femtoseconds();
    add(&fs, 1);
  }
  /// What the chip has learned, and how long it took.
  void add_learned(Chip& chip) {
    for (const CrossbarMacro* array : chip.crossbars()) {
      const Matrix<float> state = array->model().programmed();
      add(state.data(), state.size());
      const Matrix<float>& devices = array->model().devices().state();
      add(devices.data(), devices.size());
    }
    for (const SettlingCount& c : {chip.free_count(), chip.clamped_count()}) add(&c.steps, 1);
    for (Index p = 1; p < chip.circuit().readout(); ++p) {
      const float gain = chip.difference_readout(p).gain();
      add(&gain, 1);
    }
    add_time(chip.meter().now());
  }
  /// What the books say.
  void add_booked(const Ledger& ledger) {
    for (const Ledger::Row& row : ledger.rows()) {
      add(&row.section, 1);
      add(&row.phase, 1);
      add(row.component.data(), Index(row.component.size()));
      add(row.action->name, Index(std::strlen(row.action->name)));
      add(&row.count, 1);
      add(&row.seconds, 1);
      add(&row.energy.supplied, 1);
      add(&row.energy.dissipated, 1);
      add(&row.energy.stored, 1);
    }
    for (const Section section : {Section::programming, Section::training, Section::inference})
      for (const Phase phase : phases()) add_time(ledger.time(section, phase));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace settle::test
