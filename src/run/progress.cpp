#include "src/run/progress.h"

#include <cmath>

#include <fmt/format.h>
#include <unistd.h>

#include "src/text/say.h"

namespace settle {
namespace {

std::string bar(double share) {
  constexpr int width = 24;
  const int full = int(std::lround(share * width));
  return std::string(std::size_t(full), '=') + std::string(std::size_t(width - full), ' ');
}

}  // namespace

std::string clock_time(double seconds) {
  const long whole = std::lround(seconds);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

Progress::Progress(int epochs, std::int64_t total)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      epochs_(epochs),
      total_(total),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  if (terminal_) say("\r\033[K");
}

void Progress::batch(int epoch, const Score& so_far) {
  using std::chrono::duration;
  using std::chrono::milliseconds;
  ++done_;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - drawn_ < milliseconds(100)) return;
  drawn_ = now;
  const double share = double(done_) / double(total_);
  const double left = duration<double>(now - start_).count() * double(total_ - done_) / double(done_ - skipped_);
  const double samples = double(so_far.samples);
  say("\r\033[Kepoch {:2}/{} [{}] {:3.0f} %  loss {:.3f}  accuracy {:.1f} %  {} left", epoch, epochs_, bar(share),
      100 * share, so_far.loss / samples, 100 * double(so_far.hits) / samples, clock_time(left));
  std::fflush(stderr);
}

void Progress::epoch(const EpochResult& r) {
  clear();
  say("epoch {:2}/{}  loss {:.3f}  train {:.2f} %  test {:.2f} %  {:.1f} s\n", r.epoch, epochs_, r.train_loss,
      100 * r.train_accuracy, 100 * r.test_accuracy, r.seconds);
  std::fflush(stderr);
}

}  // namespace settle
