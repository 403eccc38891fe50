#include "src/run/last_tests.h"

#include "settle/models/numeric/stop.h"
#include "src/run/accuracy_draws.h"
#include "src/run/evaluation.h"
#include "src/run/interrupt.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

void draw_figures(const Configuration& c, const Dataset& data, const fs::path& checkpoint, RunResult& result) {
  const FigureDraws draws(c, std::size_t(c.run.accuracy_draws));
  result.accuracy = spread_of(result.epochs.back().test_accuracy, drawn_accuracies(draws, data, checkpoint));
  result.accuracy_draws = Index(draws.count());
}

}  // namespace

void test_last_weights(const Configuration& c, const Dataset& data, const fs::path& checkpoint, RunResult& result) {
  if (result.interrupted) return;
  constexpr double longest_wait_s = 1;  // from an interrupt to the end of a test that is under way
  const EndsLongWork ends(longest_wait_s);
  try {
    if (c.run.accuracy_draws > 0) draw_figures(c, data, checkpoint, result);
    if (c.run.rest_s > 0) result.rested_accuracy = evaluate(c, data, checkpoint, c.run.rest_s).accuracy;
  } catch (const Interrupted&) {
    result.interrupted = true;
  } catch (const Stopped&) {
    result.interrupted = true;
  }
}

}  // namespace settle
