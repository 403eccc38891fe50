#include "src/sweep/point_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/run/interrupt.h"

namespace settle {
namespace {

// Turns the child into the point's program, between fork and exec: nothing but system calls. `signals` are let through
// again.
[[noreturn]] void become(char* const* arguments, const char* log, pid_t parent, const sigset_t& signals) {
  for (int number = 1; number < NSIG; ++number)
    if (sigismember(&signals, number) == 1 && signal(number, SIG_DFL) == SIG_IGN) signal(number, SIG_IGN);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before that could help
  const int nothing = open("/dev/null", O_RDONLY), out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (nothing < 0 || out < 0) _exit(127);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

PointProcess::PointProcess(const std::vector<std::string>& command, const std::filesystem::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  sigset_t signals;  // that must not reach the child while it still has our handlers
  sigemptyset(&signals);
  for (const int number : ending_signals()) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  id_ = fork();
  if (id_ == 0) become(arguments.data(), log.c_str(), parent, signals);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  if (id_ < 0) throw RunError(std::string("a point cannot be started: ") + std::strerror(errno));
  descriptor_ = int(syscall(SYS_pidfd_open, id_, 0));  // glibc 2.36 declares no function for C++
}

PointProcess::~PointProcess() {
  if (!ended()) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  if (descriptor_ >= 0) close(descriptor_);
}

std::optional<int> PointProcess::ended() {
  int status = 0;
  if (!status_ && waitpid(id_, &status, WNOHANG) == id_) status_ = status;
  return status_;
}

void PointProcess::interrupt() const {
  // of SIGINT and SIGTERM a second one, which may come from whoever has told us, would end it at once
  if (!status_) kill(id_, SIGUSR1);
}

double PointProcess::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string reason(int wait_status, const std::filesystem::path& log) {
  const std::string voice = "settle: ";
  std::string complaint;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);)
    if (line.rfind(voice, 0) == 0) complaint = line.substr(voice.size());
  if (!complaint.empty()) return complaint;
  if (WIFSIGNALED(wait_status))
    return fmt::format("ended by signal {}{}", WTERMSIG(wait_status),
                       WTERMSIG(wait_status) == SIGKILL ? " (out of memory?)" : "");
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

}  // namespace settle
