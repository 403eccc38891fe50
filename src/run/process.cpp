#include "src/run/process.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/run/interrupt.h"
#include "src/run/no_option.h"

extern char** environ;

namespace settle {
namespace {

// Waits for the end of a child, which is to end when we are: a signal may have been sent to us alone.
bool wait_for(pid_t child, int& status) {
  bool told = false;
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return true;
    if (ended < 0 && errno != EINTR) return false;
    if (interrupt_requested() && !told) told = ::kill(child, SIGTERM) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Of a child whose signals are its own again, where we have taken ours over.
class SpawnAttributes {
 public:
  explicit SpawnAttributes(int more_flags = 0) {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, short(POSIX_SPAWN_SETSIGMASK | more_flags));
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// What a child writes to one of its outputs.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) throw RunError("no pipe can be opened: " + std::string(std::strerror(errno)));
  }
  ~Pipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int write_end() const { return ends_[1]; }
  /// All of it, until no process has the other end any more.
  std::string read_all() {
    close(std::exchange(ends_[1], -1));
    std::string text;
    char buffer[4096];
    for (;;) {
      const ssize_t count = read(ends_[0], buffer, sizeof buffer);
      if (count > 0) text.append(buffer, std::size_t(count));
      if (count == 0 || (count < 0 && errno != EINTR)) return text;
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace

bool run_program(const std::vector<std::string>& command, bool quiet, const std::string& folder,
                 const std::string& out) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (quiet) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  if (!out.empty())
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const SpawnAttributes attributes;
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &actions, attributes.get(), arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return failed == 0 && wait_for(child, status) && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Shell run_shell(const std::string& command) {
  Pipe out, errors;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.write_end(), STDERR_FILENO);
  const SpawnAttributes attributes(POSIX_SPAWN_SETPGROUP);
  std::string shell = "sh", flag = "-c", line = command;
  char* arguments[] = {shell.data(), flag.data(), line.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawn(&child, "/bin/sh", &actions, attributes.get(), arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw RunError("/bin/sh cannot be started: " + std::string(std::strerror(failed)));
  Shell result{0, "", ""};
  std::thread other([&] { result.errors = errors.read_all(); });
  result.output = out.read_all();
  other.join();
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string shell_word(const std::string& word) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) || std::strchr("_-./+,:@%=", c) || c >= 0x80; };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string shell_path(const std::filesystem::path& path) { return shell_word(no_option(path).string()); }

}  // namespace settle
