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

namespace {

template <class Real>
std::vector<Matrix<Real>> matrices(const nlohmann::json& golden, const char* name, bool of_feedback) {
  const Graph graph = golden_graph(golden);
  std::vector<Matrix<Real>> all;
  for (const Projection& p : graph.projections) {
    const bool there = !of_feedback || (p.backward && !graph.symmetric);
    all.push_back(there ? matrix<Real>(golden[name][edge(p.source, p.target)]) : Matrix<Real>());
  }
  return all;
}

}  // namespace

template <class Real>
GoldenNetwork<Real>::GoldenNetwork(const nlohmann::json& golden, bool layer_scaled, ClampedLines lines)
    : MatrixCircuit<Real>(golden_graph(golden), matrices<Real>(golden, "W", false), matrices<Real>(golden, "B", true),
                          Index(golden["x"][0].size()), {double(golden["nudge"]), layer_scaled, 0, lines}),
      x(matrix<Real>(golden["x"])),
      y(matrix<Real>(golden["y"])) {}

template struct GoldenNetwork<float>;
template struct GoldenNetwork<double>;

}  // namespace settle::test
