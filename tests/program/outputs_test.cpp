// docs/outputs.md names everything that a run writes, with its unit and meaning.
#include <functional>
#include <regex>
#include <set>
#include <sstream>

#include <hdf5.h>

#include "tests/program/run_test.h"

namespace settle::outputs_test {
namespace {

// Runs that differ in what they keep.
const std::vector<std::pair<const char*, std::vector<std::string>>> runs = {
    {"host", {}},
    {"in-situ", {"run.batch=1", "learning.update=in-situ"}},
    {"transfer", {"run.batch=1", "learning.update=in-situ", "learning.transfer_every=3"}},
    {"momentum", {"learning.optimizer=momentum", "device.preset=reram-sb", "crossbar.mapping=pair"}},
    {"drifting",
     {"run.batch=1", "learning.update=in-situ", "device.preset=pcm-pair", "crossbar.mapping=pair", "run.rest_s=10"}},
    {"measured", {"sense.gbw_hz=2e8", "noise.physical=true", "run.accuracy_draws=2"}},
    {"differences", {"learning.clamped_lines=differences", "learning.nudging=symmetric", "settling.start=previous"}},
};

class Outputs : public RunTest {
 protected:
  Outputs() : page_(bytes_of(std::string(SETTLE_SOURCE) + "/docs/outputs.md")) {}

  // A row of the page begins with the name.
  void expect_named(const std::string& name, const std::string& of, const std::string& unit = "",
                    const std::string& meaning = "") {
    const std::string begin = "\n| `" + name + "` | ";
    const std::string row = meaning.empty() ? begin : begin + unit + " | " + meaning + " |\n";
    if (page_.find(row) == std::string::npos && missing_.insert(row).second)
      ADD_FAILURE() << of << ": docs/outputs.md lacks" << row;
  }

  std::string page_;
  std::set<std::string> missing_;
};

std::vector<std::string> columns_in(const std::string& csv) {
  std::vector<std::string> names;
  std::istringstream header(csv.substr(0, csv.find('\n')));
  for (std::string name; std::getline(header, name, ',');) names.push_back(name);
  return names;
}

// Where a name of a key or of a library stands in the page for all of them.
std::string for_all(std::string pointer) {
  pointer = std::regex_replace(pointer, std::regex("^/figures/[^/]+"), "/figures/KEY");
  return std::regex_replace(pointer, std::regex("^/(program/libraries|machine/vectors)/.*"), "/$1/NAME");
}

void visit(const nlohmann::json& value, const std::string& pointer, const std::function<void(std::string)>& found) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) visit(inner, pointer + "/" + key, found);
  } else if (value.is_array() && !value.empty() && value.front().is_object()) {
    visit(value.front(), pointer + "/*", found);
  } else {
    found(for_all(pointer));
  }
}

// "projections/input_hidden1/state" stands there for all projections.
std::string for_all_parts(const std::string& path) {
  const std::regex part("(^|/)(?:(?:input|hidden\\d+|readout)_)?(?:input|hidden\\d+|readout)(?=/|_|$)");
  return std::regex_replace(path, part, "$1NAME");
}

struct DataSet {
  std::string path, unit, meaning;
};

std::string attribute(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return "";
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
  std::string text(H5Tget_size(type), '\0');
  H5Aread(attribute, type, text.data());
  H5Tclose(type);
  H5Aclose(attribute);
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

herr_t add_data_set(hid_t root, const char* name, const H5O_info_t* info, void* all) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  const hid_t object = H5Dopen2(root, name, H5P_DEFAULT);
  static_cast<std::vector<DataSet>*>(all)->push_back({name, attribute(object, "unit"), attribute(object, "meaning")});
  H5Dclose(object);
  return 0;
}

std::vector<DataSet> data_sets_in(const std::string& path) {
  std::vector<DataSet> all;
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, add_data_set, &all, H5O_INFO_BASIC);
  H5Fclose(file);
  return all;
}

TEST_F(Outputs, AreAllInTheDocumentation) {
  for (const auto& [name, settings] : runs) {
    std::vector<std::string> all = {"run.epochs=1"};
    all.insert(all.end(), settings.begin(), settings.end());
    train(name, all);
    const std::string folder = std::string(name) + "/";
    for (const char* file : {"metrics.csv", "costs.csv", "histograms.csv"})
      for (const std::string& column : columns_in(read(folder + file))) expect_named(column, folder + file);
    visit(nlohmann::json::parse(read(folder + "summary.json")), "",
          [&](const std::string& pointer) { expect_named(pointer, folder + "summary.json"); });
    const std::vector<DataSet> data_sets = data_sets_in(path(folder + "checkpoint.h5"));
    EXPECT_GT(data_sets.size(), 20u);
    for (const DataSet& each : data_sets) {
      const bool text = each.path.rfind("meter/ledger/", 0) == 0 && each.meaning.empty();
      EXPECT_TRUE(text || (!each.unit.empty() && !each.meaning.empty())) << each.path << " does not say what it is";
      expect_named(for_all_parts(each.path), folder + "checkpoint.h5", each.unit == "1" ? "" : each.unit, each.meaning);
    }
    for (const auto& entry : std::filesystem::directory_iterator(path(name)))
      if (entry.is_regular_file() && entry.path().filename() != ".run.lock") {
        EXPECT_NE(page_.find("`" + entry.path().filename().string() + "`"), std::string::npos) << entry.path();
      }
  }
}

}  // namespace
}  // namespace settle::outputs_test
