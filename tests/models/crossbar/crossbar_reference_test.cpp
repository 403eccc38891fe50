// Crossbars with wire resistance against the reference data of tests/data/crossbar. See tests/data/README.md.
#include <cstdlib>

#include <gtest/gtest.h>

#include "settle/models/crossbar/wires.h"
#include "tests/models/settling/golden.h"

namespace settle::test::crossbar_reference_test {
namespace {

constexpr double tolerance = 1e-9;  // of the largest

// All reference files: those of the repository and those of the folder that SETTLE_CROSSBAR_DIR names.
std::vector<std::filesystem::path> reference_files() {
  std::vector<std::filesystem::path> folders = {SETTLE_TEST_DATA "/crossbar"};
  if (const char* more = std::getenv("SETTLE_CROSSBAR_DIR")) folders.emplace_back(more);
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders)
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
  return files;
}

struct Reference {
  std::string name;
  nlohmann::json json;
  Matrix<double> conductance, v;  // rows x cols; rows x inputs
  Wires wires;

  explicit Reference(const std::filesystem::path& path) : name(path.string()), json(read_json(path)) {
    conductance = json.contains("conductances_S") ? matrix<double>(json["conductances_S"])
                                                  : matrix<double>(json["resistances_ohm"]).cwiseInverse().eval();
    v = matrix<double>(json["input_voltages_V"]).transpose();
    wires.word_ohm = json["r_word_line_ohm"];
    wires.bit_ohm = json["r_bit_line_ohm"];
  }

  bool has(const char* field) const { return json.contains(field); }
  // inputs x columns in the file, columns x inputs here
  Matrix<double> currents(const char* field) const { return matrix<double>(json[field]).transpose(); }
};

double difference(const Matrix<double>& a, const Matrix<double>& b) {
  return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

Matrix<double> read(const Reference& reference) {
  const WireSolver solver(reference.conductance, reference.wires);
  WireWorkspace<double> workspace;
  Matrix<double> i(solver.cols(), reference.v.cols());
  solver.read(columns(reference.v, 0, reference.v.cols()), columns(i, 0, i.cols()), workspace);
  return i;
}

Matrix<double> read_effective(const Reference& reference) {
  return effective_conductance(reference.conductance, reference.wires).transpose() * reference.v;
}

void check_currents(const Reference& reference, const Matrix<double>& i) {
  for (const char* field : {"output_currents_A", "output_currents_ngspice_A"}) {
    if (!reference.has(field)) continue;
    EXPECT_LT(difference(i, reference.currents(field)), tolerance) << reference.name << field;
  }
  const char* precise = "output_currents_80bit_input0_A";
  if (!reference.has(precise)) return;
  Vector<double> expected(i.rows());
  for (Index j = 0; j < i.rows(); ++j)
    expected[j] = std::stod(reference.json[precise][std::size_t(j)].get<std::string>());
  EXPECT_LT(difference(i.col(0), expected), tolerance) << reference.name;
}

TEST(CrossbarReference, ReadsCurrents) {
  for (const auto& path : reference_files()) {
    const Reference reference(path);
    check_currents(reference, read(reference));
  }
}

TEST(CrossbarReference, EffectiveConductanceGivesCurrents) {
  for (const auto& path : reference_files()) {
    const Reference reference(path);
    check_currents(reference, read_effective(reference));
  }
}

TEST(CrossbarReference, FindsNodeVoltages) {
  for (const auto& path : reference_files()) {
    const Reference reference(path);
    const WireSolver solver(reference.conductance, reference.wires);
    const WireSolution solution = solver.solve(reference.v.col(0));
    const char *word = "word_line_voltages_V_input0", *bit = "bit_line_voltages_V_input0";
    if (reference.has(word)) {
      EXPECT_LT(difference(solution.word, matrix<double>(reference.json[word])), tolerance) << path;
    }
    if (reference.has(bit)) {
      EXPECT_LT(difference(solution.bit, matrix<double>(reference.json[bit])), tolerance) << path;
    }
    EXPECT_LT(difference(solution.sense_current, read(reference).col(0)), tolerance) << path;
    EXPECT_LT(solver.kcl_residual(solution), tolerance) << path;
  }
}

// Without wires, the product of conductances and voltages.
TEST(CrossbarReference, IdealWiresGiveIdealCurrents) {
  for (const auto& path : reference_files()) {
    Reference reference(path);
    if (!reference.has("ideal_currents_A")) continue;
    reference.wires = {};
    const Matrix<double> ideal = reference.currents("ideal_currents_A");
    EXPECT_LT(difference(read(reference), ideal), 1e-12) << path;
    EXPECT_LT(difference(read_effective(reference), ideal), 1e-12) << path;
  }
}

}  // namespace
}  // namespace settle::test::crossbar_reference_test
