#include "settle/models/network/graph.h"

#include <algorithm>

#include <fnmatch.h>

#include "settle/models/error.h"

namespace settle {
namespace {

bool is_glob(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

// The names that a number can be set for.
std::vector<std::string> names_of(const Graph& graph, bool trained) {
  std::vector<std::string> names;
  for (const Projection& p : graph.projections)
    if (trained ? p.forward : graph.is_hidden(p.source) && graph.is_hidden(p.target)) names.push_back(graph.name(p));
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) return "there is none";
  std::string text = "there is";
  for (const std::string& name : names) text += (&name == &names.front() ? " " : ", ") + name;
  return text;
}

bool fits(const std::string& glob, const std::string& name) { return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

// The number for the projection of this name; null when there is none.
const double* number_for(const ByProjection& numbers, const std::string& name) {
  if (const auto exact = numbers.find(name); exact != numbers.end()) return &exact->second;
  const std::pair<const std::string, double>* found = nullptr;
  for (const auto& entry : numbers) {
    if (!is_glob(entry.first) || !fits(entry.first, name)) continue;
    if (found != nullptr)
      throw InputError("\"" + found->first + "\" and \"" + entry.first + "\" both fit " + name + ": name it itself");
    found = &entry;
  }
  return found != nullptr ? &found->second : nullptr;
}

}  // namespace

std::string Graph::name(const Projection& p) const {
  return population(p.source).name + "_" + population(p.target).name;
}

std::string Graph::stream_name(const Projection& p) const {
  return population(p.source).name + "-" + population(p.target).name;
}

Graph without_feedback(Graph graph) {
  graph.feedforward = true;
  std::vector<Projection> kept;
  for (Projection p : graph.projections) {
    if (!p.forward) continue;
    if (p.target != graph.readout()) {
      p.backward = false;
      p.beta = 0;
    }
    kept.push_back(p);
  }
  graph.projections = std::move(kept);
  return graph;
}

void set_by_projection(Graph& graph, const ByProjection& numbers, double Projection::*member, bool trained) {
  const std::vector<std::string> names = names_of(graph, trained);
  for (const auto& [name, number] : numbers) {
    const auto meant = [&, &wanted = name](const std::string& n) { return n == wanted || fits(wanted, n); };
    if (std::none_of(names.begin(), names.end(), meant))
      throw InputError("no such projection as \"" + name + "\"; " + listed(names));
  }
  for (Projection& p : graph.projections) {
    const std::string name = graph.name(p);
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    if (const double* number = number_for(numbers, name)) p.*member = *number;
  }
}

std::vector<double> path_gains(const Graph& graph, double nudge) {
  std::vector<double> gain(graph.populations.size(), 0.0);
  for (const Projection& p : graph.projections)
    if (p.target == graph.readout() && p.backward) gain[std::size_t(p.source)] = nudge;
  // Bellman and Ford, in products. A gain above one counts as one: it saturates neurons rather than adding up around
  // a loop, and with gains of at most one as many rounds as populations are enough.
  for (std::size_t round = 0; round < graph.populations.size(); ++round) {
    for (const Projection& p : graph.projections) {
      if (!graph.is_hidden(p.source) || !graph.is_hidden(p.target)) continue;
      double& low = gain[std::size_t(p.source)];
      double& high = gain[std::size_t(p.target)];
      if (p.forward) high = std::max(high, std::min(1.0, p.alpha) * low);
      if (p.backward) low = std::max(low, std::min(1.0, p.beta) * high);
    }
  }
  return gain;
}

}  // namespace settle
