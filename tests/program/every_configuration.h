// Every configuration that comes with the program, at a size that trains in a moment.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/sweep/points.h"
#include "src/sweep/search/rounds.h"

namespace settle {

/// The files in configs/ and its folders, named from there, in order.
inline std::vector<std::string> every_configuration() {
  const std::filesystem::path folder = SETTLE_SOURCE "/configs";
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".toml") all.push_back(std::filesystem::relative(entry.path(), folder).string());
  std::sort(all.begin(), all.end());
  return all;
}

/// Whether a test does all, as scripts/ci-long wants, or few, so that the suite stays short: those of configs/, but for
/// the one of ten layers, which takes longer than the others together.
inline bool is_tried(const std::string& configuration) {
  if (std::getenv("SETTLE_ALL_CONFIGS") != nullptr) return true;
  return configuration.find('/') == std::string::npos && configuration != "deep.toml";
}

/// The configuration in that file, or the first point of the sweep in it, as TOML, on the tests' data, with a few
/// neurons in each of its layers.
inline std::string tiny_version(const std::string& name) {
  const std::string path = std::string(SETTLE_SOURCE "/configs/") + name;
  Configuration c;
  try {
    SweepFile sweep = read_sweep(path);
    if (sweep.search) begin_search(sweep);
    c = expand(sweep).front().configuration;
  } catch (const InputError&) {
    c = read_configuration(path, {});
  }
  c.data = DataSpec{};
  c.data.name = "tiny";
  c.data.path = "data";
  c.data.test_limit = 100;
  const bool one_by_one = c.learning.update == Update::in_situ;  // which takes its time
  c.data.train_limit = one_by_one ? 60 : 200;
  c.run.batch = std::min<std::int64_t>(c.run.batch, 50);
  c.run.accuracy_draws = std::min<std::int64_t>(c.run.accuracy_draws, 2);
  for (auto& nodes : c.network.hidden) nodes = std::min<decltype(nodes + 0)>(nodes, 12);
  return resolved_configuration(c);
}

/// "paper_table1": a name for a test.
inline std::string test_name(const std::string& configuration) {
  std::string name = configuration.substr(0, configuration.rfind('.'));
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace settle
