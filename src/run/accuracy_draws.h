// What the uncertain figures make of a trained chip's accuracy.
//
// Most figures decide about costs alone; some reach the circuit: a line's capacitance and resistance, the noise of its
// amplifiers. All are drawn together, each from its own distribution (provenance.h), and the weights that a run has
// learned are tested on the chip that has those figures. Its devices, their spread and their states are the run's own,
// and it does not learn anew: a chip that learns on itself makes up for part of what this shows.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "src/config/configuration.h"
#include "src/data/dataset.h"

namespace settle {

/// Configurations with every figure that is an estimate drawn. Figures are drawn independently of each other, each a
/// Latin hypercube's column from a stream of its own key: a function of run.seed, the key and the number of draws.
class FigureDraws {
 public:
  FigureDraws(const Configuration& configuration, std::size_t draws);

  std::size_t count() const { return count_; }
  /// The configuration of a draw, counted from zero: its figures are exact.
  Configuration at(std::size_t draw) const;

 private:
  Configuration nominal_;
  std::size_t count_;
  std::vector<std::vector<double>> normals_;  // by uncertain figure, in the order of keys(): by draw
};

/// The test accuracies of a checkpoint on the chips of all draws. Tells on standard error how far it is. Throws
/// Interrupted between two chips once an interrupt is requested.
std::vector<double> drawn_accuracies(const FigureDraws& draws, const Dataset& data,
                                     const std::filesystem::path& checkpoint);

}  // namespace settle
