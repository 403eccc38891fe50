// Names that a user gives, or that stand in a user's files: none leads out of its folder, reaches a shell, ends a line
// of a file that another program reads, or becomes a part of a page. Each is taken as it is, or refused by one line.
#include <algorithm>

#include "tests/program/run_test.h"

namespace settle::names_test {
namespace {

namespace fs = std::filesystem;

struct Name {
  const char* name;
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const Name& n) { return out << n.name; }

const Name names[] = {
    {"empty", ""},
    {"dot", "."},
    {"two_dots", ".."},
    {"above", "../x"},
    {"absolute", "/proc/nowhere/abs"},
    {"shell", "a;touch hacked;b"},
    {"substitution", "$(touch hacked)`touch hacked`"},
    {"quote", "a'\"b"},
    {"element", "<script>alert(1)</script>"},
    {"line_break", "a\n.control\nshell touch hacked\n.endc\nb"},
    {"long", std::string(300, 'x')},
    {"no_utf8", "a\xff\xfe"},
    {"option", "--set"},
};

// As a string of TOML, whatever it is.
std::string toml_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? "\\n" : std::string(1, c);
  }
  return quoted + '"';
}

class SafeNames : public RunTest {
 protected:
  SafeNames() {
    const TinyHalf train = tiny_half(30, 1), test = tiny_half(30, 2);
    write("data/train-images-idx3-ubyte", train.images);
    write("data/train-labels-idx1-ubyte", train.labels);
    write("data/t10k-images-idx3-ubyte", test.images);
    write("data/t10k-labels-idx1-ubyte", test.labels);
    small_ = std::string(tiny_configuration);
    small_.replace(small_.find("epochs = 3"), 10, "epochs = 1");
    small_.replace(small_.find("[16, 12]"), 8, "[4, 3]");
    write("small.toml", small_);
  }

  // Ends well, or is refused by one line; no other status, no bug, nothing done by a shell or outside of the folder.
  void expect_safe(const Words& words) const {
    const Finished run = settle(words);
    EXPECT_TRUE(run.status == 0 || run.status == 2) << run.status << run.err;
    if (run.status == 2) {
      EXPECT_EQ(run.err.rfind("settle: ", 0), 0u) << run.err;
      EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    }
    EXPECT_EQ(run.err.find("a bug in settle"), run.err.npos) << run.err;
    EXPECT_FALSE(exists("hacked"));
    EXPECT_FALSE(fs::exists(fs::path(path("")) / ".." / ".." / "x"));
  }

  // Whatever the page is about, the scripts in it are ours.
  void expect_own_scripts(const std::string& page) const {
    const std::string html = read(page);
    EXPECT_EQ(html.find("<script>alert"), html.npos);
  }

  std::string small_;
};

class Names : public SafeNames, public testing::WithParamInterface<Name> {
 protected:
  const std::string& text() const { return GetParam().text; }
};

TEST_P(Names, OfARunsFolder) {
  expect_safe({"train", "small.toml", "--out", "runs/" + text()});
  if (text() != ".." && text() != "../x") expect_safe({"train", "small.toml", "--out=" + text()});
  expect_own_scripts("runs/" + text() + "/report.html");
  expect_safe({"eval", text()});
  expect_safe({"report", text()});
}

TEST_P(Names, OfADataSet) {
  const std::string set = "data.name=" + text();
  expect_safe({"train", "small.toml", "--set", set, "--out", "run"});
  expect_own_scripts("run/report.html");
  expect_safe({"netlist", "small.toml", "--set", set, "--set", "network.hidden=[2, 2]", "--out", "deck"});
  for (const auto& entry : fs::exists(path("deck")) ? fs::directory_iterator(path("deck")) : fs::directory_iterator())
    EXPECT_EQ(bytes_of(entry.path().string()).find("\nshell"), std::string::npos) << entry.path();
  expect_safe({"analyze", "small.toml", "--set", set, "--samples", "1", "--steps", "4", "--out", "analysis"});
  expect_own_scripts("analysis/analysis.html");
}

TEST_P(Names, OfCasesAndKeysOfASweep) {
  write("sweep.toml", "base = \"small.toml\"\n[[case]]\nname = " + toml_string(text()) + "\n");
  expect_safe({"sweep", "sweep.toml", "--out", "swept", "--jobs", "1"});
  EXPECT_FALSE(exists("points"));
  write("axis.toml", "base = \"small.toml\"\n[grid]\n" + toml_string(text()) + " = [1, 2]\n");
  expect_safe({"sweep", "axis.toml", "--out", "swept2"});
  write("base.toml", "base = " + toml_string(text()) + "\n");
  expect_safe({"sweep", "base.toml", "--out", "swept3"});
  if (text() != ".." && text() != "../x") expect_safe({"sweep", "sweep.toml", "--out", text(), "--jobs", "1"});
}

TEST_P(Names, OfDevicesAndSignals) {
  expect_safe({"presets", text()});
  expect_safe({"check", "small.toml", "--set", "device.preset=" + text()});
  expect_safe({"check", "small.toml", "--set", "device.file=" + text()});
  expect_safe({"check", "small.toml", "--set", text() + "=1"});
  expect_safe({"trace", "small.toml", "--samples", "1", "--signals", text(), "--out", "traced"});
  expect_safe({"trace", "small.toml", "--samples", "1", "--signals", "phase.*", "--out", "traced/" + text()});
  write("rec.csv", "device,pulse,conductance_us\n" + std::string("\"") + text() + "\",1,1\n\"" + text() + "\",2,2\n");
  expect_safe({"fit", "rec.csv", "--out", "own.toml"});
  expect_own_scripts("own.html");
  expect_safe({text()});
  expect_safe({"train", text()});
}

// A device is called after its file.
TEST_P(Names, OfADeviceFile) {
  if (text().empty() || text().size() > 200 || text().find('/') != std::string::npos) GTEST_SKIP() << "no file's name";
  write(text() + ".toml",
        "response = \"soft-bounds\"\ndw_min = 0.01\nconductance_min_siemens = 1e-6\nconductance_max_siemens = 1e-5\n"
        "pulse_v = 1\npulse_s = 1e-6\n");
  const std::string file = "./" + text() + ".toml";
  expect_safe({"presets", file});
  std::string own = small_;
  own.replace(own.find("preset = \"ecram\""), 16, "file = " + toml_string(file));
  write("own.toml", own);
  expect_safe({"train", "own.toml", "--out", "run"});
  expect_own_scripts("run/report.html");
}

// Files whose names are the stem of the folder that is made for them.
TEST_F(SafeNames, OfConfigurationsStayInRuns) {
  for (const char* name : {"..toml", "...toml", "-x.toml"}) {
    write(name, small_);
    const Finished run = settle({"train", std::string("./") + name});
    EXPECT_EQ(run.status, 0) << run.err;
  }
  for (const auto& entry : fs::directory_iterator(path("runs"))) EXPECT_TRUE(entry.is_directory()) << entry.path();
  write("...toml", "base = \"small.toml\"\nseeds = [1]\n");
  const Finished sweep = settle({"sweep", "./...toml", "--jobs", "1"});
  EXPECT_FALSE(exists("points")) << "a sweep has left its folder";
  EXPECT_FALSE(exists("runs/points")) << "a sweep has left its folder";
  EXPECT_TRUE(sweep.status == 0 || sweep.status == 2) << sweep.err;
}

INSTANTIATE_TEST_SUITE_P(Given, Names, testing::ValuesIn(names), named);

}  // namespace
}  // namespace settle::names_test
