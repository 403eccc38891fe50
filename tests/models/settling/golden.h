// The reference data of tests/data/golden: a network, its equilibria and update directions, from an independent
// implementation in extended precision. See tests/data/README.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "settle/models/settling/phase.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test {

/// All golden files: those of the repository and those of the folder that SETTLE_GOLDEN_DIR names.
std::vector<std::filesystem::path> golden_files();

nlohmann::json read_json(const std::filesystem::path& path);

template <class Real>
Matrix<Real> matrix(const nlohmann::json& rows) {
  Matrix<Real> m(Index(rows.size()), Index(rows[0].size()));
  for (Index i = 0; i < m.rows(); ++i)
    for (Index j = 0; j < m.cols(); ++j) m(i, j) = Real(rows[std::size_t(i)][std::size_t(j)].get<double>());
  return m;
}

inline std::string edge(Index source, Index target) { return std::to_string(source) + "-" + std::to_string(target); }

/// The network of a golden file.
template <class Real>
struct GoldenNetwork : MatrixCircuit<Real> {
  Matrix<Real> x, y;

  GoldenNetwork(const nlohmann::json& golden, bool layer_scaled, ClampedLines lines = ClampedLines::states);
};

Graph golden_graph(const nlohmann::json& golden);

}  // namespace settle::test
