#include "src/run/accuracy_draws.h"

#include <cmath>

#include <fmt/format.h>

#include "settle/models/cost/monte_carlo.h"
#include "src/config/keys.h"
#include "src/run/evaluation.h"
#include "src/run/interrupt.h"
#include "src/text/say.h"

namespace settle {
namespace {

// Calls `each` for every key that is an uncertain figure.
template <class Each>
void for_figures(Configuration& configuration, const Each& each) {
  for (const Key& key : keys(configuration))
    if (const auto* figure = std::get_if<EstimateValue>(&key.value)) each(key.name, *figure->member);
}

}  // namespace

FigureDraws::FigureDraws(const Configuration& configuration, std::size_t draws)
    : nominal_(configuration), count_(draws) {
  const auto seed = std::uint64_t(configuration.run.seed);
  for_figures(nominal_, [&](const std::string& key, const Estimate&) {
    normals_.push_back(stratified_normals(Stream(seed, key, Purpose::figures), draws));
  });
}

Configuration FigureDraws::at(std::size_t draw) const {
  Configuration drawn = nominal_;
  std::size_t i = 0;
  for_figures(drawn, [&](const std::string&, Estimate& figure) {
    figure = exactly(figure[1] * std::exp(log_factor(figure, normals_[i++][draw])));
  });
  return drawn;
}

std::vector<double> drawn_accuracies(const FigureDraws& draws, const Dataset& data,
                                     const std::filesystem::path& checkpoint) {
  std::vector<double> accuracies;
  for (std::size_t draw = 0; draw < draws.count(); ++draw) {
    if (interrupt_requested()) throw Interrupted();
    accuracies.push_back(evaluate(draws.at(draw), data, checkpoint).accuracy);
    say("figures drawn, chip {} of {}: test accuracy {:.2f} %\n", draw + 1, draws.count(), 100 * accuracies.back());
  }
  return accuracies;
}

}  // namespace settle
