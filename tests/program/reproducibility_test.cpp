// A run is a function of its configuration: not of the machine's mood, settings or place. docs/reproducibility.md
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "tests/program/checkpoint_file.h"
#include "tests/program/every_configuration.h"
#include "tests/program/run_files.h"

namespace settle::reproducibility_test {
namespace {

class RunAgain : public RunFilesTest, public testing::WithParamInterface<std::string> {};

TEST_P(RunAgain, FromItsFolderGivesTheSameBytes) {
  if (!is_tried(GetParam())) GTEST_SKIP() << "SETTLE_ALL_CONFIGS=1 tries it";
  write("config.toml", tiny_version(GetParam()));
  const Finished first = settle({"train", "config.toml", "--out", "run", "--set", "run.epochs=2"});
  ASSERT_EQ(first.status, 0) << first.err;
  std::filesystem::rename(path("run"), path("first"));  // the report names its folder
  const Finished again = settle({"train", "first/config.toml", "--out", "run"});
  ASSERT_EQ(again.status, 0) << again.err;
  expect_same(files_of("first"), files_of("run"));
}

INSTANTIATE_TEST_SUITE_P(Configurations, RunAgain, testing::ValuesIn(every_configuration()),
                         [](const auto& test) { return test_name(test.param); });

// Batches of several chunks, so that there is something to divide; noise everywhere; products in float and double.
const std::vector<std::string> divisible = {
    "run.epochs=1",  "run.batch=300",        "learning.learning_rate=0.01",     "neuron.noise=0.02",
    "run.threads=2", "wire.r_segment_ohm=1", "learning.difference=layer-scaled"};

class Surroundings : public RunFilesTest {
 protected:
  Words words() const {
    Words all = {SETTLE_PROGRAM, "train", path("tiny.toml"),          "--out",
                 path("run"),    "--set", "data.path=" + path("data")};
    for (const std::string& setting : divisible) all.insert(all.end(), {"--set", setting});
    return all;
  }

  /// The files of a run with these variables, started in that folder.
  Files files_with(const Words& environment, const std::string& from = "") const {
    Words all = environment;
    all.push_back("SETTLE_DATA=");
    const Finished run = Process(words(), path(from), all).wait();
    EXPECT_EQ(run.status, 0) << run.err;
    const Files files = files_of("run");
    std::filesystem::remove_all(path("run"));
    return files;
  }

  /// A locale with decimal commas; "" where there is none, and none can be made.
  std::string german() const {
    std::filesystem::create_directory(path("locales"));
    const std::string make = "localedef -i de_DE -f UTF-8 '" + path("locales/de_DE.UTF-8") + "' >/dev/null 2>&1";
    static_cast<void>(std::system(make.c_str()));  // it complains, and makes it
    return exists("locales/de_DE.UTF-8/LC_NUMERIC") ? "de_DE.UTF-8" : "";
  }
};

TEST_F(Surroundings, ChangeNoByte) {
  std::filesystem::create_directories(path("else/where"));
  const Files plain = files_with({"LC_ALL=C"});
  const std::vector<Words> surroundings = {{"TZ=Asia/Kolkata"},
                                           {"MALLOC_ARENA_MAX=1", "MALLOC_PERTURB_=165"},
                                           {"MALLOC_MMAP_THRESHOLD_=4096", "MALLOC_TOP_PAD_=0"},
                                           {"OMP_NUM_THREADS=3", "OMP_SCHEDULE=dynamic,1", "OMP_DYNAMIC=true"},
                                           {"OPENBLAS_NUM_THREADS=3", "GOTO_NUM_THREADS=3"},
                                           {"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "OMP_PROC_BIND=true"},
                                           {"HOME=", "TMPDIR=/nowhere", "TERM=dumb"}};
  for (const Words& variables : surroundings) {
    SCOPED_TRACE(variables.front());
    expect_same(plain, files_with(variables));
  }
  SCOPED_TRACE("in another folder");
  expect_same(plain, files_with({}, "else/where"));
}

TEST_F(Surroundings, DecimalCommasChangeNoByte) {
  const std::string locale = german();
  if (locale.empty()) GTEST_SKIP() << "localedef cannot make de_DE.UTF-8 here";
  const Files plain = files_with({"LC_ALL=C"});
  expect_same(plain, files_with({"LC_ALL=" + locale, "LANG=" + locale, "LOCPATH=" + path("locales")}));
}

// The values of all data sets of numbers of this name, one after another.
std::vector<double> states_of(const std::string& checkpoint) {
  std::vector<double> all;
  for (const auto& [name, bytes] : checkpoint_contents(checkpoint)) {
    if (std::filesystem::path(name).filename() != "state") continue;
    for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
      float value;
      std::memcpy(&value, bytes.data() + at, sizeof value);
      all.push_back(double(value));
    }
  }
  return all;
}

double rms(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / double(values.size()));
}

// The instructions of older CPUs, which a newer one has too: sums are added up in another order. The bounds are those
// that docs/reproducibility.md states.
TEST_F(Surroundings, OlderCpusDifferByRoundingAlone) {
  const auto of = [&](const Words& environment) {
    Words words = {SETTLE_PROGRAM, "train", "tiny.toml", "--out", "run", "--set", "run.epochs=1"};
    EXPECT_EQ(Process(words, path(""), environment).wait().status, 0);
    const double accuracy = summary("run")["test_accuracy"]["last"];
    const std::vector<double> states = states_of(path("run/checkpoint.h5"));
    std::filesystem::remove_all(path("run"));
    return std::make_pair(states, accuracy);
  };
  const auto [newest, accuracy] = of({});
  ASSERT_GT(newest.size(), 1000u);
  for (const Words& cpu : {Words{"ONEDNN_MAX_CPU_ISA=AVX2", "OPENBLAS_CORETYPE=Haswell", "SETTLE_KERNELS=AVX2"},
                           Words{"ONEDNN_MAX_CPU_ISA=SSE41", "OPENBLAS_CORETYPE=Nehalem", "SETTLE_KERNELS=SSE4"}}) {
    SCOPED_TRACE(cpu.front());
    const auto [older, older_accuracy] = of(cpu);
    ASSERT_EQ(older.size(), newest.size());
    std::vector<double> differences;
    for (std::size_t i = 0; i < newest.size(); ++i) differences.push_back(older[i] - newest[i]);
    RecordProperty("relative", std::to_string(rms(differences) / rms(newest)));
    EXPECT_LT(rms(differences), 0.05 * rms(newest));
    EXPECT_NEAR(older_accuracy, accuracy, 0.03);
  }
}

TEST_F(Surroundings, KernelsOfNoKindAreRefused) {
  const Finished run = settle({"config"}, {"SETTLE_KERNELS=AVX1024"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.err.find("settle: SETTLE_KERNELS=AVX1024: "), 0u) << run.err;
}

// What one asks for when two machines give other bytes.
TEST_F(Surroundings, AreRecorded) {
  const Finished run = settle({"train", "tiny.toml", "--out", "run", "--set", "run.epochs=1"},
                              {"ONEDNN_MAX_CPU_ISA=SSE41", "SETTLE_KERNELS=SSE4"});
  ASSERT_EQ(run.status, 0) << run.err;
  const nlohmann::json s = summary("run");
  const nlohmann::json &program = s["program"], &machine = s["machine"];
  EXPECT_EQ(program["version"], s["version"]);
  EXPECT_TRUE(program["source"].is_string() || program["source"].is_null());
  for (const char* text : {"compiler", "flags", "command"}) EXPECT_NE(program[text], "") << text;
  EXPECT_NE(program["command"].get<std::string>().find("train tiny.toml --out run --set run.epochs=1"),
            std::string::npos);
  for (const char* library : {"Highway", "oneDNN", "OpenBLAS", "SystemC", "Eigen", "HDF5", "glibc"})
    EXPECT_NE(program["libraries"][library].get<std::string>().find('.'), std::string::npos) << library;
  EXPECT_EQ(machine["vectors"]["oneDNN"], "SSE41");
  EXPECT_EQ(machine["vectors"]["Highway"], "SSE4");
  EXPECT_GE(machine["cores"], 1);
  EXPECT_NE(read("run/report.html").find("<footer class=\"made-by\">"), std::string::npos);
  const std::string version = settle({"--version"}).out;
  for (const char* label : {"settle ", "source", "compiler", "libraries", "cpu", "vectors"})
    EXPECT_NE(version.find(label), std::string::npos) << label;
}

}  // namespace
}  // namespace settle::reproducibility_test
