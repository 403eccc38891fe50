#include "src/netlist/ngspice.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/netlist/deck.h"
#include "src/netlist/supply_cards.h"
#include "src/run/process.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

// A file of wrdata: the names of its columns, the first of which is the scale, then a line for each row.
struct WrittenData {
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

WrittenData read_data(const fs::path& file, const std::vector<std::string>& nodes) {
  const auto fail = [&](const std::string& what) {
    throw RunError(fmt::format("{}: {}; see {}", file.string(), what, (file.parent_path() / "netlist.log").string()));
  };
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) fail("ngspice has not written it");
  WrittenData data{words_of(line), {}};
  if (data.names.size() != nodes.size() + 1) fail(fmt::format("{} columns of {}", data.names.size(), nodes.size() + 1));
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (data.names[i + 1] != "v(" + nodes[i] + ")") fail("column " + data.names[i + 1] + " is out of place");
  while (std::getline(in, line)) {
    std::vector<double> row;
    for (const std::string& word : words_of(line)) row.push_back(std::strtod(word.c_str(), nullptr));
    const bool finite = std::all_of(row.begin(), row.end(), [](double v) { return std::isfinite(v); });
    if (row.size() != data.names.size() || !finite) fail(fmt::format("row {} is not whole", data.rows.size() + 1));
    data.rows.push_back(std::move(row));
  }
  if (data.rows.empty()) fail("no rows");
  return data;
}

Vector<double> values_of(const std::vector<double>& row) {
  return Eigen::Map<const Vector<double>>(row.data() + 1, Index(row.size()) - 1);
}

}  // namespace

void require_ngspice() {
  if (!run_program({"ngspice", "--version"}, /*quiet=*/true))
    throw RunError("--check needs ngspice, which is not there: apt install ngspice");
}

Vector<double> SpiceResult::at(double seconds) const {
  const auto after = std::upper_bound(time_s.begin(), time_s.end(), seconds);
  if (after == time_s.begin()) return transient.col(0);
  const Index k = Index(after - time_s.begin());
  if (after == time_s.end()) return transient.col(k - 1);
  const double before_s = *(after - 1), share = (seconds - before_s) / (*after - before_s);
  return (1 - share) * transient.col(k - 1) + share * transient.col(k);
}

SpiceResult run_ngspice(const fs::path& deck, const std::vector<Node>& compared) {
  std::vector<std::string> nodes;
  for (const Node& node : compared) nodes.push_back(node.name);
  const fs::path folder = fs::absolute(deck).parent_path();
  for (const char* file : {free_file, clamped_file, transient_file, energy_file}) fs::remove(folder / file);
  if (!run_program({"ngspice", "-n", "-b", "-o", "netlist.log", deck.filename().string()}, /*quiet=*/true,
                   folder.string()))
    throw RunError(fmt::format("{}: ngspice has failed; see {}", deck.string(), (folder / "netlist.log").string()));
  SpiceResult result;
  result.free = values_of(read_data(folder / free_file, nodes).rows.back());
  result.clamped = values_of(read_data(folder / clamped_file, nodes).rows.back());
  const WrittenData transient = read_data(folder / transient_file, nodes);
  result.transient.resize(Index(nodes.size()), Index(transient.rows.size()));
  for (std::size_t k = 0; k < transient.rows.size(); ++k) {
    result.time_s.push_back(transient.rows[k][0]);
    result.transient.col(Index(k)) = values_of(transient.rows[k]);
  }
  result.energy_j = joules_per_volt * values_of(read_data(folder / energy_file, energy_nodes()).rows.back());
  return result;
}

}  // namespace settle
