// The fixture of the program's tests: a folder with a small data set and a configuration, and the program.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/program/process.h"
#include "tests/program/tiny_data.h"
#include "tests/src/temporary_folder.h"

namespace settle {

/// Everything that is not ideal, at once.
constexpr const char* tiny_configuration = R"([run]
epochs = 3
batch = 20

[data]
name = "tiny"
path = "data"

[network]
hidden = [16, 12]
beta = 0.05

[learning]
nudge = 0.5

[device]
preset = "ecram"

[converter]
dac_bits = 8
adc_bits = 8

[neuron]
gain_mismatch = 0.05
offset_mismatch = 0.02
noise = 5e-4

[trace]
samples = 0
)";

class RunTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  RunTest() {
    write("tiny.toml", tiny_configuration);
    std::filesystem::create_directory(path("data"));
    const TinyHalf train = tiny_half(tiny_train_samples, 1), test = tiny_half(tiny_test_samples, 2);
    write("data/train-images-idx3-ubyte", train.images);
    write("data/train-labels-idx1-ubyte", train.labels);
    write("data/t10k-images-idx3-ubyte", test.images);
    write("data/t10k-labels-idx1-ubyte", test.labels);
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const { folder_.write(name, bytes); }
  std::string read(const std::string& name) const { return bytes_of(path(name)); }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  /// The program with these words, started in the folder.
  std::unique_ptr<Process> start(Words words, Words environment = {}) const {
    words.insert(words.begin(), SETTLE_PROGRAM);
    environment.insert(environment.end(), {"SETTLE_DATA=", "LC_ALL=C"});
    return std::make_unique<Process>(words, folder_.path(), environment);
  }
  Finished settle(const Words& words, const Words& environment = {}) const { return start(words, environment)->wait(); }

  /// `settle train tiny.toml --out OUT` with settings such as "network.beta=0.1"; it has to succeed.
  Finished train(const std::string& out, const Words& settings = {}) const {
    Words words = {"train", "tiny.toml", "--out", out};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << run.err;
    return run;
  }

  nlohmann::json summary(const std::string& run) const { return nlohmann::json::parse(read(run + "/summary.json")); }

 private:
  TemporaryFolder folder_;
};

/// Names a parametrised test after its record.
constexpr auto named = [](const auto& test) { return std::string(test.param.name); };

}  // namespace settle
