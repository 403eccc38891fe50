// A run that was cut off goes on to the same bytes as one that was not.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <regex>
#include <thread>

#include "tests/program/checkpoint_file.h"
#include "tests/program/run_files.h"

namespace settle::resume_test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// A checkpoint after nearly every batch, and tests in two pieces.
const std::vector<std::string> often = {"run.checkpoint_minutes=1e-5"};

class Resume : public RunFilesTest {
 protected:
  /// The files of an unbroken run of these words, in the folder "run", which is then away again. Sets unbroken_s_.
  Files unbroken(const Words& words) {
    const auto start = Clock::now();
    const Finished run = settle(words);
    unbroken_s_ = std::chrono::duration<double>(Clock::now() - start).count();
    EXPECT_EQ(run.status, 0) << run.err;
    const Files files = files_of("run");
    fs::remove_all(path("run"));
    return files;
  }

  /// Kills the run at random moments, at most so many, and lets it go on each time, until it ends. Returns how often it
  /// was killed.
  int kill_and_resume(Words words, int most, std::mt19937& random) {
    for (int kills = 0; kills < most; ++kills) {
      const auto process = start(words);
      const double after_s = unbroken_s_ * 0.8 * double(random()) * 0x1p-32;
      std::this_thread::sleep_for(std::chrono::duration<double>(after_s));
      process->send(SIGKILL);
      const Finished run = process->wait();
      EXPECT_TRUE(run.status == 128 + SIGKILL || run.status == 0) << run.status << run.err;
      if (run.status != 128 + SIGKILL) return kills;
      if (exists("run/config.toml")) words = {"train", "--resume", "run"};
    }
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << run.err;
    return most;
  }

  /// The words that train tiny.toml, or another configuration, in the folder "run".
  static Words training(const Words& settings, const std::string& config = "tiny.toml") {
    Words words = {"train", config, "--out", "run"};
    for (const std::string& setting : often) words.insert(words.end(), {"--set", setting});
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    return words;
  }

  /// Starts a run that has no end, and sends it the signal in its third epoch.
  Finished interrupted(int signal, const Words& settings = {}) const {
    Words words = training({"run.epochs=100000"});
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    const auto process = start(words);
    EXPECT_TRUE(process->wait_for_err("epoch  2/")) << process->err_so_far();
    process->send(signal);
    return process->wait();
  }

  double unbroken_s_ = 0;
};

/// A way to train, as settings.
struct Mode {
  const char* name;
  std::vector<std::string> settings;
  bool long_too = false;  // killed as often as scripts/ci-long says
};

class ResumeOf : public Resume, public testing::WithParamInterface<Mode> {};

// SETTLE_KILLS sets how many moments; by default few, so that the suite stays short.
TEST_P(ResumeOf, EndsWithTheSameBytesHoweverOftenItIsKilled) {
  const char* wanted = std::getenv("SETTLE_KILLS");
  const int kills = wanted != nullptr && GetParam().long_too ? std::atoi(wanted) : 3;
  const Words words = training(GetParam().settings);
  const Files whole = unbroken(words);
  std::mt19937 random(1);
  for (int done = 0; done < kills && !HasFailure();) {
    done += kill_and_resume(words, std::min(5, kills - done), random);
    expect_same(whole, files_of("run"));
    fs::remove_all(path("run"));
  }
}

const std::vector<std::string> one_by_one = {"learning.update=in-situ", "run.batch=1", "data.train_limit=60"};
std::vector<std::string> in_situ_with(std::vector<std::string> more) {
  more.insert(more.begin(), one_by_one.begin(), one_by_one.end());
  return more;
}

INSTANTIATE_TEST_SUITE_P(
    Modes, ResumeOf,
    testing::Values(
        Mode{"host", {}, true}, Mode{"in_situ", one_by_one, true},
        Mode{"transfer", in_situ_with({"learning.transfer_every=3"}), true},
        Mode{"ideal", {"device.preset=ideal", "learning.update=ideal", "learning.optimizer=momentum"}, true},
        Mode{"aging",
             {"device.drift_nu=0.1", "device.drift_time_s=1e-9", "device.flicker=0.05", "device.leak_time_s=1e-3",
              "device.endurance=30", "learning.final_rate_share=0.2"}},
        Mode{"wires", {"wire.r_segment_ohm=50", "wire.refresh_updates=7", "programming.update_rounds=1"}},
        Mode{"pairs", in_situ_with({"device.preset=pcm-pair", "crossbar.mapping=pair", "programming.refresh_every=7",
                                    "programming.refresh_margin=0.5"})},
        Mode{"auto_zero",
             {"amplifier.auto_zero=7", "amplifier.offset=0.01", "hold.leakage_a=1e-12", "learning.nudging=symmetric"}},
        Mode{"states", {"learning.clamped_lines=states", "run.accuracy_draws=2", "learning.optimizer=sgd"}},
        Mode{"previous",
             {"settling.start=previous", "learning.nudging=lock-in", "amplifier.auto_zero=7", "amplifier.offset=0.01",
              "hold.leakage_a=1e-12"}},
        Mode{"forward", {"settling.start=forward", "learning.clamped_repeats=3", "sense.gain=50", "sense.gbw_hz=1e9"}},
        Mode{"followed", {"settling.start=reset", "network.beta=1"}},
        Mode{"transient", {"settling.analysis=transient", "settling.time_step_s=2e-9", "run.epochs=1"}},
        Mode{"reference", {"learning.rule=bp", "device.preset=ideal"}}),
    named);

TEST_F(Resume, OfAFinishedRunChangesNothing) {
  train("run");
  const Files before = files_of("run");
  const Finished again = settle({"train", "--resume", "run"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.out, "run is finished: nothing is left to do\n");
  expect_same(before, files_of("run"));
}

TEST_F(Resume, WithoutACheckpointBeginsWithTheConfiguration) {
  const Files whole = unbroken(training({}));
  settle(training({}));
  for (const auto& entry : fs::directory_iterator(path("run")))
    if (entry.path().filename() != "config.toml") fs::remove(entry.path());
  EXPECT_EQ(settle({"train", "--resume", "run"}).status, 0);
  expect_same(whole, files_of("run"));
}

TEST_F(Resume, AfterEverySignalThatAsksForAnEnd) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    const Finished run = interrupted(signal);
    EXPECT_EQ(run.status, 130) << strsignal(signal) << run.err;
    EXPECT_NE(run.err.find("settle train --resume run goes on"), std::string::npos) << run.err;
    EXPECT_EQ(summary("run")["interrupted"], true);
    const auto further = start({"train", "--resume", "run"});
    EXPECT_TRUE(further->wait_for_err("going on in epoch ")) << further->err_so_far();
    further->send(SIGTERM);
    EXPECT_EQ(further->wait().status, 130);
    fs::remove_all(path("run"));
  }
}

// In its middle, as it takes longer than a second: what is saved is the state before it.
TEST_F(Resume, AfterABatchThatWasGivenUp) {
  const Words words = training({"settling.analysis=map", "settling.free_steps=3000", "network.hidden=[200,200]",
                                "run.batch=300", "run.epochs=1", "run.threads=1", "run.checkpoint_minutes=0"});
  const Files whole = unbroken(words);
  const auto process = start(words);
  ASSERT_TRUE(process->wait_for_err("writing to run")) << process->err_so_far();
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  process->send(SIGTERM);
  EXPECT_EQ(process->wait().status, 130) << process->err_so_far();
  const Finished further = settle({"train", "--resume", "run"});
  EXPECT_EQ(further.status, 0) << further.err;
  expect_same(whole, files_of("run"));
}

TEST_F(Resume, HangupsAreIgnoredUnderNohup) {
  const std::string command = "trap '' HUP; exec " SETTLE_PROGRAM " train tiny.toml --out run --set run.epochs=100000";
  Process process({"/bin/sh", "-c", command}, path(""), {"SETTLE_DATA=", "LC_ALL=C"});
  ASSERT_TRUE(process.wait_for_err("epoch  1/"));
  process.send(SIGHUP);
  EXPECT_TRUE(process.wait_for_err("epoch 20/"));
  process.send(SIGTERM);
  EXPECT_EQ(process.wait().status, 130);
}

TEST_F(Resume, OfARunThatRunsIsRefused) {
  const auto first = start(training({"run.epochs=100000"}));
  ASSERT_TRUE(first->wait_for_err("epoch  1/"));
  fs::create_directory(path("elsewhere"));
  Process second({SETTLE_PROGRAM, "train", "--resume", "../run"}, path("elsewhere"), {"SETTLE_DATA=", "LC_ALL=C"});
  const Finished refused = second.wait();
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err, "settle: ../run: another `settle train` is running there; wait for it\n");
  first->send(SIGKILL);  // and its claim ends with it
  first->wait();
  const auto third = start({"train", "--resume", "run"});
  EXPECT_TRUE(third->wait_for_err("going on in epoch ")) << third->err_so_far();
}

class ResumeOfACutOffRun : public Resume {
 protected:
  ResumeOfACutOffRun() {
    const auto process = start(training({"run.epochs=20"}));
    EXPECT_TRUE(process->wait_for_err("epoch  2/")) << process->err_so_far();
    process->send(SIGKILL);
    process->wait();
  }

  void damage(const std::string& file) const {
    std::string bytes = read(file);
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 4);
    write(file, bytes);
  }

  void expect_refused(const std::vector<std::string>& mentions) const {
    Files before = files_of("run");
    // what the killed process was writing aside is cleared away when the folder is opened
    for (auto file = before.begin(); file != before.end();)
      file = fs::path(file->first).extension() == ".part" ? before.erase(file) : std::next(file);
    const Finished run = settle({"train", "--resume", "run"});
    EXPECT_EQ(run.status, 2) << run.err;
    const auto at = run.err.find("settle: ");
    ASSERT_NE(at, std::string::npos) << run.err;
    EXPECT_EQ(run.err.find('\n', at), run.err.size() - 1) << run.err;
    for (const std::string& word : mentions) EXPECT_NE(run.err.find(word, at), std::string::npos) << run.err;
    expect_same(before, files_of("run"));
  }

  void expect_goes_on(const std::string& note) {
    const Finished run = settle({"train", "--resume", "run"});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_NE(run.err.find(note), std::string::npos) << run.err;
    const Files found = files_of("run");
    fs::remove_all(path("run"));
    expect_same(unbroken(training({"run.epochs=20"})), found);
  }
};

TEST_F(ResumeOfACutOffRun, TakesTheCheckpointBeforeADamagedOne) {
  damage("run/checkpoint.h5");
  expect_goes_on("checksum is another; copy it again, or train again; going on from the one before it");
}

TEST_F(ResumeOfACutOffRun, TakesTheCheckpointBeforeAMissingOne) {
  fs::remove(path("run/checkpoint.h5"));
  expect_goes_on("going on from the one before it, checkpoint-before.h5");
}

TEST_F(ResumeOfACutOffRun, TakesTheCheckpointBeforeAForeignFile) {
  write("run/checkpoint.h5", "something else");
  expect_goes_on("is not a checkpoint of Settle");
}

TEST_F(ResumeOfACutOffRun, RefusesTwoDamagedCheckpoints) {
  damage("run/checkpoint.h5");
  damage("run/checkpoint-before.h5");
  expect_refused({"run/checkpoint.h5", "checksum"});
}

TEST_F(ResumeOfACutOffRun, RefusesOtherSettings) {
  write("run/config.toml",
        std::regex_replace(read("run/config.toml"), std::regex("\nnudge = [^\n]*"), "\nnudge = 0.4"));
  expect_refused({"run/checkpoint.h5", "other settings", "config.toml"});
}

TEST_F(ResumeOfACutOffRun, RefusesOtherSamples) {
  write("data/t10k-images-idx3-ubyte", tiny_half(tiny_test_samples, 3).images);
  expect_refused({"run/checkpoint.h5", "other samples", "data.path"});
}

TEST_F(ResumeOfACutOffRun, FollowsDataThatHaveMoved) {
  fs::rename(path("data"), path("moved"));
  const std::string config = read("run/config.toml");
  expect_refused({"data.path", "is not a folder"});
  write("run/config.toml", std::regex_replace(config, std::regex("/data\""), "/moved\""));
  EXPECT_EQ(settle({"train", "--resume", "run"}).status, 0);
}

TEST_F(ResumeOfACutOffRun, LosesNothingOnAFullDisk) {
  fs::remove(path("run/checkpoint.h5.part"));  // of the killed process
  fs::create_symlink("/dev/full", path("run/checkpoint.h5.part"));
  const std::string kept = read("run/checkpoint.h5");
  const Finished full = settle({"train", "--resume", "run"});
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("settle: run/checkpoint.h5: cannot be written (No space left on device)"), std::string::npos)
      << full.err;
  EXPECT_TRUE(read("run/checkpoint.h5") == kept);
  expect_goes_on("going on in epoch");
}

TEST_F(ResumeOfACutOffRun, EndsInOneLineWhereItsFolderIsRemoved) {
  const auto process = start(training({"run.epochs=100000"}));
  const Finished refused = process->wait();
  EXPECT_EQ(refused.status, 2) << "the folder has a run";
  fs::remove_all(path("run"));
  const auto running = start(training({"run.epochs=100000"}));
  ASSERT_TRUE(running->wait_for_err("epoch  1/"));
  std::error_code ignored;  // files come while it is removed
  for (int i = 0; i < 100 && exists("run"); ++i) fs::remove_all(path("run"), ignored);
  const Finished run = running->wait();
  EXPECT_EQ(run.status, 1) << run.err;
  EXPECT_NE(run.err.find("cannot be written"), std::string::npos) << run.err;
  EXPECT_EQ(std::count(run.err.begin() + long(run.err.find("settle: ")), run.err.end(), '\n'), 1) << run.err;
}

TEST_F(Resume, RefusesAReadOnlyFolder) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  interrupted(SIGINT);
  fs::permissions(path("run"), fs::perms::owner_write, fs::perm_options::remove);
  const Finished run = settle({"train", "--resume", "run"});
  fs::permissions(path("run"), fs::perms::owner_write, fs::perm_options::add);
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("settle: run: cannot write there"), std::string::npos) << run.err;
}

// What another program finds in a checkpoint: every data set of numbers says what it is.
TEST_F(Resume, CheckpointsCarryUnitsAndMeanings) {
  train("run", {"run.epochs=1"});
  const hid_t file = H5Fopen(path("run/checkpoint.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  for (const auto& [name, bytes] : checkpoint_contents(path("run/checkpoint.h5"))) {
    const hid_t set = H5Dopen2(file, name.c_str(), H5P_DEFAULT), type = H5Dget_type(set);
    const bool numbers = H5Tget_class(type) != H5T_STRING;
    for (const char* attribute : {"unit", "meaning"})
      EXPECT_TRUE(!numbers || H5Aexists(set, attribute) > 0) << name << " has no " << attribute;
    H5Tclose(type);
    H5Dclose(set);
  }
  H5Fclose(file);
}

}  // namespace
}  // namespace settle::resume_test
