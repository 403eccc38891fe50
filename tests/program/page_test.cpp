// Pages in a browser: their scripts run without an error, every figure is drawn, filters filter, and figures become
// files. Skipped where there is no Chromium.
#include <cstdlib>
#include <regex>
#include <sstream>

#include <unistd.h>

#include "tests/program/run_test.h"

namespace settle::page_test {
namespace {

std::string chromium() {
  std::istringstream folders(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    for (const char* name : {"/chromium", "/chromium-browser", "/google-chrome"})
      if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  return "";
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

class Pages : public RunTest {
 protected:
  /// The page as it is once its scripts have run for `milliseconds` of its own time, and what they complain about.
  Finished open(const std::string& page, const Words& more = {}) const {
    Words words = {chromium(),
                   "--headless",
                   "--disable-gpu",
                   "--user-data-dir=" + path("profile"),
                   "--virtual-time-budget=20000",
                   "--enable-logging=stderr",
                   "--dump-dom"};
    if (geteuid() == 0) words.push_back("--no-sandbox");
    words.insert(words.end(), more.begin(), more.end());
    words.push_back("file://" + path(page));
    return Process(words, path("")).wait();
  }

  void expect_drawn(const std::string& page, std::size_t figures, const Words& more = {}) const {
    const Finished shown = open(page, more);
    EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << page << ": " << shown.err;
    const std::string body = shown.out.substr(0, shown.out.find("<script type=\"application/json\""));
    EXPECT_NE(shown.out.find("data-drawn=\"" + std::to_string(figures) + "\""), std::string::npos) << page;
    EXPECT_EQ(times(body, "<figure id="), figures) << page;
    std::size_t drawn = 0;
    for (std::size_t at = body.find("<figure id="); at != body.npos;) {
      const std::size_t next = body.find("<figure id=", at + 1);
      const std::string figure = body.substr(at, next - at);
      const bool has_canvas = figure.find("<canvas") != figure.npos;
      drawn += has_canvas ? 1 : 0;
      EXPECT_TRUE(has_canvas || figure.find("class=\"plot\" hidden=\"\"") != figure.npos)
          << page << ": is neither drawn nor says why not: " << figure;
      at = next;
    }
    EXPECT_GE(drawn, figures / 2) << page;
  }

  void sweep() const {
    write("sweep.toml", R"(base = "tiny.toml"
seeds = [1, 2]
[set]
run.epochs = 2
[grid]
network.beta = [0.05, 0.5]
[[case]]
name = "one & </script><b>"
[[case]]
name = "two"
set = { network.hidden = [5, 4] }
)");
    const Finished run = settle({"sweep", "sweep.toml", "--out", "out"});
    ASSERT_EQ(run.status, 0) << run.err;
    const Finished report = settle({"report", "out"});
    ASSERT_EQ(report.status, 0) << report.err;
    EXPECT_EQ(report.out, "out/report.html\n");
  }
};

#define SKIP_WITHOUT_CHROMIUM() \
  if (chromium().empty()) GTEST_SKIP() << "no Chromium: apt install chromium"

TEST_F(Pages, OfASweepAreDrawn) {
  SKIP_WITHOUT_CHROMIUM();
  sweep();
  expect_drawn("out/report.html", 8);
  expect_drawn("out/report.html", 8, {"--force-dark-mode"});
}

TEST_F(Pages, OfRunsAndAnalysesAreDrawn) {
  SKIP_WITHOUT_CHROMIUM();
  train("run", {"run.epochs=2"});
  ASSERT_EQ(settle({"analyze", "--run", "run", "--out", "analysis"}).status, 0);
  const std::string report = read("run/report.html");
  expect_drawn("run/report.html", times(report, "<figure id="));
  expect_drawn("analysis/analysis.html", 5);
}

// A condition and a box keep points; what cannot be read says so, and keeps what was kept.
TEST_F(Pages, OfASweepFilterTheirPoints) {
  SKIP_WITHOUT_CHROMIUM();
  sweep();
  const struct {
    const char* condition;
    const char* kept;
    const char* complaint;
  } all[] = {{"", "8 of 8 points", ""},
             {"beta = 0.05 and seed in (1, 3)", "2 of 8 points", ""},
             {"not case = two or (network.beta >= 0.5 and seed != 1)", "5 of 8 points", ""},
             {"test_accuracy > 2", "0 of 8 points", ""},
             {"beta 0.05", "8 of 8 points", "a comparison is missing after network.beta"},
             {"no_such > 1", "8 of 8 points", "no column no_such"},
             {"(seed = 1", "8 of 8 points", ") is missing at the end"},
             {"seed = 1 seed = 2", "8 of 8 points", "cannot read seed = 2"}};
  std::string script =
      "<script>\nfunction kept(text) { try { return every.filter(condition(text)).length + ' of ' + "
      "data.points + ' points|'; } catch (error) { return '8 of 8 points|' + error.message; } }\n"
      "setTimeout(() => {\n  const answers = [";
  for (const auto& each : all) script += "kept(" + nlohmann::json(each.condition).dump() + "), ";
  script +=
      "];\n  const box = document.querySelector('#points .boxes input');\n  box.value = '2 .. 4';\n"
      "  box.dispatchEvent(new Event('input'));\n  setTimeout(() => {\n    const left = "
      "document.createElement('pre');\n"
      "    left.textContent = 'BEGIN' + answers.join('\\n') + '\\n' + document.getElementById('kept').textContent + "
      "'\\n' + document.querySelectorAll('#points tbody tr').length + 'END';\n    document.body.append(left);\n  }, "
      "1000);\n}, 3000);\n</script>\n";
  write("filtered.html", read("out/report.html") + script);
  const Finished shown = open("filtered.html");
  EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
  std::string expected = "BEGIN";
  for (const auto& each : all) expected += std::string(each.kept) + "|" + each.complaint + "\n";
  const std::size_t from = shown.out.rfind("BEGIN");
  ASSERT_NE(from, std::string::npos);
  EXPECT_EQ(shown.out.substr(from, shown.out.find("END", from) - from), expected + "3 of 8 points\n3");
}

// Nothing has finished; and a single point, which varies nothing. Figures say why there is nothing to see.
TEST_F(Pages, OfSweepsWithLittleInThemSaySo) {
  SKIP_WITHOUT_CHROMIUM();
  const struct {
    const char* settings;
    const char* said;
    int status;
  } all[] = {{"neuron.tau_s = 1.0\nsettling.time_step_s = 1e-6\n", "No point has finished yet.", 1},
             {"run.epochs = 1\n", "The sweep varies nothing but its seeds.", 0}};
  for (const auto& each : all) {
    std::filesystem::remove_all(path("out"));
    write("sweep.toml", std::string("base = 'tiny.toml'\n[set]\n") + each.settings);
    EXPECT_EQ(settle({"sweep", "sweep.toml", "--out", "out"}).status, each.status);
    ASSERT_EQ(settle({"report", "out"}).status, 0);
    const Finished shown = open("out/report.html");
    EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
    EXPECT_NE(shown.out.find(std::string("note\">") + each.said), std::string::npos) << each.said;
  }
}

// Every choice above every figure, every heading and every row.
TEST_F(Pages, OfASweepBearEveryClick) {
  SKIP_WITHOUT_CHROMIUM();
  sweep();
  write("clicked.html", read("out/report.html") + R"(<script>
setTimeout(() => {
  let choices = 0;
  for (const select of document.querySelectorAll('select'))
    for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event('change')); ++choices; }
  for (const check of document.querySelectorAll('#columns input')) check.click();
  for (let k = 0; k < table.columns.length; ++k) document.querySelectorAll('#points thead button')[k].click();
  for (const row of document.querySelectorAll('#points tbody tr')) {
    row.firstChild.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
    row.lastChild.click();
  }
  const left = document.createElement('pre');
  left.textContent = `BEGIN${choices > 40} ${document.querySelectorAll('tr.marked').length}END`;
  document.body.append(left);
}, 3000);
</script>
)");
  const Finished shown = open("clicked.html");
  EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
  EXPECT_NE(shown.out.find("<pre>BEGINtrue 8END"), std::string::npos);
}

TEST_F(Pages, GiveTheirFiguresAsFiles) {
  SKIP_WITHOUT_CHROMIUM();
  sweep();
  const Finished made = settle({"report", "out", "--png", "pixels", "--svg", "lines"});
  ASSERT_EQ(made.status, 0) << made.err;
  for (const char* id : {"front", "slices", "map", "parallel", "learning", "swing-accuracy"}) {
    EXPECT_EQ(read(std::string("pixels/") + id + ".png").substr(0, 8), "\x89PNG\r\n\x1a\n") << id;
    const std::string svg = read(std::string("lines/") + id + ".svg");
    EXPECT_EQ(svg.substr(0, 4), "<svg") << id;
    EXPECT_NE(svg.find("</svg>"), std::string::npos) << id;
    EXPECT_NE(made.out.find(std::string("lines/") + id + ".svg\n"), std::string::npos) << made.out;
  }
}

TEST_F(Pages, SayWhatIsMissingWithoutABrowser) {
  train("run", {"run.epochs=1"});
  const Finished made = settle({"report", "run", "--png", "pixels"}, {"PATH=/nowhere"});
  EXPECT_EQ(made.status, 1);
  EXPECT_NE(made.err.find("apt install chromium"), std::string::npos) << made.err;
  EXPECT_FALSE(exists("pixels"));
}

TEST_F(Pages, OfASweepAreAskedForAlone) {
  sweep();
  const Finished both = settle({"report", "out", "out/points/001"});
  EXPECT_EQ(both.status, 2);
  EXPECT_NE(both.err.find("out: is a sweep"), std::string::npos) << both.err;
}

}  // namespace
}  // namespace settle::page_test
