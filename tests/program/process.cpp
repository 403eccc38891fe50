#include "tests/program/process.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace settle {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::string name_of(const std::string& variable) { return variable.substr(0, variable.find('=') + 1); }

// Ours, without those that are replaced.
std::vector<std::string> merged(const std::vector<std::string>& replaced) {
  std::vector<std::string> all = replaced;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    bool kept = true;
    for (const std::string& other : replaced) kept = kept && name_of(other) != name_of(*variable);
    if (kept) all.emplace_back(*variable);
  }
  return all;
}

}  // namespace

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Process::Process(std::vector<std::string> command, const std::string& folder, std::vector<std::string> environment)
    : folder_(folder) {
  environment = merged(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "stdout.txt", flags, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "stderr.txt", flags, 0600);
  const int failed = posix_spawn(&id_, command.front().c_str(), &actions, nullptr, pointers(command).data(),
                                 pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ended_ = failed != 0;
  EXPECT_EQ(failed, 0) << command.front() << ": " << std::strerror(failed);
}

Process::~Process() {
  if (ended()) return;
  send(SIGKILL);
  waitpid(id_, &wait_status_, 0);
}

std::string Process::err_so_far() const { return bytes_of(folder_ + "/stderr.txt"); }

bool Process::wait_for_err(const std::string& text) {
  const auto until = Clock::now() + seconds(30);
  while (err_so_far().find(text) == std::string::npos) {
    if (ended() || Clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

void Process::send(int signal) const { kill(id_, signal); }

bool Process::ended() {
  if (!ended_) ended_ = waitpid(id_, &wait_status_, WNOHANG) == id_;
  return ended_;
}

Finished Process::wait() {
  const auto until = Clock::now() + seconds(60);
  while (!ended()) {
    if (Clock::now() > until) {
      ADD_FAILURE() << "still running after a minute";
      send(SIGKILL);
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  const int status = WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : 128 + WTERMSIG(wait_status_);
  return {status, bytes_of(folder_ + "/stdout.txt"), err_so_far()};
}

}  // namespace settle
