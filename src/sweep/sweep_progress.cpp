#include "src/sweep/sweep_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "src/run/progress.h"
#include "src/text/say.h"

namespace settle {
namespace {

std::size_t in_state(const SweepProgress::Counts& counts, PointState state) {
  const auto found = counts.find(state);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

SweepProgress::SweepProgress(std::size_t total, const Counts& counts)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      total_(total),
      counts_(counts),
      start_(std::chrono::steady_clock::now()) {
  over_before_ = over();
}

SweepProgress::~SweepProgress() { clear(); }

void SweepProgress::clear() const {
  if (terminal_) say("\r\033[K");
}

std::size_t SweepProgress::over() const {
  return in_state(counts_, PointState::done) + in_state(counts_, PointState::failed) +
         in_state(counts_, PointState::stopped);
}

// Time left as if the points to come take as long as those that have ended.
std::string SweepProgress::state(std::size_t running) const {
  const std::size_t at_work = in_state(counts_, PointState::running), elsewhere = at_work - std::min(at_work, running);
  std::string text = fmt::format("{} of {} points done, {} running{}, {} failed", in_state(counts_, PointState::done),
                                 total_, running, elsewhere > 0 ? fmt::format(" and {} elsewhere", elsewhere) : "",
                                 in_state(counts_, PointState::failed));
  if (const std::size_t stopped = in_state(counts_, PointState::stopped); stopped > 0)
    text += fmt::format(", {} stopped", stopped);
  if (const std::size_t paused = in_state(counts_, PointState::paused); paused > 0)
    text += fmt::format(", {} paused", paused);
  const std::size_t ended = over() - over_before_, left = total_ - over();
  if (ended == 0 || left == 0) return text;
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  return text + fmt::format(", {} left", clock_time(spent / double(ended) * double(left)));
}

void SweepProgress::ended(const Point& point, const Outcome& outcome, const Counts& counts, std::size_t running) {
  clear();
  counts_ = counts;
  std::string text = fmt::format("{}: {}", name(outcome.state), outcome.message);
  if (outcome.state == PointState::done || outcome.state == PointState::paused)
    text = fmt::format("test {:.2f} % in {}", 100 * number_in(outcome.record.headline.front()),
                       clock_time(outcome.wall_seconds));
  if (outcome.state == PointState::paused)
    text += fmt::format(", waits to be compared after epoch {}", outcome.record.epochs);
  say("point {} ({}): {}; {}\n", point.id, point.title, text, state(running));
  std::fflush(stderr);
}

void SweepProgress::lost(const Point& point) {
  clear();
  say("point {} ({}): another process has taken it over\n", point.id, point.title);
}

void SweepProgress::tick(std::size_t running) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - drawn_ < std::chrono::milliseconds(500)) return;
  drawn_ = now;
  clear();
  say("{}", state(running));
  std::fflush(stderr);
}

}  // namespace settle
