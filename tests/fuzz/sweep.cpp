#include "src/sweep/points.h"
#include "src/sweep/sweep_file.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

// Sweeps of more points take longer, and find nothing else.
bool is_short(const SweepFile& sweep) {
  constexpr std::size_t most = 6;
  std::size_t points = sweep.cases.size() * std::max<std::size_t>(1, sweep.seeds.size());
  for (const Axis& axis : sweep.grid)
    if ((points *= axis.values.size()) > most) return false;
  return points <= most;
}

}  // namespace

void fuzz_sweep(const std::string& bytes) {
  static const ScratchFolder folder;
  const Halves halves(bytes);
  folder.write("base.toml", halves.second);
  const std::string file = folder.write("sweep.toml", halves.first);
  SweepFile sweep;
  if (!accepts("sweep.toml", [&] { sweep = read_sweep(file); })) return;
  fingerprint(sweep);
  if (is_short(sweep)) accepts("", [&] { expand(sweep, nullptr); });
}

}  // namespace settle
