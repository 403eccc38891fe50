#include "tests/models/settling/golden.h"

#include <cstdlib>
#include <fstream>

namespace settle::test {

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> folders = {SETTLE_TEST_DATA "/golden"};
  if (const char* more = std::getenv("SETTLE_GOLDEN_DIR")) folders.emplace_back(more);
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders)
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
  return files;
}

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream in(path);
  return nlohmann::json::parse(in);
}

Graph golden_graph(const nlohmann::json& golden) {
  Graph graph;
  const std::vector<Index> sizes = golden["sizes"];
  for (std::size_t p = 0; p < sizes.size(); ++p) graph.populations.push_back({std::to_string(p), sizes[p]});
  graph.symmetric = golden.value("symmetric", true);
  for (const auto& e : golden["edges"]) {
    Projection p{e[0], e[1]};
    const bool inner = graph.is_hidden(p.source) && graph.is_hidden(p.target);
    p.backward = p.source > 0;
    p.alpha = inner ? double(golden["alpha"]) : 1.0;
    p.beta = inner ? double(golden["beta"]) : 1.0;
    graph.projections.push_back(p);
  }
  return graph;
}

template <class Real>
GoldenNetwork<Real>::GoldenNetwork(const nlohmann::json& golden, bool layer_scaled)
    : graph(golden_graph(golden)), x(matrix<Real>(golden["x"])), y(matrix<Real>(golden["y"])) {
  const std::size_t populations = graph.populations.size();
  const std::size_t projections = graph.projections.size();
  banks.resize(populations);
  states.resize(populations);
  forward.resize(projections);
  backward.resize(projections);
  loop.banks.assign(populations, nullptr);
  state_pointers.assign(populations, nullptr);
  for (Index p = 1; p < graph.readout(); ++p) {
    const auto i = std::size_t(p);
    banks[i] = make_bank<Real>(BankSpec{}, graph.population(p).size, graph.population(p).name, 1);
    states[i].resize(graph.population(p).size, x.cols());
    loop.banks[i] = &banks[i];
    state_pointers[i] = &states[i];
  }
  for (std::size_t k = 0; k < projections; ++k) {
    const Projection& p = graph.projections[k];
    const std::string name = edge(p.source, p.target);
    forward[k] = matrix<Real>(golden["W"][name]);
    Coupling<Real> c{p.source, p.target, Real(p.alpha), Real(p.beta), &forward[k], nullptr, Op::none};
    if (p.backward && graph.symmetric) {
      c.backward = &forward[k];
      c.backward_op = Op::transpose;
    } else if (p.backward) {
      backward[k] = matrix<Real>(golden["B"][name]);
      c.backward = &backward[k];
    }
    loop.couplings.push_back(c);
  }
  loop.nudge = Real(double(golden["nudge"]));
  loop.scale = layer_scaled ? path_gains(graph, double(golden["nudge"])) : std::vector<double>(populations, 1.0);
}

template struct GoldenNetwork<float>;
template struct GoldenNetwork<double>;

}  // namespace settle::test
