// Files that a disk or a copy has damaged: what reads them refuses them, or gives the result of the whole ones. Nothing
// crashes, hangs, or gives another result without a word. SETTLE_DAMAGES=200 tries as many places (scripts/ci-long).
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <regex>
#include <sstream>

#include "tests/program/run_test.h"

namespace settle::damage_test {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

int places() {
  const char* wanted = std::getenv("SETTLE_DAMAGES");
  return wanted == nullptr ? 8 : std::atoi(wanted);
}

// What a command has come to: its exit status, what it printed and what it wrote.
struct Outcome {
  Finished run;
  Files files;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_note(const std::string& line) { return line.rfind("settle: note: ", 0) == 0; }

// One line that blames the input; before it, what is being done (resume) and notes.
bool is_refusal(const Outcome& outcome) {
  std::vector<std::string> lines = lines_of(outcome.run.err);
  const auto says_no = [](const std::string& line) { return line.rfind("settle: ", 0) == 0 && !is_note(line); };
  if (outcome.run.status != 2 || lines.empty() || !says_no(lines.back())) return false;
  lines.pop_back();
  return std::none_of(lines.begin(), lines.end(), says_no);
}

bool is_same(const Outcome& outcome, const Outcome& whole) {
  return outcome.run.status == 0 && outcome.run.out == whole.run.out && outcome.files == whole.files;
}

bool says_that_settings_differ(const Outcome& outcome) {
  const std::vector<std::string> lines = lines_of(outcome.run.err);
  return outcome.run.status == 0 && std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
           return is_note(line) && line.find("config.toml") != line.npos;
         });
}

// A digit of config.toml that is changed is another setting; one of its sum looks like that.
bool may_be_edited(const std::string& name) { return name == "run/config.toml" || name == "run/files.sha256"; }

struct DamagedFile {
  std::string name, bytes, what;
};

class Damage : public RunTest {
 protected:
  struct Command {
    const char* name;
    std::function<Outcome()> call;
  };

  Damage() {
    const TinyHalf train = tiny_half(60, 1), test = tiny_half(30, 2);
    fs::remove_all(path("data"));
    fs::create_directory(path("data"));
    write("data/train-images-idx3-ubyte", train.images);
    write("data/train-labels-idx1-ubyte.gz", gzip(train.labels));
    write("data/t10k-images-idx3-ubyte.gz", gzip(test.images));
    write("data/t10k-labels-idx1-ubyte", test.labels);
    this->train("whole", {"run.epochs=2", "run.threads=1"});
    commands_ = {{"eval",
                  [this] {
                    return of({"eval", "run"}, {});
                  }},
                 {"report",
                  [this] {
                    return of({"report", "run", "--out", "page.html"}, {"page.html"});
                  }},
                 {"analyze",
                  [this] {
                    return of({"analyze", "--run", "run", "--samples", "2", "--steps", "20"}, {});
                  }},
                 {"trace",
                  [this] {
                    return of({"trace", "--run", "run", "--samples", "1", "--signals", "phase.*", "--out", "traced"},
                              {"traced/trace.vcd", "traced/trace.gtkw"});
                  }},
                 {"resume", [this] { return resume(); }}};
  }

  /// What the commands come to when all is whole.
  void try_whole() {
    for (const Command& command : commands_) {
      copy_run();
      whole_[command.name] = command.call();
      EXPECT_EQ(whole_[command.name].run.status, 0) << command.name << ": " << whole_[command.name].run.err;
    }
  }

  void copy_run() const {
    fs::remove_all(path("run"));
    fs::copy(path("whole"), path("run"));
  }

  Outcome of(const Words& words, const Words& written) const {
    for (const char* old : {"page.html", "traced"}) fs::remove_all(path(old));
    Outcome outcome{settle(words), {}};
    for (const std::string& file : written) outcome.files[file] = read(file);
    return outcome;
  }

  // A run that was cut off when all was trained. Of one that is finished nothing is done.
  Outcome resume() const {
    for (const char* last : {"summary.json", "files.sha256", "report.html"}) fs::remove(path("run/") + last);
    Outcome outcome = of({"train", "--resume", "run"}, {"run/checkpoint.h5", "run/costs.csv"});
    outcome.run.out.clear();  // it has wall clock in it
    return outcome;
  }

  /// A file of the run or of its data, damaged at a place that depends on `number` alone.
  DamagedFile damage(int number) const {
    const char* files[] = {"run/checkpoint.h5",
                           "run/config.toml",
                           "run/summary.json",
                           "run/metrics.csv",
                           "run/costs.csv",
                           "run/files.sha256",
                           "data/train-images-idx3-ubyte",
                           "data/t10k-images-idx3-ubyte.gz",
                           "data/train-labels-idx1-ubyte.gz"};
    std::mt19937 random{std::uint32_t(number)};
    const std::string name = files[std::size_t(number) % std::size(files)];
    std::string bytes = read(name);
    const std::size_t at = random() % bytes.size();
    if (random() % 3 == 0) return {name, bytes.substr(0, at), "cut off at byte " + std::to_string(at)};
    const auto flipped = char(1 + random() % 255);
    bytes[at] = char(bytes[at] ^ flipped);
    return {name, bytes, "byte " + std::to_string(at) + " changed by " + std::to_string(flipped)};
  }

  std::vector<Command> commands_;
  std::map<std::string, Outcome> whole_;
};

TEST_F(Damage, IsRefusedOrHasNoEffect) {
  try_whole();
  int refused = 0, same = 0, noted = 0;
  for (int number = 0; number < places(); ++number)
    for (const Command& command : commands_) {
      copy_run();
      const DamagedFile damaged = damage(number);
      const std::string before = read(damaged.name);
      write(damaged.name, damaged.bytes);
      const Outcome outcome = command.call();
      write(damaged.name, before);
      if (is_refusal(outcome))
        ++refused;
      else if (is_same(outcome, whole_.at(command.name)))
        ++same;
      else if (may_be_edited(damaged.name) && says_that_settings_differ(outcome))
        ++noted;
      else
        ADD_FAILURE() << number << ": " << command.name << " with " << damaged.name << ", " << damaged.what
                      << ": status " << outcome.run.status << "\n"
                      << outcome.run.out << outcome.run.err;
    }
  std::printf("%d refused, %d the same results, %d other settings, said so\n", refused, same, noted);
  EXPECT_GT(refused, 0);
  EXPECT_GT(same, 0);
}

// A digit that is changed in config.toml is another valid setting: eval says that the run was not trained with it.
TEST_F(Damage, OfASettingIsNoted) {
  const std::string whole_config = read("whole/config.toml");
  const std::string other = std::regex_replace(whole_config, std::regex("adc_bits = 8"), "adc_bits = 6");
  ASSERT_NE(other, whole_config);
  copy_run();
  write("run/config.toml", other);
  const Finished eval = settle({"eval", "run"});
  EXPECT_EQ(eval.status, 0);
  EXPECT_NE(eval.err.find("run/config.toml: its settings are not those that the run was trained with"), eval.err.npos)
      << eval.err;
  const Finished report = settle({"report", "run"});
  EXPECT_NE(report.err.find("run/config.toml: is not as the run has left it"), report.err.npos) << report.err;
  EXPECT_NE(read("run/report.html").find("is not as the run has left it"), std::string::npos);
  const Finished asked = settle({"eval", "whole", "--set", "converter.adc_bits=6"});
  EXPECT_EQ(asked.out, eval.out);
  EXPECT_EQ(asked.err, "") << "what is asked for by --set needs no note";
}

// A pixel that is changed is another sample.
TEST_F(Damage, OfSamplesIsRefused) {
  std::string images = read("data/train-images-idx3-ubyte");
  images.back() = char(images.back() ^ 1);
  write("data/train-images-idx3-ubyte", images);
  copy_run();
  const Finished eval = settle({"eval", "run"});
  EXPECT_EQ(eval.status, 2);
  EXPECT_NE(eval.err.find("are not the samples that the run was trained and tested on"), eval.err.npos) << eval.err;
  // other samples on purpose
  fs::copy(path("data"), path("other"));
  EXPECT_EQ(settle({"eval", "run", "--set", "data.path=other"}).status, 0);
}

TEST_F(Damage, OfFiguresIsRefused) {
  copy_run();
  write("run/summary.json", std::regex_replace(read("run/summary.json"), std::regex("\"best\": 0"), "\"best\": 1"));
  ASSERT_NE(read("run/summary.json"), read("whole/summary.json"));
  const Finished report = settle({"report", "run"});
  EXPECT_EQ(report.status, 2);
  EXPECT_NE(report.err.find("run/summary.json: is damaged or was changed"), report.err.npos) << report.err;
}

}  // namespace
}  // namespace settle::damage_test
