#include "src/run/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

// Copies of a weight and of a state, of four bytes each: states, bounds and gains of devices, what reads find of them,
// what is owed, counted and changed, the optimiser's two moments; drives, states, held ones and differences.
constexpr double bytes_of_exact_weight = 9 * 4, bytes_of_weight = 31 * 4, bytes_of_state = 16 * 4;
constexpr Index widest_chunk = 128;
constexpr double samples_of_a_test = 1000;  // that are presented at once

double first_number(const char* file) {
  double bytes = std::numeric_limits<double>::infinity();
  if (std::ifstream in(file); !(in >> bytes)) return std::numeric_limits<double>::infinity();  // none, or "max"
  return bytes;
}

}  // namespace

double needed_bytes(const Configuration& c, const Graph& graph) {
  double cells = 0, nodes = 0;
  for (const Projection& p : graph.projections)
    if (p.forward) cells += double(graph.connection(p)->cells());
  for (Index p = 0; p < Index(graph.populations.size()); ++p) nodes += double(graph.population(p).size);
  const double arrays = 1 + (c.learning.transfer_every > 0) + (c.network.feedback == Feedback::replica);
  const bool exact = c.device.preset == "ideal" && c.device.file.empty() && c.device.table.empty();
  const double together = double(c.run.block > 0 ? c.run.block : threads_for(c.run.threads) * widest_chunk);
  double block = std::min(together, double(c.run.batch));
  if (c.data.train_limit > 0) block = std::min(block, double(c.data.train_limit));
  if (c.settling.analysis == Analysis::transient) block = std::max(double(c.run.batch), samples_of_a_test);
  return cells * arrays * (exact ? bytes_of_exact_weight : bytes_of_weight) + nodes * block * bytes_of_state;
}

double machine_bytes() {
  double bytes = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    bytes = std::min(bytes, double(limit.rlim_cur));
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
    bytes = std::min(bytes, first_number(file));
  return bytes;
}

void expect_to_fit(const Configuration& c, const Graph& graph, double machine) {
  const double needed = needed_bytes(c, graph);
  if (needed <= machine) return;
  throw InputError(
      fmt::format("network.hidden: needs about {:.3g} GB of memory, and there are {:.3g}: take smaller layers, or a "
                  "smaller run.block (in a transient, run.batch)",
                  needed / 1e9, machine / 1e9));
}

}  // namespace settle
