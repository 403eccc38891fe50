#include "src/run/learned.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace settle {
namespace {

constexpr double enough_samples = 20, nearly_all = 0.98;

struct Margins {
  explicit Margins(const Matrix<std::int64_t>& confusion)
      : of_class(confusion.cast<double>().rowwise().sum()),
        called(confusion.cast<double>().colwise().sum().transpose()),
        samples(of_class.sum()),
        right(double(confusion.diagonal().sum())) {}

  // The number of right predictions to expect when predictions are shuffled, and its deviation.
  double mean() const { return of_class.dot(called) / samples; }
  double deviation() const {
    const Eigen::ArrayXd n = of_class.array(), c = called.array(), both = n * c;
    const double sum = (both * (samples - n) * (samples - c)).sum() + both.sum() * both.sum() - both.square().sum();
    return std::sqrt(std::max(0.0, sum) / (samples * samples * (samples - 1)));
  }

  // The number of right predictions when all are the commonest class, and its deviation in other test sets of this
  // size.
  double commonest() const { return of_class.maxCoeff(); }
  double chance() const { return std::sqrt(commonest() * (1 - commonest() / samples)); }

  Eigen::VectorXd of_class, called;
  double samples, right;
};

double pulses(const RunResult& result, Section section) {
  double count = 0;
  for (const Ledger::Row& row : result.ledger.rows())
    if (row.section == section && counts_pulses(*row.action)) count += row.count;
  return count;
}

// Initial weights are written by pulses too, where devices are not exact.
bool never_pulsed(const Configuration& c, const RunResult& result) {
  return c.learning.update != Update::ideal && result.trained > 0 && pulses(result, Section::programming) > 0 &&
         pulses(result, Section::training) == 0;
}

// The complaint about what has been lost since the best epoch: "nothing was learned", unless that epoch was above the
// share of the commonest class by more than chance.
std::string lost(const RunResult& result, const Margins& last) {
  const auto best = std::max_element(result.epochs.begin(), result.epochs.end(),
                                     [](const auto& a, const auto& b) { return a.test_accuracy < b.test_accuracy; });
  if (best->test_accuracy * last.samples <= last.commonest() + 4 * last.chance()) return "nothing was learned";
  return fmt::format("what was learned is lost ({:.1f} % after epoch {})", 100 * best->test_accuracy, best->epoch);
}

// Advice. A loss far above that of guessing says that the network is sure of what is wrong: its weights went to their
// bounds.
std::string remedy(const Configuration& c, const RunResult& result) {
  if (result.epochs.back().test_loss > 2 * std::log(double(result.confusion.rows())))
    return "lower learning.learning_rate";
  return std::string("try learning.learning_rate ten times lower, then ten times higher") +
         (c.learning.rule == Rule::ep ? ", or raise network.beta or learning.nudge" : "");
}

}  // namespace

std::optional<bool> beats_guessing(const Matrix<std::int64_t>& confusion) {
  const Margins m(confusion);
  if (m.samples < enough_samples || m.commonest() == m.samples) return std::nullopt;
  if (m.called.maxCoeff() >= nearly_all * m.samples && m.right <= m.commonest() + 2 * m.chance()) return false;
  return m.right > m.mean() + 2 * m.deviation();
}

std::optional<bool> has_learned(const Configuration& configuration, const RunResult& result) {
  if (result.epochs.empty()) return std::nullopt;
  if (never_pulsed(configuration, result)) return false;
  return beats_guessing(result.confusion);
}

std::optional<Complaint> nothing_learned(const Configuration& configuration, const RunResult& result) {
  if (result.epochs.empty() || has_learned(configuration, result).value_or(true)) return std::nullopt;
  if (never_pulsed(configuration, result))
    return Complaint{"nothing was learned: training has sent no pulse to any device", "raise learning.learning_rate"};
  const Margins m(result.confusion);
  Index likeliest = 0;
  const double most = m.called.maxCoeff(&likeliest);
  const std::string sign =
      most >= nearly_all * m.samples
          ? fmt::format("{} test sample is called class {}", most == m.samples ? "every" : "nearly every", likeliest)
          : "the test samples' classes are no better than guessed";
  return Complaint{lost(result, m) + ": " + sign, remedy(configuration, result)};
}

}  // namespace settle
