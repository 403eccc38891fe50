#include "src/sweep/sweep_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "src/run/progress.h"

namespace settle {

SweepProgress::SweepProgress(std::size_t total, std::size_t done)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      total_(total),
      done_(done),
      to_run_(total - done),
      start_(std::chrono::steady_clock::now()) {}

SweepProgress::~SweepProgress() { clear(); }

void SweepProgress::clear() const {
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

// Time left as if the points to come take as long as those that have ended.
std::string SweepProgress::state(std::size_t running) const {
  std::string text = fmt::format("{} of {} points done, {} running, {} failed", done_, total_, running, failed_);
  if (ended_ == 0 || ended_ == to_run_) return text;
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  return text + fmt::format(", {} left", clock_time(spent / double(ended_) * double(to_run_ - ended_)));
}

void SweepProgress::ended(const Point& point, const PointResult& result, std::size_t running) {
  clear();
  ++ended_;
  const bool failed = result.state == PointState::failed;
  ++(failed ? failed_ : done_);
  const std::string outcome =
      failed ? "failed: " + result.error
             : fmt::format("test {:.2f} % in {}", 100 * result.summary.at("test_accuracy").at("best").get<double>(),
                           clock_time(result.seconds));
  fmt::print(stderr, "point {} ({}): {}; {}\n", point.id, point.title, outcome, state(running));
  std::fflush(stderr);
}

void SweepProgress::tick(std::size_t running) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - drawn_ < std::chrono::milliseconds(500)) return;
  drawn_ = now;
  clear();
  fmt::print(stderr, "{}", state(running));
  std::fflush(stderr);
}

}  // namespace settle
